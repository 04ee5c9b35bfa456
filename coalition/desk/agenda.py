"""Coming votes: entered, moved, taken off the agenda, tied to the recorded vote; and which demands they are about."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from coalition.desk.header import BY_RULE, SourceFields
from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.record import RecordAdmin, RecordForm
from coalition.desk.rollcalls import organiser, roll_call_words, with_latest
from coalition.desk.site import desk
from coalition.desk.sittings import MOMENTS
from deputies.people.models import Chamber, VotingRule
from deputies.people.models.chambers import THRESHOLD_CHOICES
from deputies.votes.actions import HasBegun, NotItsVote, NotOnAgenda, announce, hold, put_back, revise, withdraw
from deputies.votes.enums import AgendaState
from deputies.votes.models import AgendaItem, RollCall
from pledges.findings.actions.expecting import publish_link
from pledges.findings.models import AgendaLink
from pledges.tracker.actions import NotProposed, OwnWord, reject_word
from pledges.tracker.enums import Review

BEGUN = gettext_lazy("That moment is over. What is expected must be written down before voting begins.")
WHY = {
    HasBegun: BEGUN,
    NotOnAgenda: gettext_lazy("Somebody took it off the agenda, put it back or tied it to a vote meanwhile."),
    NotItsVote: gettext_lazy("That vote cannot be the one that was announced, or nothing was written down of it."),
    NotProposed: gettext_lazy("Somebody has published it or sent it back meanwhile."),
    OwnWord: gettext_lazy("Whoever proposed it cannot publish it: a second person must."),
}
OFFERED = 60  # recorded votes to choose from


class AgendaItemForm(SourceFields, RecordForm):
    """An empty threshold is filled from the rule in force when voting begins."""

    threshold = forms.ChoiceField(
        label=gettext_lazy("Threshold"), choices=[("", BY_RULE), *THRESHOLD_CHOICES.items()], required=False
    )

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        if self.instance.source_id:
            self.initial.update(source_url=self.instance.source.url, source_title=self.instance.source.title)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        chamber, starts_at = cleaned.get("chamber") or getattr(self.instance, "chamber", None), cleaned.get("starts_at")
        if starts_at and starts_at <= timezone.now():
            self.add_error("starts_at", str(BEGUN))
        if not any(cleaned.get(f"source_{name}") for name in ("url", "title", "file")):
            self.add_error("source_url", _("Say where it is announced: an address, a title, or a copy."))
        if chamber and starts_at and not cleaned.get("threshold"):
            rule = VotingRule.objects.filter(chamber=chamber).at(starts_at).first()
            if rule is None:
                self.add_error("threshold", _("No voting rule of this chamber covers that day: choose a threshold."))
            else:
                cleaned["threshold"], cleaned["threshold_number"] = rule.threshold, rule.threshold_number
        return cleaned


@admin.register(AgendaItem, site=desk)
class AgendaItemAdmin(RecordAdmin[AgendaItem]):
    """Readers see an item at once, and every later change of its time; once voting has begun its words stay."""

    form = AgendaItemForm
    formfield_overrides = MOMENTS
    list_display = ["__str__", "title", "starts_at", "state", "frozen_at"]
    list_filter = ["state", "chamber"]
    list_select_related = ["chamber"]
    search_fields = ["title_ru", "title_en", "number"]
    ordering = ["-starts_at"]
    fields = [
        ("chamber", "number"), ("title_ru", "title_en"), ("summary_ru", "summary_en"), ("starts_at", "is_day_only"),
        ("threshold", "threshold_number"), ("source_url", "source_title"), "source_file",
    ]  # fmt: skip
    change_form_template = "admin/votes/agendaitem/change_form.html"

    @admin.display(description=gettext_lazy("title"))
    def title(self, item: AgendaItem) -> str:
        return self.choice_words(item)

    def choice_words(self, item: AgendaItem) -> str:
        return f"{item.starts_at.astimezone(item.chamber.zone):%Y-%m-%d} {item.title}"

    def choosable(self, request: HttpRequest) -> QuerySet[AgendaItem]:
        """Those of which it can still be said which demand they are about."""
        return AgendaItem.objects.filter(frozen_at=None, starts_at__gt=timezone.now()).select_related("chamber")

    def is_frozen(self, obj: AgendaItem) -> bool:
        return not obj.is_open or obj.starts_at <= timezone.now()

    def get_readonly_fields(self, request: HttpRequest, obj: AgendaItem | None = None) -> list[str]:
        return ["chamber"] if obj else []

    def save_model(self, request: HttpRequest, obj: AgendaItem, form: Any, change: bool) -> None:  # noqa: ANN401
        obj.source = form.source()
        try:
            (revise if change else announce)(item=obj, at=timezone.now())
        except (HasBegun, NotOnAgenda) as refusal:
            messages.error(request, str(WHY[type(refusal)]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        item = self.get_object(request, object_id)
        more = {"offered": _votes_after(item), "may_act": request.user.has_perm("votes.change_agendaitem")}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def get_urls(self) -> list[URLPattern]:
        steps = {"withdraw": self.withdraw, "put_back": self.put_back, "hold": self.hold}
        return [*_steps("votes_agendaitem", steps), *super().get_urls()]

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, lambda item: withdraw(item=item, at=timezone.now()))

    def put_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, lambda item: put_back(item=item, at=timezone.now()))

    def hold(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tie it to the vote that was recorded of it, so that readers see both beside each other."""
        chosen = request.POST.get("roll_call", "")
        number = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
        return self._act(request, pk, lambda item: hold(item=item, roll_call=RollCall(pk=number)))

    def _act(self, request: HttpRequest, pk: int, act: Callable[[AgendaItem], None]) -> HttpResponse:
        organiser(request, "votes.change_agendaitem")
        item = get_object_or_404(AgendaItem.objects.select_related("chamber"), pk=pk)
        return _done(request, lambda: act(item), reverse("admin:votes_agendaitem_change", args=[pk]))


def _steps(model: str, steps: dict[str, Any]) -> list[URLPattern]:
    return [path(f"<int:pk>/{n}/", desk.admin_view(require_POST(v)), name=f"{model}_{n}") for n, v in steps.items()]


def _done(request: HttpRequest, act: Callable[[], object], address: str) -> HttpResponse:
    """Do it, or say in words why it cannot be done now."""
    try:
        act()
    except tuple(WHY) as refusal:
        messages.error(request, str(WHY[type(refusal)]))
    else:
        messages.success(request, _("Done. Readers see it at once."))
    return redirect(address)


def _votes_after(item: AgendaItem | None) -> list[tuple[int, str]]:
    """The recorded votes since the day of an item that has begun, of which no other item is; the earliest first."""
    if item is None or item.frozen_at is None or item.state != AgendaState.PLANNED:
        return []
    day = item.chamber.midnight(item.starts_at.astimezone(item.chamber.zone).date())
    votes = item.chamber.roll_calls.published().filter(published__held_at__gte=day, agenda_item=None)
    rows = with_latest(votes.select_related("chamber").order_by("published__held_at", "pk"))
    return [(vote.pk, roll_call_words(vote)) for vote in rows[:OFFERED]]


class AgendaLinkForm(RecordForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        item, demand = cleaned.get("item"), cleaned.get("demand")
        if item and demand and demand.platform.coalition.chamber_id != item.chamber_id:
            self.add_error("demand", _("This vote is of another chamber than the platform."))
        return cleaned


@admin.register(AgendaLink, site=desk)
class AgendaLinkAdmin(RecordAdmin[AgendaLink]):
    """Proposed by one organiser and published by another before voting begins; its words never change."""

    form = AgendaLinkForm
    list_display = ["vote", "demand_title", "wants", "review", "author"]
    list_filter = ["review", "demand__platform"]
    list_select_related = ["author"]
    search_fields = ["item__title_ru", "item__title_en", "demand__demand_id"]
    ordering = ["-pk"]
    autocomplete_fields = ["demand"]
    change_form_template = "admin/findings/agendalink/change_form.html"

    def chamber_of(self, obj: AgendaLink) -> Chamber:
        return obj.item.chamber

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgendaLink]:
        items = AgendaItem.objects.select_related("chamber")
        rows = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("demand", demands_worded()), Prefetch("item", items))

    @admin.display(description=gettext_lazy("coming vote"))
    def vote(self, link: AgendaLink) -> str:
        return f"{link.item.starts_at.astimezone(link.item.chamber.zone):%Y-%m-%d} {link.item.title}"

    @admin.display(description=gettext_lazy("demand"))
    def demand_title(self, link: AgendaLink) -> str:
        return demand_words(link.demand)

    def get_fields(self, request: HttpRequest, obj: AgendaLink | None = None) -> Any:  # noqa: ANN401
        words = ["wants", ("reasoning_ru", "reasoning_en")]
        decided = [("review", "rejected_why"), ("author", "reviewer", "reviewed_at")]
        return ["vote", "demand_title", *words, *decided] if obj else ["item", "demand", *words]

    def get_readonly_fields(self, request: HttpRequest, obj: AgendaLink | None = None) -> list[str]:
        return ["vote", "demand_title", "review", "rejected_why", "author", "reviewer", "reviewed_at"] if obj else []

    def is_frozen(self, obj: AgendaLink) -> bool:
        return True

    def save_model(self, request: HttpRequest, obj: AgendaLink, form: Any, change: bool) -> None:  # noqa: ANN401
        obj.author = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        link = self.get_object(request, object_id)
        waits = link is not None and link.review == Review.PROPOSED
        may = waits and request.user.has_perm("findings.publish_agendalink")
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_publish": may})

    def get_urls(self) -> list[URLPattern]:
        return [*_steps("findings_agendalink", {"publish": self.publish, "reject": self.reject}), *super().get_urls()]

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, lambda link, by: publish_link(link=link, by=by, at=timezone.now()))

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        why = request.POST.get("why", "").strip()[:500]
        if not why:
            organiser(request, "findings.publish_agendalink")
            messages.error(request, _("Write why it is sent back."))
            return redirect("admin:findings_agendalink_change", pk)
        return self._act(request, pk, lambda link, by: reject_word(word=link, why=why, by=by, at=timezone.now()))

    def _act(self, request: HttpRequest, pk: int, act: Callable[[AgendaLink, Any], object]) -> HttpResponse:
        by = organiser(request, "findings.publish_agendalink")
        link = get_object_or_404(AgendaLink.objects.select_related("item__chamber"), pk=pk)
        return _done(request, lambda: act(link, by), reverse("admin:findings_agendalink_change", args=[pk]))
