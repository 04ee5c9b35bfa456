"""A deputy's personal page: what they say of the platform and of their votes, in their own words.

No account and no cookie: the address is its own proof. A page opened with GET never changes anything, because mail
scanners open links, and what is sent is shown word for word before it is kept.
"""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coalition.accounts.language import LANGUAGES
from coalition.pages.answers import private
from coalition.pages.limits import HOUR, same_origin_or_hidden, too_many
from pledges.findings.reports.door import Door, Subject, door_of
from pledges.tracker.actions import LinkClosed, opened, receive
from pledges.tracker.enums import AnswerKind

PER_LINK, PER_NETWORK, TOGETHER = 60, 120, 1_000  # answers an hour
DOES = {
    AnswerKind.SIGN: _("I sign it"),
    AnswerKind.PROMISE: _("I promise"),
    AnswerKind.REFUSE: _("I refuse"),
    AnswerKind.COMMENT: _("I answer voters"),
    AnswerKind.EXPLAIN: _("I explain my vote"),
    AnswerKind.REPLY: _("I reply to your letter"),
}
MAY_BE_SILENT = (AnswerKind.SIGN, AnswerKind.REFUSE)


class WordForm(forms.Form):
    """What a deputy says of one subject; nobody changes the words, their ends are trimmed of blanks."""

    kind = forms.ChoiceField(label=_("What you say"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In your own words"), max_length=5000, required=False, widget=forms.Textarea({"rows": 5, "dir": "auto"})
    )
    language = forms.ChoiceField(label=_("Language of these words"), choices=settings.LANGUAGES)
    criterion = forms.CharField(
        label=_("What would count as kept"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )
    due_on = forms.DateField(
        label=_("By which day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, subject: Subject, today: dt.date, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(data, auto_id=f"{subject.key}-%s", initial={"language": get_language()})
        self.today, kind = today, self.fields["kind"]
        if len(subject.kinds) == 1:
            kind.widget, kind.initial = forms.HiddenInput(), subject.kinds[0].value
        kind.choices = kind.widget.choices = [(kind.value, DOES[kind]) for kind in subject.kinds]  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def clean_criterion(self) -> str:
        return str(self.cleaned_data["criterion"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        kind, criterion, due_on = (cleaned.get(name) for name in ("kind", "criterion", "due_on"))
        if kind and not cleaned.get("text") and "text" not in self.errors and kind not in MAY_BE_SILENT:
            self.add_error("text", _("Write it in your own words."))
        if (criterion or due_on) and kind != AnswerKind.PROMISE:
            self.add_error("criterion", _("Only a promise has this and a day. Leave both empty."))
        elif bool(criterion) != bool(due_on) and not {"criterion", "due_on"} & self.errors.keys():
            self.add_error("due_on", _("Write both what would count as kept and the day, or neither."))
        if due_on and due_on <= self.today:
            self.add_error("due_on", _("Choose a day that is still to come."))
        return cleaned


def _own_language(request: HttpRequest, otherwise: str) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else otherwise


@csrf_exempt
@same_origin_or_hidden
@require_http_methods(["GET", "HEAD", "POST"])
def word_page(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    invitation = opened(token, now)
    language = _own_language(request, invitation.language if invitation else get_language() or "en")
    with override(language):
        if invitation is None:
            response = _lost(request)
        elif request.method == "POST":
            response = _posted(request, door_of(invitation), now)
        else:
            response = _shown(request, door_of(invitation), now)
        response.headers["Content-Language"] = language
    return private(response)


def _lost(request: HttpRequest) -> HttpResponse:
    return render(request, "word/lost.html", status=404)


def _shown(request: HttpRequest, door: Door, now: dt.datetime, unkept: str = "") -> HttpResponse:
    """The page of the link; `unkept` are words about what is not asked any more, shown again to their writer."""
    if request.GET.get("received"):
        return render(request, "word/received.html", {"door": door})
    context = {
        "door": door,
        "unkept": unkept,
        "chapters": [
            (chapter, [(one, WordForm(one, _today(door, now))) for one in demands])
            for chapter, demands in door.chapters
        ],
        "questions": [(one, WordForm(one, _today(door, now))) for one in door.questions],
        "explain": WordForm(door.votes[0], _today(door, now)) if door.votes else None,
        "contact": settings.CONTACT,
    }
    return render(request, "word/page.html", context)


def _posted(request: HttpRequest, door: Door, now: dt.datetime) -> HttpResponse:
    """Show what was written once more, or keep it."""
    subject, do = door.subjects.get(request.POST.get("about", "")), request.POST.get("do")
    if subject is None:
        return _shown(request, door, now, unkept=request.POST.get("text", ""))
    form = WordForm(subject, _today(door, now), request.POST)
    context = {"door": door, "subject": subject, "form": form}
    if not form.is_valid() or do == "change":
        return render(request, "word/change.html", context)
    if do != "send":
        context["does"] = DOES[AnswerKind(form.cleaned_data["kind"])]
        return render(request, "word/preview.html", context)
    if _is_too_much(request, door):
        response = render(request, "word/change.html", context | {"is_too_much": True}, status=429)
        response.headers["Retry-After"] = str(HOUR)
        return response
    return _kept(request, door, subject, form, now)


def _kept(request: HttpRequest, door: Door, subject: Subject, form: WordForm, now: dt.datetime) -> HttpResponse:
    said = form.cleaned_data | {"kind": AnswerKind(form.cleaned_data["kind"])}
    try:
        receive(invitation=door.invitation, demand=subject.demand, roll_call=subject.vote, at=now, **said)
    except LinkClosed:
        return _lost(request)
    return HttpResponseRedirect(f"{request.path}?lang={get_language()}&received=1")


def _is_too_much(request: HttpRequest, door: Door) -> bool:
    by_link = too_many(request, action=f"word-{door.invitation.pk}", of_network=PER_LINK, of_all=PER_LINK)
    return too_many(request, action="word", of_network=PER_NETWORK, of_all=TOGETHER) or by_link


def _today(door: Door, now: dt.datetime) -> dt.date:
    return now.astimezone(door.invitation.platform.coalition.chamber.zone).date()
