"""Coalitions, platforms in versions, and demands."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.desk.campaign import campaign_page
from coalition.desk.lint import lint_page, told_of
from coalition.desk.people import DATED
from coalition.desk.record import RecordAdmin, RecordForm, StackedRecordInline, seal
from coalition.desk.site import desk
from deputies.people.models import Chamber
from deputies.sources.language import reader_words
from deputies.votes.actions import DraftChanged
from pledges.findings.actions import sweep
from pledges.platform.enums import PlatformState
from pledges.platform.models import Coalition, CoalitionMembership, Demand, DemandText, Platform, PlatformVersion
from pledges.scorecards.actions import NothingToPublish, NotInShadow, publish_platform
from pledges.scorecards.models import ScoreChange
from pledges.scorecards.profiles import PROFILES


class CoalitionMembershipInline(StackedRecordInline):
    model = CoalitionMembership
    autocomplete_fields = ["person", "source"]
    fields = ["person", *DATED]


@admin.register(Coalition, site=desk)
class CoalitionAdmin(RecordAdmin[Coalition]):
    list_display = ["__str__", "slug", "chamber"]
    list_filter = ["chamber"]
    list_select_related = ["chamber"]
    search_fields = ["slug", "name_ru", "name_en"]
    ordering = ["chamber", "slug"]
    prepopulated_fields = {"slug": ["name_en"]}
    autocomplete_fields = ["chamber"]
    inlines = [CoalitionMembershipInline]


def demands_worded() -> QuerySet[Demand]:
    """Demands with the titles that `demand_words` shows: those of the latest version, all in one query."""
    latest = DemandText.objects.filter(demand=OuterRef("pk")).order_by("-version__number")
    return Demand.objects.select_related("platform__coalition").annotate(
        latest_ru=Subquery(latest.values("title_ru")[:1]), latest_en=Subquery(latest.values("title_en")[:1])
    )


def demand_words(demand: Demand) -> str:
    """The title and chapter of a demand of `demands_worded`; its id while it has no title yet."""
    ru, en = demand.latest_ru or "", demand.latest_en or ""  # type: ignore[attr-defined]
    return f"{reader_words(ru=ru, en=en) or demand.demand_id} ({demand.get_chapter_display()})"


class DemandInline(StackedRecordInline):
    model = Demand
    fields = [("slug", "demand_id"), "chapter", ("in_force_from", "in_force_until")]
    ordering = ["chapter", "slug"]


@admin.register(Platform, site=desk)
class PlatformAdmin(RecordAdmin[Platform]):
    """The platform and its demands; what the demands say is in the versions."""

    list_display = ["slug", "coalition", "published"]
    list_select_related = ["coalition", "published__platform"]
    search_fields = ["slug", "coalition__name_ru", "coalition__name_en"]
    ordering = ["slug"]
    autocomplete_fields = ["coalition"]
    readonly_fields = ["published"]
    inlines = [DemandInline]
    change_form_template = "admin/platform/platform/change_form.html"

    def chamber_of(self, obj: Platform) -> Chamber:
        return obj.coalition.chamber

    def get_urls(self) -> list[URLPattern]:
        pages = {"lint": lint_page, "campaign": campaign_page}
        own = [path(f"<int:pk>/{n}/", desk.admin_view(p), name=f"platform_platform_{n}") for n, p in pages.items()]
        return [*own, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Platform | None = None) -> list[str]:
        return ["published", "coalition"] if obj else ["published"]  # its votes are those of one chamber

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        """Chapters and periods of demands decide what counts: the scores follow in the same transaction."""
        super().save_related(request, form, formsets, change)
        platform: Platform = form.instance
        if platform.published and any(formset.has_changed() for formset in formsets):
            event = publish_platform(version=None, links=[], platform=platform, vouched=True, at=timezone.now())
            moved = ScoreChange.objects.filter(event=event).count()
            messages.info(request, gettext("Scores that moved: %(moved)s.") % {"moved": moved})


@admin.register(Demand, site=desk)
class DemandAdmin(RecordAdmin[Demand]):
    """Only for choosing a demand by its name: demands are edited on the page of their platform."""

    search_fields = ["demand_id", "slug", "texts__title_ru", "texts__title_en"]
    ordering = ["platform", "demand_id"]
    fields = [("slug", "demand_id"), "chapter", ("in_force_from", "in_force_until")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Demand]:
        return demands_worded().order_by(*self.ordering)

    def choice_words(self, demand: Demand) -> str:
        return f"{demand_words(demand)} – {demand.platform.slug}"

    def chamber_of(self, obj: Demand) -> Chamber:
        return obj.platform.coalition.chamber

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Demand | None = None) -> bool:
        return False


class DemandTextInline(StackedRecordInline):
    model = DemandText
    autocomplete_fields = ["source"]
    fields = [
        ("demand", "order"),
        ("title_ru", "title_en"),
        ("text_ru", "text_en"),
        ("measured_ru", "measured_en"),
        ("done_ru", "done_en"),
        "source",
    ]
    ordering = ["demand__chapter", "order", "pk"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:  # noqa: ANN401
        made = super().get_formset(request, obj, **kwargs)
        if obj is not None and "demand" in made.form.base_fields:
            demand: Any = made.form.base_fields["demand"]
            demand.queryset = demands_worded().filter(platform=obj.platform).order_by("chapter", "pk")
            demand.label_from_instance = demand_words
        return made

    def _is_draft(self, obj: PlatformVersion | None) -> bool:
        return obj is not None and obj.state == PlatformState.DRAFT

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        return self._is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        return self._is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        return self._is_draft(obj) and super().has_delete_permission(request, obj)


class VersionForm(RecordForm):
    profile = forms.ChoiceField(
        label=_("Method"),
        choices=[(name, name) for name in PROFILES],
        initial="votes-cast",
        help_text=_("How adherence is counted; chosen before publishing, and part of the version."),
    )


@admin.register(PlatformVersion, site=desk)
class PlatformVersionAdmin(RecordAdmin[PlatformVersion]):
    """A version is written as a draft, with the text of each demand, and then published as a whole."""

    form = VersionForm
    list_display = ["__str__", "state", "profile", "published_at"]
    list_filter = ["state", "platform"]
    list_select_related = ["platform"]
    search_fields = ["platform__slug", "title_ru", "title_en"]
    ordering = ["platform", "-number"]
    autocomplete_fields = ["platform", "source"]
    readonly_fields = ["state", "published_at"]
    fields = [
        ("platform", "number"),
        ("state", "published_at"),
        ("title_ru", "title_en"),
        ("intro_ru", "intro_en"),
        "profile",
        "source",
    ]
    inlines = [DemandTextInline]
    change_form_template = "admin/platform/platformversion/change_form.html"

    def chamber_of(self, obj: PlatformVersion) -> Chamber:
        return obj.platform.coalition.chamber

    def is_frozen(self, obj: PlatformVersion) -> bool:
        return obj.state != PlatformState.DRAFT

    def may_be_deleted(self, obj: PlatformVersion) -> bool:
        return obj.state == PlatformState.DRAFT

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        super().save_related(request, form, formsets, change)
        version: PlatformVersion = form.instance
        if not change and version.platform.published:  # the next version starts from the words of this one
            texts = list(version.platform.published.texts.all())
            for text in texts:
                text.pk, text._state.adding, text.version = None, True, version
            DemandText.objects.bulk_create(texts)

    def response_post_save_add(self, request: HttpRequest, obj: PlatformVersion) -> HttpResponseRedirect:
        return redirect("admin:platform_platformversion_change", obj.pk)  # where the texts are written

    def get_urls(self) -> list[URLPattern]:
        page = path("<int:pk>/publish/", desk.admin_view(self.publish), name="platform_platformversion_publish")
        return [page, *super().get_urls()]

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the whole draft once more; publish it with the vouching of the one who does."""
        version = get_object_or_404(PlatformVersion.objects.select_related("platform__coalition__chamber"), pk=pk)
        if self.is_frozen(version) or not request.user.has_perm("platform.publish_platformversion"):
            raise PermissionDenied
        texts = list(version.texts.select_related("demand").order_by("demand__chapter", "order", "pk"))
        gone = _linked_without_text(version, texts)
        seen = _seal_of(version.pk)
        was_changed = request.method == "POST" and request.POST.get("seen") != seen
        if request.method == "POST" and texts and not gone and "vouched" in request.POST and not was_changed:
            return self._publish(request, version, seen)
        context = {
            **desk.each_context(request),
            "title": gettext("Publish %(version)s") % {"version": version},
            "opts": self.opts,
            "version": version,
            "texts": texts,
            "linked_without_text": gone,
            "findings": told_of(version),
            "must_vouch": request.method == "POST" and "vouched" not in request.POST,
            "seen": seen,
            "was_changed": was_changed,
        }
        return TemplateResponse(request, "admin/platform/platformversion/publish.html", context)

    def _publish(self, request: HttpRequest, version: PlatformVersion, seen: str) -> HttpResponse:
        try:
            with transaction.atomic():
                event = publish_platform(
                    version=version, links=[], platform=version.platform, vouched=True, at=timezone.now()
                )
                if _seal_of(version.pk) != seen:  # once more, as published
                    raise DraftChanged
                sweep(at=timezone.now(), chamber=version.platform.coalition.chamber)
                self.log_change(request, version, "Published, vouching as both persons.")
        except DraftChanged:
            said = gettext("Somebody changed %(version)s meanwhile. Review it again.")
            messages.error(request, said % {"version": version})
        except NotInShadow as reason:
            said = gettext("%(version)s would be counted by another method: %(reason)s.")
            messages.error(request, said % {"version": version, "reason": reason})
        except NothingToPublish:
            said = gettext("%(version)s is not a draft any more: somebody published it.")
            messages.error(request, said % {"version": version})
        else:
            moved = ScoreChange.objects.filter(event=event).count()
            said = gettext("%(version)s is published. Scores that moved: %(moved)s.")
            messages.success(request, said % {"version": version, "moved": moved})
        return redirect(reverse("admin:platform_platformversion_change", args=[version.pk]))


def _seal_of(version_id: int) -> str:
    """A version with its texts and the demands that they are about, as stored now."""
    said = ("number", "title_ru", "title_en", "intro_ru", "intro_en", "profile", "profile_version", "source_id")
    version = PlatformVersion.objects.filter(pk=version_id)
    texts = DemandText.objects.filter(version=version_id).order_by("pk")
    demands = Demand.objects.filter(platform__versions=version_id).order_by("pk")
    return seal([list(version.values(*said)), list(texts.values()), list(demands.values())])


def _linked_without_text(version: PlatformVersion, texts: list[DemandText]) -> QuerySet[Demand]:
    """Demands with links on show that this version has no words for: their scores would have no name."""
    return (
        version.platform.demands.filter(links__state__in=["published", "vetoed"])
        .exclude(pk__in=[text.demand_id for text in texts])
        .distinct()
    )
