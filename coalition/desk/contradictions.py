"""Findings by state and deadline: the word beside the vote, the letter to the deputy, and the legal next steps."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from coalition.accounts.language import LANGUAGES
from coalition.accounts.models import User
from coalition.desk.history import StepByStep
from coalition.desk.site import desk
from coalition.digests import tasks
from coalition.digests.questions import NoQuestion, question_about
from deputies.people.models import Chamber
from deputies.votes.models import Ballot
from pledges.findings.actions import (
    FEWEST_DAYS,
    MOST_DAYS,
    REPLY_DAYS,
    CannotMove,
    OwnFinding,
    ask,
    dismiss,
    publish,
    take_up,
)
from pledges.findings.enums import FindingKind, FindingState
from pledges.findings.models import Finding
from pledges.findings.reports.replies import replies_to
from pledges.findings.reports.told import JOINED, told_alone
from pledges.findings.wording import finding_words

STEPS = {
    "take_up": FindingState.UNDER_REVIEW,
    "ask": FindingState.ASKED,
    "publish": FindingState.PUBLISHED,
    "dismiss": FindingState.DISMISSED,
}


QUEUE = (
    FindingState.ANSWERED, FindingState.SILENT, FindingState.ASKED, FindingState.UNDER_REVIEW, FindingState.DETECTED,
)  # fmt: skip
ACTIONS: dict[str, Callable[..., Finding]] = {"take_up": take_up, "ask": ask, "publish": publish, "dismiss": dismiss}


class AskForm(forms.Form):
    days = forms.IntegerField(
        label=_("Days to reply"), initial=REPLY_DAYS, min_value=FEWEST_DAYS, max_value=MOST_DAYS,
        help_text=_("The letter names the last of them."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail of the office"),
        required=False,
        help_text=_("The public address: the letter is sent to it, and it is erased then. Empty: print the letter."),
    )
    language = forms.ChoiceField(
        label=_("Language of the letter"), choices=settings.LANGUAGES, initial="ru", required=False
    )

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or "ru"


class DismissForm(forms.Form):
    reason_ru = forms.CharField(label=_("Reason, in Russian"), widget=forms.Textarea({"rows": 3}))
    reason_en = forms.CharField(label=_("Reason, in English"), widget=forms.Textarea({"rows": 3}))


@admin.register(Finding, site=desk)
class FindingAdmin(StepByStep[Finding]):
    list_display = ["deputy", "kind", "state", "reply_until", "vote", "demand"]
    list_filter = ["state", "kind", "version__roll_call__chamber"]
    search_fields = ["person__name_ru", "person__name_en", "link__demand__demand_id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Finding]:
        joined = ("person", "version__roll_call__chamber", "link__demand__platform", "taken_by")
        return super().get_queryset(request).select_related(*joined)

    def get_ordering(self, request: HttpRequest) -> Any:  # noqa: ANN401 - the stubs know no expressions
        """What can go on first, by the end of the time to reply; then what has ended."""
        nth = Case(*(When(state=state.value, then=place) for place, state in enumerate(QUEUE)), default=len(QUEUE))
        return [nth, "reply_until", "-detected_at", "-pk"]

    @admin.display(description=_("deputy"))
    def deputy(self, finding: Finding) -> str:
        return str(finding.person.name)

    def chamber_of(self, obj: Finding) -> Chamber:
        return obj.version.roll_call.chamber

    @admin.display(description=_("roll call"))
    def vote(self, finding: Finding) -> str:
        return str(finding.version.title)

    @admin.display(description=_("demand"))
    def demand(self, finding: Finding) -> str:
        return finding.link.demand.demand_id

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, Any] = {name: require_POST(self._step(name)) for name in STEPS}
        views["letter"] = require_safe(self.letter)
        own = [
            path(f"<int:pk>/{name.replace('_', '-')}/", desk.admin_view(view), name=f"findings_finding_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def may(self, request: HttpRequest, step: str) -> bool:
        """Linkers take up and ask, publishers publish, both dismiss."""
        linker, publisher = (request.user.has_perm(f"findings.{one}") for one in ("change_finding", "review_finding"))
        return {"publish": publisher, "dismiss": linker or publisher}.get(step, linker)

    def rows(self) -> QuerySet[Finding]:
        joined = (*JOINED, "taken_by", "asked_by", "published_by", "version__roll_call__chamber")
        return Finding.objects.select_related(*joined)

    def _page(self, request: HttpRequest, finding: Finding, **bound: forms.Form) -> HttpResponse:
        state, kind = FindingState(finding.state), FindingKind(finding.kind)
        told = told_alone(finding)
        own = told.line.ballot if told else None
        context = {
            **desk.each_context(request),
            "opts": self.opts,
            "title": f"{finding.person.name}: {finding_words(finding)}",
            "finding": finding,
            "told": told,
            "chamber": self.chamber_of(finding),
            "faction": _faction(own) if own else [],
            "reply_waits": finding.pk in replies_to([finding]).waiting,
            "steps": {name for name, to in STEPS.items() if state.may_become(to, kind) and self.may(request, name)},
            "is_own": finding.taken_by_id == request.user.pk,
            "ask_form": AskForm(),
            "dismiss_form": DismissForm(),
            **bound,
        }
        return TemplateResponse(request, "admin/findings/finding/page.html", context)

    def _step(self, name: str) -> Callable[..., HttpResponse]:
        return lambda request, pk: self.take_step(request, pk, name)

    def take_step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """One move of a finding, by whoever may make it."""
        if not self.may(request, name) or not isinstance(request.user, User):
            raise PermissionDenied
        finding = self.read(pk)
        form = {"ask": AskForm, "dismiss": DismissForm}.get(name, forms.Form)(request.POST)
        if not form.is_valid():
            return self._page(request, finding, **{f"{name}_form": form})
        said: dict[str, Any] = dict(form.cleaned_data)
        if name != "dismiss":
            said |= {"by": request.user, "at": timezone.now()}
        try:
            ACTIONS[name](finding=finding, **said)
        except (CannotMove, OwnFinding, IntegrityError) as refusal:
            own = gettext("You took it up yourself: another organiser publishes it.")
            messages.error(request, str(refusal) if isinstance(refusal, CannotMove) else own)
        else:
            if name == "ask":
                tasks.ring(tasks.send_invitations)
            self.log_change(request, finding, name)
            messages.success(request, gettext("Done."))
        return redirect("admin:findings_finding_change", pk)

    def letter(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The letter in both languages, to be mailed or printed."""
        if not self.may(request, "ask"):
            raise PermissionDenied
        finding = get_object_or_404(Finding.objects.select_related(*JOINED), pk=pk, kind=FindingKind.DIFFERS.value)
        try:
            letters = [question_about(finding, language) for language in LANGUAGES]
        except NoQuestion:
            messages.error(request, gettext("The demand is in no platform in force, so nothing can be asked about it."))
            return redirect("admin:findings_finding_change", pk)
        context = {**desk.each_context(request), "opts": self.opts, "title": gettext("Letter to the deputy")}
        context |= {"finding": finding, "letters": letters}
        return TemplateResponse(request, "admin/findings/finding/letter.html", context)


def _faction(own: Ballot) -> list[Ballot]:
    """The other ballots of the deputy's faction in the vote."""
    same = Ballot.objects.filter(version=own.version_id, faction__isnull=False, faction=own.faction_id)
    return list(same.exclude(person=own.person_id).select_related("person").order_by("position", "person__sort_key"))
