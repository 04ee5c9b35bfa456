"""Who sits where on the picture of a vote, and the tables beneath it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, sin

from coalition.pages.pictures import Hall, Place, Stretch, apart, hall, shares
from deputies.people.models import Faction
from deputies.sources.enums import Basis
from deputies.votes.cohesion import SMALLEST_GROUP, Split
from deputies.votes.enums import Position
from deputies.votes.models import Ballot
from pledges.scorecards.enums import Outcome, PositionClass
from pledges.scorecards.method import CLASS_OF

_SHAPES = {
    PositionClass.FOR: "for",
    PositionClass.AGAINST: "against",
    PositionClass.ABSTAIN: "abstain",
    PositionClass.NOT_VOTING: "silent",
    PositionClass.ABSENT: "absent",
    PositionClass.EXCUSED: "excused",
    PositionClass.GAP: "gap",
}
_FILLS = {Outcome.WITH: "with", Outcome.AGAINST: "not", Outcome.HALF: "half"}


def shape(position: Position) -> str:
    """The mark of a ballot: its shape never depends on what the vote counts for."""
    if position in (Position.NO_MARK, Position.SECRET):
        return "mark"
    return "chair" if position is Position.PRESIDING else _SHAPES[CLASS_OF[position]]


@dataclass(frozen=True, slots=True)
class Chair:
    """One seat of the picture; `ballot` is None where the record holds none."""

    place: Place
    ballot: Ballot | None
    shape: str
    fill: str
    is_worked_out: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A faction in a vote: its number on the picture, its positions, and where its label stands."""

    number: int
    faction: Faction | None
    ballots: list[Ballot]
    counts: list[int]  # in the order of Seating.positions
    label: tuple[float, float]

    @property
    def split(self) -> Split:
        """For, against and abstained."""
        return Split.of(Position(ballot.position) for ballot in self.ballots if ballot.basis != Basis.INFERRED)

    @property
    def camps(self) -> list[Stretch]:
        """For, abstained, against and without a vote, as a bar."""
        split = self.split
        voted = [("same", split.for_), ("third", split.abstain), ("different", split.against)]
        return shares([*voted, ("no-vote", len(self.ballots) - split.voted)])

    @property
    def agreement(self) -> Fraction | None:
        """The Agreement Index; None where too few voted to tell it from chance."""
        return self.split.agreement_index if self.split.voted >= SMALLEST_GROUP else None


@dataclass(frozen=True, slots=True)
class Seating:
    """The picture of a vote with its legend and the table of factions."""

    hall: Hall
    chairs: list[Chair]
    groups: list[Group]
    positions: list[Position]
    totals: list[int]
    empty: int  # seats of the chamber without a ballot in the record, those that were vacant apart
    vacant: int

    @property
    def has_index(self) -> bool:
        """Whether enough voted in some faction for an Agreement Index."""
        return any(group.agreement is not None for group in self.groups)

    @property
    def smallest(self) -> int:
        """How many members of a faction must vote for an Agreement Index."""
        return SMALLEST_GROUP

    @property
    def worked_out(self) -> int:
        return sum(chair.is_worked_out for chair in self.chairs)

    @property
    def legend(self) -> list[tuple[Position, str, int]]:
        return [(position, shape(position), count) for position, count in zip(self.positions, self.totals, strict=True)]


def seating(
    seats: int,
    ballots: Sequence[Ballot],
    outcomes: Mapping[int, Outcome],
    members: Collection[int],
    vacant: int = 0,
) -> Seating:
    """Factions side by side from the left, most coalition deputies first, then seats without a ballot.

    Of those, as many are drawn vacant as are known to have been.
    """
    drawn = hall(max(seats, len(ballots)))
    factions = _factions(ballots, members)
    chairs, groups = [], []
    places = iter(drawn.places)
    positions = sorted({Position(ballot.position) for ballot in ballots}, key=list(Position).index)
    taken = [[next(places) for _ in group] for group in factions]
    middles = apart([(held[0].angle + held[-1].angle) / 2 for held in taken], 16 * drawn.scale / drawn.radius)
    for number, (group, held, middle) in enumerate(zip(factions, taken, middles, strict=True), 1):
        chairs += [_chair(place, ballot, outcomes) for place, ballot in zip(held, group, strict=True)]
        groups.append(Group(number, group[0].faction, group, _counts(group, positions), _label(drawn, middle)))
    empty = list(places)
    vacant = min(vacant, len(empty))
    chairs += [Chair(place, None, "vacant" if nth < vacant else "gap", "none") for nth, place in enumerate(empty)]
    return Seating(drawn, chairs, groups, positions, _counts(ballots, positions), len(empty) - vacant, vacant)


def _factions(ballots: Sequence[Ballot], members: Collection[int]) -> list[list[Ballot]]:
    groups: dict[int | None, list[Ballot]] = {}
    for ballot in ballots:
        groups.setdefault(ballot.faction_id, []).append(ballot)
    for group in groups.values():
        group.sort(key=lambda ballot: list(Position).index(Position(ballot.position)))

    def weight(group: list[Ballot]) -> tuple[bool, float, int, int]:
        share = sum(ballot.person_id in members for ballot in group) / len(group)
        return (group[0].faction_id is None, -share, -len(group), group[0].faction_id or 0)

    return sorted(groups.values(), key=weight)


def _chair(place: Place, ballot: Ballot, outcomes: Mapping[int, Outcome]) -> Chair:
    outcome = outcomes.get(ballot.person_id)
    fill = _FILLS.get(outcome, "none") if outcome else "plain"
    return Chair(place, ballot, shape(Position(ballot.position)), fill, ballot.basis == Basis.INFERRED)


def _counts(ballots: Collection[Ballot], positions: Sequence[Position]) -> list[int]:
    counted = Counter(ballot.position for ballot in ballots)
    return [counted[position.value] for position in positions]


def _label(drawn: Hall, angle: float) -> tuple[float, float]:
    radius = drawn.radius + 18 * drawn.scale
    return round(radius * cos(angle), 1), round(4 - radius * sin(angle), 1)
