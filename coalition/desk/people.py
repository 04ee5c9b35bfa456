"""People and their mandates; adding a whole chamber of deputies at once."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.desk.newcomers import newcomers_page
from coalition.desk.record import RecordAdmin, RecordInline, StackedRecordInline
from coalition.desk.site import desk
from deputies.people.actions import note_change
from deputies.people.models import (
    Alias,
    Chamber,
    FactionMembership,
    Identifier,
    Mandate,
    Office,
    Person,
    SideMembership,
)

DATED: list[str | tuple[str, ...]] = [
    "held",
    ("began_precision", "ended_precision"),
    ("basis", "source"),
    ("note_ru", "note_en"),
]


class IdentifierInline(RecordInline):
    model = Identifier


class AliasInline(StackedRecordInline):
    model = Alias
    fields = ["name", "used", "source"]
    autocomplete_fields = ["source"]


@admin.register(Person, site=desk)
class PersonAdmin(RecordAdmin[Person]):
    list_display = ["name", "slug", "seats"]
    search_fields = ["name_ru", "name_en", "slug", "aliases__name", "identifiers__value"]
    ordering = ["sort_key", "pk"]
    inlines = [IdentifierInline, AliasInline]
    autocomplete_fields = ["source"]
    readonly_fields = ["mandates"]
    fields = ["slug", ("name_ru", "name_en"), ("note_ru", "note_en"), "source", "mandates"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return super().get_queryset(request).prefetch_related("mandates__chamber", "mandates__district")

    @admin.display(description=_("Mandates"))
    def seats(self, person: Person) -> str:
        return ", ".join(str(mandate.district or mandate.chamber) for mandate in person.mandates.all())

    @admin.display(description=_("Mandates"))
    def mandates(self, person: Person) -> str:
        add = f"{reverse('admin:people_mandate_add')}?person={person.pk}"
        rows = (
            (reverse("admin:people_mandate_change", args=[mandate.pk]), mandate.chamber.name, mandate.district or "")
            for mandate in (person.mandates.all() if person.pk else [])
        )
        links = format_html_join("", '<a href="{}">{} {}</a><br>', rows)
        if not person.pk:
            return gettext("Save the person first.")
        return format_html('{}<a href="{}">{}</a>', links, add, gettext("Add a mandate"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        super().save_related(request, form, formsets, change)
        person: Person = form.instance
        mandates = list(person.mandates.select_related("chamber").order_by("chamber", "pk"))
        if change and {"slug", "name_ru", "name_en", "note_ru", "note_en", "source"} & set(form.changed_data):
            for chamber in {mandate.chamber for mandate in mandates}:
                own = [mandate for mandate in mandates if mandate.chamber_id == chamber.pk]
                note_change(chamber=chamber, subject=f"person:{person.pk}", mandates=own, at=timezone.now())


class FactionMembershipInline(StackedRecordInline):
    model = FactionMembership
    autocomplete_fields = ["faction", "source"]
    fields = ["faction", *DATED]
    extra = 0


class SideMembershipInline(StackedRecordInline):
    model = SideMembership
    autocomplete_fields = ["source"]
    fields = ["side", *DATED]
    extra = 0


class OfficeInline(StackedRecordInline):
    model = Office
    autocomplete_fields = ["source"]
    fields = [("title_ru", "title_en"), "presides", *DATED]
    extra = 0


@admin.register(Mandate, site=desk)
class MandateAdmin(RecordAdmin[Mandate]):
    list_display = ["person", "chamber", "district", "party", "held", "left"]
    list_filter = ["chamber", "term", "left"]
    list_select_related = ["person", "chamber", "district__chamber", "party"]
    search_fields = ["person__name_ru", "person__name_en", "person__slug"]
    ordering = ["chamber", "district__number", "seat", "pk"]
    inlines = [FactionMembershipInline, SideMembershipInline, OfficeInline]
    autocomplete_fields = ["person", "chamber", "term", "district", "party", "source"]
    fields = [
        "person",
        ("chamber", "term"),
        ("district", "seat"),
        "party",
        ("nominated_by_ru", "nominated_by_en"),
        ("entered", "left"),
        *DATED,
    ]

    def get_urls(self) -> list[URLPattern]:
        page = path("add-deputies/<int:chamber_id>/", desk.admin_view(newcomers_page), name="people_mandate_newcomers")
        return [page, *super().get_urls()]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        super().save_related(request, form, formsets, change)
        mandate: Mandate = form.instance
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            chamber = Chamber.objects.get(pk=mandate.chamber_id)
            note_change(chamber=chamber, subject=f"mandate:{mandate.pk}", mandates=[mandate], at=timezone.now())
