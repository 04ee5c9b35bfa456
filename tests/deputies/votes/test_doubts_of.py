"""The record around a draft, read from the database."""

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Chamber, Office, Person, VotingRule
from deputies.sources.enums import Precision
from deputies.votes.actions import open_correction
from deputies.votes.checks import Problem
from deputies.votes.doubts import doubts
from deputies.votes.enums import Kind, Position
from deputies.votes.models import Ballot, Departure, RollCall, RollCallVersion, Sitting
from deputies.votes.pictures import Row
from deputies.votes.reports.eligibility import eligible_at
from deputies.votes.reports.findings import context_of, picture_of, row_of
from tests import build

pytestmark = pytest.mark.django_db

F, A, X = Position.FOR, Position.AGAINST, Position.ABSENT
NOW = build.moment(300)
MONDAY = build.moment(14)


def house(in_chamber: Chamber) -> list[Person]:
    """Five Reds and five Blues."""
    return [build.deputy(in_chamber, f"Given Name{n}", group="Red" if n < 5 else "Blue") for n in range(10)]


def rows_in(version: RollCallVersion) -> list[Row]:
    """The entries that are stored."""
    entered = {ballot.person_id: ballot for ballot in version.ballots.all()}
    eligible = eligible_at(version.roll_call.chamber, version.held_at)
    return [row_of(one, entered.get(one.mandate.person_id)) for one in eligible]


def found(version: RollCallVersion) -> list[Problem]:
    return doubts(picture_of(version, rows_in(version)), context_of(version, now=NOW))


def marks(people: Sequence[Person], positions: Sequence[Position]) -> Mapping[Person, Position]:
    return dict(zip(people, positions, strict=True))


def votes_before(people: Sequence[Person], positions: Sequence[Position], count: int) -> None:
    """Published votes by name, an hour apart, until the day before."""
    first = build.draft(people[0].mandates.get().chamber, marks(people, positions), held_at=MONDAY)
    versions = []
    for n in range(count):
        version = RollCallVersion.objects.get(pk=first.pk)
        roll_call = RollCall.objects.create(chamber=first.roll_call.chamber, vote_id=f"before-{n}", slug=f"before-{n}")
        version.pk, version.roll_call, version.held_at = None, roll_call, MONDAY - dt.timedelta(hours=30 + n)
        versions.append(version)
    RollCallVersion.objects.bulk_create(versions)
    ballots = list(first.ballots.all())
    for version in versions:
        for ballot in ballots:
            ballot.pk, ballot.version = None, version
        Ballot.objects.bulk_create(ballots)
    first.roll_call.delete()
    sealed = {"vouched": True, "published_at": NOW, "content_hash": "seal"}
    RollCallVersion.objects.filter(pk__in=[version.pk for version in versions]).update(state="published", **sealed)


@pytest.mark.parametrize("count", [3, 200])
def test_the_queries_do_not_grow_with_the_record(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    chamber = build.chamber(seats=10)
    people = house(chamber)
    votes_before(people, [F] * 5 + [A] * 5, count)
    build.draft(chamber, marks(people, [F] * 10), held_at=MONDAY)
    draft = build.draft(chamber, marks(people, [A] + [F] * 4 + [A] * 5), held_at=MONDAY)

    with django_assert_num_queries(4):
        context = context_of(draft, now=NOW)

    alone = doubts(picture_of(draft, rows_in(draft)), context)
    assert [(doubt.code, doubt.people) for doubt in alone] == [
        ("alone-first" if count >= 20 else "alone", (people[0].pk,))
    ]


def test_a_draft_of_the_same_day_with_the_same_number_is_named() -> None:
    chamber = build.chamber(seats=10, timezone="Europe/Moscow")
    people = house(chamber)
    positions = marks(people, [F] * 5 + [A] * 5)
    midnight = chamber.midnight(MONDAY.date())
    twin = build.draft(chamber, positions, held_at=midnight, question_number="7")
    build.draft(chamber, positions, held_at=midnight - dt.timedelta(minutes=1), question_number="7")
    build.draft(chamber, positions, held_at=midnight, question_number="7", held_precision=Precision.MONTH.value)

    draft = build.draft(chamber, positions, held_at=MONDAY, question_number="7")

    facts: dict[str, int | str] = {"vote": twin.roll_call_id, "label": "7"}
    assert found(draft) == [Problem("same-number", facts=facts), Problem("same-vector", facts=facts)]


def test_another_vote_counts_as_published_whatever_its_correction_says() -> None:
    chamber = build.chamber(seats=10)
    people = house(chamber)
    published = build.vote(chamber, marks(people, [F] * 5 + [A] * 5), held_at=MONDAY)
    correction = open_correction(roll_call=published, by=None, reason="the clerk's erratum")
    correction.ballots.update(position=X.value)
    twice = build.draft(chamber, marks(people, [F] * 10), held_at=MONDAY, roll_call=None)
    later = build.draft(chamber, marks(people, [A] * 10), held_at=MONDAY, roll_call=twice.roll_call)

    others = context_of(build.draft(chamber, held_at=MONDAY), now=NOW).others

    assert {other.id: set(other.marks.values()) for other in others} == {
        published.pk: {F, A},
        later.roll_call_id: {A},
    }


def test_a_correction_is_not_compared_with_the_version_it_corrects() -> None:
    chamber = build.chamber(seats=10)
    people = house(chamber)
    published = build.vote(chamber, marks(people, [F] * 5 + [A] * 5), held_at=MONDAY, question_number="7")

    context = context_of(open_correction(roll_call=published, by=None, reason="the clerk's erratum"), now=NOW)

    assert (context.others, context.past.lines) == ([], [])


def test_the_past_holds_published_votes_by_name_before_it() -> None:
    chamber = build.chamber(seats=10)
    people = house(chamber)
    positions = marks(people, [F] * 5 + [A] * 5)
    build.vote(chamber, positions, held_at=MONDAY - dt.timedelta(days=1))
    build.vote(chamber, positions, held_at=MONDAY - dt.timedelta(days=1), kind=Kind.ATTENDANCE.value)
    build.vote(chamber, positions, held_at=MONDAY + dt.timedelta(days=1))
    build.draft(chamber, positions, held_at=MONDAY - dt.timedelta(days=1))
    build.vote(build.chamber(), {}, held_at=MONDAY - dt.timedelta(days=1))
    red, blue = build.faction(chamber, "Red"), build.faction(chamber, "Blue")

    assert context_of(build.draft(chamber, held_at=MONDAY), now=NOW).past.lines == [{red.pk: F, blue.pk: A}]


def test_the_rule_of_the_day_says_whether_the_chair_votes() -> None:
    chamber = build.chamber(seats=10)
    people = house(chamber)
    mandate = people[0].mandates.get()
    Office.objects.create(mandate=mandate, title_en="Chair", presides=True, held=mandate.held)
    draft = build.draft(chamber, marks(people, [F] * 5 + [A] * 5), held_at=MONDAY)
    assert found(draft) == []

    VotingRule.objects.filter(chamber=chamber).update(presider_votes=False)

    assert found(draft) == [Problem("chair-votes", people=(people[0].pk,), facts={"position": "for"})]


def test_without_a_date_only_the_entries_are_looked_at() -> None:
    chamber = build.chamber(seats=10)
    people = house(chamber)
    draft = build.draft(chamber, marks(people, [X] * 10))
    draft.held_at, draft.held_precision = None, Precision.UNKNOWN.value

    assert found(draft) == []


def test_the_sitting_says_when_it_was_and_who_left() -> None:
    chamber = build.chamber(seats=10)
    people = house(chamber)
    draft = build.draft(chamber, marks(people, [F] * 5 + [A] * 5), held_at=MONDAY)
    left = MONDAY - dt.timedelta(minutes=5)

    sitting = Sitting.objects.create(chamber=chamber, began_at=MONDAY - dt.timedelta(hours=1), ended_at=left)
    draft.roll_call.sitting = sitting
    Departure.objects.create(sitting=sitting, person=people[0], left_at=left)

    assert [doubt.code for doubt in found(draft)] == ["other-hour", "voted-after-leaving"]


@pytest.mark.parametrize(
    ("name", "surname"),
    [("Алёна Ёлкина", "елкина"), ("Mgr. Petr Novák, CSc.", "novák"), ("Anna Doe-Smith", "doe-smith")],
)
def test_the_surname_is_the_last_word_of_the_name(name: str, surname: str) -> None:
    chamber = build.chamber()
    build.deputy(chamber, name)
    (eligible,) = eligible_at(chamber, MONDAY)

    assert row_of(eligible, None).surname == surname
