"""All deputies on one demand: a column for each by district, and what the columns say in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from coalition.pages.pictures import Columns, strip
from deputies.votes.reports.seats import Holding
from pledges.scorecards.reports.measures import Measure


@dataclass(frozen=True, slots=True)
class Strip:
    """The picture, and how many deputies have only votes as asked, only others, some of each, and none that counts."""

    columns: Columns
    as_asked: int
    otherwise: int
    mixed: int
    without: int


def strip_of(rows: Sequence[tuple[Holding, Measure | None]]) -> Strip:
    """The deputies in the order of `rows`; a measure is None where the deputy could not vote."""
    kinds = Counter(_kind(measure) for _, measure in rows)
    columns = strip([(_district(holding), _parts(measure) if measure else []) for holding, measure in rows])
    return Strip(columns, *(kinds[kind] for kind in ("as-asked", "otherwise", "mixed", "without")))


def _kind(measure: Measure | None) -> str:
    if measure is None or not measure.counted:
        return "without"
    if measure.as_asked == measure.counted:
        return "as-asked"
    return "otherwise" if measure.tally.votes_against == measure.counted else "mixed"


def _parts(measure: Measure) -> list[tuple[str, int]]:
    """By votes, each once, from below."""
    tally = measure.tally
    votes = (tally.votes_with, tally.votes_half, tally.votes_missed, tally.votes_against)
    return list(zip(("with", "half", "none", "against"), votes, strict=True))


def _district(holding: Holding) -> str:
    district = holding.mandate.district
    return str(district.number) if district else "?"
