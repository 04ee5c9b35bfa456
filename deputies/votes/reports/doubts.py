"""What deserves a second look in a draft, with the record around it read from the database."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from deputies.people.enums import Threshold
from deputies.sources.enums import Precision
from deputies.votes.checks import House, Totals
from deputies.votes.doubts import Doubt, doubts
from deputies.votes.enums import Kind, Position, Result, State
from deputies.votes.models import Ballot, RollCallVersion
from deputies.votes.pictures import Context, Other, Past, Picture, Row
from deputies.votes.reports.eligibility import Eligible

RECENT = 60  # votes; enough for a habit, few enough to read at every save
Period = tuple[dt.datetime | None, dt.datetime | None]


def doubts_of(
    version: RollCallVersion,
    rows: Sequence[Row],
    *,
    now: dt.datetime,
    period: Period | None = None,
    left: Mapping[int, dt.datetime] | None = None,
) -> list[Doubt]:
    """The doubts about `version` with the entries `rows`, stored or not; four queries whatever the record holds.

    `period` is that of its sitting, and `left` says when each person left it, where that is known.
    """
    return doubts(picture_of(version, rows), context_of(version, now=now, period=period, left=left))


def row_of(eligible: Eligible, position: str, excuse: str) -> Row:
    """One deputy who could vote, with what is entered; an empty position means "not entered"."""
    person, membership = eligible.mandate.person, eligible.faction_membership
    return Row(
        person_id=person.pk,
        name=str(person.name),
        surname="".join(person.sort_key.partition(",")[0].split()[-1:]),
        faction_id=membership.faction_id if membership else None,
        faction=str(membership.faction) if membership else "",
        position=Position(position) if position else None,
        presides=eligible.presides,
        excuse=excuse,
    )


def picture_of(version: RollCallVersion, rows: Sequence[Row]) -> Picture:
    v = version
    seats = v.roll_call.chamber.seats
    return Picture(
        held_at=v.held_at,
        precision=Precision(v.held_precision),
        number=v.question_number,
        title=_title(v),
        kind=Kind(v.kind),
        result=Result(v.result),
        totals=Totals(v.total_for, v.total_against, v.total_abstain, v.total_not_voting, v.total_absent),
        house=House(Threshold(v.threshold), v.threshold_number, v.threshold_stated, seats, filled=len(rows)),
        rows=rows,
    )


def context_of(
    version: RollCallVersion,
    *,
    now: dt.datetime,
    period: Period | None = None,
    left: Mapping[int, dt.datetime] | None = None,
) -> Context:
    chamber = version.roll_call.chamber
    rule = chamber.voting_rules.at(version.held_at or now).first()
    return Context(
        now=now,
        zone=chamber.zone,
        others=_others(version),
        past=_past(version),
        presider_votes=rule is None or rule.presider_votes,
        period=period,
        left=left or {},
    )


def _others(version: RollCallVersion) -> list[Other]:
    """The other votes of its day in the chamber, each as published or, before that, as last entered."""
    dated = [Precision.MINUTE.value, Precision.DAY.value]
    if version.held_at is None or version.held_precision not in dated:
        return []
    chamber = version.roll_call.chamber
    day = version.held_at.astimezone(chamber.zone).date()
    versions = (
        RollCallVersion.objects.filter(roll_call__chamber=chamber, held_precision__in=dated)
        .filter(held_at__gte=chamber.midnight(day), held_at__lt=chamber.midnight(day + dt.timedelta(days=1)))
        .exclude(roll_call=version.roll_call_id)
        .exclude(state=State.CORRECTED.value)
        .select_related("roll_call")
        .order_by("number")
    )
    latest = {each.roll_call_id: each for each in versions}
    latest |= {each.roll_call_id: each for each in versions if each.state == State.PUBLISHED.value}
    marks: dict[int, dict[int, Position]] = defaultdict(dict)
    ballots = Ballot.objects.filter(version__in=[each.pk for each in latest.values()])
    for version_id, person_id, position in ballots.values_list("version_id", "person_id", "position"):
        marks[version_id][person_id] = Position(position)
    return [_other(each, marks[each.pk]) for each in latest.values()]


def _other(version: RollCallVersion, marks: Mapping[int, Position]) -> Other:
    assert version.held_at is not None
    label = version.question_number or version.roll_call.vote_id
    return Other(version.roll_call_id, version.question_number, _title(version), label, version.held_at, marks)


def _past(version: RollCallVersion) -> Past:
    """The latest published votes by name before it."""
    recent = (
        RollCallVersion.objects.filter(roll_call__chamber=version.roll_call.chamber, kind=Kind.BY_NAME.value)
        .filter(state=State.PUBLISHED.value)
        .exclude(roll_call=version.roll_call_id)
        .order_by("-held_at", "-pk")
    )
    recent = recent.filter(held_at__lte=version.held_at) if version.held_at else recent.exclude(held_at=None)
    votes = defaultdict(list)
    ballots = Ballot.objects.filter(version__in=recent.values("pk")[:RECENT])
    for version_id, *cast, position in ballots.values_list("version_id", "person_id", "faction_id", "position"):
        votes[version_id].append((cast[0], cast[1], Position(position)))
    return Past.of(votes.values())


def _title(version: RollCallVersion) -> str:
    return f"{version.title_ru}\n{version.title_en}"
