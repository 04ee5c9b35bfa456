"""What a chamber decided on one day, question by question, and all the days on which it met."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from deputies.journal.enums import Operation
from deputies.journal.models import History
from deputies.people.models import Chamber
from deputies.sources.enums import Precision
from deputies.votes.enums import State
from deputies.votes.models import RollCall, RollCallVersion, Sitting
from deputies.votes.reports.houses import House

_TO_THE_DAY = [Precision.MINUTE.value, Precision.DAY.value]


@dataclass(frozen=True, slots=True)
class SittingDay:
    """The published votes of one day in their order, what is recorded of the sitting itself, and the days around it.

    Each sitting says how many of its votes are still `waiting` to be published.
    """

    day: dt.date
    votes: list[RollCall]
    rows: list[Sitting]  # two where a chamber met twice that day, none where nothing is recorded of it
    before: dt.date | None
    after: dt.date | None


@dataclass(frozen=True, slots=True)
class Question:
    """A text that was voted on: its main vote, or the last one of that day, then the others of the same day."""

    vote: RollCall
    others: list[RollCall]
    is_main: bool


def sitting_on(chamber: Chamber, day: dt.date) -> SittingDay:
    """A day of a chamber; four queries. Votes of which the day is not known belong to no day."""
    start, end = chamber.midnight(day), chamber.midnight(day + dt.timedelta(days=1))
    dated = chamber.roll_calls.published().filter(published__held_precision__in=_TO_THE_DAY)
    votes = dated.filter(published__held_at__gte=start, published__held_at__lt=end)
    met = chamber.sittings.filter(began_at__gte=start, began_at__lt=end, is_drill=False)
    drafts = RollCall.objects.filter(sitting=OuterRef("pk"), published=None).exclude(
        pk__in=RollCallVersion.objects.filter(withdrawn=True, state=State.PUBLISHED.value).values("roll_call")
    )
    waiting = drafts.order_by().values("sitting").annotate(n=Count("pk")).values("n")
    rows = met.annotate(waiting=Coalesce(Subquery(waiting), 0))
    before = dated.filter(published__held_at__lt=start).order_by("-published__held_at")
    after = dated.filter(published__held_at__gte=end).order_by("published__held_at")
    return SittingDay(
        day,
        list(
            votes.select_related("published", "chamber", "decision").order_by(
                "published__held_at", "published__question_number", "pk"
            )
        ),
        list(rows.select_related("source").defer("source__content").order_by("began_at")),
        _day_of(before, chamber),
        _day_of(after, chamber),
    )


def first_sitting(house: House) -> dt.date | None:
    """When a term without votes meets or met first; None if that is not entered, or votes are. One query, or none."""
    if house.recorded or house.term is None:
        return None
    sittings = house.chamber.sittings.filter(is_drill=False)
    if house.since is not None:
        sittings = sittings.filter(began_at__gte=house.since)
    first = sittings.order_by("began_at").first()
    return first.began_at.astimezone(house.chamber.zone).date() if first else None


def _day_of(votes: QuerySet[RollCall], chamber: Chamber) -> dt.date | None:
    held_at = votes.values_list("published__held_at", flat=True).first()
    return held_at.astimezone(chamber.zone).date() if held_at else None


def questions_of(votes: Collection[RollCall]) -> list[Question]:
    """The votes of a day put together by text, in the order in which each text came up first."""
    grouped: dict[tuple[str, int], list[RollCall]] = {}
    for vote in votes:
        of = ("text", vote.decision_id) if vote.decision_id else ("vote", vote.pk)
        grouped.setdefault(of, []).append(vote)
    questions = []
    for group in grouped.values():
        main = next((vote for vote in group if vote.decision and vote.decision.main_id == vote.pk), None)
        shown = main or group[-1]
        questions.append(Question(shown, [vote for vote in group if vote != shown], main is not None))
    return questions


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
    seen = Count("versions", Q(versions__state__in=[State.PUBLISHED.value, State.CORRECTED.value]))
    votes = (
        RollCall.objects.filter(chamber=chamber, sitting=None, published__held_precision__in=_TO_THE_DAY)
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
        .order_by("began_at")
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
