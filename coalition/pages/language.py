"""A reader's language is in the address, so no page needs a cookie for it; an organiser can choose one at the desk."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from coalition.accounts.language import LANGUAGES, chosen_language

ORGANISERS = ("admin", "accounts")  # first parts of their addresses: only there a session is looked at


class LanguageFromAddress:
    """Activates the language named by the first part of the address; elsewhere the one chosen at the desk, or the
    one the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        named = request.path_info.split("/", 2)[1]
        from_address = named in LANGUAGES
        chosen = chosen_language(request) if named in ORGANISERS else None
        asked = named if from_address else chosen or translation.get_language_from_request(request)
        with translation.override(asked):
            response = self.get_response(request)
            response.headers.setdefault("Cache-Control", "no-cache")  # what is withdrawn today may be back tomorrow
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        if from_address:
            response.headers.setdefault("Referrer-Policy", "no-referrer")
        else:
            patch_vary_headers(response, ["Accept-Language"])
        return response
