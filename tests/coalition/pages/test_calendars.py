"""The calendar of sittings: whole days where no more is known, nothing that no source states."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Chamber
from deputies.sources.models import cite
from deputies.votes.enums import Position
from deputies.votes.models import RollCall, Sitting
from tests import build

pytestmark = pytest.mark.django_db
BEGAN = dt.datetime(2024, 3, 6, 7, tzinfo=dt.UTC)


def events(client: Client, chamber: Chamber, lang: str = "en") -> list[Any]:
    response = client.get(f"/{lang}/{chamber.slug}/sittings.ics")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


def sitting(chamber: Chamber, **more: Any) -> Sitting:
    return Sitting.objects.create(chamber=chamber, **{"began_at": BEGAN, "source": cite(title="An agenda")} | more)


@pytest.mark.parametrize("days", [1, 3])
def test_a_day_with_votes_is_a_whole_day(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, days: int
) -> None:
    chamber = build.chamber(timezone="Europe/Moscow")
    person = build.deputy(chamber)
    for day in range(days):
        for hour in (9, 22):  # the later one is on the next day in Moscow
            build.vote(chamber, {person: Position.FOR}, held_at=build.moment(10 + 7 * day, hour))

    with django_assert_max_num_queries(5):
        found = events(client, chamber)

    assert len(found) == 2 * days
    assert found[0]["dtstart"].dt == dt.date(2024, 1, 11)
    assert found[0]["dtend"].dt == found[1]["dtstart"].dt == dt.date(2024, 1, 12)
    assert found[0]["last-modified"].dt == build.AT
    assert (found[0]["uid"], found[0]["sequence"]) == (f"{chamber.slug}-2024-01-11@nakaz", 0)


def test_a_sitting_is_told_from_its_beginning_to_its_end_where_the_chamber_sits(client: Client) -> None:
    chamber = build.chamber(timezone="Europe/Moscow", is_invented=True)
    sitting(chamber, number="12", ended_at=BEGAN + dt.timedelta(hours=5))
    sitting(chamber, began_at=BEGAN + dt.timedelta(days=7))

    closed, later = events(client, chamber, "ru")

    assert closed["dtstart"].dt == dt.datetime(2024, 3, 6, 10, tzinfo=ZoneInfo("Europe/Moscow"))
    assert closed["dtstart"].params["TZID"] == "Europe/Moscow"
    assert closed["dtend"].dt - closed["dtstart"].dt == dt.timedelta(hours=5)
    assert closed["summary"].startswith("Заседание 12 · ")
    assert "Учебный пример" in closed["description"]
    assert "dtend" not in later


def test_an_id_stays_and_the_sequence_grows_when_something_changes(client: Client) -> None:
    chamber = build.chamber()
    held = sitting(chamber)
    vote = build.vote(chamber, {build.deputy(chamber): Position.FOR}, held_at=build.moment(10))
    by_day, by_sitting = events(client, chamber)

    Sitting.objects.filter(pk=held.pk).update(number="3")
    build.publish(build.draft(chamber, roll_call=vote, held_at=build.moment(10)), at=build.LATER)

    day_now, sitting_now = events(client, chamber)
    assert (day_now["uid"], sitting_now["uid"]) == (by_day["uid"], by_sitting["uid"])
    assert day_now["sequence"] == by_day["sequence"] + 1
    assert sitting_now["sequence"] == by_sitting["sequence"] + 1
    assert day_now["last-modified"].dt == build.LATER


def test_neither_a_drill_nor_what_has_no_source_is_told(client: Client) -> None:
    chamber = build.chamber(is_invented=True)
    sitting(chamber, is_drill=True)
    sitting(chamber, began_at=BEGAN + dt.timedelta(days=1), source=None)
    build.vote(chamber, {build.deputy(chamber): Position.FOR}, held_precision="unknown")
    build.vote(chamber, {build.deputy(chamber): Position.FOR}, held_precision="year", held_at=build.moment(10))

    assert events(client, chamber) == []


def test_a_sitting_with_its_votes_is_told_once(client: Client) -> None:
    chamber = build.chamber()
    held = sitting(chamber, source=None)
    vote = build.vote(chamber, {build.deputy(chamber): Position.FOR}, held_at=BEGAN)
    RollCall.objects.filter(pk=vote.pk).update(sitting=held)
    build.vote(chamber, {build.deputy(chamber): Position.FOR}, held_at=BEGAN + dt.timedelta(hours=1))

    (found,) = events(client, chamber)

    assert found["dtstart"].dt == BEGAN
    assert found["description"].startswith("1 recorded vote")


def test_there_is_no_calendar_of_no_chamber(client: Client) -> None:
    assert client.get("/en/nowhere/sittings.ics").status_code == 404
