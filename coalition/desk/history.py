"""What happened, to be read and never changed."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.record import RecordAdmin
from coalition.desk.site import desk
from deputies.journal.models import Event
from pledges.scorecards.models import ScoreChange


class ReadOnly:
    """Rows that only actions write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        return False


@admin.register(Event, site=desk)
class EventAdmin(ReadOnly, RecordAdmin[Event]):
    list_display = ["id", "at", "kind", "chamber", "subject"]
    list_filter = ["kind", "chamber"]
    search_fields = ["subject"]
    ordering = ["-id"]

    def chamber_of(self, obj: Event) -> None:
        return None


@admin.register(ScoreChange, site=desk)
class ScoreChangeAdmin(ReadOnly, RecordAdmin[ScoreChange]):
    list_display = ["at", "person", "platform", "demand_title", "chapter", "cause", "moved"]
    list_filter = ["cause", "platform"]
    list_select_related = ["person", "platform"]
    search_fields = ["person__name_ru", "person__name_en", "person__slug"]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScoreChange]:
        return super().get_queryset(request).prefetch_related(Prefetch("demand", demands_worded()))

    @admin.display(description="demand")
    def demand_title(self, change: ScoreChange) -> str | None:
        return demand_words(change.demand) if change.demand else None

    @admin.display(description="as asked / not")
    def moved(self, change: ScoreChange) -> str:
        def said(measures: dict[str, int]) -> str:
            return f"{measures['votes_with']}/{measures['votes_against']}"

        return f"{said(change.before)} → {said(change.after)}"
