"""Chambers with their terms, voting rules and districts; parties; factions."""

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone

from coalition.desk.overview import chambers_counted, steps_of
from coalition.desk.record import RecordAdmin, RecordInline, StackedRecordInline
from coalition.desk.site import desk
from deputies.people.models import Chamber, District, Faction, Party, Place, Term, VotingRule
from pledges.platform.models import Platform
from pledges.scorecards.actions import rescore
from pledges.scorecards.enums import Cause


class TermInline(StackedRecordInline):
    model = Term
    autocomplete_fields = ["source"]
    fields = ["number", ("name_ru", "name_en"), "held", ("began_precision", "ended_precision"), "source"]


class VotingRuleInline(StackedRecordInline):
    model = VotingRule
    autocomplete_fields = ["source"]
    fields = [
        "in_force",
        ("threshold", "threshold_number"),
        ("presider_votes", "marks_not_voting"),
        "source",
    ]


class DistrictInline(RecordInline):
    model = District
    fields = ["number", "name_ru", "name_en"]
    ordering = ["number"]
    extra = 3


@admin.register(Chamber, site=desk)
class ChamberAdmin(RecordAdmin[Chamber]):
    list_display = ["__str__", "slug", "seats", "timezone", "is_invented"]
    search_fields = ["name_ru", "name_en", "slug"]
    ordering = ["slug"]
    inlines = [TermInline, VotingRuleInline, DistrictInline]
    change_form_template = "admin/people/chamber/change_form.html"
    fields = ["slug", ("name_ru", "name_en"), "seats", "timezone", "is_invented"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A further chamber most often sits where the last one does; for the first it has to be said."""
        last = Chamber.objects.order_by("pk").last()
        return {"timezone": last.timezone if last else ""} | super().get_changeform_initial_data(request)

    def zone_of(self, request: HttpRequest, obj: Chamber | None) -> ZoneInfo | None:
        """A new chamber's own, as its form says."""
        named = obj.timezone if obj else request.POST.get("timezone", "")
        return ZoneInfo(named) if named in available_timezones() else None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        """The time zone says on which day a vote was held, and so which demands were in force."""
        super().save_related(request, form, formsets, change)
        if change and "timezone" in form.changed_data:
            for platform in Platform.objects.filter(coalition__chamber=form.instance):
                rescore(platform=platform, at=timezone.now(), cause=Cause.PLATFORM_EDIT)

    def response_post_save_add(self, request: HttpRequest, obj: Chamber) -> HttpResponseRedirect:
        return redirect("admin:people_chamber_change", obj.pk)  # where its next steps are

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        chamber = chambers_counted().filter(pk=object_id).first() if object_id and object_id.isdecimal() else None
        context = {"steps": steps_of(chamber) if chamber else []}
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))


class PlaceInline(RecordInline):
    model = Place
    fields = ["kind", "name_ru", "name_en", "is_part", "basis", "note_ru", "note_en", "source"]
    ordering = ["kind", "name_ru", "name_en"]
    autocomplete_fields = ["source"]
    extra = 1


@admin.register(District, site=desk)
class DistrictAdmin(RecordAdmin[District]):
    """Districts in full, with the areas that they cover and the places that readers find them by."""

    list_display = ["number", "name", "chamber"]
    list_filter = ["chamber"]
    list_select_related = ["chamber"]
    search_fields = ["=number", "name_ru", "name_en", "chamber__slug"]
    ordering = ["chamber", "number"]
    autocomplete_fields = ["chamber", "source"]
    inlines = [PlaceInline]


@admin.register(Term, site=desk)
class TermAdmin(RecordAdmin[Term]):
    """Only for choosing a term by its name: terms are edited on the page of their chamber."""

    search_fields = ["name_ru", "name_en", "chamber__slug"]
    ordering = ["chamber", "number"]
    list_select_related = ["chamber"]
    fields = ["chamber", "number", ("name_ru", "name_en"), "held", ("began_precision", "ended_precision"), "source"]
    autocomplete_fields = ["chamber", "source"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Party, site=desk)
class PartyAdmin(RecordAdmin[Party]):
    list_display = ["slug", "name_ru", "name_en"]
    search_fields = ["slug", "name_ru", "name_en"]
    ordering = ["slug"]
    prepopulated_fields = {"slug": ["name_en"]}


@admin.register(Faction, site=desk)
class FactionAdmin(RecordAdmin[Faction]):
    list_display = ["__str__", "slug", "chamber"]
    list_filter = ["chamber"]
    list_select_related = ["chamber"]
    search_fields = ["slug", "name_ru", "name_en", "chamber__slug"]
    ordering = ["chamber", "slug"]
    prepopulated_fields = {"slug": ["name_en"]}
    autocomplete_fields = ["chamber"]
