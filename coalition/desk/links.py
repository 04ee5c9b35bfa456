"""Links: which roll call counts for which demand, and how; what publishing one would say of whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.record import RecordAdmin, RecordForm, seal
from coalition.desk.rollcalls import roll_call_words, with_latest
from coalition.desk.site import desk
from deputies.people.models import Chamber
from deputies.votes.actions import DraftChanged
from deputies.votes.models import Ballot, RollCall
from pledges.platform.models import DemandText
from pledges.scorecards.actions import NothingToPublish, publish_platform
from pledges.scorecards.enums import LinkState, Outcome
from pledges.scorecards.method import WEIGHT_UNIT
from pledges.scorecards.models import Link, ScoreChange
from pledges.scorecards.profiles import DEFAULT, profile_of
from pledges.scorecards.reports.evidence import line_of
from pledges.scorecards.reports.platform import rulings_of

OUTCOMES = {
    Outcome.WITH: "As the platform asks",
    Outcome.AGAINST: "Not as it asks",
    Outcome.HALF: "Half",
    Outcome.MISSED: "No vote recorded",
    Outcome.EXCUSED: "Excused",
    Outcome.NEUTRAL: "Neither",
    Outcome.GAP: "Our gap",
}


class LinkForm(RecordForm):
    """The weight is written in votes; it is stored in thousandths."""

    votes = forms.DecimalField(
        label="Weight, in votes",
        min_value=Decimal("0.001"),
        max_value=1000,
        decimal_places=3,
        initial=1,
        help_text="1 is an ordinary vote; 2 counts double.",
    )

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        if self.instance.pk and "votes" in self.fields:
            self.initial["votes"] = (Decimal(self.instance.weight) / WEIGHT_UNIT).normalize()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        demand, roll_call = cleaned.get("demand"), cleaned.get("roll_call")
        if demand and roll_call and demand.platform.coalition.chamber_id != roll_call.chamber_id:
            self.add_error("roll_call", "This vote was held in another chamber than the platform’s.")
        return cleaned


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing a link says of every deputy who could vote, by outcome."""

    link: Link
    demand: str
    groups: list[tuple[str, list[Ballot]]]


@admin.register(Link, site=desk)
class LinkAdmin(RecordAdmin[Link]):
    form = LinkForm
    list_display = ["demand_title", "vote", "version", "state", "wants", "role", "votes_weight", "author"]
    list_filter = ["state", "role", "demand__platform"]
    list_select_related = ["author"]
    search_fields = ["demand__demand_id", "roll_call__vote_id", "roll_call__published__title_en"]
    ordering = ["-pk"]
    autocomplete_fields = ["demand", "roll_call"]
    readonly_fields = ["version", "state", "author", "approver", "published_at"]
    fields = [
        "demand",
        "roll_call",
        ("wants", "votes"),
        ("role", "scope"),
        ("reasoning_ru", "reasoning_en"),
        ("version", "state"),
        ("author", "approver", "published_at"),
    ]
    actions = ["publish_chosen", "withdraw_chosen"]
    change_form_template = "admin/scorecards/link/change_form.html"

    def chamber_of(self, obj: Link) -> Chamber:
        return obj.roll_call.chamber

    def get_queryset(self, request: HttpRequest) -> QuerySet[Link]:
        votes = with_latest(RollCall.objects.select_related("chamber"))
        rows = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("demand", demands_worded()), Prefetch("roll_call", votes))

    @admin.display(description="demand", ordering="demand__demand_id")
    def demand_title(self, link: Link) -> str:
        return demand_words(link.demand)

    @admin.display(description="roll call")
    def vote(self, link: Link) -> str:
        return roll_call_words(link.roll_call) + ("" if link.roll_call.published_id else " (not published)")

    @admin.display(description="weight")
    def votes_weight(self, link: Link) -> str:
        return f"{Decimal(link.weight) / WEIGHT_UNIT:f}".rstrip("0").rstrip(".")

    def is_frozen(self, obj: Link) -> bool:
        return obj.state != LinkState.DRAFT

    def may_be_deleted(self, obj: Link) -> bool:
        return obj.state == LinkState.DRAFT

    def get_fields(self, request: HttpRequest, obj: Link | None = None) -> Any:  # noqa: ANN401
        if obj is None or not self.is_frozen(obj):
            return self.fields
        words = {"demand": "demand_title", "roll_call": "vote", ("wants", "votes"): ("wants", "votes_weight")}
        return [words.get(field, field) for field in self.fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Link | None = None) -> Any:  # noqa: ANN401
        return [*self.readonly_fields, "demand_title", "vote", "votes_weight"]

    def save_model(self, request: HttpRequest, obj: Link, form: Any, change: bool) -> None:  # noqa: ANN401
        obj.weight = int(form.cleaned_data["votes"] * WEIGHT_UNIT)
        if not change:
            same = Link.objects.filter(demand=obj.demand, roll_call=obj.roll_call)
            obj.version = (same.aggregate(latest=Max("version"))["latest"] or 0) + 1
        obj.author = request.user  # type: ignore[assignment]  # whoever wrote it last
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        pages = {"publish": self.publish, "withdraw": self.withdraw}
        own = [path(f"{n}/", desk.admin_view(view), name=f"scorecards_link_{n}") for n, view in pages.items()]
        return [*own, *super().get_urls()]

    @admin.action(description="Publish drafts: preview first", permissions=["change"])
    def publish_chosen(self, request: HttpRequest, chosen: QuerySet[Link]) -> HttpResponse:
        return _to_page("publish", chosen.filter(state=LinkState.DRAFT.value))

    @admin.action(description="Withdraw published links: preview first", permissions=["change"])
    def withdraw_chosen(self, request: HttpRequest, chosen: QuerySet[Link]) -> HttpResponse:
        return _to_page("withdraw", chosen.filter(state=LinkState.PUBLISHED.value))

    def publish(self, request: HttpRequest) -> HttpResponse:
        """Who would be shown how; then publish, by a second person or by one who vouches as both."""
        links = self._chosen(request, LinkState.DRAFT)
        own = [link for link in links if link.author_id in (None, request.user.pk)]
        waiting = [link for link in links if link.roll_call.published is None]
        may = _seen(request, links) and not waiting and ("vouched" in request.POST or not own)
        if request.method == "POST" and links and may:
            return self._apply(request, "published", publish=links, vouched=bool(own))
        return self._preview(request, "Publish links", links, waiting=waiting, must_vouch=bool(own))

    def withdraw(self, request: HttpRequest) -> HttpResponse:
        """What readers would no longer see counted; a withdrawal always needs the vouching."""
        links = self._chosen(request, LinkState.PUBLISHED)
        if request.method == "POST" and links and _seen(request, links) and "vouched" in request.POST:
            return self._apply(request, "withdrawn", retire=links, vouched=True)
        return self._preview(request, "Withdraw links", links, waiting=[], must_vouch=True)

    def _chosen(self, request: HttpRequest, state: LinkState) -> list[Link]:
        if not request.user.has_perm("scorecards.approve_link"):
            raise PermissionDenied
        ids = [int(pk) for pk in request.GET.get("links", "").split(",") if pk.isdecimal()]
        demands = demands_worded().select_related("platform__published", "platform__coalition__chamber")
        return list(
            Link.objects.filter(pk__in=ids, state=state.value)
            .select_related("author", "roll_call__published__roll_call")
            .prefetch_related(Prefetch("demand", demands))
            .order_by("pk")
        )

    def _preview(
        self, request: HttpRequest, title: str, links: list[Link], *, waiting: list[Link], must_vouch: bool
    ) -> HttpResponse:
        context = {
            **desk.each_context(request),
            "title": title,
            "opts": self.opts,
            "previews": [_preview(link) for link in links if link not in waiting],
            "waiting": waiting,
            "must_vouch": must_vouch,
            "was_refused": request.method == "POST" and "vouched" not in request.POST,
            "seen": _seal_of(links),
            "was_changed": request.method == "POST" and not _seen(request, links),
        }
        return TemplateResponse(request, "admin/scorecards/link/publish.html", context)

    def _apply(
        self,
        request: HttpRequest,
        done: str,
        *,
        vouched: bool,
        publish: Sequence[Link] = (),
        retire: Sequence[Link] = (),
    ) -> HttpResponse:
        told = []
        try:
            with transaction.atomic():
                for platform in {link.demand.platform for link in (*publish, *retire)}:
                    event = publish_platform(
                        version=None,
                        links=[link for link in publish if link.demand.platform_id == platform.pk],
                        retire=[link for link in retire if link.demand.platform_id == platform.pk],
                        platform=platform,
                        vouched=vouched,
                        approver=request.user,  # type: ignore[arg-type]
                        at=timezone.now(),
                    )
                    moved = ScoreChange.objects.filter(event=event).count()
                    told.append(f"Links {done} on {platform}. Scores that moved: {moved}.")
                for link in (*publish, *retire):
                    self.log_change(request, link, done.capitalize())
                if not _seen(request, (*publish, *retire)):  # once more, as published
                    raise DraftChanged
        except DraftChanged:
            messages.error(request, "Somebody changed one of these links meanwhile. Review them again.")
        except NothingToPublish:
            messages.error(request, "One of these links is not a draft any more: somebody published it.")
        else:
            for words in told:
                messages.success(request, words)
        return redirect("admin:scorecards_link_changelist")


def _to_page(page: str, links: QuerySet[Link]) -> HttpResponse:
    ids = ",".join(str(pk) for pk in links.order_by("pk").values_list("pk", flat=True))
    return redirect(f"{reverse(f'admin:scorecards_link_{page}')}?links={ids}")


def _seen(request: HttpRequest, links: Sequence[Link]) -> bool:
    """Whether the form was sent from a page that showed these links as they are now."""
    return request.POST.get("seen") == _seal_of(links)


def _seal_of(links: Sequence[Link]) -> str:
    """The links as stored now, with what decides whom they are counted for: the vote, the period, the method."""
    said = ("pk", "demand_id", "roll_call_id", "version", "wants", "weight", "role", "scope", "reasoning_ru",
            "reasoning_en", "author_id", "roll_call__published_id", "demand__in_force_from", "demand__in_force_until",
            "demand__platform__published_id")  # fmt: skip
    return seal(list(Link.objects.filter(pk__in=[link.pk for link in links]).order_by("pk").values(*said)))


def _preview(link: Link) -> Preview:
    version, in_force = link.roll_call.published, link.demand.platform.published
    if version is None:
        raise ValueError(f"{link} cannot be read: its roll call is not published")
    profile = profile_of(in_force) if in_force else DEFAULT
    rulings, text = rulings_of(link.demand.platform), DemandText(demand=link.demand)
    groups: dict[Outcome, list[Ballot]] = {outcome: [] for outcome in OUTCOMES}
    for ballot in version.ballots.select_related("person", "faction").order_by("person__sort_key"):
        outcome = line_of(link, text, version, ballot, profile, rulings).outcome
        if outcome is not None:
            groups[outcome].append(ballot)
    return Preview(
        link,
        demand_words(link.demand),
        [(OUTCOMES[outcome], ballots) for outcome, ballots in groups.items() if ballots],
    )
