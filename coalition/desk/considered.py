"""Votes that were considered for a demand and not used: readers see each with its reason."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.record import RecordAdmin
from coalition.desk.rollcalls import roll_call_words, with_latest
from coalition.desk.site import desk
from deputies.votes.models import RollCall
from pledges.scorecards.models import Considered


@admin.register(Considered, site=desk)
class ConsideredAdmin(RecordAdmin[Considered]):
    """Written once and never changed; withdrawn when the vote is used after all, or for a better reason."""

    list_display = ["vote", "demand_title", "author", "at", "withdrawn_at"]
    list_filter = ["demand__platform"]
    list_select_related = ["author"]
    search_fields = ["demand__demand_id", "roll_call__vote_id"]
    ordering = ["-pk"]
    autocomplete_fields = ["demand", "roll_call"]
    readonly_fields = ["author", "at", "withdrawn_at"]
    fields = ["demand", "roll_call", ("reason_ru", "reason_en"), ("author", "at", "withdrawn_at")]
    actions = ["withdraw_chosen"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Considered]:
        votes = with_latest(RollCall.objects.select_related("chamber"))
        rows = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("demand", demands_worded()), Prefetch("roll_call", votes))

    @admin.display(description=_("demand"))
    def demand_title(self, one: Considered) -> str:
        return demand_words(one.demand)

    @admin.display(description=_("roll call"))
    def vote(self, one: Considered) -> str:
        return roll_call_words(one.roll_call)

    def is_frozen(self, obj: Considered) -> bool:
        return True

    def save_model(self, request: HttpRequest, obj: Considered, form: Any, change: bool) -> None:  # noqa: ANN401
        obj.author, obj.at = request.user, timezone.now()  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Withdraw: no longer listed"), permissions=["change"])
    def withdraw_chosen(self, request: HttpRequest, chosen: QuerySet[Considered]) -> None:
        for one in chosen.filter(withdrawn_at=None):
            self.log_change(request, one, "Withdrawn.")
        chosen.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
