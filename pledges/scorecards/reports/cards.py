"""A deputy's card: the chapters side by side, then the demands, each score with the squares of its evidence."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from deputies.people.models import Person
from deputies.sources.prepared import prepared
from deputies.votes.enums import Position
from deputies.votes.models import Ballot
from pledges.platform.enums import COUNTED
from pledges.platform.models import DemandText, Platform
from pledges.scorecards.enums import Outcome
from pledges.scorecards.method import Profile, Tally
from pledges.scorecards.models import Link, Score
from pledges.scorecards.profiles import PROFILES
from pledges.scorecards.reports.evidence import Line, each_once, lines, tally_of
from pledges.scorecards.reports.measures import Measure
from pledges.scorecards.reports.platform import PlatformInForce


@dataclass(frozen=True, slots=True)
class Mark:
    """One square of a score picture."""

    outcome: Outcome
    position: Position
    is_strong: bool
    line: Line


@dataclass(frozen=True, slots=True)
class Card:
    """A score with its picture: of a chapter, or of one demand (then `text` is set)."""

    measure: Measure
    marks: list[Mark]
    chapter: str = ""
    text: DemandText | None = None
    conflicting: int = 0  # votes left out because the demands of the chapter want opposite results
    kept: Measure | None = None  # pledge adherence: the votes after the deputy signed; None without a signature
    signed: tuple[tuple[dt.date, dt.date | None], ...] = ()  # when the deputy signed, and withdrew

    @property
    def missed_by_kind(self) -> list[tuple[Position, int]]:
        """How many votes have no vote recorded, by what the record says instead, most frequent first."""
        return Counter(m.position for m in self.marks if m.outcome is Outcome.MISSED).most_common()


_ORDER = {
    outcome: place
    for place, outcome in enumerate(
        (Outcome.WITH, Outcome.HALF, Outcome.MISSED, Outcome.AGAINST, Outcome.NEUTRAL, Outcome.EXCUSED, Outcome.GAP)
    )
}


def marks_of(evidence: Collection[Line]) -> tuple[list[Mark], int]:
    """The squares of some evidence, and the number of conflicting votes."""
    chosen, conflicting = each_once(evidence)
    marks = [
        Mark(line.outcome, Position(line.ballot.position), line.is_strong, line)
        for line in chosen
        if line.ballot and line.outcome
    ]
    return sorted(marks, key=lambda mark: _ORDER[mark.outcome]), conflicting


def card(in_force_now: PlatformInForce, tally: Tally, evidence: Collection[Line], *, chapter: str = "") -> Card:
    """A score with the squares of its evidence."""
    marks, conflicting = marks_of(evidence)
    return Card(Measure(tally, in_force_now.profile), marks, chapter, conflicting=conflicting)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A deputy's whole card: the two chapters side by side, then the demands, then the evidence."""

    chapters: list[Card]
    demands: list[Card]
    evidence: list[Line]

    @property
    def looked_at(self) -> int:
        """How many votes could have shown that a red line was crossed."""
        return len({line.version.pk for line in self.evidence if line.is_looked_at})


def scorecard(
    in_force_now: PlatformInForce,
    person: Person,
    links: list[Link],
    ballots: dict[int, Ballot],
) -> Scorecard:
    """The stored scores of a deputy with their evidence, from the links as that deputy signed them; one query."""
    evidence = lines(links, ballots, in_force_now)
    scores = _scores(in_force_now.platform, person)
    stored = {(score.demand_id, score.chapter): score.tally for score in scores}
    nothing = Tally()

    def of(chosen: list[Line], demand_id: int | None, chapter: str, text: DemandText | None = None) -> Card:
        made = card(in_force_now, stored.get((demand_id, "" if text else chapter), nothing), chosen, chapter=chapter)
        signed = tuple(sorted({line.signed for line in chosen if line.signed}, key=lambda dates: dates[0]))
        return replace(made, text=text, kept=_kept(chosen, in_force_now.profile), signed=signed)

    chapters = [of([line for line in evidence if line.text.demand.chapter == c], None, c.value) for c in COUNTED]
    demands = [
        of([line for line in evidence if line.link.demand_id == t.demand_id], t.demand_id, t.demand.chapter, t)
        for t in in_force_now.texts
        if t.demand.chapter in COUNTED
    ]
    return Scorecard(chapters, demands, evidence)


@prepared
def _scores(platform: Platform, person: Person) -> QuerySet[Score]:
    return Score.objects.filter(platform=platform, person=person)


def _kept(evidence: list[Line], profile: Profile) -> Measure | None:
    """Pledge adherence: the votes held after the deputy signed what they are linked to; None without a signature."""
    if not any(line.is_signed for line in evidence):
        return None
    return Measure(tally_of((line for line in evidence if line.is_bound), profile), profile)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The same record counted otherwise: by another method, or without some votes; a measure for each chapter."""

    name: str  # of a profile, or of a Leaving
    measures: list[Measure]
    is_own: bool = False
    changes: bool = False  # whether a chapter would read otherwise than it does


def what_ifs(in_force_now: PlatformInForce, own: Scorecard) -> list[WhatIf]:
    """The record under every method, the platform's own first, then as corrected and without some votes."""
    profile = in_force_now.profile
    found = [_what_if(own, profile.name, own.evidence, profile)]
    found += [_what_if(own, p.name, own.evidence, p) for p in PROFILES.values() if p.name != profile.name]
    if any(line.ballot and line.ballot.corrected_position for line in own.evidence):
        found.append(_what_if(own, "as-corrected", own.evidence, replace(profile, as_corrected=True)))
    left = {
        "without-unanimous": [line for line in own.evidence if line.is_divided],
        "without-earlier": [line for line in own.evidence if line.is_chosen_in_advance],
    }
    found += [_what_if(own, name, evidence, profile) for name, evidence in left.items()]
    return found


def _what_if(own: Scorecard, name: str, evidence: list[Line], profile: Profile) -> WhatIf:
    measures = [
        Measure(tally_of((line for line in evidence if line.text.demand.chapter == c), profile), profile)
        for c in COUNTED
    ]
    changes = any(
        (measure.score, measure.label) != (card.measure.score, card.measure.label)
        for measure, card in zip(measures, own.chapters, strict=True)
    )
    return WhatIf(name, measures, own.chapters[0].measure.profile.name == name, changes)
