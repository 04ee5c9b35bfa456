"""What is found in a draft, in words that name the deputies and what to do. Never what was meant."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from coalition.desk.grid import Line, lines_of
from deputies.votes.checks import HEADINGS, Problem
from deputies.votes.models import POSITION_CHOICES, RESULT_CHOICES, RollCallVersion
from deputies.votes.reports.findings import EXPLAINED, Finding

_EXPLAIN = _("Correct it, or say in the note for readers why the source contradicts itself.")
_EXPLAINED = _("The note for readers says why.")
_WORDS = {
    "nobody-eligible": _("Nobody held a seat at that moment. Correct the date, or add the mandates first."),
    "not-entered": _("Not entered yet: %(missing)s of %(eligible)s deputies."),
    "unmatched-names": ngettext_lazy(
        "%(count)d name of the source fits nobody yet: decide it.",
        "%(count)d names of the source fit nobody yet: decide them.",
        "count",
    ),
    "without-seat": _(
        "Marks of deputies without a seat at that moment: %(count)s. Correct the date, or save once more."
    ),
    "names-in-a-nameless-vote": _("A vote of this kind has no names. Choose “By name”, or empty these rows."),
    "no-source": _("No source. Give the address, the title or a copy of the official record."),
    "no-evidence": _("A correction needs its reason and the document that shows it."),
    "not-keyed-again": _("A key vote: a second person must enter it too, without seeing the first entry."),
    "keyed-differently": _("The two entries differ: %(names)s. Look at the source."),
    "total-differs": _("%(option)s: %(counted)s by name, %(official)s in the official totals."),
    "result-contradicts": _("The result says “%(result)s”, but %(votes_for)s voted for and %(votes_against)s against."),
    "result-short": _("The result says “%(result)s”, but %(votes_for)s voted for and %(needed)s were needed."),
    "excuse-without-reason": _(
        "Excused without a reason: %(names)s. Write the reason that the source gives, or choose another mark."
    ),
    "missing-one": _(
        "The official totals have one vote more under “%(option)s”, and only this row is empty: %(names)s. "
        "Check it in the source and enter it."
    ),
    "in-the-future": _("The date is in the future. Correct it."),
    "other-day": _("The vote is not on the day of its sitting. Correct the date, or choose another sitting."),
    "other-hour": _("The time is outside the hours of the sitting. Look at the source again."),
    "weekend": _(
        "%(day)s was a Saturday or a Sunday, and no other vote of that day is known. "
        "Look at the date in the source again."
    ),
    "same-number": _(
        "Another vote of that day has the number %(label)s too. Look whether this one is being entered twice."
    ),
    "same-vector": _(
        "Every deputy has the same mark as in vote %(label)s of that day. Look whether its record was copied here."
    ),
    "swapped-totals": _(
        "By name there are %(votes_for)s for and %(votes_against)s against; the official totals say the reverse. "
        "Are for and against exchanged? Look at the source again."
    ),
    "swapped-result": _(
        "By name there are %(votes_for)s for and %(votes_against)s against. The announced result does not follow "
        "from this, but would from the reverse. Are for and against exchanged? Look at the source again."
    ),
    "faction-apart": _(
        "“%(faction)s”: %(line)s. “%(other)s”: %(other_line)s. In the latest votes they were nearly always on one "
        "side. Are for and against exchanged? Look at the source again."
    ),
    "faction-beside": _(
        "“%(faction)s” and “%(other)s”: both %(line)s. In the latest votes they were nearly always on opposite "
        "sides. Are for and against exchanged? Look at the source again."
    ),
    "everyone-absent": _("Everybody is absent. Look whether this is the right record."),
    "adopted-without-names": _(
        "The result is “adopted”, and by name nobody is for. Look at the source again: was the vote taken by name?"
    ),
    "attendance-with-votes": _(
        "An attendance call has no result and no votes. Choose the kind “By name”, or take them out."
    ),
    "vote-without-votes": _(
        "Nobody has a vote, some are only present. Look at the source again: is it an attendance call?"
    ),
    "chair-votes": _(
        "%(names)s: “%(position)s”. By the rule of the chamber whoever presides does not vote. "
        "Look at the source again."
    ),
    "chair-presides": _(
        "%(names)s: “%(position)s”. By the rule of the chamber whoever presides votes too. Look at the source again."
    ),
    "voted-after-leaving": _(
        "%(names)s: left the sitting at %(left)s, before this vote, with the mark “%(position)s”. "
        "Look at the source again."
    ),
    "presence-jump": _(
        "Present: %(now)s. In the question before, %(label)s: %(was)s. Look whether both are records of this sitting."
    ),
    "namesakes": _(
        "One surname: %(names)s. Each has the side of the other's faction. "
        "Look at the source again: are the two exchanged?"
    ),
    "alone": _(
        "%(names)s: “%(position)s”, and all others of “%(faction)s” who voted are on the other side. "
        "Look at the source again."
    ),
    "alone-first": _(
        "%(names)s: “%(position)s”, and all others of “%(faction)s” who voted are on the other side, as never in the "
        "latest votes. Look at the source again."
    ),
    "first-time-different": _(
        "Differently from most of “%(faction)s” (%(line)s), and never so in the latest votes: %(names)s. "
        "Look at the source again."
    ),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in a finding are called, in the reader's language."""

    people: Mapping[int, str]
    factions: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Worded:
    """One finding with its words and the rows that it is about."""

    finding: Finding
    words: str
    lines: list[Line]

    @property
    def key(self) -> str:
        return self.finding.key


def worded(version: RollCallVersion, found: Iterable[Finding]) -> list[Worded]:
    """Two queries more than `found` took, whatever it is."""
    rows = {line.person_id: line for line in lines_of(version)}
    names = Names(
        {person_id: line.name for person_id, line in rows.items()},
        {line.faction.pk: str(line.faction) for line in rows.values() if line.faction},
    )
    return [
        Worded(finding, _said(finding, names), [rows[one] for one in finding.people if one in rows])
        for finding in found
    ]


def _said(finding: Finding, names: Names) -> str:
    words = words_of(finding, names)
    if finding.code in EXPLAINED:
        words += f" {_EXPLAINED if finding.is_explained else _EXPLAIN}"
    return words


def words_of(problem: Problem, names: Names) -> str:
    """One or two sentences; moments are in the current time zone."""
    said = {fact: _fact_words(fact, value, names) for fact, value in problem.facts.items()}
    said["names"] = ", ".join(names.people.get(person, "?") for person in problem.people)
    code = "result-short" if "needed" in problem.facts else problem.code
    return str(_WORDS[code] % said)


def _fact_words(fact: str, value: int | str, names: Names) -> object:
    match fact:
        case "faction" | "other":
            return names.factions[int(value)]
        case "position":
            return str(POSITION_CHOICES[str(value)])
        case "line" | "other_line":
            return str(POSITION_CHOICES[str(value)]).lower()
        case "option":
            return str(POSITION_CHOICES[HEADINGS[str(value)][0].value])
        case "day":
            return date_format(dt.date.fromisoformat(str(value)))
        case "left":
            return date_format(timezone.localtime(dt.datetime.fromisoformat(str(value))), "TIME_FORMAT")
        case "result":
            return str(RESULT_CHOICES[str(value)])
    return value
