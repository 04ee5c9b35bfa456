"""What would have carried a vote, and what a coalition can carry: exact arithmetic, no framework."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from deputies.people.enums import Threshold, needed
from deputies.votes.enums import Position, Result
from pledges.scorecards.enums import PositionClass, Wants
from pledges.scorecards.method import CLASS_OF, CLASSES

CLOSE = 3  # a vote decided by so many or fewer is close
AWAY = frozenset({Position.ABSENT, Position.EXCUSED, Position.NO_MARK, Position.NOT_FOR})  # not known to be present
SILENT = frozenset(CLASSES[PositionClass.ABSTAIN] + CLASSES[PositionClass.NOT_VOTING])
FOR = frozenset(CLASSES[PositionClass.FOR])
AGAINST = frozenset(CLASSES[PositionClass.AGAINST])
COULD_VOTE = FOR | AGAINST | SILENT | AWAY  # who is paired, recused or suspended could not, a secret ballot is unknown


@dataclass(frozen=True, slots=True)
class Standing:
    """A vote as the numbers that decide it; None where the record does not give one.

    `needed` is the number of votes for; VOTING and PRESENT do without it and follow from `against` and `present`.
    """

    threshold: Threshold
    for_: int | None
    against: int | None = None
    present: int | None = None
    needed: int | None = None

    @property
    def carries(self) -> bool | None:
        """Whether these numbers adopt the text; None if that cannot be said."""
        to_win = self.to_win
        return None if self.for_ is None or to_win is None else self.for_ >= to_win

    @property
    def to_win(self) -> int | None:
        """Votes for that adopt the text, everything else unchanged."""
        if self.threshold is Threshold.VOTING:
            return None if self.against is None else self.against + 1
        if self.threshold is Threshold.PRESENT:
            return needed(Threshold.PRESENT, seats=0, present=self.present)
        return self.needed

    @property
    def short_by(self) -> int | None:
        """Votes for that are missing; 0 if there are enough."""
        return None if self.for_ is None or self.to_win is None else max(0, self.to_win - self.for_)

    def moved(self, positions: Collection[Position], to: Wants) -> "Standing":
        """The vote had the deputies with these positions voted for (PASS) or against (FAIL) instead."""
        count, were_for = len(positions), sum(position in FOR for position in positions)
        were_against = sum(position in AGAINST for position in positions)
        is_pass = to is Wants.PASS
        return replace(
            self,
            for_=_sum(self.for_, -were_for, count * is_pass),
            against=_sum(self.against, -were_against, count * (not is_pass)),
            present=_sum(self.present, sum(position in AWAY for position in positions)),
        )

    def explains(self, announced: Result) -> bool:
        """Whether these numbers give the result that the chamber announced; nothing is concluded where they do not."""
        return announced is not Result.UNKNOWN and self.carries is (announced is Result.ADOPTED)


def _sum(start: int | None, *changes: int) -> int | None:
    return None if start is None else start + sum(changes)


def decided_by(standing: Standing, announced: Result) -> int | None:
    """How many votes for fewer, or more, would have given the other result; None if that cannot be said."""
    if not standing.explains(announced) or standing.for_ is None or standing.to_win is None:
        return None
    return standing.for_ - standing.to_win + 1 if announced is Result.ADOPTED else standing.to_win - standing.for_


def is_pivot(standing: Standing, announced: Result, position: Position) -> bool:
    """Whether a deputy of the side that prevailed, voting the other way, would alone have changed the result."""
    if announced is Result.ADOPTED:
        prevailed, other_way = FOR, Wants.FAIL
    else:
        prevailed, other_way = AGAINST | (SILENT if standing.threshold.counts_silence else frozenset()), Wants.PASS
    return position in prevailed and would_change(standing, announced, [position], other_way) is True


def would_change(standing: Standing, announced: Result, positions: Collection[Position], wants: Wants) -> bool | None:
    """Whether the result would have been as wanted had these deputies voted so.

    None if it was as wanted, or if the numbers do not explain the announced result.
    """
    if not standing.explains(announced) or standing.carries is (wants is Wants.PASS):
        return None
    return standing.moved(positions, wants).carries is (wants is Wants.PASS)


def not_as_asked(position: Position, wants: Wants, threshold: Threshold) -> bool:
    """Whether a ballot left the text without the vote that the demand asks for.

    A text that is to fail asks for no vote for it, and for one against it where only those decide.
    """
    if position not in CLASS_OF or CLASS_OF[position] is PositionClass.GAP:
        return False
    if wants is Wants.PASS:
        return position not in FOR
    return position not in AGAINST if threshold is Threshold.VOTING else position in FOR


@dataclass(frozen=True, slots=True)
class Strength:
    """The votes that a coalition has for or against a text, everyone else present and voting the other way.

    `filled` is the number of filled mandates, `away` how many of the coalition's own deputies do not vote.
    """

    threshold: Threshold
    votes: int
    seats: int
    filled: int | None = None
    number: int | None = None
    away: int = 0
    wants: Wants = Wants.PASS

    @property
    def to_pass(self) -> int | None:
        """Votes for that adopt a text; of those voting it is the majority of everyone who is there."""
        there = max(0, self.seats - self.away)
        threshold = Threshold.PRESENT if self.threshold is Threshold.VOTING else self.threshold
        return needed(threshold, seats=self.seats, filled=self.filled, present=there, number=self.number)

    @property
    def needed(self) -> int | None:
        """Votes that the coalition needs: to adopt, or to leave the others too few to adopt."""
        if self.to_pass is None or self.wants is Wants.PASS:
            return self.to_pass
        everyone = self.filled if self.threshold is Threshold.MANDATES and self.filled is not None else self.seats
        voting = max(0, everyone - self.away)
        if self.threshold is Threshold.VOTING:
            return -(-voting // 2)  # a tie adopts nothing
        return max(0, voting - self.to_pass + 1)

    @property
    def short_by(self) -> int | None:
        return None if self.needed is None else max(0, self.needed - self.votes)

    @property
    def spare(self) -> int | None:
        """Votes beyond those needed."""
        return None if self.needed is None else max(0, self.votes - self.needed)
