"""Entering a roll call: the header, the grid, what is pasted or uploaded, names to decide, and handing it on."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.accounts.models import User
from coalition.desk import claims
from coalition.desk.findings import worded
from coalition.desk.grid import (
    KEYS,
    OPTIONS,
    OTHER,
    Line,
    choices,
    groups_of,
    lines_of,
    posted_entries,
    previous_of,
    totals_beside,
)
from coalition.desk.header import HeaderForm, NewHeaderForm
from coalition.desk.queue import next_after
from coalition.desk.refusals import explain_refusal
from deputies.people.actions import NotRemembered
from deputies.people.models import Person
from deputies.sources.models import keep_copy
from deputies.sources.tables import BadFile, BadFiles
from deputies.votes.actions import (
    DraftChanged,
    Entry,
    Named,
    NotReady,
    NotThatDeputy,
    acknowledge,
    content_hashes,
    decide_name,
    save_draft,
    start_roll_call,
    submit,
    take_names,
)
from deputies.votes.enums import NameState, Position
from deputies.votes.imports.named import Reading, sentences, spoken
from deputies.votes.imports.pasted import read_text
from deputies.votes.imports.roster import explain, match_names
from deputies.votes.imports.upload import read_upload
from deputies.votes.models import POSITION_CHOICES, Ballot, RollCallVersion, Sitting, VoteWord, WrittenName
from deputies.votes.reports.eligibility import Eligible
from deputies.votes.reports.findings import NAMED_KINDS, everybody, findings_of, totals_of

CHANGED = gettext_lazy(
    "Somebody else changed this draft after you opened it. What you entered is below and not saved yet; saving now puts"
    " it in place of theirs."
)
MOST_BYTES = 1_000_000
Respond = Callable[[str, dict[str, Any]], HttpResponse]


class PasteForm(forms.Form):
    """A list of names with their votes, as text or as a file."""

    text = forms.CharField(
        label=gettext_lazy("The list, copied from the protocol"),
        required=False,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Names under headings (For, Against, …), or one name and vote to a line. It is read, matched and shown"
            " before anything is published."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file"),
        required=False,
        help_text=gettext_lazy("CSV, TSV, XLSX, or Popolo / OpenCivicData JSON; at most 1 MB."),
    )
    rest = forms.ChoiceField(
        label=gettext_lazy("Everybody whom it does not name"),
        required=False,
        help_text=gettext_lazy("Never by itself."),
    )

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        rest: Any = self.fields["rest"]
        few = (Position.NO_MARK, Position.ABSENT, Position.PRESENT_NOT_VOTING)
        rest.choices = [("", _("stays not entered")), *((p.value, str(POSITION_CHOICES[p.value])) for p in few)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if not cleaned.get("text") and not file:
            raise forms.ValidationError(_("Paste a list, or choose a file."))
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB. Save only the sheet with this vote."))
        return cleaned

    def readings(self) -> list[Reading]:
        """Raises BadFile or BadFiles."""
        words, file = VoteWord.objects.vote_words(), self.cleaned_data["file"]
        if file:
            return read_upload(file.name, file.read(), words)
        return [read_text(self.cleaned_data["text"], words)]


def start_page(request: HttpRequest, by: User, respond: Respond) -> HttpResponse:
    """The header, and with it a list if there is one; who could vote follows from the header."""
    sitting = Sitting.objects.select_related("chamber").filter(pk=_number(request.GET.get("sitting"))).first()
    form = NewHeaderForm(request.POST or None, request.FILES or None, initial=_first(request, sitting))
    if form.is_bound and form.is_valid():
        version = form.instance
        version.source = form.source()
        try:
            roll_call = start_roll_call(
                chamber=form.cleaned_data["chamber"],
                vote_id=form.cleaned_data["vote_id"],
                version=version,
                by=by,
                at=timezone.now(),
                sitting=sitting,
            )
        except IntegrityError as refusal:
            form.add_error(None, explain_refusal(refusal))
        else:
            if request.POST.get("text", "").strip() or "file" in request.FILES:
                return paste_page(request, version, by, respond)
            return redirect("admin:votes_rollcall_change", roll_call.pk)
    paste = PasteForm(request.POST or None)
    return respond("start", {"title": _("Enter a roll call"), "form": form, "paste": paste, "sitting": sitting})


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def _first(request: HttpRequest, sitting: Sitting | None) -> dict[str, Any]:
    """What a new header begins with: the sitting's time and source, and what rarely changes between questions."""
    if sitting is None:
        return {"chamber": request.GET.get("chamber", "")}
    known: dict[str, Any] = {"chamber": sitting.chamber_id, "held_at": sitting.began_at}
    if sitting.source:
        known |= {"source_url": sitting.source.url, "source_title": sitting.source.title}
    rows = RollCallVersion.objects.filter(roll_call__sitting=sitting).select_related("source")
    before = rows.order_by("-held_at", "-pk").first()
    if before:
        same = ("held_at", "held_precision", "kind", "threshold", "threshold_number", "threshold_stated")
        known |= {name: getattr(before, name) for name in same}
        if before.source:
            known |= {"source_url": before.source.url, "source_title": before.source.title}
    return known


def edit_page(request: HttpRequest, draft: RollCallVersion, by: User, respond: Respond) -> HttpResponse:
    """Header and names in one form; every button saves, and then goes where it says."""
    seen = content_hashes([draft.pk])[draft.pk]
    if request.method != "POST":
        return _grid(request, draft, by, HeaderForm(instance=draft), lines_of(draft), seen, respond)
    form = HeaderForm(request.POST, request.FILES or None, instance=draft)
    is_read = form.is_valid()
    stored = {line.mandate_id: line.entry for line in lines_of(RollCallVersion.objects.get(pk=draft.pk))}
    if "held_at" in form.cleaned_data:
        draft.held_at = form.cleaned_data["held_at"]
    eligible = everybody(draft)
    entries = posted_entries(request.POST, eligible)
    lines = lines_of(draft, entries, eligible)
    if is_read:
        try:
            draft.source = form.source()
            dropped = save_draft(
                version=draft,
                seen=request.POST.get("seen", ""),
                eligible=eligible,
                entries=entries,
                by=by,
                at=timezone.now(),
            )
        except DraftChanged:
            form.add_error(None, str(CHANGED))
            differ = ", ".join(line.name for line in lines if line.entry != stored.get(line.mandate_id, Entry()))
            if differ:
                form.add_error(None, _("Rows that differ from the saved draft: %(names)s.") % {"names": differ})
        except IntegrityError as refusal:
            form.add_error(None, explain_refusal(refusal))
        else:
            return _saved(request, draft, by, eligible, entries, dropped)
    return _grid(request, draft, by, form, lines, seen, respond)


def _saved(
    request: HttpRequest,
    draft: RollCallVersion,
    by: User,
    eligible: Sequence[Eligible],
    entries: dict[int, Entry],
    dropped: Sequence[Ballot],
) -> HttpResponse:
    if dropped:
        names = ", ".join(str(ballot.person.name) for ballot in dropped)
        messages.warning(request, _("Removed, because they held no seat at that moment: %(names)s.") % {"names": names})
    if "absences" in request.POST:
        return _copy_absences(request, draft, by, eligible, entries)
    if "submit" in request.POST:
        return hand_on(request, draft, by)
    told = {"entered": len(entries), "eligible": len(eligible)}
    messages.success(request, _("The draft is saved: %(entered)d of %(eligible)d deputies are entered.") % told)
    if "next" in request.POST and (following := next_after(draft)):
        return redirect("admin:votes_rollcall_change", following.roll_call_id)
    return redirect("admin:votes_rollcall_change", draft.roll_call_id)


def _copy_absences(
    request: HttpRequest, draft: RollCallVersion, by: User, eligible: Sequence[Eligible], entries: dict[int, Entry]
) -> HttpResponse:
    """Enter in empty rows who was absent or excused in the question before: asked for, never by itself."""
    before = previous_of(draft)
    away = {Position.ABSENT.value, Position.EXCUSED.value}
    marks = (
        {b.person_id: Entry(b.position, b.excuse) for b in before.ballots.filter(position__in=away)} if before else {}
    )
    copied = {
        one.mandate.pk: marks[one.mandate.person_id]
        for one in eligible
        if one.mandate.person_id in marks and one.mandate.pk not in entries
    }
    seen = content_hashes([draft.pk])[draft.pk]
    save_draft(version=draft, seen=seen, eligible=eligible, entries=entries | copied, by=by, at=timezone.now())
    messages.success(
        request,
        _("Copied from the question before: %(count)d absent or excused. Look at each.") % {"count": len(copied)},
    )
    return redirect(reverse("admin:votes_rollcall_change", args=[draft.roll_call_id]) + "#names")


def hand_on(request: HttpRequest, draft: RollCallVersion, by: User) -> HttpResponse:
    """Submit a draft in which nothing is open; else show what is."""
    try:
        submit(version=draft, by=by, seen=content_hashes([draft.pk])[draft.pk], at=timezone.now())
    except NotReady:
        return redirect("admin:votes_rollcall_submit", draft.roll_call_id)
    except DraftChanged:
        messages.error(request, _("Somebody else changed this draft meanwhile. Look through it again."))
        return redirect("admin:votes_rollcall_change", draft.roll_call_id)
    claims.release(version=draft, by=by)
    messages.success(request, _("“%(title)s” waits for a second person.") % {"title": draft.title})
    following = next_after(draft)
    return redirect("admin:votes_rollcall_change", (following or draft).roll_call_id)


def _grid(
    request: HttpRequest,
    draft: RollCallVersion,
    by: User,
    form: HeaderForm,
    lines: list[Line],
    seen: str,
    respond: Respond,
) -> HttpResponse:
    entered = sum(bool(line.entry.position) for line in lines)
    return respond(
        "grid",
        {
            "title": _("Correct a roll call") if draft.number > 1 else _("Enter a roll call"),
            "subtitle": draft.title,
            "form": form,
            "draft": draft,
            "groups": groups_of(lines) if draft.kind in NAMED_KINDS or entered else [],
            "lines": lines,
            "totals": totals_beside(draft, lines),
            "choices": choices(),
            "keys": {key: position.value for position, key in KEYS.items()},
            "other": OTHER,
            "n_entered": entered,
            "n_missing": len(lines) - entered,
            "seen": seen,
            "paste": PasteForm(),
            "unmatched": draft.written_names.filter(state=NameState.UNMATCHED.value).count(),
            "before": previous_of(draft),
            "following": next_after(draft),
            "claim": claims.claim(version=draft, by=by, at=timezone.now()),
        },
    )


def paste_page(request: HttpRequest, draft: RollCallVersion, by: User, respond: Respond) -> HttpResponse:
    """Read a list of names into the draft: what is certain into the grid, the rest to be decided by a person."""
    form = PasteForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if form.is_bound and form.is_valid():
        try:
            readings = form.readings()
            reading = _the_one(readings)
            _take(request, draft, by, form, reading)
        except (BadFile, BadFiles) as refusal:
            problems = sentences(refusal, _)
        except DraftChanged:
            problems = [_("Somebody else changed this draft meanwhile. Open it again, then paste.")]
        else:
            if draft.written_names.filter(state=NameState.UNMATCHED.value).exists():
                return redirect("admin:votes_rollcall_names", draft.roll_call_id)
            return redirect(reverse("admin:votes_rollcall_change", args=[draft.roll_call_id]) + "#names")
    context = {
        "title": _("Paste a roll call"),
        "subtitle": draft.title,
        "form": form,
        "problems": problems,
        "draft": draft,
        "roll_call": draft.roll_call,
    }
    return respond("paste", context)


def _the_one(readings: Sequence[Reading]) -> Reading:
    if len(readings) != 1:
        problem = _("it holds %(count)d votes") % {"count": len(readings)}
        raise BadFile(_("the file"), None, problem, _("Save the one that belongs to this question, and upload that."))
    return readings[0]


def _take(request: HttpRequest, draft: RollCallVersion, by: User, form: PasteForm, reading: Reading) -> None:
    chosen = form.cleaned_data["rest"]
    marks = [(row, row.position or None) for row in reading.rows]
    if unread := [row for row, position in marks if position is None]:
        names = ", ".join(row.name for row in unread[:5])
        problem = _("no vote beside %(names)s") % {"names": names}
        raise BadFile(
            _("the list"), unread[0].line, problem, _("Put the names under a heading such as For or Against.")
        )
    _compare_totals(draft, reading)
    matches = match_names(draft.roll_call.chamber, draft.held_at, [row.name for row in reading.rows], draft.source)
    found: dict[int, str] = {}
    unmatched = []
    for row, match in zip(reading.rows, matches, strict=True):
        assert row.position is not None
        if match.id is not None:
            found[match.id] = row.position.value
        else:
            likely = tuple(each.id for each in match.suggestions if not each.unable)
            unmatched.append(Named(row.line, row.name[:200], row.position.value, explain(match), likely))
    seen = content_hashes([draft.pk])[draft.pk]
    changed = take_names(
        version=draft,
        seen=seen,
        found=found,
        unmatched=unmatched,
        rest=Position(chosen) if chosen else None,
        by=by,
        at=timezone.now(),
        totals=reading.totals,
    )
    _keep_file(draft, form)
    told = {"found": len(found), "read": len(reading.rows)}
    messages.success(request, _("%(found)d of %(read)d names were found and entered.") % told)
    for note in reading.notes:
        messages.warning(request, spoken(note, _))
    if changed:
        messages.warning(request, _("Another mark than before: %(names)s.") % {"names": ", ".join(changed)})
    if chosen and draft.written_names.filter(state=NameState.UNMATCHED.value).exists():
        messages.warning(request, _("The rest was not entered yet: first decide the names below, then paste again."))


def _compare_totals(draft: RollCallVersion, reading: Reading) -> None:
    """Two official totals that differ are for a person to look at. Raises BadFile."""
    for option, words in OPTIONS.items():
        stored, printed = getattr(totals_of(draft), option), getattr(reading.totals, option)
        if None not in (stored, printed) and stored != printed:
            told = {"option": words, "printed": printed, "stored": stored}
            problem = _("%(option)s: it prints %(printed)d, and the header has %(stored)d") % told
            raise BadFile(_("the list"), None, problem, _("Look at the source, and correct the one that is wrong."))


def _keep_file(draft: RollCallVersion, form: PasteForm) -> None:
    """The uploaded file is the source, where the header names none."""
    file = form.cleaned_data["file"]
    if file and draft.source_id is None:
        file.seek(0)
        source = keep_copy(
            content=file.read(), title=str(draft.title)[:480], media_type=(file.content_type or "")[:100]
        )
        RollCallVersion.objects.filter(pk=draft.pk).update(source=source)


def names_page(request: HttpRequest, draft: RollCallVersion, by: User, respond: Respond) -> HttpResponse:
    """The names that fit nobody: a person picks who is meant, or says that it is no name."""
    open_names = draft.written_names.filter(state=NameState.UNMATCHED.value).order_by("line")
    if request.method == "POST":
        for written in open_names:
            _decide(request, written, by)
        if not open_names.all().exists():
            return redirect(reverse("admin:votes_rollcall_change", args=[draft.roll_call_id]) + "#names")
        return redirect("admin:votes_rollcall_names", draft.roll_call_id)
    people = {one.mandate.person_id: str(one.mandate.person.name) for one in everybody(draft)}
    everyone = sorted(people.items(), key=lambda pair: pair[1])
    rows = [(name, [(pk, people[pk]) for pk in name.suggested if pk in people]) for name in open_names]
    context = {
        "title": _("Names to decide"),
        "subtitle": draft.title,
        "rows": rows,
        "everyone": everyone,
        "draft": draft,
    }
    return respond("names", context)


def _decide(request: HttpRequest, written: WrittenName, by: User) -> None:
    chosen = request.POST.get(f"n-{written.pk}", "")
    is_person = chosen.isdecimal()
    if not is_person and chosen not in (NameState.SOURCE_ERROR.value, NameState.IGNORED.value):
        return
    person = get_object_or_404(Person, pk=_number(chosen)) if is_person else None
    state = NameState.MATCHED if is_person else NameState(chosen)
    remember = is_person and f"r-{written.pk}" in request.POST
    try:
        decide_name(written=written, state=state, person=person, remember=remember, by=by, at=timezone.now())
    except DraftChanged:
        messages.error(request, _("“%(name)s” was decided by somebody else meanwhile.") % {"name": written.name})
    except NotThatDeputy as refusal:
        messages.error(request, _not_that_deputy(written, refusal))
    except NotRemembered as refusal:
        messages.error(request, str(refusal))


def _not_that_deputy(written: WrittenName, refusal: NotThatDeputy) -> str:
    told = {"name": written.name, "deputy": refusal.person.name, "mark": POSITION_CHOICES.get(refusal.mark, "")}
    if not refusal.mark:
        return _("“%(name)s”: %(deputy)s could not vote then. Pick somebody else, or correct the date.") % told
    return (
        _("“%(name)s”: %(deputy)s has the mark “%(mark)s” already. Pick somebody else, or empty that row first.") % told
    )


def submit_page(request: HttpRequest, draft: RollCallVersion, by: User, respond: Respond) -> HttpResponse:
    """Everything that stands between the draft and its submission; each warning is acknowledged by its own tick."""
    shown = worded(draft, findings_of(draft, at=timezone.now()))
    if request.method == "POST":
        ticked = {one.key: one.words for one in shown if f"seen-{one.key}" in request.POST}
        try:
            acknowledge(version=draft, words=ticked, by=by, at=timezone.now())
        except DraftChanged:
            messages.error(request, _("Somebody else changed this draft meanwhile. Look through it again."))
        return hand_on(request, draft, by)
    context = {
        "title": _("Before it goes to a second person"),
        "subtitle": draft.title,
        "draft": draft,
        "blocks": [one for one in shown if one.finding.blocking],
        "warnings": [one for one in shown if not one.finding.blocking],
        "is_open": any(one.finding.is_open and one.finding.blocking for one in shown),
        "totals": totals_beside(draft, lines_of(draft)),
    }
    return respond("submit", context)
