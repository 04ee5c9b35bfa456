"""Findings as readers see them: published ones, each with its vote, the word given and what came as a reply."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet

from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.people.models import Person
from deputies.votes.models import Ballot, RollCall
from pledges.findings.enums import FindingKind, FindingState
from pledges.findings.models import Finding
from pledges.findings.reports.grounds import Others, others_of
from pledges.scorecards.models import Link
from pledges.scorecards.reports.evidence import Line, line_of, with_arithmetic
from pledges.scorecards.reports.platform import PlatformInForce, platforms_in_force
from pledges.tracker.models import Pledge

JOINED = (
    "person", "version__source", "link__demand__platform__coalition__chamber", "link__roll_call__chamber",
    "link__roll_call__decision__main", "pledge__source", "signature__source", "reply",
)  # fmt: skip
BYTES = ("version__source__content", "pledge__source__content", "signature__source__content")


@dataclass(frozen=True, slots=True)
class Told:
    """A published finding with its vote read for the demand; `others` is how the rest of the faction voted."""

    finding: Finding
    line: Line
    others: Others

    @property
    def is_kept(self) -> bool:
        return self.finding.kind == FindingKind.AS_PLEDGED


@dataclass(frozen=True, slots=True)
class Counts:
    """How many findings of a chamber came to what; `answered` and `silent` are of those published as differing."""

    differs: int = 0
    answered: int = 0
    dismissed: int = 0
    kept: int = 0

    @property
    def silent(self) -> int:
        return self.differs - self.answered


def published_in(in_force: PlatformInForce) -> QuerySet[Finding]:
    """What readers see under a platform, the latest first."""
    demands = [text.demand_id for text in in_force.texts]
    return _read(Finding.objects.published().filter(link__demand__in=demands))


def findings_of(pledge: Pledge) -> QuerySet[Finding]:
    """The published findings that name a pledge, the latest first; needs a platform only to be told in full."""
    return _read(Finding.objects.published().filter(pledge=pledge))


def of_person(in_force: PlatformInForce, person: Person) -> list[Finding]:
    """Everything published of a deputy under a platform, red lines included; one query."""
    return list(published_in(in_force).filter(person=person))


def on_vote(in_force: PlatformInForce, roll_call: RollCall) -> list[Finding]:
    """Everything published of a vote under a platform, by deputy; one query."""
    found = published_in(in_force).filter(version__roll_call=roll_call)
    return list(found.order_by("person__sort_key", "person__slug", "kind"))


def seen(pk: int, chamber: str) -> Finding | None:
    """A finding that readers see, or saw before it was withdrawn; None if they never did. One query."""
    shown = Q(state=FindingState.PUBLISHED.value) | Q(state=FindingState.WITHDRAWN.value)
    return _read(Finding.objects.filter(shown, pk=pk, version__roll_call__chamber__slug=chamber)).first()


def withdrawn_at(finding: Finding) -> dt.datetime | None:
    """When a correction took a finding back; one query."""
    events = Event.objects.filter(kind=EventKind.FINDING_WITHDRAWN.value, subject=f"finding:{finding.pk}")
    return events.order_by("pk").values_list("at", flat=True).first()


def _read(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    return findings.select_related(*JOINED).defer(*BYTES).order_by("-published_at", "-pk")


def counts_in(in_force: PlatformInForce) -> Counts:
    """How many were published, answered and dismissed under a platform; one query."""
    demands = [text.demand_id for text in in_force.texts]
    differs, published = Q(kind=FindingKind.DIFFERS.value), Q(state=FindingState.PUBLISHED.value)
    return Counts(
        **Finding.objects.filter(link__demand__in=demands).aggregate(
            differs=Count("pk", differs & published),
            answered=Count("pk", differs & published & Q(reply__isnull=False)),
            dismissed=Count("pk", differs & Q(state=FindingState.DISMISSED.value, taken_at__isnull=False)),
            kept=Count("pk", Q(kind=FindingKind.AS_PLEDGED.value) & published),
        )
    )


def told_of(in_force: PlatformInForce, findings: Collection[Finding]) -> list[Told]:
    """Findings with their ballots as read now, and the rest of the faction; three queries, whatever their number."""
    ballots = {
        (ballot.version_id, ballot.person_id): ballot
        for ballot in Ballot.objects.filter(
            version__in={one.version_id for one in findings}, person__in={one.person_id for one in findings}
        ).select_related("faction", "source")
    }
    found = []
    for finding in findings:
        link, version = finding.link, finding.version
        version.roll_call = link.roll_call
        ballot, text = ballots[finding.version_id, finding.person_id], in_force.text_of(link.demand_id)
        found.append(line_of(link, text, version, ballot, in_force.profile, in_force.rulings))
    found = with_arithmetic(found)
    others = others_of(in_force, found)
    return [
        Told(finding, line, others[line.link.pk, finding.person_id])
        for finding, line in zip(findings, found, strict=True)
    ]


def with_flags(evidence: Iterable[Line], findings: Iterable[Finding]) -> list[Line]:
    """The lines of deputies on red lines, flagged where one of `findings` is that they crossed it.

    The one gate between what the record says of a red line and what readers are told of it.
    """
    flags = {_of(one.person_id, one.link) for one in findings if one.kind == FindingKind.RED_LINE}
    return [
        replace(line, is_flagged=_of(line.ballot.person_id, line.link) in flags) if line.ballot else line
        for line in evidence
    ]


def breaches_of(evidence: Iterable[Line], findings: Collection[Finding]) -> list[tuple[Line, Finding]]:
    """The published breaches among the lines of deputies on red lines, each with the finding that says so."""
    flags = {_of(one.person_id, one.link): one for one in findings if one.kind == FindingKind.RED_LINE}
    return [
        (line, flags[_of(line.ballot.person_id, line.link)])
        for line in with_flags(evidence, findings)
        if line.is_breach and line.ballot
    ]


def _of(person: int, link: Link) -> tuple[int, ...]:
    """Whatever version of the vote and of its link it was found in."""
    return (person, *link.matter)


def told_alone(finding: Finding) -> Told | None:
    """A finding by the platform in force that has its demand; None if none has."""
    of_chamber = platforms_in_force(finding.version.roll_call.chamber)
    demand = finding.link.demand_id
    in_force = next((one for one in of_chamber if any(text.demand_id == demand for text in one.texts)), None)
    return told_of(in_force, [finding])[0] if in_force else None
