"""What every page of the record has in common: local time, readable refusals, nothing published ever deleted."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.forms import DateTimeRangeField as RangeFormField
from django.contrib.postgres.forms import RangeWidget
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.desk.changes import Changes
from coalition.desk.refusals import explain, explain_refusal
from deputies.people.models import Chamber
from deputies.sources.enums import Precision

Row = TypeVar("Row", bound=models.Model)


class PeriodWidget(RangeWidget):
    """Two moments, each with what it means and in whose time; works without script."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        moment = forms.DateTimeInput({"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")
        super().__init__(moment, attrs)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:  # noqa: ANN401
        # MultiWidget decompresses ranges to UTC; the organiser reads and writes the chamber's time.
        values = value if isinstance(value, list) else [_local(bound) for bound in self.decompress(value)]
        identifier = (attrs or {}).get("id", f"id_{name}")
        ends = [
            widget.render(f"{name}_{number}", values[number], {"id": f"{identifier}_{number}"}, renderer)
            for number, widget in enumerate(self.widgets)
        ]
        return format_html(
            '<span class="period"><label for="{0}_0">{3}</label> {1} <label for="{0}_1">{4}</label> {2}'
            ' <span class="help">{5}</span></span>',
            identifier,
            *ends,
            gettext("from"),
            gettext("until (the first moment after; empty: not ended)"),
            gettext("%(zone)s time") % {"zone": timezone.get_current_timezone_name()},
        )


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    return moment and timezone.localtime(moment)


class PeriodField(RangeFormField):
    """A half-open period that is not empty."""

    widget = PeriodWidget

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**{**options, "widget": PeriodWidget()})

    def clean(self, value: Any) -> Any:  # noqa: ANN401
        if self.required and not any(value or []):  # open at both ends is a period too
            return self.compress((None, None))
        return super().clean(value)

    def compress(self, values: Any) -> Any:  # noqa: ANN401
        if values and values[0] is not None and values[0] == values[1]:
            raise ValidationError(gettext("It ends at the moment it begins. Move one of the two."))
        return super().compress(values)


FIELDS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    DateTimeRangeField: {"form_class": PeriodField},
    models.URLField: {"assume_scheme": "https"},
}

_IN_TWO_LANGUAGES = {
    "note": _("Note for readers"),
    "title": _("Title"),
    "intro": _("Introduction"),
    "text": _("Full text"),
    "areas": _("Areas"),
    "nominated_by": _("Nominated by"),
}
LABELS: Mapping[str, str | Promise] = {
    "slug": _("Short name (slug)"),
    "timezone": _("Time zone"),
    "began_precision": _("Beginning known"),
    "ended_precision": _("End known"),
    "signed_precision": _("Day of signing known"),
    "said_precision": _("Day of saying known"),
} | {
    f"{name}_{code}": format_lazy(said, words=words)
    for name, words in _IN_TWO_LANGUAGES.items()
    for code, said in (("ru", _("{words}, in Russian")), ("en", _("{words}, in English")))
}
HELP_TEXTS = {
    "slug": _(
        "Names it in addresses and files: small Latin letters, digits and hyphens, such as anna-ivanova. Keep it"
        " once it is public: links lead to it."
    ),
    "timezone": _("Where the chamber sits, such as Europe/Moscow. It decides on which day a vote was held."),
}


class RecordForm(forms.ModelForm[Any]):
    """Says in plain words what the database would refuse, and what it did refuse."""

    refusal = ""
    earlier: Mapping[str, Any] = {}  # what a change that is taken back had replaced

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.update(self.earlier)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        held = cleaned.get("held")
        is_dated = cleaned.get("began_precision") not in (None, Precision.UNKNOWN.value)
        if self.instance.pk is None and held is not None and held.lower is None and is_dated:
            self.add_error("held", gettext("Give the first moment, or say below that the beginning is not known."))
        for name, value in list(cleaned.items()):
            moments = (value.lower, value.upper) if isinstance(value, DateTimeTZRange) else (value,)
            if any(isinstance(moment, dt.date) and not 1000 <= moment.year < 3000 for moment in moments):
                self.add_error(name, gettext("Write the year in full, such as 2024."))  # other years no page could show
        if self.refusal:
            self.add_error(None, self.refusal)
        return cleaned

    def full_clean(self) -> None:
        super().full_clean()
        for error in self.errors.get(NON_FIELD_ERRORS, forms.utils.ErrorList()).as_data():
            if isinstance(error.message, str):
                error.message = explain(error.message)


def seal(shown: object) -> str:
    """SHA-256 of what a preview shows, in rows and plain values: what is confirmed is what was seen."""
    return hashlib.sha256(json.dumps(shown, default=str, sort_keys=True).encode()).hexdigest()


class Choose(AutocompleteSelect):
    """Offers the chosen row again; an address or a form that names no row has chosen nothing."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:  # noqa: ANN401
        named = [pk for pk in value if pk and str(pk).isdecimal() and len(str(pk)) < 19]  # as the database counts
        return super().optgroups(name, named or [""], attr)


class Choosing(BaseModelAdmin[Any]):
    """How a form of the record lets another row be chosen."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **named: Any) -> Any:  # noqa: ANN401
        if db_field.name in self.get_autocomplete_fields(request):
            named["widget"] = Choose(db_field, self.admin_site, using=named.get("using"))
        pages: Any = self.admin_site._registry
        page = pages.get(db_field.remote_field.model)
        words = getattr(page, "choice_words", None)
        if words is None:
            return super().formfield_for_foreignkey(db_field, request, **named)
        rows = getattr(page, "choosable", page.get_queryset)(request)
        field: Any = super().formfield_for_foreignkey(db_field, request, queryset=rows, **named)
        field.label_from_instance = words
        return field


class LocalTime:
    """Which chamber's time the moments on a page are in."""

    def chamber_of(self, obj: Any) -> Chamber | None:  # noqa: ANN401
        return getattr(obj, "chamber", None)


class RecordAdmin(LocalTime, Choosing, Changes[Row]):
    """A page of the record. Rows are ended, corrected or replaced; only what nobody has seen can be deleted."""

    form = RecordForm
    formfield_overrides = FIELDS
    list_per_page = 50
    save_on_top = False
    actions: Any = None  # "delete selected" is not for records
    change_words = LABELS

    @admin.display(description=_("name"))
    def name(self, obj: Row) -> str:
        """For lists: the head of a column that no field stands behind."""
        return str(obj.name)  # type: ignore[attr-defined]

    def is_frozen(self, obj: Row) -> bool:
        """Whether readers have seen the row, so that it can only be followed by another."""
        return False

    def may_be_deleted(self, obj: Row) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not self.is_frozen(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return obj is not None and self.may_be_deleted(obj) and super().has_delete_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: Row | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401
        worded = {"labels": LABELS, "help_texts": HELP_TEXTS, **kwargs}
        made = super().get_form(request, obj, change=change, **worded)
        return type(
            made.__name__,
            (made,),
            {name: getattr(request, name, getattr(made, name)) for name in ("refusal", "earlier")},
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        super().save_related(request, form, formsets, change)
        connection.check_constraints()  # those that wait for the end speak now, while the form can still say it

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with self._local_time(request, object_id):
            back = self.reverting(request, object_id)
            shown = {**(extra_context or {}), "reverting": back and back[0]}
            request.earlier = back[1] if back else {}  # type: ignore[attr-defined]  # read by get_form
            try:
                response = super().changeform_view(request, object_id, form_url, shown)
            except IntegrityError as refusal:
                request.refusal = explain_refusal(refusal)  # type: ignore[attr-defined]  # read by get_form
                response = super().changeform_view(request, object_id, form_url, shown)
            return response.render() if isinstance(response, TemplateResponse) else response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with self._local_time(request, object_id):
            return super().history_view(request, object_id, extra_context)

    def _local_time(self, request: HttpRequest, object_id: str | None) -> AbstractContextManager[None]:
        obj = self.get_object(request, object_id) if object_id else None
        zone = self.zone_of(request, obj)
        return timezone.override(zone) if zone else nullcontext()

    def zone_of(self, request: HttpRequest, obj: Row | None) -> ZoneInfo | None:
        """The time of the chamber that the row belongs to, or that the form names."""
        chosen = request.POST.get("chamber") or request.GET.get("chamber") or ""
        named = Chamber.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None
        chamber = self.chamber_of(obj) if obj else named
        return chamber.zone if chamber else None


class RecordInline(Choosing, admin.TabularInline[Any, Any]):
    """Rows of a page of the record; an empty one to fill, without script."""

    form = RecordForm
    formfield_overrides = FIELDS
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:  # noqa: ANN401
        return super().get_formset(request, obj, **{"labels": LABELS, "help_texts": HELP_TEXTS, **kwargs})


class StackedRecordInline(Choosing, admin.StackedInline[Any, Any]):
    form = RecordForm
    formfield_overrides = FIELDS
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:  # noqa: ANN401
        return super().get_formset(request, obj, **{"labels": LABELS, "help_texts": HELP_TEXTS, **kwargs})
