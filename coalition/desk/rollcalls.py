"""Roll calls: header and names as one form, publishing with its checks, corrections as new versions."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Prefetch, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coalition.accounts.models import User
from coalition.desk import claims
from coalition.desk.actions import (
    DraftChanged,
    Entry,
    discard_draft,
    publish_draft,
    rehearse,
    save_draft,
    start_roll_call,
)
from coalition.desk.grid import (
    CHOICES,
    KEYS,
    NAMED_KINDS,
    Line,
    changes_between,
    entries_of,
    groups_of,
    posted_entries,
    totals_beside,
    troubles_of,
)
from coalition.desk.header import HeaderForm, NewHeaderForm
from coalition.desk.record import RecordAdmin
from coalition.desk.refusals import explain_refusal
from coalition.desk.site import desk
from deputies.people.models import Chamber
from deputies.sources.enums import Precision
from deputies.votes.actions import CorrectionOpen, NotPublishable, content_hashes, open_correction
from deputies.votes.enums import State
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from deputies.votes.reports.eligibility import Eligible, eligible_at
from pledges.scorecards.models import ScoreChange

CHANGED = (
    "Somebody else changed this draft after you opened it. What you entered is below and not saved yet; saving now puts"
    " it in place of theirs."
)
SHOWN_NAMES = 10
AS_KNOWN = {
    Precision.MINUTE.value: "%Y-%m-%d %H:%M",
    Precision.DAY.value: "%Y-%m-%d",
    Precision.MONTH.value: "%Y-%m",
    Precision.YEAR.value: "%Y",
}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why it is corrected", widget=forms.Textarea({"rows": 3}), help_text="Readers see it. Name the source."
    )


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
        return "not known"
    return latest.held_at.astimezone(roll_call.chamber.zone).strftime(AS_KNOWN[latest.held_precision])


def _title_words(roll_call: RollCall) -> str:
    return str(_latest(roll_call).title) or roll_call.vote_id


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
        pages = {"correct": self.correct, "publish": self.publish, "discard": require_POST(self.discard)}
        own = [
            path(f"<int:pk>/{name}/", desk.admin_view(view), name=f"votes_rollcall_{name}")
            for name, view in pages.items()
        ]
        return [*own, *claims.urls(), *super().get_urls()]

    @admin.display(description="title")
    def title(self, roll_call: RollCall) -> str:
        return _title_words(roll_call)

    @admin.display(description="held")
    def held(self, roll_call: RollCall) -> str:
        return _held_words(roll_call)

    @admin.display(description="state")
    def state(self, roll_call: RollCall) -> str:
        latest = _latest(roll_call)
        return f"{latest.get_state_display()}, version {latest.number}"

    def choice_words(self, roll_call: RollCall) -> str:
        return f"{roll_call_words(roll_call)} ({roll_call.vote_id})"

    # The pages

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with self._local_time(request, object_id):
            response = self._page(request, object_id)
            return response.render() if isinstance(response, TemplateResponse) else response

    def _page(self, request: HttpRequest, object_id: str | None) -> HttpResponse:
        if object_id is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return self._start(request)
        roll_call = _read(object_id)
        draft = _draft_of(roll_call)
        may_change = self.has_change_permission(request, roll_call)
        if draft is None or not may_change:
            if request.method == "POST" and not may_change:
                raise PermissionDenied
            if not self.has_view_permission(request, roll_call):
                raise PermissionDenied
            return self._show(request, roll_call)
        return self._edit(request, draft)

    def _start(self, request: HttpRequest) -> HttpResponse:
        """The header alone; who could vote follows from it."""
        initial = {"chamber": request.GET.get("chamber", "")}
        form = NewHeaderForm(request.POST or None, initial=initial)
        if form.is_bound and form.is_valid():
            version = form.instance
            version.source = form.source()
            try:
                roll_call = start_roll_call(
                    chamber=form.cleaned_data["chamber"],
                    vote_id=form.cleaned_data["vote_id"],
                    version=version,
                    by=_organiser(request),
                )
            except IntegrityError as refusal:
                form.add_error(None, explain_refusal(refusal))
            else:
                self.log_addition(request, roll_call, "Draft")
                _warn_of_twins(request, version)
                return redirect("admin:votes_rollcall_change", roll_call.pk)
        return self._respond(request, "start", None, {"title": "Add roll call", "form": form})

    def _edit(self, request: HttpRequest, draft: RollCallVersion) -> HttpResponse:
        """Header and names in one form; "save" keeps what is there, "review" also leads on to publishing."""
        stored = list(draft.ballots.select_related("person"))
        seen = content_hashes([draft.pk])[draft.pk]
        if request.method != "POST":
            eligible = _could_vote(draft.roll_call.chamber, draft.held_at)
            return self._grid(request, draft, HeaderForm(instance=draft), eligible, entries_of(stored, eligible), seen)
        form = HeaderForm(request.POST, instance=draft)
        is_read = form.is_valid()
        eligible = _could_vote(draft.roll_call.chamber, form.cleaned_data.get("held_at"))
        entries = posted_entries(request.POST, eligible)
        if is_read:
            try:
                draft.source = form.source()
                dropped = save_draft(
                    version=draft,
                    seen=request.POST.get("seen", ""),
                    eligible=eligible,
                    entries=entries,
                    by=_organiser(request),
                )
            except DraftChanged:
                form.add_error(None, CHANGED)
                if differ := _differing(entries, entries_of(stored, eligible), eligible):
                    form.add_error(None, f"Rows that differ from the saved draft: {differ}.")
            except IntegrityError as refusal:
                form.add_error(None, explain_refusal(refusal))
            else:
                return self._saved(request, draft, eligible, entries, dropped)
        return self._grid(request, draft, form, eligible, entries, seen)

    def _saved(
        self,
        request: HttpRequest,
        draft: RollCallVersion,
        eligible: list[Eligible],
        entries: dict[int, Entry],
        dropped: list[Ballot],
    ) -> HttpResponse:
        self.log_change(request, draft.roll_call, "Draft saved")
        if dropped:
            names = ", ".join(str(ballot.person.name) for ballot in dropped)
            messages.warning(request, f"Removed, because they held no seat at that moment: {names}.")
        lines = _lines(eligible, entries)
        if "review" in request.POST and not any(trouble.blocks for trouble in troubles_of(draft, lines)):
            return redirect("admin:votes_rollcall_publish", draft.roll_call_id)
        messages.success(request, f"The draft is saved: {len(entries)} of {len(eligible)} deputies are entered.")
        return redirect(
            reverse("admin:votes_rollcall_change", args=[draft.roll_call_id])
            + ("?check=1#troubles" if "review" in request.POST else "")
        )

    def _grid(
        self,
        request: HttpRequest,
        draft: RollCallVersion,
        form: HeaderForm,
        eligible: list[Eligible],
        entries: dict[int, Entry],
        seen: str,
    ) -> HttpResponse:
        lines = _lines(eligible, entries)
        context = {
            "title": "Correct roll call" if draft.number > 1 else "Enter roll call",
            "subtitle": draft.title,
            "form": form,
            "draft": draft,
            "groups": groups_of(lines) if draft.kind in NAMED_KINDS or entries else [],
            "lines": lines,
            "totals": totals_beside(draft, lines),
            "troubles": troubles_of(draft, lines) if "check" in request.GET and not form.errors else [],
            "choices": CHOICES,
            "keys": {key: position.value for position, key in KEYS.items()},
            "n_entered": len(entries),
            "seen": seen,
        }
        return self._respond(request, "grid", draft.roll_call, context)

    def _show(self, request: HttpRequest, roll_call: RollCall) -> HttpResponse:
        """What is published, with the way to a correction."""
        version = roll_call.published or _latest_version(roll_call)
        eligible = _could_vote(roll_call.chamber, version.held_at)
        lines = [line for line in _lines(eligible, entries_of(version.ballots.all(), eligible)) if line.entry.position]
        context = {
            "title": "Roll call",
            "subtitle": version.title,
            "version": version,
            "groups": groups_of(lines),
            "totals": totals_beside(version, lines),
            "versions": roll_call.versions.select_related("entered_by", "reviewed_by").order_by("-number"),
            "public_url": _public_url(roll_call) if roll_call.published_id else "",
            "may_correct": roll_call.published_id and self.has_change_permission(request, roll_call),
        }
        return self._respond(request, "show", roll_call, context)

    def correct(self, request: HttpRequest, pk: int) -> HttpResponse:
        roll_call = self._for_change(request, pk)
        form = ReasonForm(request.POST or None)
        if form.is_bound and form.is_valid():
            try:
                open_correction(roll_call=roll_call, by=_organiser(request), reason=form.cleaned_data["reason"])
            except CorrectionOpen:
                messages.warning(request, "A correction is being worked on already; this is it.")
            except NotPublishable:
                messages.error(request, "Nothing is published yet: change the draft itself.")
            return redirect("admin:votes_rollcall_change", pk)
        context = {"title": "Correct roll call", "subtitle": str(roll_call), "form": form}
        return self._respond(request, "correct", roll_call, context)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everything once more: what blocks, what changes, which scores move; then one transaction."""
        if not request.user.has_perm("votes.publish_rollcall"):
            raise PermissionDenied
        roll_call = _read(str(pk))
        draft = _draft_of(roll_call)
        if draft is None:
            messages.error(request, "There is no draft to publish: somebody published or discarded it.")
            return redirect("admin:votes_rollcall_change", pk)
        seen = content_hashes([draft.pk])[draft.pk]
        eligible = _could_vote(roll_call.chamber, draft.held_at)
        ballots = list(draft.ballots.select_related("person", "faction"))
        lines = _lines(eligible, entries_of(ballots, eligible))
        troubles = troubles_of(draft, lines)
        if any(trouble.blocks for trouble in troubles):
            return redirect(reverse("admin:votes_rollcall_change", args=[pk]) + "?check=1#troubles")
        is_own = draft.entered_by_id in (None, request.user.pk)
        has_vouched = "vouched" in request.POST or not is_own
        if request.method == "POST" and has_vouched and request.POST.get("seen") == seen:
            return self._publish(request, draft, seen, vouched=is_own)
        before = roll_call.published.ballots.select_related("person") if roll_call.published else []
        context = {
            "title": "Publish roll call",
            "subtitle": draft.title,
            "draft": draft,
            "seen": seen,
            "totals": totals_beside(draft, lines),
            "troubles": troubles,
            "changes": changes_between({b.person_id: b for b in before}, {b.person_id: b for b in ballots}),
            "moved": rehearse(version=draft, at=timezone.now()),
            "is_own": is_own,
            "must_vouch": request.method == "POST" and not has_vouched,
            "was_changed": request.method == "POST" and request.POST.get("seen") != seen,
        }
        return self._respond(request, "publish", roll_call, context)

    def _publish(self, request: HttpRequest, draft: RollCallVersion, seen: str, *, vouched: bool) -> HttpResponse:
        try:
            events = publish_draft(version=draft, seen=seen, by=_organiser(request), vouched=vouched, at=timezone.now())
        except (DraftChanged, NotPublishable):
            messages.error(request, "Somebody else changed or published this draft meanwhile. Review it again.")
        except IntegrityError as refusal:
            messages.error(request, explain_refusal(refusal))
        else:
            self.log_change(request, draft.roll_call, f"Version {draft.number} published")
            changes = ScoreChange.objects.filter(event__in=events).select_related("person").order_by("person__sort_key")
            messages.success(
                request,
                format_html(
                    'Published: <a href="{}">{}</a>. {}',
                    _public_url(draft.roll_call),
                    draft.title,
                    _moved_words(list(changes)),
                ),
            )
        return redirect("admin:votes_rollcall_change", draft.roll_call_id)

    def discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        roll_call = self._for_change(request, pk)
        words = str(roll_call)
        try:
            discard_draft(roll_call=roll_call)
        except DraftChanged:
            messages.error(request, "There is no draft to discard: somebody published or discarded it.")
        except ProtectedError:
            messages.error(request, _("A link, a ruling or a decision is about this vote. Delete that draft first."))
        else:
            messages.success(request, f"The draft of {words} is discarded.")
        return redirect("admin:votes_rollcall_changelist")

    def _for_change(self, request: HttpRequest, pk: int) -> RollCall:
        roll_call = _read(str(pk))
        if not self.has_change_permission(request, roll_call):
            raise PermissionDenied
        return roll_call

    def _respond(
        self, request: HttpRequest, page: str, roll_call: RollCall | None, context: dict[str, Any]
    ) -> TemplateResponse:
        whole = {**desk.each_context(request), "opts": self.opts, "roll_call": roll_call, **context}
        return TemplateResponse(request, f"admin/votes/rollcall/{page}.html", whole)


def _organiser(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _read(pk: str) -> RollCall:
    rows = RollCall.objects.select_related("chamber", "published__roll_call__chamber", "published__source")
    return get_object_or_404(rows, pk=pk if pk.isdecimal() else 0)


def _draft_of(roll_call: RollCall) -> RollCallVersion | None:
    drafts = roll_call.versions.filter(state__in=[State.DRAFT.value, State.SUBMITTED.value])
    return drafts.select_related("roll_call__chamber", "source", "entered_by").order_by("-number").first()


def _latest(roll_call: RollCall) -> RollCallVersion:
    """The latest version, as the list has read it."""
    return roll_call.latest[0] if roll_call.latest else RollCallVersion()  # type: ignore[attr-defined]


def _latest_version(roll_call: RollCall) -> RollCallVersion:
    latest = roll_call.versions.select_related("roll_call__chamber", "source").order_by("-number")
    return latest[0]


def _could_vote(chamber: Chamber, held_at: dt.datetime | None) -> list[Eligible]:
    """Everybody once: without a date somebody may have held several seats, one after the other."""
    return list({one.mandate.person_id: one for one in eligible_at(chamber, held_at)}.values())


def _lines(eligible: list[Eligible], entries: dict[int, Entry]) -> list[Line]:
    return [Line(one, entries.get(one.mandate.pk, Entry())) for one in eligible]


def _differing(mine: dict[int, Entry], theirs: dict[int, Entry], eligible: list[Eligible]) -> str:
    lines = _lines(eligible, mine)
    return ", ".join(line.name for line in lines if line.entry != theirs.get(line.mandate_id, Entry()))


def _moved_words(changes: list[ScoreChange]) -> str:
    """How many scores moved, and whose."""
    if not changes:
        return "No score moved."
    names = list(dict.fromkeys(str(change.person.name) for change in changes))
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return f"Scores that moved: {len(changes)}, of {', '.join(names[:SHOWN_NAMES])}{more}."


def _public_url(roll_call: RollCall) -> str:
    return f"/en/{roll_call.chamber.slug}/votes/{roll_call.slug}/"


def _warn_of_twins(request: HttpRequest, version: RollCallVersion) -> None:
    """The same number on the same day is sometimes right and often a second copy."""
    twins = RollCallVersion.objects.filter(
        roll_call__chamber=version.roll_call.chamber,
        held_at=version.held_at,
        question_number=version.question_number,
        held_at__isnull=False,
    ).exclude(roll_call=version.roll_call)
    if twins.exists():
        messages.warning(request, "Another roll call has the same moment and number. Is this one entered twice?")
