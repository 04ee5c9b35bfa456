"""The one formula: score = sum(weight x credit) / sum(weight x mass).

A ballot and what the demand asks give an outcome (the position rule); a profile says how much credit
each outcome earns of how much mass. A method is such a table, so nothing here branches on its name.
Weights are integers, 1000 to a vote; credit and mass are integers, 10 to a vote; scores are exact
fractions, or None where nothing was counted.
Source: docs/method.md, section "The numbers".
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache
from math import floor, gcd
from typing import Final, Literal

from deputies.people.enums import Threshold
from deputies.votes.enums import Position
from pledges.scorecards.enums import Column, Edge, Outcome, PositionClass, Role, RulingKind, Silence, Wants

WEIGHT_UNIT = 1000
POINT_UNIT = 10

CLASSES: Mapping[PositionClass, tuple[Position, ...]] = {
    PositionClass.FOR: (Position.FOR, Position.PROXY_FOR, Position.CASTING_FOR),
    PositionClass.AGAINST: (Position.AGAINST, Position.PROXY_AGAINST, Position.CASTING_AGAINST),
    PositionClass.ABSTAIN: (Position.ABSTAIN, Position.PROXY_ABSTAIN),
    PositionClass.NOT_VOTING: (Position.PRESENT_NOT_VOTING, Position.NOT_FOR),
    PositionClass.ABSENT: (Position.ABSENT, Position.NO_MARK),
    PositionClass.EXCUSED: (
        Position.EXCUSED,
        Position.PAIRED_FOR,
        Position.PAIRED_AGAINST,
        Position.RECUSED,
        Position.SUSPENDED,
    ),
    PositionClass.GAP: (Position.DATA_MISSING,),
}
RULED_POSITIONS = tuple(
    position for group, positions in CLASSES.items() if group is not PositionClass.GAP for position in positions
)
CLASS_OF = {position: group for group, positions in CLASSES.items() for position in positions}

# Each row gives the outcome in the columns ASKED_STRONG, ASKED_WEAK, OPPOSED.
_ROWS: Mapping[PositionClass, tuple[Outcome, Outcome, Outcome]] = {
    PositionClass.FOR: (Outcome.WITH, Outcome.WITH, Outcome.AGAINST),
    PositionClass.AGAINST: (Outcome.AGAINST, Outcome.AGAINST, Outcome.WITH),
    PositionClass.ABSTAIN: (Outcome.AGAINST, Outcome.NEUTRAL, Outcome.NEUTRAL),
    PositionClass.NOT_VOTING: (Outcome.AGAINST, Outcome.MISSED, Outcome.MISSED),
    PositionClass.ABSENT: (Outcome.MISSED, Outcome.MISSED, Outcome.MISSED),
    PositionClass.EXCUSED: (Outcome.EXCUSED, Outcome.EXCUSED, Outcome.EXCUSED),
    PositionClass.GAP: (Outcome.GAP, Outcome.GAP, Outcome.GAP),
}
POSITION_RULE: Mapping[tuple[Position, Column], Outcome | None] = {
    (position, column): _ROWS[CLASS_OF[position]][nth] if position in CLASS_OF else None  # None: not eligible
    for position in Position
    for nth, column in enumerate(Column)
}


# A deputy who broke the quorum is not in the room, or is there without voting; anything else is a vote of theirs.
QUORUM_POSITIONS = CLASSES[PositionClass.NOT_VOTING] + CLASSES[PositionClass.ABSENT]


def column(wants: Wants, threshold: Threshold, silence: Silence | None = None) -> Column:
    """The column of the position rule for a demand that wants this result under this threshold.

    `silence` is what a ruling on this vote says that silence does; None if there is none.
    """
    if wants is Wants.FAIL:
        return Column.OPPOSED
    counts = threshold.counts_silence if silence is None else silence is Silence.AGAINST
    return Column.ASKED_STRONG if counts else Column.ASKED_WEAK


@dataclass(frozen=True, slots=True)
class Recorded:
    """One ballot as the record has it, with what came later: a correction by the deputy, a ruling on it."""

    position: Position
    corrected: Position | None = None
    is_inferred: bool = False
    ruling: tuple[RulingKind, Position | None] | None = None

    def read_as(self, *, as_corrected: bool = False) -> Position:
        """The position that is counted: as recorded, or as corrected, unless a ruling reads it otherwise."""
        if self.is_inferred:
            return Position.DATA_MISSING
        position = self.corrected if self.corrected and as_corrected else self.position
        kind, reads_as = self.ruling or (None, None)
        may_be_ruled = QUORUM_POSITIONS if kind is RulingKind.QUORUM else RULED_POSITIONS
        return reads_as if reads_as and position in may_be_ruled else position


@dataclass(frozen=True, slots=True)
class Cell:
    """What a vote of one class earns (`credit`) of what it could earn (`mass`), in tenths of a vote."""

    credit: int
    mass: int


CHAMBER_RULE: Final = "chamber-rule"
Cells = Mapping[tuple[PositionClass, bool], Cell | Literal["chamber-rule"]]

OUTSIDE = Cell(0, 0)
CHAMBER_CELLS: Mapping[Outcome, Cell] = {
    **dict.fromkeys(Outcome, OUTSIDE),
    Outcome.WITH: Cell(POINT_UNIT, POINT_UNIT),
    Outcome.AGAINST: Cell(0, POINT_UNIT),
}


@dataclass(frozen=True, slots=True)
class Cap:
    """Keeps a score `margin` away from 0 and 1 once absences reach both a number and a share of the votes."""

    margin: Fraction
    absences: int = 0
    share: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class LabelBands:
    """The bounds of the labels, as shares of the counted votes; the mirror side follows from them."""

    plain_up_to: int = 2  # counted votes
    least_coverage: Fraction = Fraction(1, 2)
    consistently: Fraction = Fraction(19, 20)
    consistently_from: int = 5  # counted votes
    almost_always: Fraction = Fraction(17, 20)
    mostly_above: Fraction = Fraction(3, 5)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A method as data. `cells` are for a demand that wants the vote to pass, by class and strong or not.

    A class without a cell follows the chamber's rule. `as_corrected` counts what deputies later declared in place of
    what was recorded. `breaks` names the invariants of docs/method.md that the method does not keep.
    """

    name: str
    version: int
    cells: Cells
    reproduces: tuple[str, ...] = ()
    caps: tuple[Cap, ...] = ()
    ignores_weight: bool = False  # only strong or not matters
    as_corrected: bool = False
    breaks: frozenset[int] = frozenset()
    bands: LabelBands = LabelBands()

    def score(self, tally: "Tally", *, undivided: int = 0) -> Fraction | None:
        """The score of `tally` within the caps; `undivided` of its votes were agreed without a division."""
        score = tally.score
        absences = tally.votes_missed
        divisions = tally.counted + absences - undivided
        for cap in self.caps:
            if score is not None and absences >= cap.absences and absences >= cap.share * divisions:
                score = min(max(score, cap.margin), 1 - cap.margin)
        return score


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One line of a profile written out: what a position earns in a column, for weak and strong votes."""

    position: Position
    column: Column
    strong: bool
    outcome: Outcome
    credit: int
    mass: int


_OPPOSITE = {PositionClass.FOR: PositionClass.AGAINST, PositionClass.AGAINST: PositionClass.FOR}
_WITHOUT_MASS = {
    PositionClass.NOT_VOTING: Outcome.MISSED,
    PositionClass.ABSENT: Outcome.MISSED,
    PositionClass.EXCUSED: Outcome.EXCUSED,
}


@cache
def rule(profile: Profile, position: Position, column: Column, *, strong: bool) -> RuleRow | None:
    """What `profile` makes of a position; None if it is not eligible."""
    outcome = POSITION_RULE[position, column]
    if outcome is None:
        return None
    group = CLASS_OF[position]
    if column is Column.OPPOSED:
        group = _OPPOSITE.get(group, group)
    cell = profile.cells.get((group, strong), CHAMBER_RULE)
    if isinstance(cell, Cell):
        outcome = _outcome(cell, group)
    else:
        cell = CHAMBER_CELLS[outcome]
    return RuleRow(position, column, strong, outcome, cell.credit, cell.mass)


def _outcome(cell: Cell, group: PositionClass) -> Outcome:
    if cell.mass == 0:
        return _WITHOUT_MASS.get(group, Outcome.NEUTRAL)
    if cell.credit == cell.mass:
        return Outcome.WITH
    return Outcome.HALF if cell.credit else Outcome.AGAINST


def rule_rows(profile: Profile) -> list[RuleRow]:
    """Every rule of `profile`, one per eligible position, column and strength: the table the database joins."""
    every = (rule(profile, p, c, strong=strong) for p in Position for c in Column for strong in (False, True))
    return [row for row in every if row is not None]


@dataclass(frozen=True, slots=True)
class Reading:
    """One ballot read for one demand; `weight` in thousandths of a vote, credit and mass before weighting.

    Raises ValueError if the weight is below 1.
    """

    outcome: Outcome
    weight: int
    credit: int
    mass: int

    def __post_init__(self) -> None:
        if self.weight < 1:
            raise ValueError(f"weight {self.weight} is below 1")


def read(profile: Profile, position: Position, column: Column, weight: int = WEIGHT_UNIT) -> Reading | None:
    """Read one ballot under `profile`; None if it is not eligible. An inferred ballot is read as DATA_MISSING."""
    row = rule(profile, position, column, strong=weight > WEIGHT_UNIT)
    if row is None:
        return None
    return Reading(row.outcome, WEIGHT_UNIT if profile.ignores_weight else weight, row.credit, row.mass)


@dataclass(frozen=True, slots=True)
class Tally:
    """A record summed: weights by outcome, then the number of votes by outcome, then the points.

    `credit` and `mass` are weighted, in units of WEIGHT_UNIT x POINT_UNIT to a vote.
    """

    with_: int = 0
    against: int = 0
    half: int = 0
    missed: int = 0
    excused: int = 0
    neutral: int = 0
    votes_with: int = 0
    votes_against: int = 0
    votes_half: int = 0
    votes_missed: int = 0
    votes_excused: int = 0
    votes_neutral: int = 0
    gaps: int = 0
    credit: int = 0
    mass: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Tally)))

    @property
    def counted(self) -> int:
        """Votes behind the score, each once whatever its weight."""
        return self.votes_with + self.votes_against + self.votes_half

    @property
    def score(self) -> Fraction | None:
        """Share of the possible points that were earned, 0 to 1, before any cap; None without evidence."""
        return Fraction(self.credit, self.mass) if self.mass else None

    @property
    def coverage(self) -> Fraction | None:
        """Share of the weight that the score rests on; None if there was nothing to vote on."""
        counted = self.with_ + self.against + self.half
        return Fraction(counted, counted + self.missed) if counted + self.missed else None

    @property
    def low(self) -> Fraction | None:
        """The score had every missed vote gone against the platform."""
        return self._had_missed_earned(0)

    @property
    def high(self) -> Fraction | None:
        """The score had every missed vote gone as the platform asks."""
        return self._had_missed_earned(POINT_UNIT)

    def _had_missed_earned(self, credit: int) -> Fraction | None:
        mass = self.mass + self.missed * POINT_UNIT
        return Fraction(self.credit + self.missed * credit, mass) if mass else None

    def fraction_as_points(self) -> tuple[int, int] | None:
        """The score as votes, not reduced: 8 of 10 is (8, 10); 3 1/2 of 5 becomes (7, 10)."""
        divisor = gcd(WEIGHT_UNIT * POINT_UNIT, self.credit, self.mass)
        return (self.credit // divisor, self.mass // divisor) if self.mass else None


def tally(readings: Iterable[Reading]) -> Tally:
    """Sum the readings of one record, in any order."""
    weights: Counter[Outcome] = Counter()
    votes: Counter[Outcome] = Counter()
    credit = mass = 0
    for reading in readings:
        weights[reading.outcome] += reading.weight
        votes[reading.outcome] += 1
        credit += reading.weight * reading.credit
        mass += reading.weight * reading.mass
    summed = [outcome for outcome in Outcome if outcome is not Outcome.GAP]  # in the order of Tally's fields
    sums = [weights[outcome] for outcome in summed] + [votes[outcome] for outcome in summed]
    return Tally(*[*sums, votes[Outcome.GAP], credit, mass])


@dataclass(frozen=True, slots=True)
class Pull:
    """One link as a chapter or the platform sees it: which way it pulls a vote, and how hard."""

    vote: Hashable
    wants: Wants
    weight: int = WEIGHT_UNIT
    role: Role = Role.SCORING


@dataclass(frozen=True, slots=True)
class Conflict:
    """A vote whose scoring links want opposite results: NEUTRAL for everybody, in no sum, listed apart."""

    vote: Hashable
    weight: int


def once(links: Iterable[Pull]) -> dict[Hashable, Pull | Conflict]:
    """Each vote once, with the largest of its scoring weights; informative links are ignored."""
    chosen: dict[Hashable, Pull | Conflict] = {}
    for link in links:
        if link.role is not Role.SCORING:
            continue
        known = chosen.get(link.vote, link)
        weight = max(known.weight, link.weight)
        if isinstance(known, Conflict) or known.wants is not link.wants:
            chosen[link.vote] = Conflict(link.vote, weight)
        else:
            chosen[link.vote] = Pull(link.vote, link.wants, weight)
    return chosen


def percent(score: Fraction) -> int:
    """Whole per cent, half up."""
    return floor(100 * score + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage as pages print it: `edge` UNDER with 1 is "under 1 %", OVER with 99 is "over 99 %"."""

    value: int
    edge: Edge = Edge.EXACT


def percent_on_page(score: Fraction) -> Percent:
    """Like `percent`, but 0 and 100 only where they are exact."""
    value = percent(score)
    if value == 0 and score > 0:
        return Percent(1, Edge.UNDER)
    if value == 100 and score < 1:
        return Percent(99, Edge.OVER)
    return Percent(value)
