"""How far deputies vote alike: the split of a group, the agreement of a pair, the pooled line of a group.

Everything is exact: integers and fractions, None where there is nothing to say.
Source: docs/method.md, section "Groups".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from deputies.votes.enums import Position

SMALLEST_GROUP = 6  # members voting; fewer look cohesive by chance, so their counts are shown and no figure

SIDES: Mapping[Position, Position] = {
    Position.FOR: Position.FOR,
    Position.PROXY_FOR: Position.FOR,
    Position.CASTING_FOR: Position.FOR,
    Position.AGAINST: Position.AGAINST,
    Position.PROXY_AGAINST: Position.AGAINST,
    Position.CASTING_AGAINST: Position.AGAINST,
    Position.ABSTAIN: Position.ABSTAIN,
    Position.PROXY_ABSTAIN: Position.ABSTAIN,
}
# Under a pooled line everyone present either brings a vote for or withholds one. Neither "no mark" nor "not for"
# shows a deputy present, so they pull no way. A position without a sign is in no denominator.
SIGNS: Mapping[Position, int] = {
    **{position: 1 if side is Position.FOR else -1 for position, side in SIDES.items()},
    Position.PRESENT_NOT_VOTING: -1,
    **dict.fromkeys((Position.ABSENT, Position.NO_MARK, Position.NOT_FOR), 0),
}


@dataclass(frozen=True, slots=True)
class Split:
    """How the members of a group who voted did so in one vote."""

    for_: int = 0
    against: int = 0
    abstain: int = 0

    @classmethod
    def of(cls, positions: Iterable[Position]) -> Self:
        """The split of `positions`; whoever cast no ballot is left out."""
        sides = [SIDES.get(position) for position in positions]
        return cls(*(sides.count(side) for side in (Position.FOR, Position.AGAINST, Position.ABSTAIN)))

    @property
    def voted(self) -> int:
        return self.for_ + self.against + self.abstain

    @property
    def agreement_index(self) -> Fraction | None:
        """Agreement Index of Hix, Noury and Roland: 1 in one camp, 1/4 in two equal ones, 0 only in three."""
        largest = max(self.for_, self.against, self.abstain)
        return Fraction(3 * largest - self.voted, 2 * self.voted) if self.voted else None

    @property
    def rice(self) -> Fraction | None:
        """Rice index: how far apart for and against are, 0 to 1; blind to abstentions."""
        decided = self.for_ + self.against
        return Fraction(abs(self.for_ - self.against), decided) if decided else None

    @property
    def plurality(self) -> Position | None:
        """For, against or abstained, whichever most did; None in a tie or without a vote."""
        camps = {Position.FOR: self.for_, Position.AGAINST: self.against, Position.ABSTAIN: self.abstain}
        largest = [side for side, size in camps.items() if size == max(camps.values())]
        return largest[0] if len(largest) == 1 else None


@dataclass(frozen=True, slots=True)
class Cohesion:
    """Means over the votes in which at least SMALLEST_GROUP members of a group voted; None without such a vote."""

    votes: int
    agreement_index: Fraction | None
    rice: Fraction | None  # over those of the votes in which anybody voted for or against

    @classmethod
    def of(cls, splits: Iterable[Split]) -> Self:
        enough = [split for split in splits if split.voted >= SMALLEST_GROUP]
        return cls(len(enough), _mean(split.agreement_index for split in enough), _mean(split.rice for split in enough))


def _mean(figures: Iterable[Fraction | None]) -> Fraction | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def alike(one: Position, other: Position) -> bool | None:
    """Whether two ballots fell on the same side; None unless both were for, against or abstained."""
    sides = SIDES.get(one), SIDES.get(other)
    return None if None in sides else sides[0] is sides[1]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members over the votes in which both could vote; votes that both missed are in none of the counts."""

    same: int = 0
    differ: int = 0
    absent: int = 0  # one of the two voted

    @classmethod
    def of(cls, common: Iterable[tuple[Position, Position]]) -> Self:
        """Count the votes that both could cast; positions without a sign, such as excused, are left out."""
        same = differ = absent = 0
        for one, other in common:
            if one not in SIGNS or other not in SIGNS:
                continue
            is_alike = alike(one, other)
            same += is_alike is True
            differ += is_alike is False
            absent += is_alike is None and (one in SIDES or other in SIDES)
        return cls(same, differ, absent)

    @property
    def agreement(self) -> Fraction | None:
        """Share of the votes cast by both in which they voted alike, 0 to 1."""
        return Fraction(self.same, self.same + self.differ) if self.same + self.differ else None


def pooled_line(signs: Iterable[int]) -> int | None:
    """The side, 1 or -1, on which most of a group's SIGNS are; None in a tie or without any."""
    total = sum(signs)
    return (total > 0) - (total < 0) or None
