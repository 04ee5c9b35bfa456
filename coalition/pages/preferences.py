"""The pages behind the links in letters: confirming, choosing, seeing what is kept, leaving.

A token is its own proof: no account, no cookie. A page opened with GET never changes anything, because mail scanners
open links; each change is one button. No page holds the reader's address, which this process cannot read.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coalition.accounts.language import LANGUAGES
from coalition.digests.actions import expiring, preferring, signing
from coalition.digests.enums import Rhythm
from coalition.digests.holdings import holdings_of
from coalition.digests.models import Subscriber
from coalition.digests.reports import Opened, opened
from coalition.pages.answers import private
from deputies.people.models import Chamber

RHYTHMS = {
    Rhythm.WEEKLY: _("Weekly: on Tuesday at 07:00"),
    Rhythm.DAILY: _("Daily: at 07:00, after a day with news"),
    Rhythm.SITTING: _("After each sitting: at 20:00 on a day when votes were published"),
    Rhythm.MONTHLY: _("Monthly: on the first Tuesday at 07:00"),
    Rhythm.URGENT: _("Only what cannot wait: no summary, only letters at once"),
}
SLOWER = {
    Rhythm.WEEKLY: (Rhythm.MONTHLY, _("Write to me monthly")),
    Rhythm.MONTHLY: (Rhythm.URGENT, _("Write to me only what cannot wait")),
    Rhythm.DAILY: (Rhythm.WEEKLY, _("Write to me weekly")),
    Rhythm.SITTING: (Rhythm.WEEKLY, _("Write to me weekly")),
}
DONE = {
    "confirm": _("Confirmed. The letters have started."),
    "choose": _("Saved."),
    "stop": _("You no longer follow this."),
    "pause": _("Paused."),
    "resume": _("The letters go on."),
    "slower": _("Saved: fewer letters will come."),
    "keep": _("Thank you. The letters go on for a year."),
}
PAUSES = ("1", "3")  # months
BETWEEN_HOURS = (  # one place for each offset that is no whole hour and never changes
    "Pacific/Marquesas", "Asia/Tehran", "Asia/Kabul", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Yangon",
    "Australia/Eucla", "Australia/Darwin",
)  # fmt: skip


class ChoicesForm(forms.Form):
    """How letters come; everything is chosen from a list."""

    rhythm = forms.ChoiceField(
        label=_("How often"), choices=[(r.value, RHYTHMS[r]) for r in RHYTHMS], widget=forms.RadioSelect
    )
    timezone = forms.ChoiceField(label=_("Time zone"))
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)
    at_once = forms.BooleanField(label=_("Tell me at once what cannot wait"), required=False)
    sign_of_life = forms.BooleanField(label=_("A letter a month even if there is nothing to say"), required=False)
    telling_subject = forms.BooleanField(label=_("Say in the subject what a letter is about"), required=False)

    def __init__(self, reader: Subscriber, at: dt.datetime, data: QueryDict | None) -> None:
        now = {name: getattr(reader, name) for name in preferring.CHOICES}
        super().__init__(data, initial=now | {"telling_subject": not reader.plain_subject})
        self.fields["timezone"].choices = zones(reader, at)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("rhythm") == Rhythm.URGENT and not cleaned.get("at_once"):
            self.add_error(
                "at_once", _("Without summaries and without letters at once nothing would come. Choose one.")
            )
        cleaned["plain_subject"] = not cleaned.get("telling_subject")
        return cleaned


def zones(reader: Subscriber, at: dt.datetime) -> list[tuple[str, str]]:
    """The reader's zone and those of chambers, by the names of these, then every other offset, from west to east."""
    named: dict[str, list[str]] = {reader.timezone: []}
    for chamber in Chamber.objects.order_by("slug"):
        named.setdefault(chamber.timezone, []).append(str(chamber.name))
    hours = [f"Etc/GMT{-offset:+d}" if offset else "UTC" for offset in range(-12, 15)]
    others = sorted({*hours, *BETWEEN_HOURS} - named.keys(), key=lambda name: -_noon(name))
    words = [(name, f"{clock_words(name, at)} · {', '.join(chambers)}".strip(" ·")) for name, chambers in named.items()]
    return words + [(name, clock_words(name, at)) for name in others]


def _noon(zone: str) -> float:
    """When it is noon in a zone that never changes its clock."""
    return dt.datetime(2000, 1, 1, 12, tzinfo=ZoneInfo(zone)).timestamp()


def clock_words(zone: str, at: dt.datetime) -> str:
    """Such as "UTC+3, now 15:20"."""
    local = at.astimezone(ZoneInfo(zone))
    return gettext("%(zone)s, now %(time)s") % {"zone": offset_words(local), "time": f"{local:%H:%M}"}


def offset_words(local: dt.datetime) -> str:
    """Such as "UTC+3", "UTC−9:30", "UTC"."""
    offset = f"{local:%z}"
    minutes = f":{offset[3:]}" if offset[3:] != "00" else ""
    return "UTC" if offset == "+0000" else f"UTC{offset[0]}{int(offset[1:3])}{minutes}".replace("-", "−")


def _private_in_language(
    request: HttpRequest, found: Opened | None, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """The answer in the language asked for, else in that of the reader's letters; asking stores nothing."""
    asked = request.GET.get("lang", "")
    otherwise = found.subscriber.language if found else get_language() or "en"
    language = asked if asked in LANGUAGES else otherwise
    with override(language):
        response = answer()
        response.headers["Content-Language"] = language
    return private(response)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def token_page(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    found = opened(token, now)
    answer = _posted if request.method == "POST" else _shown
    return _private_in_language(request, found, lambda: answer(request, token, found, now))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: a mail program posts here without cookies, and the same answer is given whatever the token is."""
    if request.method == "POST":
        signing.leave(token=token)
        return _private_in_language(request, None, lambda: render(request, "letters/gone.html"))
    now = timezone.now()
    found = opened(token, now)
    if found is None or not found.is_owner:
        return _private_in_language(request, found, lambda: _shown(request, token, found, now))
    context = {"opened": found, "token": token, "slower": SLOWER.get(Rhythm(found.subscriber.rhythm)), "now": now}
    return _private_in_language(request, found, lambda: render(request, "letters/unsubscribe.html", context))


@require_safe
def token_data(request: HttpRequest, token: str) -> HttpResponse:
    """All that is kept of the reader, as a file."""
    found = opened(token, timezone.now())
    if found is None:
        return _private_in_language(request, None, lambda: render(request, "letters/lost.html", status=404))

    def answer() -> HttpResponse:
        words = json.dumps(holdings_of(found).as_rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        return HttpResponse(
            words, "application/json", headers={"Content-Disposition": 'attachment; filename="letters.json"'}
        )

    return _private_in_language(request, found, answer)


def _shown(
    request: HttpRequest, token: str, found: Opened | None, now: dt.datetime, form: ChoicesForm | None = None
) -> HttpResponse:
    if found is None or not (found.is_owner or found.asks):
        return render(request, "letters/lost.html", status=404)
    if not found.is_owner:
        return render(request, "letters/confirm.html", {"opened": found})
    reader = found.subscriber
    context = {
        "opened": found,
        "token": token,
        "form": form or ChoicesForm(reader, now, None),
        "done": DONE.get(request.GET.get("done", "")),
        "zone": offset_words((reader.next_digest_at or now).astimezone(reader.zone)),
        "paused": reader.paused_until if reader.paused_until and reader.paused_until > now else None,
        "ends_at": _ends_at(reader, now),
        "rhythm": RHYTHMS[Rhythm(reader.rhythm)],
        "held": holdings_of(found),
    }
    return render(request, "letters/preferences.html", context)


def _ends_at(reader: Subscriber, now: dt.datetime) -> dt.datetime | None:
    """When the reader is forgotten unless they say "keep me"; None before they are asked."""
    if reader.kept_at is None or now < reader.kept_at + expiring.ASKED_TO_KEEP_AFTER:
        return None
    return reader.kept_at + expiring.KEPT_FOR


def _posted(request: HttpRequest, token: str, found: Opened | None, now: dt.datetime) -> HttpResponse:
    """Do what one button says, then show the page again; whoever leaves twice is told the same twice."""
    do = request.POST.get("do", "")
    if do == "unsubscribe":
        signing.leave(token=token)
        return render(request, "letters/gone.html")
    if found is None:
        return _shown(request, token, None, now)
    if do == "choose" and found.is_owner:
        form = ChoicesForm(found.subscriber, now, request.POST)
        if not form.is_valid():
            return _shown(request, token, found, now, form)
        preferring.choose(token=token, choices=form.cleaned_data, at=now)
    else:
        _do(do, {name: str(value) for name, value in request.POST.items()}, token, now)
    return HttpResponseRedirect(f"{reverse('token', args=[token])}?{_query(request, do)}")


def _query(request: HttpRequest, do: str) -> str:
    """Keeps the language that was asked for."""
    asked = {"lang": request.GET.get("lang"), "done": do if do in DONE else None}
    return urlencode({name: value for name, value in asked.items() if value})


def _do(do: str, said: dict[str, str], token: str, now: dt.datetime) -> None:
    """What a button says; anything else does nothing."""
    match do:
        case "confirm":
            signing.confirm(token=token, at=now)
        case "stop" if said.get("subscription", "").isdecimal():
            preferring.stop_following(token=token, subscription=int(said["subscription"]), at=now)
        case "pause" if said.get("months") in PAUSES:
            preferring.pause(token=token, months=int(said["months"]), at=now)
        case "resume":
            preferring.pause(token=token, months=0, at=now)
        case "slower" if said.get("rhythm") in set(Rhythm):
            preferring.choose(token=token, choices={"rhythm": said["rhythm"], "at_once": True}, at=now)
        case "keep":
            expiring.keep(token=token, at=now)
