"""How organisers put a link before the other organisations, stand behind it, or object to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.accounts.models import User
from coalition.desk.lint import Told, told_of, version_to_read
from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.record import RecordAdmin, seal
from coalition.desk.site import desk
from coalition.desk.voices import voice_on
from deputies.journal.models import Event
from deputies.votes.actions import DraftChanged
from deputies.votes.models import Ballot
from pledges.findings.actions import sweep
from pledges.scorecards import wording
from pledges.scorecards.enums import LinkState
from pledges.scorecards.links.actions import (
    NotInForce,
    NotWaiting,
    SameSide,
    Voice,
    approve_links,
    propose_links,
    veto_link,
    withdraw_veto,
)
from pledges.scorecards.models import Link, LinkVeto, ScoreChange
from pledges.scorecards.reports.links import Preview, is_out_of_force, is_refused, preview_of


class VetoForm(forms.Form):
    reason_ru = forms.CharField(label=_("Reason, in Russian"), widget=forms.Textarea({"rows": 4}), required=False)
    reason_en = forms.CharField(label=_("Reason, in English"), widget=forms.Textarea({"rows": 4}), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.values()):
            raise forms.ValidationError(gettext("Give the reason in Russian or in English: readers will see it."))
        return cleaned


@dataclass(frozen=True, slots=True)
class Case:
    """A link as somebody is to stand behind it: what it would say, and why they cannot."""

    link: Link
    demand: str
    preview: Preview | None
    obstacles: list[str]

    @property
    def is_out_of_force(self) -> bool:
        return is_out_of_force(self.link)

    @property
    def groups(self) -> list[tuple[str, list[Ballot]]]:
        of = self.preview.groups if self.preview else []
        return [(capfirst(str(wording.OUTCOMES[outcome])), ballots) for outcome, ballots in of]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the two things that make a link count."""

    state: LinkState
    title: str | Promise
    done: str | Promise
    act: Callable[..., list[Event]]


STEPS = {
    "propose": Step(LinkState.DRAFT, _("Propose links"), _("Proposed."), propose_links),
    "approve": Step(LinkState.PROPOSED, _("Approve and publish links"), _("Approved and published."), approve_links),
}


class ApprovalPages(RecordAdmin[Link]):
    """The pages on which links are proposed, approved and vetoed."""

    def get_urls(self) -> list[URLPattern]:
        views = {f"{name}/": (name, self._view_of(name)) for name in STEPS} | {"<int:pk>/veto/": ("veto", self.veto)}
        own = [path(route, desk.admin_view(view), name=f"scorecards_link_{n}") for route, (n, view) in views.items()]
        return [*own, *super().get_urls()]

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scorecards.approve_link")

    def _view_of(self, name: str) -> Callable[[HttpRequest], HttpResponse]:
        return lambda request: self.take_step(request, STEPS[name])

    def take_step(self, request: HttpRequest, step: Step) -> HttpResponse:
        """Who would be shown how, and what is doubtful in that; then propose, or publish as the second organisation."""
        may = self.has_approve_permission if step.state == LinkState.PROPOSED else self.has_change_permission
        if not may(request):
            raise PermissionDenied
        links = _chosen(request, step.state)
        cases = [_case(link, _organiser(request)) for link in links]
        doubtful = [case for case in cases if case.preview and case.preview.is_doubtful]
        unticked = [case for case in doubtful if str(case.link.pk) not in request.POST.getlist("direction")]
        is_sent, blocked = request.method == "POST", any(case.obstacles for case in cases)
        if is_sent and links and not blocked and not unticked and _seen(request, links):
            return self._act(request, step, links, [_doubt(case) for case in doubtful])
        context = {
            **desk.each_context(request),
            "title": step.title,
            "opts": self.opts,
            "cases": cases,
            "is_blocked": blocked,
            "was_unticked": is_sent and bool(unticked),
            "seen": _seal_of(links),
            "was_changed": is_sent and not _seen(request, links),
            "findings": _findings(links),
        }
        return TemplateResponse(request, "admin/scorecards/link/publish.html", context)

    def _act(self, request: HttpRequest, step: Step, links: list[Link], ticked: list[str]) -> HttpResponse:
        try:
            with transaction.atomic():
                events = step.act(links=links, voice=voice_on(links[0], _organiser(request)), at=timezone.now())
                if events:
                    sweep(at=timezone.now(), chamber=links[0].roll_call.chamber)
                for link in links:
                    self.log_change(request, link, " ".join([str(step.done), *ticked]))
                if not _seen(request, links):  # once more, as it was agreed on
                    raise DraftChanged
        except (DraftChanged, NotWaiting, SameSide, NotInForce, IntegrityError):
            messages.error(request, gettext("Somebody changed one of these links meanwhile. Review them again."))
        else:
            moved = ScoreChange.objects.filter(event__in=events).count()
            messages.success(request, gettext("%(done)s Scores that moved: %(n)s.") % {"done": step.done, "n": moved})
        return redirect("admin:scorecards_link_changelist")

    def veto(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Object to a link for one's organisation, with a reason that readers see; or take that back."""
        if not self.has_approve_permission(request):
            raise PermissionDenied
        link = get_object_or_404(_previewed(Link.objects.all()), pk=pk)
        case, voice = replace(_case(link, _organiser(request)), obstacles=[]), voice_on(link, _organiser(request))
        standing = list(link.vetoes.filter(withdrawn_at=None).order_by("pk"))
        own = next((veto for veto in standing if voice and veto.organisation == voice.slug), None)
        withdrawn = own if "withdraw" in request.POST else None
        form = VetoForm(request.POST if request.method == "POST" and withdrawn is None else None)
        if voice and request.method == "POST" and (withdrawn or form.is_valid()):
            return self._object(request, link, voice, withdrawn, form)
        context = {
            **desk.each_context(request),
            "title": _("Veto a link"),
            "opts": self.opts,
            "case": case,
            "voice": voice,
            "standing": standing,
            "own": own,
            "form": form,
        }
        return TemplateResponse(request, "admin/scorecards/link/veto.html", context)

    def _object(
        self, request: HttpRequest, link: Link, voice: Voice, withdrawn: LinkVeto | None, form: VetoForm
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                if withdrawn:
                    withdraw_veto(link=link, voice=voice, at=timezone.now())
                else:
                    veto_link(link=link, voice=voice, **form.cleaned_data, at=timezone.now())
                sweep(at=timezone.now(), chamber=link.roll_call.chamber)
                done = gettext("The veto is withdrawn.") if withdrawn else gettext("Vetoed: it is shown as disputed.")
                self.log_change(request, link, done)
        except (NotWaiting, IntegrityError):
            messages.error(request, gettext("The link was changed meanwhile. Look at it again."))
        else:
            messages.success(request, done)
        return redirect("admin:scorecards_link_change", link.pk)


def _findings(links: Sequence[Link]) -> list[Told]:
    """What to look at again in the demands of these links, as if they counted already."""
    platforms = {link.demand.platform for link in links}
    chosen = {platform: [link for link in links if link.demand.platform == platform] for platform in platforms}
    return [found for platform, of in chosen.items() for found in told_of(version_to_read(platform), also=of)]


def _organiser(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]  # the desk lets nobody else in


def _previewed(links: QuerySet[Link]) -> QuerySet[Link]:
    demands = demands_worded().select_related("platform__published", "platform__coalition__chamber")
    joined = links.select_related("author", "roll_call__chamber", "roll_call__published__roll_call")
    return joined.prefetch_related(Prefetch("demand", demands), "approvals")


def _chosen(request: HttpRequest, state: LinkState) -> list[Link]:
    ids = [int(pk) for pk in request.GET.get("links", "").split(",") if pk.isdecimal() and len(pk) < 19]
    return list(_previewed(Link.objects.filter(pk__in=ids, state=state.value)).order_by("pk"))


def _case(link: Link, user: User) -> Case:
    preview = preview_of(link) if link.roll_call.published else None
    return Case(link, demand_words(link.demand), preview, _obstacles(link, user))


def _obstacles(link: Link, user: User) -> list[str]:
    """Why this organiser cannot stand behind the link, each with the remedy."""
    voice, found = voice_on(link, user), []
    if voice is None:
        found.append(
            _("You speak for no member organisation of this coalition. Ask whoever keeps the accounts to enter yours.")
        )
    elif any(one.by_id == user.pk or one.organisation == voice.slug for one in link.approvals.all()):
        found.append(
            _("You or your organisation stand behind it already. It waits for an organiser of another organisation.")
        )
    if link.roll_call.published is None:
        found.append(_("Its roll call is not published. Publish the roll call first, then the link."))
    if is_refused(link):
        found.append(
            _(
                "The vote was held when the demand was not in force, so it cannot be counted."
                " Edit the link: choose “listed, not counted”."
            )
        )
    return [str(words) for words in found]


def _doubt(case: Case) -> str:
    if case.preview is None:
        return ""
    numbers = {"n": case.preview.own_against, "all": case.preview.own_cast}
    return gettext("Ticked: most of the coalition’s own, %(n)s of %(all)s, shown as not as it asks.") % numbers


def _seen(request: HttpRequest, links: Sequence[Link]) -> bool:
    """Whether the form was sent from a page that showed these links as they are now."""
    return request.POST.get("seen") == _seal_of(links)


def _seal_of(links: Sequence[Link]) -> str:
    """The links as stored now, with what decides whom they are counted for: the vote, the period, the method."""
    said = ("pk", "demand_id", "roll_call_id", "version", "wants", "weight", "role", "scope", "contested",
            "reasoning_ru", "reasoning_en", "roll_call__published_id", "demand__in_force_from",
            "demand__in_force_until", "demand__platform__published_id")  # fmt: skip
    return seal(list(Link.objects.filter(pk__in=[link.pk for link in links]).order_by("pk").values(*said)))
