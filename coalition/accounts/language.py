"""The language that an organiser chose for the desk: kept in the session, so that it ends with signing out."""

from django.conf import settings
from django.http import HttpRequest

LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
_KEY = "language"


def choose_language(request: HttpRequest, language: str) -> None:
    """Anything but a language of the site changes nothing."""
    if language in LANGUAGES:
        request.session[_KEY] = language


def chosen_language(request: HttpRequest) -> str | None:
    chosen: str | None = request.session.get(_KEY)
    return chosen
