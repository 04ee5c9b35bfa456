"""Words of pledges and of the versions of a platform for the templates."""

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pledges.platform.enums import Chapter
from pledges.tracker.models import STANCE_CHOICES, STATUS_CHOICES

register = template.Library()


@register.filter
def stance(code: str) -> str:
    return str(STANCE_CHOICES[code])


@register.filter
def status(code: str) -> str:
    return str(STATUS_CHOICES[code])


@register.filter
def is_foreign(language: str) -> bool:
    """Whether words were said in another language than the page's."""
    return bool(language) and language != get_language()


@register.filter
def said_in(language: str) -> str:
    return {"ru": _("said in Russian"), "en": _("said in English")}.get(language, _("in the language it was said in"))


@register.filter
def field_of(field: str, chapter: str) -> str:
    """What a part of a demand is called."""
    if field == "done":
        return _("Which vote the coalition ruled out") if chapter == Chapter.RED_LINE else _("What would count as done")
    return {"title": _("Title"), "text": _("Text"), "measured": _("How it is measured")}[field]
