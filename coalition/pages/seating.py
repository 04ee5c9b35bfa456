"""Who sits where on the picture of a vote, and the tables beneath it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, sin

from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coalition.pages.pictures import Hall, Place, Stretch, apart, hall, shares
from coalition.pages.templatetags.nakaz import named, page, words
from deputies.people.models import Faction
from deputies.sources.enums import Basis
from deputies.votes.cohesion import SMALLEST_GROUP, Split
from deputies.votes.enums import Position
from deputies.votes.models import Ballot
from deputies.votes.reports.houses import House
from pledges.scorecards.enums import Outcome, PositionClass
from pledges.scorecards.method import CLASS_OF
from pledges.scorecards.wording import POSITIONS

_SHAPES = {
    PositionClass.FOR: "for",
    PositionClass.AGAINST: "against",
    PositionClass.ABSTAIN: "abstain",
    PositionClass.NOT_VOTING: "silent",
    PositionClass.ABSENT: "absent",
    PositionClass.EXCUSED: "excused",
    PositionClass.GAP: "gap",
}
_ORDER = {position.value: nth for nth, position in enumerate(Position)}
_FILLS = {Outcome.WITH: "with", Outcome.AGAINST: "not", Outcome.HALF: "half"}


def shape(position: Position) -> str:
    """The mark of a ballot: its shape never depends on what the vote counts for."""
    if position in (Position.NO_MARK, Position.SECRET):
        return "mark"
    return "chair" if position is Position.PRESIDING else _SHAPES[CLASS_OF[position]]


@dataclass(frozen=True, slots=True)
class Row:
    """A ballot in words, found once for the picture and the table of names."""

    ballot: Ballot
    deputy: SafeString
    address: str
    permalink: str
    position: str
    tags: SafeString  # the faction, and what ties the deputy to the platform
    outcome: Outcome | None

    @property
    def district(self) -> str:
        return str(self.ballot.district or "?")  # type: ignore[attr-defined]

    @property
    def title(self) -> SafeString:
        """The name and the position without markup."""
        return SafeString(f"{strip_tags(self.deputy)}: {self.position}")

    @property
    def has_remarks(self) -> bool:
        """Whether the record says more of the ballot than how it was cast."""
        ballot = self.ballot
        return bool(ballot.excuse or ballot.corrected_position or ballot.basis in (Basis.INFERRED, Basis.DISPUTED))

    @property
    def square(self) -> str:
        """The class of the square that stands for what the ballot counts for; "" where it counts for nothing."""
        return f"{self.outcome or ''}{' nomark' if self.ballot.position == Position.NO_MARK else ''}"


@dataclass(frozen=True, slots=True)
class Chair:
    """One seat of the picture; `row` is None where the record holds no ballot."""

    x: str
    y: str
    row: Row | None
    shape: str
    fill: str


@dataclass(frozen=True, slots=True)
class Group:
    """A faction in a vote: its number on the picture, its positions, and where its label stands."""

    number: int
    faction: Faction | None
    size: int
    counts: list[int]  # in the order of Seating.positions
    split: Split  # for, against and abstained
    label: tuple[float, float]

    @property
    def camps(self) -> list[Stretch]:
        """For, abstained, against and without a vote, as a bar."""
        split = self.split
        voted = [("same", split.for_), ("third", split.abstain), ("different", split.against)]
        return shares([*voted, ("no-vote", self.size - split.voted)])

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
        return sum(chair.row is not None and chair.row.ballot.basis == Basis.INFERRED for chair in self.chairs)

    @property
    def legend(self) -> list[tuple[Position, str, int]]:
        return [(position, shape(position), count) for position, count in zip(self.positions, self.totals, strict=True)]


def rows_of(
    house: House,
    vote: str,
    ballots: Collection[Ballot],
    outcomes: Mapping[int, Outcome],
    members: Collection[int],
    signers: Collection[int],
) -> list[Row]:
    """The ballots of the vote with the slug `vote` in words, in the same order."""
    chamber = house.chamber.slug
    said = {position.value: str(told) for position, told in POSITIONS.items()}
    member, signed = escape(_("coalition")), escape(_("signed"))
    factions = {ballot.faction_id: words(ballot.faction.name) for ballot in ballots if ballot.faction}
    rows = []
    for ballot in ballots:
        who, slug = ballot.person_id, ballot.person.slug
        tags = (factions.get(ballot.faction_id), member if who in members else "", signed if who in signers else "")
        rows.append(
            Row(
                ballot,
                deputy=named(ballot.person, house),
                address=page("deputy_page", chamber, slug),
                permalink=page("ballot_page", chamber, vote, slug),
                position=said[ballot.position],
                tags=SafeString(" · ".join(filter(None, tags))),
                outcome=outcomes.get(who),
            )
        )
    return rows


def seating(seats: int, rows: Sequence[Row], members: Collection[int], vacant: int = 0) -> Seating:
    """Factions side by side from the left, most coalition deputies first, then seats without a ballot.

    Of those, as many are drawn vacant as are known to have been.
    """
    drawn = hall(max(seats, len(rows)))
    factions = _factions(rows, members)
    chairs, groups = [], []
    places = iter(drawn.places)
    positions = sorted({Position(row.ballot.position) for row in rows}, key=_ORDER.__getitem__)
    taken = [[next(places) for _ in group] for group in factions]
    middles = apart([(held[0].angle + held[-1].angle) / 2 for held in taken], 16 * drawn.scale / drawn.radius)
    for number, (group, held, middle) in enumerate(zip(factions, taken, middles, strict=True), 1):
        chairs += [_chair(place, row) for place, row in zip(held, group, strict=True)]
        cast = [row.ballot for row in group if row.ballot.basis != Basis.INFERRED]
        split = Split.of(Position(ballot.position) for ballot in cast)
        counts, label = _counts(group, positions), _label(drawn, middle)
        groups.append(Group(number, group[0].ballot.faction, len(group), counts, split, label))
    empty = list(places)
    vacant = min(vacant, len(empty))
    chairs += [
        Chair(str(place.x), str(place.y), None, "vacant" if nth < vacant else "gap", "none")
        for nth, place in enumerate(empty)
    ]
    return Seating(drawn, chairs, groups, positions, _counts(rows, positions), len(empty) - vacant, vacant)


def _factions(rows: Sequence[Row], members: Collection[int]) -> list[list[Row]]:
    groups: dict[int | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.ballot.faction_id, []).append(row)
    for group in groups.values():
        group.sort(key=lambda row: _ORDER[row.ballot.position])

    def weight(group: list[Row]) -> tuple[bool, float, int, int]:
        faction = group[0].ballot.faction_id
        share = sum(row.ballot.person_id in members for row in group) / len(group)
        return (faction is None, -share, -len(group), faction or 0)

    return sorted(groups.values(), key=weight)


def _chair(place: Place, row: Row) -> Chair:
    fill = _FILLS.get(row.outcome, "none") if row.outcome else "plain"
    guess = " guess" if row.ballot.basis == Basis.INFERRED else ""
    return Chair(str(place.x), str(place.y), row, shape(Position(row.ballot.position)), fill + guess)


def _counts(rows: Collection[Row], positions: Sequence[Position]) -> list[int]:
    counted = Counter(row.ballot.position for row in rows)
    return [counted[position.value] for position in positions]


def _label(drawn: Hall, angle: float) -> tuple[float, float]:
    radius = drawn.radius + 18 * drawn.scale
    return round(radius * cos(angle), 1), round(4 - radius * sin(angle), 1)
