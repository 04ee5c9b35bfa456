"""What happened, to be read and never changed."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from coalition.desk.changes import NOTHING, Row, differences_of, kept_models, visible_tables, with_names
from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.record import LABELS, RecordAdmin
from coalition.desk.site import desk
from deputies.journal.enums import Operation
from deputies.journal.models import Event, History
from pledges.scorecards.models import ScoreChange


class ReadOnly:
    """Rows that only actions write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        return False


class StepByStep(ReadOnly, RecordAdmin[Row]):
    """Rows that go on by the buttons of a page of their own, which `_page` draws; nothing else is saved there."""

    _page: Callable[..., HttpResponse]

    def rows(self) -> QuerySet[Row]:
        """Rows with all that their page says."""
        return self.model._default_manager.all()

    def read(self, pk: str | int) -> Row:
        """The row of this number; 404 where there is none or it is no number."""
        text = str(pk)
        return get_object_or_404(self.rows(), pk=text if text.isdecimal() and len(text) < 19 else 0)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" or object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, self.read(object_id))


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

    @admin.display(description=_("demand"))
    def demand_title(self, change: ScoreChange) -> str | None:
        return demand_words(change.demand) if change.demand else None

    @admin.display(description=_("as asked / not"))
    def moved(self, change: ScoreChange) -> str:
        def said(measures: dict[str, int]) -> str:
            return f"{measures['votes_with']}/{measures['votes_against']}"

        return f"{said(change.before)} → {said(change.after)}"


class Tables(admin.SimpleListFilter):
    title = _("table")
    parameter_name = "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:  # noqa: ANN401
        kept = kept_models()
        named = [(table, str(kept[table]._meta.verbose_name_plural)) for table in visible_tables(request.user)]
        return sorted(named, key=lambda one: one[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[History]) -> QuerySet[History]:
        return queryset.filter(table_name=self.value()) if self.value() else queryset


@admin.register(History, site=desk)
class HistoryAdmin(ReadOnly, admin.ModelAdmin[History]):
    """Every change of the tables whose rows the organiser may view."""

    list_display = ["at", "table", "row", "operation", "names", "who", "action"]
    list_display_links = ["at"]
    list_filter = [Tables, "operation"]
    list_per_page = 50
    search_fields = ["row_id__exact"]
    search_help_text = _("Number of a row")
    show_full_result_count = False
    ordering = ["-id"]
    fields = ("at", "table", "row", "operation", "who", "action", "fields_changed")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[History]:
        return with_names(super().get_queryset(request).filter(table_name__in=visible_tables(request.user)))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:  # noqa: ANN401
        if not self.has_view_permission(request):  # Django asks it only of a row that is found
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    @admin.display(description=_("table"), ordering="table_name")
    def table(self, entry: History) -> str:
        return str(kept_models()[entry.table_name]._meta.verbose_name)

    @admin.display(description=_("row"))
    def row(self, entry: History) -> SafeString | int:
        """Its number, which leads to its own history where it has a page and still is there."""
        model = kept_models()[entry.table_name]
        if not desk.is_registered(model) or entry.operation == Operation.REMOVE:
            return entry.row_id
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[entry.row_id])
        return format_html('<a href="{}">{}</a>', page, entry.row_id)

    @admin.display(description=_("fields"))
    def names(self, entry: History) -> str:
        """Of a change; an added or removed row is whole, and on its own page."""
        told = differences_of(entry, LABELS) if entry.operation == Operation.CHANGE else []
        return ", ".join(one.field for one in told) or NOTHING

    @admin.display(description=_("fields"))
    def fields_changed(self, entry: History) -> SafeString:
        lines = ((one.field, one.before, one.after) for one in differences_of(entry, LABELS))
        if entry.operation != Operation.CHANGE:
            return format_html_join("", "<div>{}: {}{}</div>", lines)
        return format_html_join("", "<div>{}: {} → {}</div>", lines)

    @admin.display(description=_("who"))
    def who(self, entry: Any) -> str:  # noqa: ANN401 - annotated
        return entry.who or NOTHING
