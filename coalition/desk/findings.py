"""What is found in a draft, in words that name the deputies and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coalition.desk.doubts import Names, words_of
from coalition.desk.grid import OPTIONS, Line, lines_of
from deputies.votes.doubts import Doubt
from deputies.votes.enums import Result
from deputies.votes.models import RESULT_CHOICES, RollCallVersion
from deputies.votes.reports.findings import Finding


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
    facts = dict(finding.facts)
    match finding.code:
        case "nobody-eligible":
            return _("Nobody held a seat at that moment. Correct the date, or add the mandates first.")
        case "not-entered" | "without-seat":
            return _rows_unlike_seats(finding.code, facts)
        case "unmatched-names":
            count = int(facts["count"])
            return ngettext(
                "%(count)d name of the source fits nobody yet: decide it.",
                "%(count)d names of the source fit nobody yet: decide them.",
                count,
            ) % {"count": count}
        case "names-in-a-nameless-vote":
            return _("A vote of this kind has no names. Choose “By name”, or empty these rows.")
        case "no-source":
            return _("No source. Give the address, the title or a copy of the official record.")
        case "no-evidence":
            return _("A correction needs its reason and the document that shows it.")
        case "not-keyed-again":
            return _("A key vote: a second person must enter it too, without seeing the first entry.")
        case "keyed-differently":
            who = ", ".join(names.people.get(person, "?") for person in finding.people)
            return _("The two entries differ: %(names)s. Look at the source.") % {"names": who}
        case "total-differs" | "result-contradicts" | "sum-differs":
            return _contradiction(finding.code, facts) + " " + _explain(finding)
    return words_of(Doubt(finding.code, finding.blocking, finding.people, finding.facts), names)


def _rows_unlike_seats(code: str, facts: dict[str, int | str]) -> str:
    if code == "not-entered":
        return _("Not entered yet: %(missing)s of %(eligible)s deputies.") % facts
    return _("Marks of deputies without a seat at that moment: %(count)s. Correct the date, or save once more.") % facts


def _explain(finding: Finding) -> str:
    if finding.is_explained:
        return _("The note for readers says why.")
    return _("Correct it, or say in the note for readers why the source contradicts itself.")


def _contradiction(code: str, facts: dict[str, int | str]) -> str:
    if code == "total-differs":
        told = {**facts, "option": OPTIONS[str(facts["option"])]}
        return _("%(option)s: %(counted)s by name, %(official)s in the official totals.") % told
    if code == "sum-differs":
        return _("%(counted)s ballots for %(eligible)s deputies.") % facts
    result = RESULT_CHOICES[Result(str(facts["result"])).value]
    if "needed" in facts:
        return _("The result says “%(result)s”, but %(votes_for)s voted for and %(needed)s were needed.") % {
            **facts,
            "result": result,
        }
    return _("The result says “%(result)s”, but %(votes_for)s voted for and %(votes_against)s against.") % {
        **facts,
        "result": result,
    }
