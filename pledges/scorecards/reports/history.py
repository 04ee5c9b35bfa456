"""How scores moved, and why, and how they stood at any moment."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from deputies.people.models import Person
from deputies.sources.prepared import among, prepared
from deputies.votes.reports.changes import Correction
from pledges.platform.models import Platform
from pledges.scorecards.counting import Key
from pledges.scorecards.enums import Cause
from pledges.scorecards.method import Tally
from pledges.scorecards.models import ScoreChange
from pledges.scorecards.profiles import profile_of
from pledges.scorecards.reports.measures import Measure
from pledges.scorecards.reports.platform import PlatformInForce


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a chapter's score, with its cause."""

    chapter: str
    before: Measure
    after: Measure
    change: ScoreChange


def moves_of(in_force_now: PlatformInForce, *people: Person) -> list[Move]:
    """How the chapters of some deputies moved, the latest move first; one query."""
    profile = in_force_now.profile
    return [
        Move(change.chapter, Measure(Tally(**change.before), profile), Measure(Tally(**change.after), profile), change)
        for change in _changes(in_force_now.platform, [person.pk for person in people])
    ]


@prepared
def _changes(platform: Platform, people: list[int]) -> QuerySet[ScoreChange]:
    changes = ScoreChange.objects.filter(among("person", people), platform=platform, demand=None).exclude(chapter="")
    return changes.select_related("roll_call__published").order_by("-event", "chapter", "person")


def scores_at(in_force_now: PlatformInForce, moment: dt.datetime) -> dict[Key, Tally]:
    """The scores of a platform as they were shown at `moment`; one query.

    Each is what the last change until then left. Changes are never rewritten, so the answer for a moment that is over
    stays the same.
    """
    changes = ScoreChange.objects.filter(platform=in_force_now.platform, at__lte=moment)
    last = changes.order_by("person", "demand", "chapter", "-event").distinct("person", "demand", "chapter")
    found = {Key(change.person_id, change.demand_id, change.chapter): Tally(**change.after) for change in last}
    return {key: tally for key, tally in found.items() if tally != Tally()}


def end_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The last moment of a day in a time zone."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone) - dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moved:
    """A chapter's score that a correction moved: counted votes that went as asked, of all counted, before and after."""

    person: Person
    chapter: str
    before: Measure
    after: Measure


def with_moved(made: Collection[Correction]) -> list[tuple[Correction, list[Moved]]]:
    """Corrections with the chapter scores that each moved, by name; one query.

    Each score is read by the method in force now, as everywhere on the pages.
    """
    versions = [correction.version.pk for correction in made]
    changes = (
        ScoreChange.objects.filter(cause=Cause.CORRECTION.value, demand=None, event__facts__version__in=versions)
        .exclude(chapter="")
        .select_related("person", "platform__published", "event")
        .order_by("person__sort_key", "person", "chapter")
    )
    moved: dict[int, list[Moved]] = {}
    for change in changes:
        if change.platform.published is None:
            continue
        profile = profile_of(change.platform.published)
        before, after = (Measure(Tally(**state), profile) for state in (change.before, change.after))
        one = Moved(change.person, change.chapter, before, after)
        moved.setdefault(change.event.facts["version"], []).append(one)
    return [(correction, moved.get(correction.version.pk, [])) for correction in made]
