"""The history of a row of the record, field by field, and the way back from a single change."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.forms.models import _get_foreign_key, model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from coalition.accounts.models import User
from deputies.journal.enums import Operation
from deputies.journal.models import History

Row = TypeVar("Row", bound=models.Model)
ROOMS = frozenset(
    {"sources", "people", "journal", "votes", "platform", "tracker", "scorecards", "findings", "accounts"}
)
RIGHTS = frozenset({"auth_group", "auth_group_permissions"})
UNKEPT = frozenset(
    # Append-only by themselves, recounted from the rest, or a count of which no moment may be kept.
    {
        "journal_history",
        "journal_event",
        "scorecards_score",
        "scorecards_scorechange",
        "scorecards_bundle",
        "findings_expectation",
        "tracker_asked",
    }
)
SHOWN = 200  # changes on one page; the list of all changes has the others
NOTHING = "—"


def kept_models() -> dict[str, type[models.Model]]:
    """The model of every table whose changes the history must hold, by table; letters and readers are never in it."""
    return {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if (model._meta.app_label in ROOMS or model._meta.db_table in RIGHTS) and model._meta.db_table not in UNKEPT
    }


def visible_tables(user: Any) -> list[str]:  # noqa: ANN401
    """The kept tables whose rows the account may view; rows that join two go with the one that names the other."""
    owners: dict[str, Any] = {table: model._meta.auto_created or model for table, model in kept_models().items()}
    return [table for table, m in owners.items() if user.has_perm(f"{m._meta.app_label}.view_{m._meta.model_name}")]


def with_names(rows: QuerySet[History]) -> QuerySet[History]:
    """The rows with `who`: the display name of the account, None where no account acted."""
    name = Coalesce(NullIf(F("display_name"), Value("")), F("username"))
    return rows.annotate(who=Subquery(User.objects.filter(pk=OuterRef("account_id")).values_list(name)[:1]))


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a change in words; `before` is empty for an added row, `after` for a removed one."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one statement did to one row; `row` names it where it is not the row of the page."""

    pk: int
    at: dt.datetime
    who: str
    operation: str
    row: str
    differences: list[Difference]
    may_be_reverted: bool


def differences_of(entry: History, labels: Mapping[str, str | Promise]) -> list[Difference]:
    model = kept_models().get(entry.table_name)
    fields = {field.column: field for field in model._meta.concrete_fields} if model else {}
    before, after = entry.before or {}, entry.after or {}
    told = {*before, *after} - {name for name, field in fields.items() if field.generated}
    names = [name for name in [*fields, *sorted(told - {*fields})] if name in told]  # columns that are gone come last
    if entry.operation != Operation.CHANGE:  # a whole row: what is empty in it says nothing
        names = [name for name in names if name != "id" and (before | after)[name] not in (None, "")]
    return [
        Difference(
            str(labels.get(name) or (capfirst(fields[name].verbose_name) if name in fields else name)),
            _words(fields.get(name), before[name]) if name in before else "",
            _words(fields.get(name), after[name]) if name in after else "",
        )
        for name in names
    ]


def _words(field: Any, value: Any) -> str:  # noqa: ANN401
    """A value as the database wrote it, in words; moments in the current time zone."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    kind = field.get_internal_type() if field else ""
    if kind == "DateTimeField":
        return _moment(value)
    if kind == "DateTimeRangeField" and value != "empty":
        first, last = (part.strip('"') for part in value[1:-1].split(","))
        return f"{_moment(first) if first else '…'} – {_moment(last) if last else '…'}"
    return str(dict(field.flatchoices).get(value, value) if field else value)


def _moment(text: str) -> str:
    return timezone.localtime(dt.datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M:%S")


def before_change(entry: History, obj: Row) -> Row:
    """The row of `obj` with the columns of this change as they were; the database reads back what it wrote."""
    table = obj._meta.db_table
    query = f"SELECT (jsonb_populate_record(kept, %s)).* FROM {table} kept WHERE id = %s"  # noqa: S608 - our own table
    return type(obj)._default_manager.raw(query, [json.dumps(entry.before), obj.pk])[0]


class Changes(admin.ModelAdmin[Row]):
    """A page whose row tells its history and can be set back to before one change, through its own form."""

    change_words: Mapping[str, str | Promise] = {}

    def kept_with(self, obj: Row) -> Iterable[tuple[type[models.Model], str, int]]:
        """Rows told with this one, each by model, column and what that column holds: those of the inlines."""
        for inline in self.inlines:
            key = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name)
            yield inline.model, key.column, obj.pk

    def revertible(self, request: HttpRequest, obj: Row) -> dict[str, str]:
        """Names of the form's fields that can be set back now, by column."""
        if not self.has_change_permission(request, obj):
            return {}
        offered = self.get_form(request, obj, change=True).base_fields
        return {str(field.column): field.name for field in obj._meta.concrete_fields if field.name in offered}

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        revertible = self.revertible(request, obj)
        rows = list(self.history_of(obj)[: SHOWN + 1])
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(obj),
            "opts": self.opts,
            "object": obj,
            "changes": [self._told(entry, obj, revertible) for entry in rows[:SHOWN]],
            "is_frozen": not revertible and self.has_change_permission(request),
            "more": len(rows) > SHOWN,
        }
        return TemplateResponse(request, "admin/row_history.html", context).render()

    def history_of(self, obj: Row) -> QuerySet[History]:
        """Every change of the row and of those told with it, latest first."""
        wanted = Q(table_name=obj._meta.db_table, row_id=obj.pk)
        for model, column, value in self.kept_with(obj):
            now = list(model._default_manager.filter(**{column: value}).values_list("pk", flat=True))  # for the index
            gone = Q(operation=Operation.REMOVE.value, **{f"before__{column}": value})
            wanted |= Q(table_name=model._meta.db_table) & (Q(row_id__in=now) | gone)
        return with_names(History.objects.filter(wanted)).order_by("-id")

    def _told(self, entry: Any, obj: Row, revertible: Mapping[str, str]) -> Change:  # noqa: ANN401 - annotated
        is_own = entry.table_name == obj._meta.db_table
        model = kept_models()[entry.table_name]
        return Change(
            entry.pk,
            entry.at,
            entry.who or entry.action or NOTHING,
            entry.operation,
            "" if is_own else f"{model._meta.verbose_name} {entry.row_id}",
            differences_of(entry, self.change_words),
            is_own and entry.operation == Operation.CHANGE and not revertible.keys().isdisjoint(entry.before or {}),
        )

    def reverting(self, request: HttpRequest, object_id: str | None) -> tuple[Change, dict[str, Any]] | None:
        """The change that the address asks to take back, and what the form then starts from."""
        number = request.GET.get("revert", "")
        asked = object_id and number.isdecimal() and len(number) < 19
        obj = self.get_object(request, str(object_id)) if asked else None
        if obj is None:
            return None
        own = History.objects.filter(table_name=obj._meta.db_table, row_id=obj.pk, operation=Operation.CHANGE.value)
        entry = with_names(own).filter(pk=int(number)).first()
        revertible = self.revertible(request, obj)
        if entry is None or revertible.keys().isdisjoint(entry.before or {}):
            return None
        names = [name for column, name in revertible.items() if column in (entry.before or {})]
        return self._told(entry, obj, revertible), model_to_dict(before_change(entry, obj), names)
