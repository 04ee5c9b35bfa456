"""The letters around their items: subjects, headers and footers, which say nothing of what is followed unless asked to.

A frame is a template that was rendered once, with holes for what differs from reader to reader.
"""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext, override

from coalition.digests.enums import DeliveryKind, Rhythm
from coalition.digests.messages import Letter, headers_of, list_headers
from coalition.digests.sealing import Sealed, bounce_token

EDGE = "\0"
HOLES = ("subject", "preheader", "body", "follows", "url")
LONGEST_SUBJECT = 70


def site_url(name: str, **of: object) -> str:
    """The full address of a page."""
    return str(settings.SITE_URL) + reverse(name, kwargs=of)


@cache
def _path(name: str) -> str:
    return reverse(name, kwargs={"token": "TOKEN"})


def token_url(name: str, token: str) -> str:
    """As `site_url`, of a page that a token opens, without asking for the pattern of its address each time."""
    return str(settings.SITE_URL) + _path(name).replace("TOKEN", token)


def confirmation(*, sealed: Sealed, language: str) -> Letter:
    """The short, plain letter that asks whether its reader wanted letters; it names nobody."""
    with override(language):
        return _note(sealed, language, "confirmation", gettext("Please confirm your request"))


def own_link(*, sealed: Sealed, language: str, name: str) -> Letter:
    """The short, plain letter that tells a reader their own link; `name` is its own among those of its reader."""
    with override(language):
        return _note(sealed, language, "own_link", gettext("The link you asked for"), name)


def _note(sealed: Sealed, language: str, template: str, subject: str, name: str = "") -> Letter:
    return Letter(
        address=sealed.address,
        subject=subject,
        text=render_to_string(f"emails/{template}.txt", {"url": site_url("token", token=sealed.token)}),
        headers=headers_of(sealed, name or template, language),
    )


@dataclass(frozen=True, slots=True)
class Filling:
    """What one reader's letter says: the same holes in its text and in its HTML."""

    subject: str
    text: dict[str, str]
    html: dict[str, str]


def letter_of(
    *, kind: DeliveryKind, rhythm: str, is_quiet: bool, period: str, language: str, sealed: Sealed, filling: Filling
) -> Letter:
    """One reader's letter, whose personal link stands at its end and in its headers."""
    url = {"url": token_url("token", sealed.token)}
    text, html = (_frame(form, kind, rhythm, is_quiet, language) for form in ("txt", "html"))
    return Letter(
        address=sealed.address,
        subject=filling.subject,
        text=_filled(text, filling.text | url),
        html=_filled(html, filling.html | url),
        headers=headers_of(sealed, period, language) + list_headers(token_url("unsubscribe_one_click", sealed.token)),
        bounce=bounce_token(sealed.token),
    )


def _filled(frame: list[str], words: dict[str, str]) -> str:
    """A frame is what stands between the holes, and in every second place the name of one."""
    return "".join(words.get(piece, "") if place % 2 else piece for place, piece in enumerate(frame))


@cache
def _frame(form: str, kind: DeliveryKind, rhythm: str, is_quiet: bool, language: str) -> list[str]:
    holes = {name: mark_safe(f"{EDGE}{name}{EDGE}") for name in HOLES}  # noqa: S308 -- a mark of ours, no markup
    name = "keep" if kind is DeliveryKind.KEEP else "digest"
    with override(language):
        context = {"why": _why(kind, rhythm), "is_quiet": is_quiet, "language": language, **holes}
        return render_to_string(f"emails/{name}.{form}", context).split(EDGE)


@cache
def subject_of(kind: DeliveryKind, rhythm: str, count: int, language: str) -> str:
    """A subject that says nothing of what is followed; `count` 0 is a sign of life."""
    with override(language):
        if kind is DeliveryKind.KEEP:
            return gettext("Shall the letters go on?")
        if not count:
            return gettext("All quiet")
        if kind is DeliveryKind.AT_ONCE:
            words = ngettext("Sent at once, %(count)d item", "Sent at once, %(count)d items", count)
        else:
            words = _summary(rhythm, count)
        return words % {"count": count}


def _summary(rhythm: str, count: int) -> str:
    match rhythm:
        case Rhythm.DAILY:
            return ngettext("Your daily summary, %(count)d item", "Your daily summary, %(count)d items", count)
        case Rhythm.SITTING:
            return ngettext("Your evening summary, %(count)d item", "Your evening summary, %(count)d items", count)
        case Rhythm.MONTHLY:
            return ngettext("Your monthly summary, %(count)d item", "Your monthly summary, %(count)d items", count)
        case _:
            return ngettext("Your weekly summary, %(count)d item", "Your weekly summary, %(count)d items", count)


def detailed_subject(first: str, more: int) -> str:
    """What the first item is, and how many others there are, in at most 70 characters."""
    rest = ngettext(" and %(count)d more", " and %(count)d more", more) % {"count": more} if more else ""
    room = LONGEST_SUBJECT - len(rest)
    words = " ".join(first.split()).rstrip(".")
    return (words if len(words) <= room else f"{words[: room - 1].rstrip()}…") + rest


def _why(kind: DeliveryKind, rhythm: str) -> str:
    """When such letters come."""
    if kind is DeliveryKind.AT_ONCE:
        return gettext("This could not wait for a summary. At most one such letter a day is sent.")
    return {
        Rhythm.DAILY.value: gettext("A summary comes every morning, and none if there is nothing to say."),
        Rhythm.SITTING.value: gettext("A summary comes on the evening of a day of votes."),
        Rhythm.WEEKLY.value: gettext("A summary comes every Tuesday, and none if there is nothing to say."),
        Rhythm.MONTHLY.value: gettext(
            "A summary comes on the first Tuesday of the month, and none if there is nothing to say."
        ),
        Rhythm.URGENT.value: gettext("No summary comes, only what cannot wait."),
    }[rhythm]
