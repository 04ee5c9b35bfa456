"""Roll calls: the list, which page belongs to which state of one, and corrections as new versions."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from coalition.accounts.models import User
from coalition.desk import claims, drill, entry, review
from coalition.desk.grid import groups_of, lines_of, totals_beside
from coalition.desk.header import SourceFields
from coalition.desk.record import RecordAdmin
from coalition.desk.site import desk
from deputies.journal.models import Dispute
from deputies.sources.enums import Precision
from deputies.votes.actions import (
    CorrectionOpen,
    DraftChanged,
    NotPublishable,
    discard_draft,
    open_correction,
    take_back,
)
from deputies.votes.enums import EDITABLE, WAITING, State
from deputies.votes.models import Ballot, RollCall, RollCallVersion

AS_KNOWN = {
    Precision.MINUTE.value: "%Y-%m-%d %H:%M",
    Precision.DAY.value: "%Y-%m-%d",
    Precision.MONTH.value: "%Y-%m",
    Precision.YEAR.value: "%Y",
}
Page = Callable[[HttpRequest, RollCallVersion, User, Callable[[str, dict[str, Any]], HttpResponse]], HttpResponse]


class CorrectionForm(SourceFields):
    """Why a published record is wrong, and the document that shows it."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is corrected"),
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Readers see it in the list of corrections."),
    )
    withdraw = forms.BooleanField(
        label=gettext_lazy("Take the vote out of the record"),
        required=False,
        help_text=gettext_lazy(
            "It was no roll call, or is there under another id. Lists and scores leave it out, and its page says why."
            " A later correction without this tick brings it back."
        ),
    )
    field_order = ["reason", "withdraw"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(name) for name in ("source_url", "source_title", "source_file")):
            raise forms.ValidationError(_("Name the document that shows the mistake, or upload a copy of it."))
        return cleaned


def with_latest(rows: QuerySet[RollCall]) -> QuerySet[RollCall]:
    """Roll calls with their latest version, as `roll_call_words` reads it."""
    versions = RollCallVersion.objects.select_related("roll_call__chamber").order_by("-number")
    return rows.prefetch_related(Prefetch("versions", versions, to_attr="latest"))


def roll_call_words(roll_call: RollCall) -> str:
    """The day and title of one of `with_latest`."""
    return f"{_held_words(roll_call)[:10]} {_title_words(roll_call)}"


def _held_words(roll_call: RollCall) -> str:
    latest = _latest(roll_call)
    if latest.held_at is None:
        return _("not known")
    return latest.held_at.astimezone(roll_call.chamber.zone).strftime(AS_KNOWN[latest.held_precision])


def _title_words(roll_call: RollCall) -> str:
    return str(_latest(roll_call).title) or roll_call.vote_id


def _latest(roll_call: RollCall) -> RollCallVersion:
    """The latest version, as the list has read it."""
    return roll_call.latest[0] if roll_call.latest else RollCallVersion()  # type: ignore[attr-defined]


@admin.register(RollCall, site=desk)
class RollCallAdmin(RecordAdmin[RollCall]):
    list_display = ["title", "vote_id", "chamber", "held", "state"]
    list_filter = ["chamber", "versions__state"]
    list_select_related = ["chamber"]
    search_fields = ["vote_id", "slug", "versions__title_ru", "versions__title_en"]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RollCall]:
        return with_latest(super().get_queryset(request).select_related("chamber"))

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "paste": self._page_of(entry.paste_page, EDITABLE, "votes.change_rollcall"),
            "names": self._page_of(entry.names_page, EDITABLE, "votes.change_rollcall"),
            "submit": self._page_of(entry.submit_page, EDITABLE, "votes.change_rollcall"),
            "key": self._page_of(review.key_page, (*EDITABLE, State.SUBMITTED.value), "votes.review_rollcall"),
            "review": self._page_of(review.review_page, (State.SUBMITTED.value,), "votes.review_rollcall"),
            "publish": self._page_of(review.publish_page, (State.REVIEWED.value,), "votes.publish_rollcall"),
            "drill": self._page_of(drill.result_page, (State.REVIEWED.value,), "votes.view_rollcall"),
            "correct": self.correct,
            "take-back": require_POST(self.take_back),
            "seen-source": require_POST(self.seen_source),
            "discard": require_POST(self.discard),
        }
        own = [
            path(f"<int:pk>/{name}/", desk.admin_view(view), name=f"votes_rollcall_{name.replace('-', '_')}")
            for name, view in pages.items()
        ]
        return [*own, *claims.urls(), *super().get_urls()]

    @admin.display(description=gettext_lazy("title"))
    def title(self, roll_call: RollCall) -> str:
        return _title_words(roll_call)

    @admin.display(description=gettext_lazy("held"))
    def held(self, roll_call: RollCall) -> str:
        return _held_words(roll_call)

    @admin.display(description=gettext_lazy("state"))
    def state(self, roll_call: RollCall) -> str:
        latest = _latest(roll_call)
        return _("%(state)s, version %(number)d") % {"state": latest.get_state_display(), "number": latest.number}

    def choosable(self, request: HttpRequest) -> QuerySet[RollCall]:
        """Those that another row may be about: a drill is for nobody else."""
        return self.get_queryset(request).exclude(sitting__is_drill=True)

    def choice_words(self, roll_call: RollCall) -> str:
        return f"{roll_call_words(roll_call)} ({roll_call.vote_id})"

    def kept_with(self, obj: RollCall) -> Iterable[tuple[type[Model], str, int]]:
        yield RollCallVersion, "roll_call_id", obj.pk
        for version in obj.versions.all():
            yield Ballot, "version_id", version.pk

    def revertible(self, request: HttpRequest, obj: RollCall) -> dict[str, str]:
        return {}  # a draft is changed in its grid, with its checks; what is published, by a correction

    # The pages

    def _page_of(self, page: Page, states: tuple[str, ...], permission: str) -> Callable[..., HttpResponse]:
        """A page about the version that is in one of `states`; who comes too late learns how far it is."""

        def view(request: HttpRequest, pk: int) -> HttpResponse:
            by = organiser(request, permission)
            roll_call = _read(str(pk))
            version = _version_in(roll_call, states)
            if version is None:
                messages.warning(request, _("This roll call is not at that step any more. This is how it is now."))
                return redirect("admin:votes_rollcall_change", pk)
            with timezone.override(roll_call.chamber.zone):
                return page(request, version, by, self._responder(request, roll_call))

        return view

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with self._local_time(request, object_id):
            if object_id is None:
                by = organiser(request, "votes.add_rollcall")
                return entry.start_page(request, by, self._responder(request, None))
            roll_call = _read(object_id)
            draft = _version_in(roll_call, EDITABLE)
            may_change = self.has_change_permission(request, roll_call)
            if request.method == "POST" and not may_change:
                raise PermissionDenied
            if draft is None or not may_change:
                return self._show(request, roll_call)
            return entry.edit_page(request, draft, organiser(request), self._responder(request, roll_call))

    def _show(self, request: HttpRequest, roll_call: RollCall) -> HttpResponse:
        """How far it is, what is stored, and the next step for whoever may take it."""
        by = organiser(request, "votes.view_rollcall")
        version = _version_in(roll_call, WAITING) or roll_call.published or _latest_version(roll_call)
        lines = [line for line in lines_of(version) if line.entry.position]
        people = ("entered_by", "reviewed_by", "published_by")
        context = {
            "title": _("Roll call"),
            "subtitle": version.title,
            "version": version,
            "groups": groups_of(lines),
            "totals": totals_beside(version, lines),
            "acknowledged": version.acknowledgements.select_related("by").order_by("pk"),
            "versions": roll_call.versions.select_related(*people).order_by("-number"),
            "public_url": review.public_url(version) if roll_call.published_id else "",
            "may_correct": version.state == State.PUBLISHED and self.has_change_permission(request, roll_call),
            "may_review": version.state == State.SUBMITTED
            and not version.is_by(by.pk)
            and by.has_perm("votes.review_rollcall"),
            "may_publish": version.state == State.REVIEWED and by.has_perm("votes.publish_rollcall"),
            "may_take_back": version.state in (State.SUBMITTED, State.REVIEWED)
            and self.has_change_permission(request, roll_call),
            "may_link": roll_call.published_id and by.has_perm("scorecards.add_link"),
        }
        return self._responder(request, roll_call)("show", context)

    def correct(self, request: HttpRequest, pk: int) -> HttpResponse:
        by, roll_call = organiser(request, "votes.change_rollcall"), _read(str(pk))
        form = CorrectionForm(request.POST or None, request.FILES or None)
        reported = request.GET.get("dispute", "")
        is_number = reported.isdecimal() and len(reported) < 19
        dispute = Dispute.objects.filter(pk=reported, roll_call=pk).first() if is_number else None
        if form.is_bound and form.is_valid():
            try:
                open_correction(
                    roll_call=roll_call,
                    by=by,
                    reason=form.cleaned_data["reason"],
                    evidence=form.source(),
                    dispute=dispute,
                    withdraw=form.cleaned_data["withdraw"],
                    at=timezone.now(),
                )
            except CorrectionOpen:
                messages.warning(request, _("A correction is being worked on already; this is it."))
            except NotPublishable:
                messages.error(request, _("Nothing is published yet: change the draft itself."))
            return redirect("admin:votes_rollcall_change", pk)
        context = {"title": _("Correct a roll call"), "subtitle": _title_words(_with_latest(pk)), "form": form}
        return self._responder(request, roll_call)("correct", context)

    def take_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was submitted becomes a draft again, and an approval of it is gone."""
        organiser(request, "votes.change_rollcall")
        version = _version_in(_read(str(pk)), (State.SUBMITTED.value, State.REVIEWED.value))
        try:
            if version is None:
                raise DraftChanged
            take_back(version=version, at=timezone.now())
        except DraftChanged:
            messages.error(request, _("It does not wait any more: somebody published it or took it back."))
        else:
            messages.success(request, _("It is a draft again. Submit it when it is right."))
        return redirect("admin:votes_rollcall_change", pk)

    def seen_source(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Somebody looked at what a later file says, and the record stays as it is."""
        organiser(request, "votes.change_rollcall")
        RollCall.objects.filter(pk=pk).update(source_changed_at=None)
        messages.success(request, _("Noted: looked at, and the record stays as it is."))
        return redirect("admin:votes_rollcall_change", pk)

    def discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        organiser(request, "votes.change_rollcall")
        roll_call = _read(str(pk))
        words = str(_title_words(_with_latest(pk)))
        try:
            discard_draft(roll_call=roll_call)
        except DraftChanged:
            messages.error(request, _("There is no draft to discard: somebody submitted, published or discarded it."))
        except ProtectedError:
            messages.error(request, _("A link, a ruling or a decision is about this vote. Delete that draft first."))
        else:
            messages.success(request, _("The draft of “%(title)s” is discarded.") % {"title": words})
        return redirect("admin:votes_rollcall_changelist")

    def _responder(
        self, request: HttpRequest, roll_call: RollCall | None
    ) -> Callable[[str, dict[str, Any]], HttpResponse]:
        def respond(page: str, context: dict[str, Any]) -> HttpResponse:
            whole = {**desk.each_context(request), "opts": self.opts, "roll_call": roll_call, **context}
            # rendered here, inside the time of the chamber
            response = TemplateResponse(request, f"admin/votes/rollcall/{page}.html", whole).render()
            response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]  # a stored PDF beside the names
            return response

        return respond


def organiser(request: HttpRequest, permission: str = "") -> User:
    """Whoever is signed in, if they have the permission. Raises PermissionDenied."""
    if not isinstance(request.user, User) or (permission and not request.user.has_perm(permission)):
        raise PermissionDenied
    return request.user


def _read(pk: str) -> RollCall:
    rows = RollCall.objects.select_related("chamber", "sitting", "published__roll_call__chamber", "published__source")
    return get_object_or_404(rows, pk=pk if pk.isdecimal() and len(pk) < 19 else 0)


def _with_latest(pk: int) -> RollCall:
    return get_object_or_404(with_latest(RollCall.objects.select_related("chamber")), pk=pk)


def _version_in(roll_call: RollCall, states: tuple[str, ...]) -> RollCallVersion | None:
    rows = roll_call.versions.filter(state__in=states).select_related("source", "evidence", "entered_by")
    version = rows.order_by("-number").first()
    if version is not None:
        version.roll_call = roll_call
    return version


def _latest_version(roll_call: RollCall) -> RollCallVersion:
    latest = roll_call.versions.select_related("roll_call__chamber", "source").order_by("-number")
    return latest[0]
