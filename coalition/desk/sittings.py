"""Sittings: the agenda pasted as thirty headers at once, how far each question is, one list of warnings for all."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from coalition.accounts.models import User
from coalition.demo.drill import INVENTED, questions
from coalition.desk.actions import start_drill
from coalition.desk.findings import worded
from coalition.desk.header import SourceFields
from coalition.desk.record import RecordAdmin, RecordForm, RecordInline
from coalition.desk.rollcalls import organiser
from coalition.desk.site import desk
from deputies.people.models import VotingRule
from deputies.sources.tables import BadFile, BadFiles, is_russian
from deputies.votes.actions import DraftChanged, NotReady, acknowledge, announce, content_hashes, start_agenda, submit
from deputies.votes.enums import EDITABLE, State
from deputies.votes.imports.agenda import Item, read_agenda
from deputies.votes.imports.named import sentences, spoken
from deputies.votes.models import AgendaItem, Ballot, Departure, RollCall, RollCallVersion, Sitting
from deputies.votes.reports.findings import NAMED_KINDS, findings_of

MOMENTS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.DateTimeField: {
        "form_class": forms.DateTimeField,
        "widget": forms.DateTimeInput({"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    }
}


class SittingForm(SourceFields, RecordForm):
    class Meta:
        model = Sitting
        fields = ["chamber", "number", "began_at", "ended_at"]

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        if self.instance.source:
            self.initial.update(source_url=self.instance.source.url, source_title=self.instance.source.title)


class AgendaForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("The agenda, one question to a line"),
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Number, title, result and totals, separated by tabs or semicolons, as a spreadsheet copies them. Only the"
            " title must be there. Totals: for/against/abstained/not voting, such as 24/11/3/3."
        ),
    )


class DepartureInline(RecordInline):
    """Who left before the end, as the record says."""

    model = Departure
    formfield_overrides = MOMENTS
    fields = ["person", "left_at", "returned_at"]
    autocomplete_fields = ["person"]
    verbose_name_plural = gettext_lazy("Who left before the end, where the record says so")


@admin.register(Sitting, site=desk)
class SittingAdmin(RecordAdmin[Sitting]):
    form = SittingForm
    formfield_overrides = MOMENTS
    list_display = ["__str__", "chamber", "began_at", "progress"]
    list_filter = ["chamber"]
    list_select_related = ["chamber"]
    search_fields = ["number"]
    ordering = ["-began_at"]
    fields = [("chamber", "number"), ("began_at", "ended_at"), ("source_url", "source_title"), "source_file"]
    inlines = [DepartureInline]
    change_form_template = "admin/votes/sitting/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sitting]:
        return super().get_queryset(request).prefetch_related(Prefetch("roll_calls", _with_versions()))

    @admin.display(description=gettext_lazy("published"))
    def progress(self, sitting: Sitting) -> str:
        return progress_words(sitting)

    def get_readonly_fields(self, request: HttpRequest, obj: Sitting | None = None) -> list[str]:
        return ["chamber"] if obj else []  # its roll calls are of that chamber

    def save_model(self, request: HttpRequest, obj: Sitting, form: Any, change: bool) -> None:  # noqa: ANN401
        obj.source = form.source()
        super().save_model(request, obj, form, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        sitting = self.get_object(request, object_id)
        more = {"questions": questions_of(sitting), "progress": progress_words(sitting)} if sitting else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def response_post_save_add(self, request: HttpRequest, obj: Sitting) -> HttpResponse:  # type: ignore[override]
        return redirect("admin:votes_sitting_agenda", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "agenda": self.agenda,
            "submit": self.submit,
            "protocol": self.protocol,
            "start": require_POST(self.start),
        }
        own = [path(f"<int:pk>/{n}/", desk.admin_view(v), name=f"votes_sitting_{n}") for n, v in pages.items()]
        return [*own, *super().get_urls()]

    def agenda(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Paste, look at what was read, and only then make the headers."""
        by, sitting = organiser(request, "votes.add_rollcall"), _sitting(pk)
        form = AgendaForm(request.POST or None)
        items, problems = [], []
        if form.is_bound and form.is_valid():
            try:
                items = read_agenda(form.cleaned_data["text"])
            except (BadFile, BadFiles) as refusal:
                problems = sentences(refusal, _)
        is_coming = sitting.began_at > timezone.now() and sitting.source is not None
        if items and ("create" in request.POST or (is_coming and "announce" in request.POST)):
            return self._create(request, sitting, items, by)
        there = set(_numbers(sitting))
        rows = [
            (item, bool(item.number) and item.number in there, [spoken(note, _) for note in item.notes])
            for item in items
        ]
        context = {
            "title": _("Paste the agenda"), "form": form, "rows": rows, "problems": problems, "is_coming": is_coming,
        }  # fmt: skip
        return self._respond(request, "agenda", sitting, context)

    def _create(self, request: HttpRequest, sitting: Sitting, items: list[Item], by: User) -> HttpResponse:
        rule = VotingRule.objects.filter(chamber=sitting.chamber).at(sitting.began_at).first()
        if rule is None:
            messages.error(request, _("No voting rule of this chamber covers that day: add one first."))
            return redirect("admin:votes_sitting_agenda", sitting.pk)
        if "announce" in request.POST:
            return self._announce(request, sitting, items, rule)
        there = set(_numbers(sitting))
        new = [item for item in items if not item.number or item.number not in there]
        started = start_agenda(sitting=sitting, items=new, rule=rule, by=by, at=timezone.now())
        messages.success(
            request,
            ngettext("%(count)d question was added.", "%(count)d questions were added.", len(started))
            % {"count": len(started)},
        )
        return redirect("admin:votes_sitting_change", sitting.pk)

    @transaction.atomic
    def _announce(self, request: HttpRequest, sitting: Sitting, items: list[Item], rule: VotingRule) -> HttpResponse:
        """Announce the questions that are not announced for that moment, for readers to see what is coming."""
        organiser(request, "votes.add_agendaitem")
        there = set(
            AgendaItem.objects.filter(chamber=sitting.chamber, starts_at=sitting.began_at).values_list("number")
        )
        new = [item for item in items if not item.number or (item.number,) not in there]
        for item in new:
            title = {"title_ru" if is_russian(item.title) else "title_en": item.title}
            needs = {"threshold": rule.threshold, "threshold_number": rule.threshold_number}
            coming = AgendaItem(
                chamber=sitting.chamber, number=item.number, starts_at=sitting.began_at, source=sitting.source,
                **title, **needs,
            )  # fmt: skip
            announce(item=coming, at=timezone.now())
        said = ngettext("%(count)d coming vote was announced.", "%(count)d coming votes were announced.", len(new))
        messages.success(request, said % {"count": len(new)})
        return redirect("admin:votes_agendaitem_changelist")

    def submit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every question that is still to be handed on, with what stands in its way; those ready go together."""
        by, sitting = organiser(request, "votes.change_rollcall"), _sitting(pk)
        with timezone.override(sitting.chamber.zone):
            drafts, untouched = _drafts(sitting)
            if request.method == "POST":
                return self._hand_on(request, sitting, drafts, by)
            rows = [(draft, worded(draft, findings_of(draft, at=timezone.now()))) for draft in drafts]
            context = {
                "title": _("Before it goes to a second person"),
                "ready": [draft for draft, shown in rows if not any(one.finding.is_open for one in shown)],
                "rows": [(draft, shown) for draft, shown in rows if any(one.finding.is_open for one in shown)],
                "untouched": untouched,
            }
            return self._respond(request, "submit", sitting, context)

    def _hand_on(self, request: HttpRequest, sitting: Sitting, drafts: list[RollCallVersion], by: User) -> HttpResponse:
        handed = 0
        for draft in drafts:
            ticked = {
                o.key: o.words
                for o in worded(draft, findings_of(draft, at=timezone.now()))
                if f"seen-{draft.pk}-{o.key}" in request.POST
            }
            try:
                acknowledge(version=draft, words=ticked, by=by, at=timezone.now())
                submit(version=draft, by=by, seen=content_hashes([draft.pk])[draft.pk], at=timezone.now())
            except (NotReady, DraftChanged):
                continue  # it stays in the list, with what is open
            handed += 1
        words = ngettext(
            "%(count)d question waits for a second person.", "%(count)d questions wait for a second person.", handed
        )
        messages.success(request, words % {"count": handed})
        return redirect(
            "admin:votes_sitting_submit" if handed < len(drafts) else "admin:votes_sitting_change", sitting.pk
        )

    def protocol(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a drill is entered from, to be printed."""
        organiser(request, "votes.view_rollcall")
        sitting = get_object_or_404(Sitting.objects.select_related("chamber"), pk=pk, is_drill=True)
        context = {"title": _("Protocol"), "invented": INVENTED, "questions": questions()}
        return self._respond(request, "protocol", sitting, context)

    def start(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin a drill, or begin it again."""
        by = organiser(request, "votes.change_rollcall")
        start_drill(sitting=get_object_or_404(Sitting, pk=pk, is_drill=True), by=by, at=timezone.now())
        messages.success(request, _("The drill has begun: its questions have no marks, and the clock runs."))
        return redirect("admin:votes_sitting_change", pk)

    def _respond(self, request: HttpRequest, page: str, sitting: Sitting, context: dict[str, Any]) -> HttpResponse:
        whole = {
            **desk.each_context(request), "opts": self.opts, "sitting": sitting, "subtitle": str(sitting), **context,
        }  # fmt: skip
        return TemplateResponse(request, f"admin/votes/sitting/{page}.html", whole).render()


def _sitting(pk: int) -> Sitting:
    return get_object_or_404(Sitting.objects.select_related("chamber", "source"), pk=pk)


def _with_versions() -> QuerySet[RollCall]:
    versions = RollCallVersion.objects.select_related("entered_by").order_by("-number")
    return RollCall.objects.prefetch_related(Prefetch("versions", versions, to_attr="latest")).order_by("pk")


def questions_of(sitting: Sitting) -> list[RollCallVersion]:
    """The latest version of each question, in the order of the agenda."""
    return [call.latest[0] for call in sitting.roll_calls.all() if call.latest]  # type: ignore[attr-defined]


def progress_words(sitting: Sitting) -> str:
    """Such as "12 of 30 published"; what is done of a drill is approved."""
    questions = questions_of(sitting)
    if sitting.is_drill:
        done = sum(version.state == State.REVIEWED for version in questions)
        return _("%(done)d of %(all)d approved") % {"done": done, "all": len(questions)}
    done = sum(version.state == State.PUBLISHED for version in questions)
    return _("%(done)d of %(all)d published") % {"done": done, "all": len(questions)}


def _numbers(sitting: Sitting) -> list[str]:
    rows = RollCallVersion.objects.filter(roll_call__sitting=sitting)
    return list(rows.values_list("question_number", flat=True).distinct())


def _drafts(sitting: Sitting) -> tuple[list[RollCallVersion], list[RollCallVersion]]:
    """What is still to be handed on, in the order of the agenda: what somebody began, and what nobody did."""
    rows = RollCallVersion.objects.filter(roll_call__sitting=sitting, state__in=EDITABLE)
    marked = set(Ballot.objects.filter(version__in=rows).values_list("version", flat=True).distinct())
    every = list(rows.select_related("roll_call__chamber", "roll_call__sitting").order_by("roll_call"))
    untouched = [one for one in every if one.kind in NAMED_KINDS and one.pk not in marked]
    return [one for one in every if one not in untouched], untouched
