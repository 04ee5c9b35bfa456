"""When a chamber met, as far as the record says."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, F, Max, OuterRef, Q, Subquery

from deputies.journal.enums import Operation
from deputies.journal.models import History
from deputies.people.models import Chamber
from deputies.sources.enums import Precision
from deputies.votes.enums import State
from deputies.votes.models import RollCall, Sitting


@dataclass(frozen=True, slots=True)
class Meeting:
    """A sitting, or a day with published votes of which no sitting is on record (`began_at` is then None).

    `changed_at` and `revision`, which only grows, are when and how often readers could see it change.
    """

    key: str
    day: dt.date
    votes: int
    changed_at: dt.datetime
    revision: int
    began_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    number: str = ""


def meetings_of(chamber: Chamber) -> list[Meeting]:
    """Sittings with a source or a published vote, and other days with votes, the earliest first; two queries.

    Drills are not sittings. A vote of which no day is known has none.
    """
    sittings = list(_sittings(chamber))
    met = {meeting.day for meeting in sittings}
    dated = [Precision.MINUTE.value, Precision.DAY.value]
    seen = Count("versions", Q(versions__state__in=[State.PUBLISHED.value, State.CORRECTED.value]))
    votes = (
        RollCall.objects.filter(chamber=chamber, sitting=None, published__held_precision__in=dated)
        .published()
        .annotate(seen=seen)
        .order_by("published__held_at")
        .values_list("published__held_at", "published__published_at", "seen")
    )
    told = [(at.astimezone(chamber.zone).date(), changed, seen) for at, changed, seen in votes if at and changed]
    for day, found in groupby(told, key=lambda row: row[0]):
        rows = list(found)
        if day not in met:
            revision = sum(row[2] for row in rows) - 1
            sittings.append(Meeting(f"{day}", day, len(rows), max(row[1] for row in rows), revision))
    return sorted(sittings, key=lambda meeting: (meeting.day, meeting.key))


def _sittings(chamber: Chamber) -> Iterator[Meeting]:
    changes = History.objects.filter(table_name="votes_sitting", row_id=OuterRef("pk")).values("row_id").order_by()
    changed = changes.filter(operation=Operation.CHANGE.value)
    rows = (
        Sitting.objects.filter(chamber=chamber, is_drill=False)
        .annotate(
            votes=Count("roll_calls", Q(roll_calls__published__isnull=False)),
            told_at=Max("roll_calls__published__published_at"),
            entered_at=Subquery(changes.annotate(at_last=Max("at")).values("at_last")),
            changes=Subquery(changed.annotate(n=Count("pk")).values("n")),
        )
        .exclude(Q(source=None) & Q(votes=0))
        .order_by(F("began_at"))
    )
    for row in rows:
        yield Meeting(
            f"sitting-{row.pk}",
            row.began_at.astimezone(chamber.zone).date(),
            row.votes,
            max(filter(None, (row.told_at, row.entered_at)), default=row.began_at),
            (row.changes or 0) + row.votes,
            row.began_at,
            row.ended_at,
            row.number,
        )
