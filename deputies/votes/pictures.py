"""One draft and what surrounds it, as plain values: what `doubts` looks at. Pure."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from deputies.sources.enums import Precision
from deputies.votes.checks import House, Totals
from deputies.votes.cohesion import SIDES, Split
from deputies.votes.enums import Kind, Position, Result

ENOUGH_FOR_A_LINE = 4  # members voting; fewer have no line that one of them could differ from
ENOUGH_BEFORE = 20  # votes of a deputy in which the faction had a line, before "never" says anything
DECIDED = (Position.FOR, Position.AGAINST)

Lines = Mapping[int, Position]
Cast = tuple[int, int | None, Position]  # person, faction, position
Place = tuple[dt.datetime, int, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One deputy who could vote; `position` is None where nothing is entered."""

    person_id: int
    name: str
    surname: str
    faction_id: int | None
    faction: str
    position: Position | None
    presides: bool = False
    excuse: str = ""

    @property
    def side(self) -> Position | None:
        """For or against; None for everything else."""
        side = SIDES.get(self.position) if self.position else None
        return side if side in DECIDED else None


@dataclass(frozen=True, slots=True)
class Picture:
    """One draft as it is entered."""

    held_at: dt.datetime | None
    precision: Precision
    number: str
    title: str
    kind: Kind
    result: Result
    totals: Totals
    house: House
    rows: Sequence[Row]

    @property
    def marks(self) -> dict[int, Position]:
        return {row.person_id: row.position for row in self.rows if row.position}

    @property
    def counts(self) -> Counter[Position]:
        return Counter(self.marks.values())

    @property
    def complete(self) -> bool:
        """Whether everybody has an entry: before that, most of what is unlike the house is only unfinished."""
        return bool(self.rows) and len(self.marks) == len(self.rows)

    @property
    def is_dated(self) -> bool:
        """Whether its day is known."""
        return self.held_at is not None and self.precision in (Precision.MINUTE, Precision.DAY)

    @property
    def lines(self) -> Lines:
        return lines_of((row.person_id, row.faction_id, row.position) for row in self.rows if row.position)


@dataclass(frozen=True, slots=True)
class Other:
    """Another vote of the same sitting or day; `label` is what people call it by."""

    id: int
    number: str
    title: str
    label: str
    held_at: dt.datetime
    marks: Mapping[int, Position]


@dataclass(frozen=True, slots=True)
class Past:
    """The latest votes of the chamber: each faction's line in each, and who never took the side opposite to theirs."""

    lines: Sequence[Lines] = ()
    steady: frozenset[int] = frozenset()

    @classmethod
    def of(cls, votes: Iterable[Sequence[Cast]]) -> "Past":
        lines, voted, differed = [], Counter[int](), set[int]()
        for vote in votes:
            line_of = lines_of(vote)
            lines.append(line_of)
            for person, faction, position in vote:
                side, line = SIDES.get(position), line_of.get(faction or 0)
                if side in DECIDED and line in DECIDED:
                    voted[person] += 1
                    if side is not line:
                        differed.add(person)
        return cls(lines, frozenset(person for person, count in voted.items() if count >= ENOUGH_BEFORE) - differed)


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a draft. `period` is None where no sitting is known, and its end where it is not."""

    now: dt.datetime
    zone: dt.tzinfo
    others: Sequence[Other] = ()
    past: Past = Past()
    presider_votes: bool = True
    period: tuple[dt.datetime, dt.datetime | None] | None = None
    left: Mapping[int, dt.datetime] = field(default_factory=dict)  # when each person left the sitting


def lines_of(casts: Iterable[Cast]) -> dict[int, Position]:
    """What most of each faction did; a faction that is tied, or of which few voted, has no line."""
    marks = defaultdict(list)
    for _, faction, position in casts:
        if faction:
            marks[faction].append(position)
    splits = {faction: Split.of(positions) for faction, positions in marks.items()}
    return {
        faction: split.plurality
        for faction, split in splits.items()
        if split.plurality and split.voted >= ENOUGH_FOR_A_LINE
    }


def place(held_at: dt.datetime, number: str) -> Place:
    """The order of questions: by time, then 2 before 10, then 10a before 10b."""
    digits = "".join(char for char in number.partition(".")[0] if char in "0123456789")
    return held_at, int(digits or 0), number
