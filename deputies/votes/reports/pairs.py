"""Two deputies side by side: the votes that both could cast, and what each did in them."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F

from deputies.people.models import Chamber, Mandate
from deputies.sources.enums import Basis
from deputies.votes.cohesion import Pair, alike
from deputies.votes.enums import Kind, Position, Relation
from deputies.votes.models import Ballot, FactionStatement, RollCallVersion
from deputies.votes.reports.votes import free_votes_in

COULD_NOT = frozenset(
    {Position.PRESIDING, Position.PAIRED_FOR, Position.PAIRED_AGAINST, Position.RECUSED, Position.SUSPENDED}
)


@dataclass(frozen=True, slots=True)
class Cast:
    """What the record shows of one deputy in one vote, and on what ground."""

    position: Position
    basis: Basis

    @property
    def counted(self) -> Position:
        """What may be compared: a ballot that was worked out is shown and counts for nothing."""
        return Position.DATA_MISSING if self.basis is Basis.INFERRED else self.position


@dataclass(frozen=True)
class Common:
    """A vote that both deputies could cast; a cast is None where the record does not name the deputy."""

    version_id: int
    roll_call_id: int
    casts: tuple[Cast | None, Cast | None]

    @property
    def counted(self) -> tuple[Position, Position]:
        one, other = (cast.counted if cast else Position.DATA_MISSING for cast in self.casts)
        return one, other

    @cached_property
    def relation(self) -> Relation:
        is_alike = alike(*self.counted)
        if is_alike is None:
            return Relation.NO_VOTE
        return Relation.SAME if is_alike else Relation.DIFFERENT


@dataclass(frozen=True)
class Comparison:
    """The common votes of two deputies, the latest first, of all `recorded` roll calls of their chamber."""

    votes: list[Common]
    recorded: int

    @cached_property
    def pair(self) -> Pair:
        return Pair.of(vote.counted for vote in self.votes)

    @property
    def both_voted(self) -> int:
        return self.pair.same + self.pair.differ

    @property
    def without(self) -> int:
        """Common votes in which one or both have no recorded vote."""
        return len(self.votes) - self.both_voted


def compared(chamber: Chamber, held: Sequence[Collection[Mandate]]) -> Comparison:
    """The votes that two deputies with these mandates could both cast; two queries.

    Who is in the record of a vote could cast it unless the position says otherwise; who is not, could if a mandate
    covers its moment.
    """
    people = [next(iter(mandates)).person_id for mandates in held]
    ballots = Ballot.objects.filter(person__in=people, version__published_of__chamber=chamber)
    casts = {
        (version, person): Cast(Position(position), Basis(basis))
        for version, person, position, basis in ballots.values_list("version", "person", "position", "basis")
    }
    versions = RollCallVersion.objects.filter(published_of__chamber=chamber).exclude(kind=Kind.ATTENDANCE.value)
    latest_first = versions.order_by(F("held_at").desc(nulls_last=True), "-pk")
    found, recorded = [], 0
    for version, roll_call, moment in latest_first.values_list("pk", "roll_call", "held_at"):
        recorded += 1
        one, other = (casts.get((version, person)) for person in people)
        if _could(one, moment, held[0]) and _could(other, moment, held[1]):
            found.append(Common(version, roll_call, (one, other)))
    return Comparison(found, recorded)


def _could(cast: Cast | None, moment: dt.datetime | None, held: Collection[Mandate]) -> bool:
    if cast is not None:
        return cast.position not in COULD_NOT
    return moment is not None and any(moment in mandate.held for mandate in held)


@dataclass(frozen=True, slots=True)
class Told:
    """A common vote in full: its record and both ballots, each with a free vote of the faction of that moment."""

    version: RollCallVersion
    sides: list[tuple[Ballot | None, FactionStatement | None]]


def told(votes: Collection[Common], people: Sequence[int]) -> dict[int, Told]:
    """What a page shows of some common votes, by id of the version; three queries."""
    versions = RollCallVersion.objects.filter(pk__in=[vote.version_id for vote in votes]).select_related("roll_call")
    ballots = Ballot.objects.filter(version__in=versions.values("pk"), person__in=people)
    named = {
        (ballot.version_id, ballot.person_id): ballot
        for ballot in ballots.select_related("corrected_source").defer("corrected_source__content")
    }
    shown = list(versions)
    free = free_votes_in(shown)
    return {
        version.pk: Told(
            version,
            [
                (ballot, free.get((version.pk, ballot.faction_id or 0)) if ballot else None)
                for ballot in (named.get((version.pk, person)) for person in people)
            ],
        )
        for version in shown
    }
