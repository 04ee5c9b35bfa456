"""How scores stood on any day: on the page, in the report and in the file."""

import csv
import datetime as dt
import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from deputies.people.models import Person
from deputies.votes.enums import Position
from pledges.platform.models import Platform, PlatformVersion
from pledges.scorecards.actions import SHADOW, announce_method, publish_platform
from pledges.scorecards.counting import Key
from pledges.scorecards.profiles import PROFILES
from pledges.scorecards.reports.history import end_of, moves_of, scores_at
from pledges.scorecards.reports.platform import PlatformInForce, platform_in_force
from tests import build
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def person() -> Person:
    """A deputy for in the vote published on 1 June, against in that of 3 June, which is corrected on 5 June."""
    chamber = build.chamber(slug="town", timezone="Europe/Moscow")
    found = build.deputy(chamber)
    demand = build.platform(chamber).demands.get()
    build.link(demand, build.vote(chamber, {found: Position.FOR}))
    second = build.draft(chamber, {found: Position.AGAINST})
    build.link(demand, second.roll_call)
    build.publish(second, at=build.AT + 2 * DAY)
    corrected = build.draft(chamber, {found: Position.FOR}, roll_call=second.roll_call)
    build.publish(corrected, at=build.AT + 4 * DAY)
    return found


def in_force() -> PlatformInForce:
    found = platform_in_force(Platform.objects.get().coalition.chamber)
    assert found is not None
    return found


def social(person: Person, at: dt.datetime) -> tuple[int, int] | None:
    tally = scores_at(in_force(), at).get(Key(person.pk, None, "social"))
    return (tally.votes_with, tally.counted) if tally else None


def test_a_score_stands_until_the_moment_of_the_next_change(person: Person) -> None:
    before = build.AT - dt.timedelta(microseconds=1)

    assert [social(person, at) for at in (before, build.AT, build.AT + 2 * DAY, build.AT + 4 * DAY)] == [
        None,
        (1, 1),
        (1, 2),
        (2, 2),
    ]


def test_every_move_names_its_cause(person: Person) -> None:
    causes = [move.change.cause for move in moves_of(in_force(), person)]

    assert causes == ["correction", "new-vote", "platform-edit"]


def test_the_method_of_a_day_is_the_one_of_the_version_in_force_then(person: Person) -> None:
    platform, other = Platform.objects.get(), PROFILES["half-credit"]
    announce_method(platform=platform, profile=other, at=build.AT + 5 * DAY)
    draft = PlatformVersion.objects.create(platform=platform, number=2, title_en="Two", profile=other.name)
    at = build.AT + 5 * DAY + SHADOW
    publish_platform(platform=platform, version=draft, links=[], vouched=True, at=at)

    assert in_force().method_at(at - DAY).name == "votes-cast"
    assert in_force().method_at(at).name == "half-credit"


def test_a_day_ends_where_the_chamber_sits(person: Person) -> None:
    zone = person.mandates.get().chamber.zone

    assert end_of(dt.date(2024, 6, 1), zone) == dt.datetime(2024, 6, 1, 20, 59, 59, 999999, tzinfo=dt.UTC)


def shown(client: Client, person: Person, on: str) -> str:
    page = words(client, f"/en/town/deputies/{person.slug}/?on={on}")
    found = re.search(r"(As it stood at the end of.*?Counted by the method “[a-z-]+”\.)", page)
    return found[1] if found else page


@pytest.mark.parametrize(
    ("on", "counts"), [("2024-05-31", "no counted vote"), ("2024-06-02", "1 of 1"), ("2024-06-03", "1 of 2")]
)
def test_the_page_shows_the_score_as_of_a_day(client: Client, person: Person, on: str, counts: str) -> None:
    told = shown(client, person, on)

    assert told.endswith(f"Democratic: no counted vote Social: {counts} Counted by the method “votes-cast”.")


@pytest.mark.parametrize(
    ("on", "answer"),
    [
        ("soon", "Day: write it as year-month-day, such as 2024-03-15."),
        ("", "Day: write it as year-month-day, such as 2024-03-15."),
        ("2024-02-30", "Day: write it as year-month-day, such as 2024-03-15."),
        ("%00", "Day: write it as year-month-day, such as 2024-03-15."),
        ("9999-12-31", "That day is still to come."),
    ],
)
def test_a_day_that_cannot_be_shown_is_answered_plainly(client: Client, person: Person, on: str, answer: str) -> None:
    response = client.get(f"/en/town/deputies/{person.slug}/?on={on}")

    assert response.status_code == 200
    assert answer in response.text
    assert "As it stood" not in response.text


def write(**options: str) -> None:
    call_command("scores", platform=Platform.objects.get().slug, stdout=io.StringIO(), **options)


def test_the_file_of_a_day_holds_the_scores_of_that_day(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    write(at="2024-06-03")

    written = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["demand_id"], row["score_numerator"], row["score_denominator"]) for row in written] == [
        ("d1", "1", "2"),
        ("chapter:democratic", "", ""),
        ("chapter:social", "1", "2"),
        ("platform", "1", "2"),
    ]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"at": "soon"}, "“soon” is not a day like 2024-06-30"),
        ({"at": "9999-01-01"}, "9999-01-01 has not begun yet"),
        ({"at": "2024-06-03", "profile": "half-credit"}, "leave --profile out"),
    ],
)
def test_a_day_the_file_cannot_hold_is_refused(person: Person, options: dict[str, str], problem: str) -> None:
    with pytest.raises(CommandError, match=problem):
        write(**options)
