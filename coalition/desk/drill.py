"""The drill: its printed protocol, and what was entered beside it, where a real roll call would be published."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.accounts.models import User
from coalition.demo.drill import expected, questions
from coalition.desk.grid import Line, lines_of
from deputies.votes.enums import Position
from deputies.votes.models import POSITION_CHOICES, RollCallVersion

Respond = Callable[[str, dict[str, Any]], HttpResponse]
SHORT_WAYS = {
    "factions": gettext_lazy(
        "The short way: in a row of each faction, Shift with the digit of its line fills the rows of the faction; then"
        " letters jump to each exception, and its own digit corrects it. About %(keys)d keys for this question."
    ),
    "headings": gettext_lazy(
        "The short way: paste the list as the protocol prints it, decide the names that fit nobody, and look at the"
        " totals. No name is typed."
    ),
    "districts": gettext_lazy(
        "The short way: paste the lines, decide the names that fit nobody, then choose “No mark in the record” for"
        " everybody whom the list does not name. Nobody is absent unless the record says so."
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One deputy whose mark is another than the protocol's."""

    name: str
    printed: str
    entered: str


def is_drill(version: RollCallVersion) -> bool:
    sitting = version.roll_call.sitting
    return sitting is not None and sitting.is_drill


def result_page(request: HttpRequest, version: RollCallVersion, by: User, respond: Respond) -> HttpResponse:
    """What differs from the protocol, name by name, how long it took, and the short way of entering it."""
    question = next((one for one in questions() if one.number == version.question_number), None)
    if question is None or not is_drill(version):
        messages.warning(request, _("No protocol of a drill has this question."))
        return redirect("admin:votes_rollcall_change", version.roll_call_id)
    marks = expected(question)
    lines = [line for line in lines_of(version) if line.person_id in marks]
    differing = [
        Difference(line.listed, str(POSITION_CHOICES[marks[line.person_id]]), line.position_words)
        for line in lines
        if line.entry.position != marks[line.person_id]
    ]
    taken = _taken(version)
    context = {
        "title": _("The drill: as entered, beside the protocol"),
        "subtitle": version.title,
        "version": version,
        "all": len(marks),
        "same": len(marks) - len(differing),
        "differing": differing,
        "minutes": taken and int(taken.total_seconds()) // 60,
        "seconds": taken and int(taken.total_seconds()) % 60,
        "decided": version.written_names.count(),
        "short_way": SHORT_WAYS[question.layout] % {"keys": _fewest_keys(lines, marks)},
    }
    return respond("drill", context)


def _taken(version: RollCallVersion) -> dt.timedelta | None:
    """From the start of the drill, or from handing on the question before, until this one was handed on."""
    if version.opened_at is None or version.submitted_at is None:
        return None
    before = RollCallVersion.objects.filter(
        roll_call__sitting=version.roll_call.sitting_id, submitted_at__lt=version.submitted_at
    ).aggregate(last=Max("submitted_at"))
    began: dt.datetime = max(filter(None, (version.opened_at, before["last"])))
    return version.submitted_at - began


def _fewest_keys(lines: Iterable[Line], marks: Mapping[int, Position]) -> int:
    """A key for the line of each faction; for each exception two letters and a digit."""
    counted: dict[int, Counter[Position]] = defaultdict(Counter)
    for line in lines:
        counted[line.faction.pk if line.faction else 0][marks[line.person_id]] += 1
    exceptions = sum(counts.total() - max(counts.values()) for counts in counted.values())
    return len(counted) + 3 * exceptions
