"""Reports of mistakes: what was sent beside what is published and its source, and the answer."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from coalition.accounts.models import User
from coalition.desk.history import StepByStep
from coalition.desk.site import desk
from deputies.journal.actions import CannotMove, close_dispute, confirm_office, take_up
from deputies.journal.enums import DisputeState
from deputies.journal.models import STATES, Dispute, Evidence
from deputies.votes.reports.disputes import ballot_of, told

ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/plain": ".txt"}


class ConfirmForm(forms.Form):
    how = forms.CharField(
        label=_("How it was confirmed"),
        max_length=500,
        help_text=_("Whom you asked, by which contact on the chamber’s own site, and when. Readers do not see it."),
    )


class CloseForm(forms.Form):
    outcome_ru = forms.CharField(label=_("Answer, in Russian"), widget=forms.Textarea({"rows": 3}))
    outcome_en = forms.CharField(
        label=_("Answer, in English"),
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Everybody reads it. Name the source; quote nothing that points to the sender."),
    )
    state = forms.ChoiceField(choices=[(state.value, STATES[state.value]) for state in DisputeState.closed()])


@admin.register(Dispute, site=desk)
class DisputeAdmin(StepByStep[Dispute]):
    list_display = ["number", "answer_by", "is_in_time", "state", "chamber", "claim", "is_confirmed", "filed_at"]
    list_filter = ["state", "chamber"]
    search_fields = ["=running", "should_say", "outcome_ru", "outcome_en"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        return Dispute.objects.by_deadline().defer("text", "outcome_ru", "outcome_en")

    def chamber_of(self, obj: Dispute) -> None:
        return None

    @admin.display(description=_("number"))
    def number(self, dispute: Dispute) -> str:
        return dispute.number

    @admin.display(description=_("in time"), boolean=True)
    def is_in_time(self, dispute: Dispute) -> bool | None:
        return None if dispute.is_closed else not dispute.is_overdue(timezone.localdate())

    @admin.display(description=_("shown → should be"))
    def claim(self, dispute: Dispute) -> str:
        return f"{dispute.shown[:60]} → {dispute.should_say[:60]}"

    @admin.display(description=_("of the office"), boolean=True)
    def is_confirmed(self, dispute: Dispute) -> bool | None:
        return dispute.confirmed_at is not None if dispute.claims_office else None

    def has_view_permission(self, request: HttpRequest, obj: Dispute | None = None) -> bool:
        return super().has_view_permission(request, obj) or self.may_answer(request)

    def may_answer(self, request: HttpRequest) -> bool:
        return request.user.has_perm("journal.answer_dispute")

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[str, Any]] = {
            "confirm": ("confirm/", require_POST(self.confirm)),
            "take_up": ("take-up/", require_POST(self.take_up)),
            "close": ("close/", require_POST(self.close)),
            "evidence": ("evidence/<int:evidence>/", require_safe(self.evidence)),
        }
        return [
            *(
                path(f"<int:pk>/{rest}", desk.admin_view(view), name=f"journal_dispute_{name}")
                for name, (rest, view) in pages.items()
            ),
            *super().get_urls(),
        ]

    def _page(self, request: HttpRequest, dispute: Dispute, **bound: forms.Form) -> HttpResponse:
        context = {
            **desk.each_context(request),
            "opts": self.opts,
            "title": gettext("Report %(number)s") % {"number": dispute.number},
            "told": told([dispute])[0],
            "dispute": dispute,
            "evidence": dispute.evidence.defer("content").order_by("pk"),
            "ballot": ballot_of(dispute),
            "is_overdue": dispute.is_overdue(timezone.localdate()),
            "may_answer": self.may_answer(request),
            "may_confirm": dispute.may_be_confirmed,
            "may_take_up": DisputeState(dispute.state).may_become(DisputeState.UNDER_REVIEW),
            "verdicts": [
                (state.value, STATES[state.value])
                for state in DisputeState.closed()
                if DisputeState(dispute.state).may_become(state)
            ],
            "confirm_form": ConfirmForm(),
            "close_form": CloseForm(),
            **bound,
        }
        return TemplateResponse(request, "admin/journal/dispute/page.html", context)

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        dispute, form = self._for_answer(request, pk), ConfirmForm(request.POST)
        if not form.is_valid():
            return self._page(request, dispute, confirm_form=form)

        def act(_by: User) -> None:
            confirm_office(dispute=dispute, how=form.cleaned_data["how"], at=timezone.now())

        return self._after(request, dispute, act, gettext("The office is confirmed: pages say so from now on."))

    def take_up(self, request: HttpRequest, pk: int) -> HttpResponse:
        dispute = self._for_answer(request, pk)
        done = gettext("You have taken it up: compare the row with its source.")
        return self._after(request, dispute, lambda by: take_up(dispute=dispute, by=by), done)

    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        dispute, form = self._for_answer(request, pk), CloseForm(request.POST)
        if not form.is_valid():
            return self._page(request, dispute, close_form=form)
        says = form.cleaned_data | {"state": DisputeState(form.cleaned_data["state"])}

        def act(by: User) -> None:
            close_dispute(dispute=dispute, by=by, at=timezone.now(), **says)

        return self._after(request, dispute, act, gettext("The answer is published."))

    def _after(self, request: HttpRequest, dispute: Dispute, act: Callable[[User], object], done: str) -> HttpResponse:
        if not isinstance(request.user, User):
            raise PermissionDenied
        try:
            act(request.user)
        except CannotMove:
            refused = gettext("Somebody else was faster, or a step is missing. This is how the report is now.")
            messages.error(request, refused)
        else:
            self.log_change(request, dispute, done)
            messages.success(request, done)
        return redirect("admin:journal_dispute_change", dispute.pk)

    def _for_answer(self, request: HttpRequest, pk: int) -> Dispute:
        if not self.may_answer(request):
            raise PermissionDenied
        return self.read(pk)

    def evidence(self, request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
        """A file as its sender sent it: to be saved and looked at with care, never opened as a page of this site."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        piece = get_object_or_404(Evidence.objects.select_related("dispute"), pk=evidence, dispute=pk, url="")
        response = HttpResponse(bytes(piece.content or b""), content_type="application/octet-stream")
        name = f"{piece.dispute.number}-{piece.pk}{ENDINGS.get(piece.media_type, '')}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response
