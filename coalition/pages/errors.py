"""Pages for what is not there, what was withdrawn, what nobody may do, and what went wrong."""

import logging
import re
import sys
from collections.abc import Callable

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, get_language_from_request, override
from django.utils.translation import gettext_lazy as _

from coalition.accounts.language import LANGUAGES
from deputies.people.reports import place_kinds
from deputies.people.slugs import slug_of
from deputies.votes.reports.houses import house
from pledges.scorecards.reports.near import near

logger = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
RETRY_AFTER = 120  # seconds
WORDS = {
    400: (_("The request was not understood"), _("Please go back and try again.")),
    403: (_("Not allowed"), _("This page is not open to you.")),
    404: (
        _("Not found"),
        _("There is no page at this address. It may have been mistyped, or the vote or deputy goes by another name."),
    ),
    405: (_("This page can only be read"), _("Nothing can be sent to this address. Please go back and try again.")),
    500: (_("Something went wrong"), _("The fault is ours and has been noted. Please try again in a minute.")),
    503: (
        _("Back in a few minutes"),
        _("We are working on the site, or the record does not answer for a moment. Nothing of it is lost."),
    ),
}


def fault_page(request: HttpRequest, status: int, text: str = "") -> HttpResponse:
    """A page of words without the database, the cache and the session: any of them may be what failed.

    In the language of the address; without one in the reader's, and in both where even that may not be known.
    """
    named = request.path_info.lstrip("/").partition("/")[0]
    asked = get_language_from_request(request) if status >= 500 else get_language() or "en"
    others = [code for code in LANGUAGES if code != asked] if status >= 500 else []
    languages = [named] if named in LANGUAGES else [asked, *others]
    title, words = WORDS[status]
    context = {"request": request, "languages": languages, "title": title, "text": text or words}
    with override(languages[0]):
        page = HttpResponse(render_to_string("errors/page.html", context), status=status)
    page.headers["Content-Language"] = ", ".join(languages)
    if status == 503:
        page.headers["Retry-After"] = str(RETRY_AFTER)
    return page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Under a chamber it searches for what the address may have meant; without a database it only says so."""
    try:
        found = _meant(request.path_info)
        if found:
            return render(request, "errors/404.html", found, status=404)
    except Error:
        logger.warning("nothing could be searched for an address that is not there", exc_info=True)
    return fault_page(request, 404)


def _meant(path: str) -> dict[str, object]:
    """The chamber of an address, the words of its last part and what is called almost so; at most six queries."""
    parts = [part for part in path.split("/") if part]
    inside = parts[1:] if parts and parts[0] in LANGUAGES else parts
    place = house(inside[0], timezone.now()) if inside and re.fullmatch(r"[-a-z0-9]{1,60}", inside[0]) else None
    if place is None:
        return {}
    words = re.sub(r"[\W_]+", " ", inside[-1]).strip()[:100] if len(inside) > 1 else ""
    return {
        "house": place,
        "kinds": place_kinds(place.chamber),
        "query": words,
        "near": near(place.chamber, slug_of(words)) if len(words) > 2 else [],
    }


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return fault_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return fault_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: an old tab of an organiser, another site, or a POST where nothing takes one."""
    return fault_page(request, 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that does not answer is no fault of the page: the reader is asked to come back."""
    return fault_page(request, 503 if isinstance(sys.exception(), OperationalError | InterfaceError) else 500)


def maintenance(get_response: Answer) -> Answer:
    """As long as the file of the switch is there, every page asks to come back; checks of health still answer."""

    def answer(request: HttpRequest) -> HttpResponse:
        if settings.MAINTENANCE_FILE.exists() and not request.path_info.startswith("/health/"):
            return fault_page(request, 503)
        return get_response(request)

    return answer


def refusals(get_response: Answer) -> Answer:
    """Django refuses a method with an empty answer; readers get words."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = fault_page(request, 405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    return answer
