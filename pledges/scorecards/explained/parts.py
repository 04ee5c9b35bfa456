"""What the explanation of the method is made of, whoever prints it: a page or a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.formats import localize

from pledges.scorecards.method import percent


@dataclass(frozen=True, slots=True)
class Words:
    """One paragraph."""

    text: str
    kind = "words"


@dataclass(frozen=True, slots=True)
class Points:
    """A list without order."""

    items: Sequence[str]
    kind = "points"


@dataclass(frozen=True, slots=True)
class Formulas:
    """Lines to be read as they stand."""

    lines: Sequence[str]
    kind = "formulas"


@dataclass(frozen=True, slots=True)
class Cell:
    """`shape` is the outcome whose square stands beside the text; `is_code` text is a name to type."""

    text: str
    shape: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` have a cell for each of `heads`; the first one names the row."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    kind = "table"

    @property
    def is_wide(self) -> bool:
        """Whether its columns must be narrow to fit."""
        return len(self.heads) > 4


Block = Words | Points | Formulas | Table


@dataclass(frozen=True, slots=True)
class Section:
    """`anchor` is what links from other pages name; it is the same in every language and never changes."""

    anchor: str
    heading: str
    blocks: Sequence[Block]


def share(value: Fraction) -> str:
    """A bound of the method in per cent."""
    return f"{percent(value)}\N{NO-BREAK SPACE}%"


def number(tenths: int) -> str:
    """Tenths of a vote as a reader of the active language writes them: 1, 0.5 or 0,5."""
    return str(localize(tenths // 10 if tenths % 10 == 0 else tenths / 10))
