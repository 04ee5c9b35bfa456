"""What readers see change: new votes and corrections."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery

from deputies.journal.reports import Row
from deputies.people.models import Chamber, Person
from deputies.votes.enums import State
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic, arithmetics_of
from deputies.votes.reports.houses import House
from deputies.votes.reports.votes import record_of, votes_in

SEEN = (State.PUBLISHED.value, State.CORRECTED.value)


@dataclass(frozen=True, slots=True)
class News:
    """One change that readers can see: a vote, or a vote corrected at a moment."""

    version: RollCallVersion
    arithmetic: Arithmetic
    corrected_at: dt.datetime | None = None


def news_of(house: House, *, most: int) -> list[News]:
    """The latest corrections in a term, at most two, then its latest votes; three queries."""
    corrected = list(
        RollCallVersion.objects.filter(
            house.when("held_at"), roll_call__chamber=house.chamber, number__gt=1, state__in=SEEN
        )
        .select_related("roll_call__chamber")
        .order_by("-published_at", "-pk")[:2]
    )
    latest = [record_of(vote) for vote in votes_in(house)[: most - len(corrected)]]
    numbers = arithmetics_of([*corrected, *latest])
    return [News(version, numbers[version.pk], version.published_at) for version in corrected] + [
        News(version, numbers[version.pk]) for version in latest
    ]


@dataclass(frozen=True, slots=True)
class Correction:
    """A version that took the place of an earlier one, with the ballots in which they differ."""

    version: RollCallVersion
    ballots: list[tuple[Ballot, str]]  # as corrected, and the position before


def corrected_chambers() -> list[Chamber]:
    """Chambers of which a published vote was corrected; one query."""
    corrected = RollCallVersion.objects.filter(number__gt=1, state__in=SEEN, roll_call__chamber=OuterRef("pk"))
    return list(Chamber.objects.filter(Exists(corrected)).order_by("slug"))


def corrections(
    roll_call: RollCall | None = None, *, chamber: Chamber | None = None, most: int = 100
) -> list[Correction]:
    """Published corrections of one vote, of a chamber or of all, the latest first; two queries."""
    earlier = RollCallVersion.objects.filter(
        roll_call=OuterRef("roll_call"), number__lt=OuterRef("number"), state__in=SEEN
    ).order_by("-number")
    versions = (
        RollCallVersion.objects.filter(number__gt=1, state__in=SEEN)
        .select_related("roll_call__chamber", "evidence", "dispute")
        .defer("evidence__content")
        .annotate(before=Subquery(earlier.values("pk")[:1]))
    )
    if roll_call is not None:
        versions = versions.filter(roll_call=roll_call)
    if chamber is not None:
        versions = versions.filter(roll_call__chamber=chamber)
    newest = list(versions.order_by("-published_at", "-pk")[:most])
    ballots = Ballot.objects.filter(version__in={pk for v in newest for pk in (v.pk, v.before)}).select_related(
        "person"
    )
    named: dict[int | None, dict[int, Ballot]] = {}
    for ballot in ballots.order_by("person__sort_key"):
        named.setdefault(ballot.version_id, {})[ballot.person_id] = ballot
    return [Correction(v, _differences(named.get(v.pk, {}), named.get(v.before, {}))) for v in newest]


def own_changes(people: Collection[Person], roll_calls: Collection[int]) -> dict[Row, tuple[dt.datetime, bool]]:
    """Since when readers see deputies' present positions in votes, and whether that was a correction; one query."""
    ballots = Ballot.objects.filter(person__in=people, version__roll_call__in=roll_calls, version__state__in=SEEN)
    rows = ballots.order_by("version__number").values_list(
        "version__roll_call", "person", "position", "version__published_at", "version__number"
    )
    found: dict[Row, tuple[dt.datetime, bool]] = {}
    positions: dict[Row, str] = {}
    for roll_call, person, position, at, number in rows:
        row = roll_call, person
        if positions.get(row) != position and at is not None:
            found[row] = at, number > 1
        positions[row] = position
    return found


def _differences(now: dict[int, Ballot], before: dict[int, Ballot]) -> list[tuple[Ballot, str]]:
    pairs = ((ballot, before[person].position if person in before else "") for person, ballot in now.items())
    return [(ballot, old) for ballot, old in pairs if ballot.position != old]
