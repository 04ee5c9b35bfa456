"""Which of several votes on a text is the main one, and rulings: what is read otherwise than the rule has it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.desk.actions import foresee
from coalition.desk.record import RecordAdmin, RecordForm, seal
from coalition.desk.rollcalls import roll_call_words, with_latest
from coalition.desk.site import desk
from deputies.journal.models import Event
from deputies.people.models import Chamber
from deputies.votes.actions import DraftChanged
from deputies.votes.models import Decision, RollCall
from pledges.findings.actions import sweep
from pledges.scorecards import wording
from pledges.scorecards.actions import NothingToPublish, designate, publish_platform
from pledges.scorecards.enums import LinkState, RulingKind
from pledges.scorecards.models import Ruling, ScoreChange
from pledges.scorecards.reports.rulings import cast_by


class DecisionForm(RecordForm):
    votes = forms.CharField(
        label=_("Its votes"),
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The ids of all votes on this text, one to a line."),
    )

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        if self.instance.pk:
            ids = self.instance.roll_calls.order_by("vote_id").values_list("vote_id", flat=True)
            self.initial["votes"] = "\n".join(ids)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        chamber = cleaned.get("chamber") or getattr(self.instance, "chamber", None)
        ids = [line.strip() for line in cleaned.get("votes", "").splitlines() if line.strip()]
        calls = {call.vote_id: call for call in RollCall.objects.filter(chamber=chamber, vote_id__in=ids)}
        for nth, vote_id in enumerate(ids, 1):
            if vote_id not in calls:
                said = gettext("Line %(nth)s: this chamber has no vote with the id “%(vote)s”.")
                self.add_error("votes", said % {"nth": nth, "vote": vote_id})
            elif calls[vote_id].decision_id not in (None, self.instance.pk):
                said = gettext("Line %(nth)s: “%(vote)s” is one of the votes on another text.")
                self.add_error("votes", said % {"nth": nth, "vote": vote_id})
        cleaned["votes"] = list(calls.values())
        main = cleaned.get("main")
        if main is not None and main not in cleaned["votes"]:
            self.add_error("main", gettext("It must be one of the votes on this text."))
        return cleaned


@admin.register(Decision, site=desk)
class DecisionAdmin(RecordAdmin[Decision]):
    """Several votes on one text: only the main one can count for a demand."""

    form = DecisionForm
    list_display = ["key", "title", "chamber"]
    list_filter = ["chamber"]
    list_select_related = ["chamber"]
    search_fields = ["key", "title_ru", "title_en"]
    ordering = ["-pk"]
    autocomplete_fields = ["chamber", "main"]
    fields = ["chamber", "key", ("title_ru", "title_en"), "votes", "main"]

    @admin.display(description=_("title"))
    def title(self, decision: Decision) -> str:
        return str(decision.title)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        """The scores follow in the same transaction."""
        calls, main = form.cleaned_data["votes"], form.cleaned_data["main"]
        event = designate(decision=form.instance, main=main, roll_calls=calls, at=timezone.now())
        sweep(at=timezone.now(), chamber=form.instance.chamber)
        super().save_related(request, form, formsets, change)
        moved = ScoreChange.objects.filter(event=event).count()
        messages.info(request, gettext("Scores that moved: %(moved)s.") % {"moved": moved})

    def save_model(self, request: HttpRequest, obj: Decision, form: Any, change: bool) -> None:  # noqa: ANN401
        obj.main = None  # until its votes are those of the form
        super().save_model(request, obj, form, change)


TITLES = {"publish": _("Publish rulings"), "withdraw": _("Withdraw rulings")}


class RulingForm(RecordForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        platform, call, person = (cleaned.get(name) for name in ("platform", "roll_call", "person"))
        if platform and call and platform.coalition.chamber_id != call.chamber_id:
            self.add_error("roll_call", gettext("This vote was held in another chamber than the platform’s."))
        if call and person and not person.mandates.filter(chamber=call.chamber_id).exists():
            self.add_error("person", gettext("They never held a seat in the chamber of this vote."))
        elif call and person and cleaned.get("kind") == RulingKind.QUORUM and (cast := cast_by(person, call)):
            said = {"position": wording.POSITIONS[cast]}
            self.add_error("kind", gettext("Whoever voted did not break the quorum. On record: %(position)s.") % said)
        return cleaned


@admin.register(Ruling, site=desk)
class RulingAdmin(RecordAdmin[Ruling]):
    """Written by one organiser with reason and source, published by another; the recorded ballot stays beside it."""

    form = RulingForm
    list_display = ["vote", "kind", "person", "state", "platform", "author"]
    list_filter = ["state", "kind", "platform"]
    list_select_related = ["person", "platform", "author"]
    search_fields = ["roll_call__vote_id", "person__name_ru", "person__name_en"]
    ordering = ["-pk"]
    autocomplete_fields = ["platform", "roll_call", "person", "source"]
    readonly_fields = ["state", "author", "approver", "published_at"]
    fields = [
        ("platform", "roll_call"),
        "kind",
        "silence",
        ("person", "reads_as"),
        ("reason_ru", "reason_en"),
        "source",
        ("state", "author", "approver", "published_at"),
    ]
    actions = ["publish_chosen", "withdraw_chosen"]

    def chamber_of(self, obj: Ruling) -> Chamber:
        return obj.roll_call.chamber

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ruling]:
        votes = with_latest(RollCall.objects.select_related("chamber"))
        return super().get_queryset(request).prefetch_related(Prefetch("roll_call", votes))

    @admin.display(description=_("roll call"))
    def vote(self, ruling: Ruling) -> str:
        return roll_call_words(ruling.roll_call)

    def is_frozen(self, obj: Ruling) -> bool:
        return obj.state != LinkState.DRAFT

    def may_be_deleted(self, obj: Ruling) -> bool:
        return obj.state == LinkState.DRAFT

    def save_model(self, request: HttpRequest, obj: Ruling, form: Any, change: bool) -> None:  # noqa: ANN401
        obj.author = request.user  # type: ignore[assignment]  # whoever wrote it last
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        pages = {"publish": self.publish, "withdraw": self.withdraw}
        own = [path(f"{n}/", desk.admin_view(view), name=f"scorecards_ruling_{n}") for n, view in pages.items()]
        return [*own, *super().get_urls()]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scorecards.publish_ruling")

    @admin.action(description=_("Publish drafts: preview first"), permissions=["publish"])
    def publish_chosen(self, request: HttpRequest, chosen: QuerySet[Ruling]) -> HttpResponse:
        return _to_page("publish", chosen.filter(state=LinkState.DRAFT.value))

    @admin.action(description=_("Withdraw published rulings: preview first"), permissions=["publish"])
    def withdraw_chosen(self, request: HttpRequest, chosen: QuerySet[Ruling]) -> HttpResponse:
        return _to_page("withdraw", chosen.filter(state=LinkState.PUBLISHED.value))

    def publish(self, request: HttpRequest) -> HttpResponse:
        """What the rulings would move; then publish them, always by a second person."""
        return self._page(request, "publish", LinkState.DRAFT)

    def withdraw(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, "withdraw", LinkState.PUBLISHED)

    def _page(self, request: HttpRequest, doing: str, state: LinkState) -> HttpResponse:
        if not self.has_publish_permission(request):
            raise PermissionDenied
        ids = [int(pk) for pk in request.GET.get("rulings", "").split(",") if pk.isdecimal()]
        rulings = list(self.get_queryset(request).filter(pk__in=ids, state=state.value).select_related("platform"))
        own = [ruling for ruling in rulings if ruling.author_id in (None, request.user.pk)]
        was_seen = request.POST.get("seen") == _seal_of(rulings)
        refused = [r for r in rulings if doing == "publish" and _is_refused(r)]
        for ruling in refused:
            said = gettext("%(ruling)s: whoever voted did not break the quorum. Delete the draft or change its kind.")
            messages.error(request, said % {"ruling": ruling})
        if request.method == "POST" and rulings and was_seen and not own and not refused:
            return self._apply(request, doing, rulings)
        context = {
            **desk.each_context(request),
            "title": TITLES[doing],
            "opts": self.opts,
            "rulings": [(ruling, self.vote(ruling)) for ruling in rulings],
            "own": own,
            "moved": foresee(lambda: self._change(request, doing, rulings, vouched=True)),
            "seen": _seal_of(rulings),
            "was_changed": request.method == "POST" and not was_seen,
        }
        return TemplateResponse(request, "admin/scorecards/ruling/publish.html", context)

    def _change(self, request: HttpRequest, doing: str, rulings: list[Ruling], *, vouched: bool) -> list[Event]:
        """Publish or withdraw the rulings of each platform; the approver is the one who asks."""
        done: list[Event] = []
        for platform in {ruling.platform for ruling in rulings}:
            chosen = [ruling for ruling in rulings if ruling.platform == platform]
            event = publish_platform(
                version=None,
                links=[],
                rulings=chosen if doing == "publish" else (),
                withdraw=chosen if doing == "withdraw" else (),
                platform=platform,
                vouched=vouched,
                approver=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
            done.append(event)
        return done

    def _apply(self, request: HttpRequest, doing: str, rulings: list[Ruling]) -> HttpResponse:
        seen = _seal_of(rulings)
        try:
            with transaction.atomic():
                events = self._change(request, doing, rulings, vouched=False)
                for chamber in {ruling.roll_call.chamber for ruling in rulings}:
                    sweep(at=timezone.now(), chamber=chamber)
                if _seal_of(rulings) != seen:  # once more, as published
                    raise DraftChanged
                for ruling in rulings:
                    self.log_change(request, ruling, f"Second person of the two: {doing}.")
        except (DraftChanged, NothingToPublish):
            messages.error(request, gettext("Somebody changed one of these rulings meanwhile. Review them again."))
        else:
            moved = ScoreChange.objects.filter(event__in=events).count()
            messages.success(request, gettext("Done. Scores that moved: %(moved)s.") % {"moved": moved})
        return redirect("admin:scorecards_ruling_changelist")


def _is_refused(ruling: Ruling) -> bool:
    """Whether it says that a deputy broke the quorum of a vote in which the record has them vote."""
    is_quorum = ruling.kind == RulingKind.QUORUM and ruling.person is not None
    return is_quorum and cast_by(ruling.person, ruling.roll_call) is not None  # type: ignore[arg-type]


def _to_page(page: str, rulings: QuerySet[Ruling]) -> HttpResponse:
    ids = ",".join(str(pk) for pk in rulings.order_by("pk").values_list("pk", flat=True))
    return redirect(f"{reverse(f'admin:scorecards_ruling_{page}')}?rulings={ids}")


def _seal_of(rulings: list[Ruling]) -> str:
    """The rulings as stored now, with the votes that they are about."""
    said = ("pk", "platform_id", "roll_call_id", "kind", "silence", "person_id", "reads_as", "reason_ru", "reason_en",
            "source_id", "author_id", "roll_call__published_id")  # fmt: skip
    return seal(list(Ruling.objects.filter(pk__in=[r.pk for r in rulings]).order_by("pk").values(*said)))
