"""What came by personal links: confirmed by a second channel, published by a second person, never edited."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from coalition.accounts.models import User
from coalition.desk.history import StepByStep
from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.rollcalls import roll_call_words, with_latest
from coalition.desk.site import desk
from deputies.people.models import Chamber
from deputies.votes.models import RollCall
from pledges.findings.actions import sweep
from pledges.tracker.actions import AlreadyRecorded, AnswerMoved, OwnWord, confirm_answer, publish_answer, set_aside
from pledges.tracker.enums import AnswerState
from pledges.tracker.models import Answer


class ConfirmForm(forms.Form):
    how = forms.CharField(
        label=_("How it was confirmed"),
        max_length=500,
        help_text=_("By which channel, whom you asked and when. Readers do not see it."),
    )


class SetAsideForm(forms.Form):
    why = forms.CharField(
        label=_("Why it is set aside"),
        max_length=500,
        help_text=_("The deputy reads it on their own page. Readers do not see it."),
    )


def answers_worded() -> QuerySet[Answer]:
    """Answers with what `about` reads."""
    votes = with_latest(RollCall.objects.select_related("chamber"))
    rows = Answer.objects.select_related("invitation__person", "invitation__platform__coalition__chamber")
    return rows.prefetch_related(Prefetch("demand", demands_worded()), Prefetch("roll_call", votes))


def about(answer: Answer) -> str:
    """The demand or the vote that an answer of `answers_worded` is about, or the platform."""
    named = [demand_words(answer.demand)] if answer.demand else []
    named += [roll_call_words(answer.roll_call)] if answer.roll_call else []
    return " · ".join(named) or str(answer.invitation.platform.coalition.name)


@admin.register(Answer, site=desk)
class AnswerAdmin(StepByStep[Answer]):
    list_display = ["deputy", "kind", "subject", "state", "received_at"]
    list_filter = ["state", "kind", "invitation__platform"]
    search_fields = ["invitation__person__name_ru", "invitation__person__name_en"]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return answers_worded()

    def chamber_of(self, obj: Answer) -> Chamber:
        chamber: Chamber = obj.invitation.platform.coalition.chamber
        return chamber

    @admin.display(description=_("deputy"))
    def deputy(self, answer: Answer) -> str:
        return str(answer.invitation.person.name)

    @admin.display(description=_("about"))
    def subject(self, answer: Answer) -> str:
        return about(answer)

    def may_confirm(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tracker.change_answer")

    def may_publish(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tracker.review_word")

    def get_urls(self) -> list[URLPattern]:
        pages = {"confirm": self.confirm, "publish": self.publish, "set-aside": self.set_aside}
        return [
            *(
                path(f"<int:pk>/{name}/", desk.admin_view(require_POST(view)), name=f"tracker_answer_{name}")
                for name, view in pages.items()
            ),
            *super().get_urls(),
        ]

    def rows(self) -> QuerySet[Answer]:
        return answers_worded()

    def _page(self, request: HttpRequest, answer: Answer, **bound: forms.Form) -> HttpResponse:
        state = AnswerState(answer.state)
        context = {
            **desk.each_context(request),
            "opts": self.opts,
            "title": f"{answer.invitation.person.name}: {answer.get_kind_display()}",
            "answer": answer,
            "chamber": self.chamber_of(answer),
            "about": about(answer),
            "may_confirm": self.may_confirm(request) and state.may_become(AnswerState.CONFIRMED),
            "may_publish": self.may_publish(request) and state.may_become(AnswerState.PUBLISHED),
            "is_own": answer.confirmed_by_id == request.user.pk,
            "may_set_aside": (self.may_confirm(request) or self.may_publish(request))
            and state.may_become(AnswerState.SET_ASIDE),
            "confirm_form": ConfirmForm(),
            "aside_form": SetAsideForm(),
            **bound,
        }
        return TemplateResponse(request, "admin/tracker/answer/page.html", context)

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        answer, form = self._for(request, pk, self.may_confirm(request)), ConfirmForm(request.POST)
        if not form.is_valid():
            return self._page(request, answer, confirm_form=form)

        def act(by: User) -> None:
            confirm_answer(answer=answer, how=form.cleaned_data["how"], by=by, at=timezone.now())

        return self._after(request, answer, act, gettext("Confirmed. Another person publishes it now."))

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        answer = self._for(request, pk, self.may_publish(request))

        def act(by: User) -> None:
            now = timezone.now()
            with transaction.atomic():
                publish_answer(answer=answer, by=by, at=now)
                sweep(at=now, chamber=self.chamber_of(answer))

        return self._after(request, answer, act, gettext("Published, word for word."))

    def set_aside(self, request: HttpRequest, pk: int) -> HttpResponse:
        answer = self._for(request, pk, self.may_confirm(request) or self.may_publish(request))
        form = SetAsideForm(request.POST)
        if not form.is_valid():
            return self._page(request, answer, aside_form=form)

        def act(_by: User) -> None:
            set_aside(answer=answer, why=form.cleaned_data["why"])

        return self._after(request, answer, act, gettext("Set aside. Nothing of it is published."))

    def _after(self, request: HttpRequest, answer: Answer, act: Callable[[User], object], done: str) -> HttpResponse:
        if not isinstance(request.user, User):
            raise PermissionDenied
        try:
            act(request.user)
        except OwnWord:
            messages.error(request, gettext("You confirmed it, so another person must publish it. Ask one of them."))
        except AnswerMoved:
            refused = gettext("Somebody else was faster, or a step is missing. This is how the answer is now.")
            messages.error(request, refused)
        except AlreadyRecorded:
            refused = gettext("The record has the same from this deputy already. Set this one aside.")
            messages.error(request, refused)
        else:
            self.log_change(request, answer, done)
            messages.success(request, done)
        return redirect("admin:tracker_answer_change", answer.pk)

    def _for(self, request: HttpRequest, pk: int, is_allowed: bool) -> Answer:
        if not is_allowed:
            raise PermissionDenied
        return self.read(pk)
