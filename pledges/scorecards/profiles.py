"""The methods a platform can choose from, each a table of data.

Source: docs/method.md, section "The method as data".
"""

from fractions import Fraction
from typing import Literal, Protocol

from pledges.scorecards.enums import PositionClass
from pledges.scorecards.method import CHAMBER_RULE, OUTSIDE, Cap, Cell, Cells, Profile


class Chosen(Protocol):
    """Something that names a method by its name and version, as a version of a platform does."""

    profile: str
    profile_version: int


FULL = Cell(10, 10)
HALF = Cell(5, 10)
NOTHING = Cell(0, 10)

_Row = tuple[Cell | Literal["chamber-rule"], ...]  # for, against, abstain, not voting, absent, excused
_CLASSES = tuple(group for group in PositionClass if group is not PositionClass.GAP)


def _cells(weak: _Row, strong: _Row | None = None) -> Cells:
    """The cells of a profile; a strong vote is credited like a weak one unless said otherwise."""
    rows = {False: weak, True: strong or weak}
    return {
        (group, is_strong): cell for is_strong, row in rows.items() for group, cell in zip(_CLASSES, row, strict=True)
    }


# Public Whip: a missed vote earns half of a fifth of a vote; strong votes weigh five votes, and a missed one as much.
_SHY, _STRONG, _STRONG_NOTHING, _STRONG_SHY = Cell(1, 2), Cell(50, 50), Cell(0, 50), Cell(25, 50)

_ALL = (
    Profile(
        "votes-cast",
        version=1,
        cells=_cells((FULL, NOTHING, CHAMBER_RULE, CHAMBER_RULE, OUTSIDE, OUTSIDE)),
        reproduces=("ACU", "CQ"),
    ),
    Profile(
        "absence-against",
        version=1,
        cells=_cells((FULL, NOTHING, NOTHING, NOTHING, NOTHING, OUTSIDE)),
        reproduces=("LCV", "ADA", "Progressive Massachusetts", "Livable World"),
        breaks=frozenset({1, 2}),
    ),
    Profile(
        "half-credit",
        version=1,
        cells=_cells((FULL, NOTHING, HALF, HALF, HALF, OUTSIDE)),
        reproduces=("Open Knesset (x 2 - 1)", "BillTrack50", "ScoreVotes"),
        breaks=frozenset({2, 11}),
    ),
    Profile(
        "abstain-half",
        version=1,
        cells=_cells((FULL, NOTHING, HALF, OUTSIDE, OUTSIDE, OUTSIDE)),
        reproduces=("scoringep",),
    ),
    Profile(
        "twfy-simplified",
        version=1,
        cells=_cells((FULL, NOTHING, HALF, OUTSIDE, OUTSIDE, OUTSIDE)),
        reproduces=("twfy-votes",),
        caps=(Cap(Fraction(6, 100), absences=2), Cap(Fraction(16, 100), share=Fraction(1, 3))),
        breaks=frozenset({2, 4, 11}),
    ),
    Profile(
        "public-whip",
        version=1,
        cells=_cells(
            (FULL, NOTHING, _SHY, _SHY, _SHY, OUTSIDE),
            strong=(_STRONG, _STRONG_NOTHING, _STRONG_SHY, _STRONG_SHY, _STRONG_SHY, OUTSIDE),
        ),
        reproduces=("Public Whip", "OPORA"),
        ignores_weight=True,
        breaks=frozenset({2, 4, 11}),
    ),
    Profile(
        "public-whip-au",
        version=1,
        cells=_cells(
            (FULL, NOTHING, NOTHING, _SHY, _SHY, OUTSIDE),
            strong=(_STRONG, _STRONG_NOTHING, _STRONG_NOTHING, _STRONG_SHY, _STRONG_SHY, OUTSIDE),
        ),
        reproduces=("They Vote For You",),
        ignores_weight=True,
        breaks=frozenset({2, 4, 11}),
    ),
    Profile(
        "not-voting-against",
        version=1,
        cells=_cells((FULL, NOTHING, NOTHING, NOTHING, OUTSIDE, OUTSIDE)),
        reproduces=("chambers with an absolute majority of members",),
    ),
)
PROFILES = {profile.name: profile for profile in _ALL}
DEFAULT = PROFILES["votes-cast"]


def profile_of(version: Chosen) -> Profile:
    """The method that a version of a platform names, as it was when that was published."""
    return profile_named(version.profile, version.profile_version)


def profile_named(name: str, version: int) -> Profile:
    """A method by its name and the number of its version."""
    return next(p for p in _ALL if (p.name, p.version) == (name, version))
