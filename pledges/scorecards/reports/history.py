"""How scores moved, and why."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from deputies.people.models import Person
from pledges.scorecards.enums import Cause
from pledges.scorecards.method import Tally
from pledges.scorecards.models import ScoreChange
from pledges.scorecards.reports.measures import Measure
from pledges.scorecards.reports.platform import PlatformInForce


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a chapter's score, with its cause."""

    chapter: str
    before: Measure
    after: Measure
    change: ScoreChange


def moves_of(in_force_now: PlatformInForce, person: Person, *, most: int = 30) -> list[Move]:
    """How the chapters of a deputy moved, the latest move first; one query."""
    changes = (
        ScoreChange.objects.filter(platform=in_force_now.platform, person=person, demand=None)
        .exclude(chapter="")
        .select_related("roll_call__published")
        .order_by("-event", "chapter")
    )
    profile = in_force_now.profile
    return [
        Move(change.chapter, Measure(Tally(**change.before), profile), Measure(Tally(**change.after), profile), change)
        for change in changes[:most]
    ]


def moved_by_corrections(roll_calls: Collection[int]) -> dict[int, int]:
    """How many chapter scores the corrections of each vote moved, by id of the roll call; one query."""
    changes = ScoreChange.objects.filter(roll_call__in=roll_calls, cause=Cause.CORRECTION.value, demand=None)
    counted = changes.exclude(chapter="").values("roll_call").annotate(n=Count("pk")).order_by()
    return {row["roll_call"]: row["n"] for row in counted}
