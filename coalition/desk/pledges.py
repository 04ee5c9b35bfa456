"""What deputies and parties said of demands, and how far their promises have come."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.record import RecordForm
from coalition.desk.refusals import WORDS
from coalition.desk.reviewed import ReviewedAdmin
from coalition.desk.site import desk
from deputies.people.models import Chamber
from pledges.tracker.enums import Review, Stance, Status, following
from pledges.tracker.models import STATUS_CHOICES, Pledge, PledgeQuerySet, PledgeStatus

HELP_TEXTS = {
    "words": _("Exactly as they were said, in full sentences. Nobody edits them afterwards."),
    "language": _("Its code, such as ru, en or cs."),
    "said_on": _("Of a silence: the last day for answering."),
    "is_measurable": _("Without this tick the promise is shown and never assessed as kept or not."),
    "status": _("Only what can follow the status that the pledge has now."),
}


def pledges_worded() -> PledgeQuerySet:
    """Pledges with all that the desk shows of them; two queries however many."""
    rows = Pledge.objects.with_status().select_related("person", "party", "source", "author", "reviewer")
    named = Prefetch("demand", demands_worded().select_related("platform__coalition__chamber"))
    return rows.defer("source__content").prefetch_related(named)


def pledge_words(pledge: Pledge) -> str:
    return f"{pledge.who}: {demand_words(pledge.demand)}, {pledge.said_on}"


class PledgeForm(RecordForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("words") and not cleaned.get("language"):
            self.add_error("language", gettext("Say in which language the words are."))
        return cleaned


@admin.register(Pledge, site=desk)
class PledgeAdmin(ReviewedAdmin[Pledge]):
    form = PledgeForm
    list_display = ["who", "demand_title", "stance", "said_on", "status_now", "review", "author"]
    list_filter = ["review", "stance", "demand__chapter", "demand__platform"]
    search_fields = ["person__name_ru", "person__name_en", "party__name_ru", "party__name_en", "demand__demand_id"]
    ordering = ["-said_on", "-pk"]
    autocomplete_fields = ["demand", "person", "party", "source"]
    fields = [
        "demand",
        ("person", "party"),
        "stance",
        ("words", "language"),
        ("said_on", "said_precision"),
        ("occasion_ru", "occasion_en"),
        ("source", "basis"),
        "is_measurable",
        ("criterion_ru", "criterion_en"),
        "due_on",
    ]
    worded = HELP_TEXTS
    seen_as = {"demand": "demand_title"}

    def chamber_of(self, obj: Pledge) -> Chamber:
        return obj.demand.platform.coalition.chamber

    def get_queryset(self, request: HttpRequest) -> PledgeQuerySet:
        return pledges_worded()

    def choosable(self, request: HttpRequest) -> PledgeQuerySet:
        """Those that can come to a status."""
        return pledges_worded().published().filter(stance=Stance.PROMISED.value)

    def choice_words(self, pledge: Pledge) -> str:
        return pledge_words(pledge)

    @admin.display(description=_("who"))
    def who(self, pledge: Pledge) -> str:
        return pledge.who

    @admin.display(description=_("demand"))
    def demand_title(self, pledge: Pledge) -> str:
        return demand_words(pledge.demand)

    @admin.display(description=_("status now"))
    def status_now(self, pledge: Pledge) -> str:
        return str(STATUS_CHOICES[pledge.status]) if is_open(pledge) else ""

    def told_with(self, word: Pledge) -> dict[str, Any]:
        return told_of(word)


def is_open(pledge: Pledge) -> bool:
    """Whether it is a promise that readers see."""
    return pledge.review == Review.PUBLISHED and pledge.stance == Stance.PROMISED


def told_of(pledge: Pledge) -> dict[str, Any]:
    """A pledge with what came of it, and what else was said by the same of the same."""
    same = Pledge.objects.filter(demand=pledge.demand_id, person=pledge.person_id, party=pledge.party_id)
    seen = same.exclude(Q(pk=pledge.pk) | Q(review=Review.REJECTED.value)).select_related("source")
    statuses = list(statuses_of(pledge))
    waits = any(one.review == Review.PROPOSED for one in statuses)
    can_follow = is_open(pledge) and following(pledge.status, is_measurable=pledge.is_measurable)
    return {
        "subtitle": pledge_words(pledge),
        "pledge": pledge,
        "who": pledge.who,
        "demand": demand_words(pledge.demand),
        "others": list(seen.defer("source__content").order_by("-said_on", "-pk")),
        "statuses": statuses,
        "may_come_further": can_follow and not waits,
    }


def statuses_of(pledge: Pledge) -> QuerySet[PledgeStatus]:
    """Those that were not sent back, the earliest first."""
    rows = pledge.statuses.exclude(review=Review.REJECTED.value).select_related("evidence")
    return rows.defer("evidence__content").order_by("on", "pk")


class StatusForm(RecordForm):
    """Offers what may follow the status that the pledge has now."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        if "status" not in self.fields:
            return
        status: Any = self.fields["status"]
        self.fields["pledge"].error_messages["invalid_choice"] = str(WORDS["tracker_pledgestatus_of_a_promise"])
        status.error_messages["invalid_choice"] = gettext("It cannot follow the status that the pledge has now.")
        pledge = self._pledge()
        said = following(pledge.status, is_measurable=pledge.is_measurable) if pledge else set(Status)
        kept = [(value, words) for value, words in STATUS_CHOICES.items() if value in said and value != Status.PROMISED]
        status.choices = [("", "---------"), *kept]

    def _pledge(self) -> Pledge | None:
        chosen = str((self.data if self.is_bound else self.initial).get("pledge", ""))
        known = chosen.isdecimal() and len(chosen) < 19
        return Pledge.objects.with_status().filter(pk=int(chosen)).first() if known else None


@admin.register(PledgeStatus, site=desk)
class PledgeStatusAdmin(ReviewedAdmin[PledgeStatus]):
    """Reached from the page of a pledge, which says what is published of it."""

    form = StatusForm
    list_display = ["of_pledge", "status", "on", "review", "author"]
    list_filter = ["review", "status", "pledge__demand__platform"]
    search_fields = ["pledge__person__name_ru", "pledge__person__name_en", "pledge__demand__demand_id"]
    ordering = ["-on", "-pk"]
    autocomplete_fields = ["pledge", "evidence"]
    fields = [
        "pledge",
        "status",
        "on",
        ("note_ru", "note_en"),
        "evidence",
    ]
    worded = HELP_TEXTS
    seen_as = {"pledge": "of_pledge"}

    def chamber_of(self, obj: PledgeStatus) -> Chamber:
        return obj.pledge.demand.platform.coalition.chamber

    def get_queryset(self, request: HttpRequest) -> QuerySet[PledgeStatus]:
        rows = PledgeStatus.objects.select_related("evidence", "author", "reviewer").defer("evidence__content")
        return rows.prefetch_related(Prefetch("pledge", pledges_worded()))

    @admin.display(description=_("pledge"))
    def of_pledge(self, status: PledgeStatus) -> str:
        return pledge_words(status.pledge)

    def told_with(self, word: PledgeStatus) -> dict[str, Any]:
        told = told_of(word.pledge)
        return {**told, "status": word, "statuses": [one for one in told["statuses"] if one.pk != word.pk]}
