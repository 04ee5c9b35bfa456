"""Scores as readers meet them: counts first, then per cent, then the label."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.db.models import QuerySet

from deputies.sources.prepared import among, prepared
from pledges.platform.models import Demand, Platform
from pledges.scorecards.enums import Label
from pledges.scorecards.labels import label, shown_percent
from pledges.scorecards.method import WEIGHT_UNIT, Percent, Profile, Tally, percent_on_page
from pledges.scorecards.models import Score
from pledges.scorecards.models.scores import COLUMNS
from pledges.scorecards.reports.platform import PlatformInForce

FEW = 2
FEWEST_ORDERED: Final = 10


@dataclass(frozen=True, slots=True)
class Measure:
    """A tally as a page words it: counts first, then per cent, then the label."""

    tally: Tally
    profile: Profile

    @property
    def label(self) -> Label:
        return label(self.tally, self.profile)

    @property
    def percent(self) -> Percent | None:
        """The percentage a page may print; None without a score, and where less than half is covered."""
        return shown_percent(self.tally, self.profile)

    @property
    def score(self) -> Fraction | None:
        return self.profile.score(self.tally)

    @property
    def may_be_ordered(self) -> bool:
        """Whether there are votes enough to put it in an order with others."""
        return self.counted >= FEWEST_ORDERED and self.percent is not None

    @property
    def as_asked(self) -> int:
        """Votes that went as the platform asks, each once."""
        return self.tally.votes_with

    @property
    def counted(self) -> int:
        return self.tally.counted

    @property
    def is_few(self) -> bool:
        """Whether there are one or two counted votes: told in words, as a share of them would say more than they do."""
        return 0 < self.counted <= FEW and not self.halves

    @property
    def halves(self) -> int:
        """Votes that earned half a credit: of them the percentage is of points, not of votes."""
        return self.tally.votes_half

    @property
    def missed(self) -> int:
        return self.tally.votes_missed

    @property
    def low(self) -> Percent | None:
        return None if self.tally.low is None else percent_on_page(self.tally.low)

    @property
    def high(self) -> Percent | None:
        return None if self.tally.high is None else percent_on_page(self.tally.high)

    @property
    def is_weighted(self) -> bool:
        """Whether some counted votes weigh more than others, so that the percentage differs from the counts."""
        t = self.tally
        weights, votes = (t.with_, t.against, t.half), (t.votes_with, t.votes_against, t.votes_half)
        return any(weight != WEIGHT_UNIT * n for weight, n in zip(weights, votes, strict=True))


def measures_of(
    in_force_now: PlatformInForce, *, demand: Demand | None = None, persons: Collection[int] | None = None
) -> dict[tuple[int, str], Measure]:
    """Stored scores by (person id, chapter): of the chapters, or of `demand` (chapter ""); one query."""
    of = None if persons is None else list(persons)
    scores = _scores(in_force_now.platform, demand, of)
    return {(person, chapter): Measure(Tally(*sums), in_force_now.profile) for person, chapter, *sums in scores}


@prepared
def _scores(platform: Platform, demand: Demand | None, persons: list[int] | None) -> "QuerySet[Score, tuple[Any, ...]]":
    scores = Score.objects.filter(platform=platform, demand=demand).values_list("person", "chapter", *COLUMNS)
    return scores if persons is None else scores.filter(among("person", persons))
