"""Coming votes for readers: the list, one vote before and after, the hit rate, calendar and feeds."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Term
from deputies.votes.actions import hold, put_back, revise, withdraw
from deputies.votes.enums import Position, Result
from deputies.votes.models import AgendaItem
from pledges.findings.actions.expecting import freeze_expectations
from pledges.scorecards.enums import Wants
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MOST_QUERIES = 11


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(microsecond=0)


def coming(built: Town, now: dt.datetime, title: str = "Coming one", *, days: int = 10, **more: Any) -> AgendaItem:
    return build.item(built.chamber, now + days * DAY, title_en=title, at=now, **more)


def linked(built: Town, item: AgendaItem, now: dt.datetime, wants: Wants = Wants.PASS, nth: int = 0) -> None:
    build.item_link(built.platform.demands.order_by("pk")[nth], item, wants=wants, at=now)


def signers(built: Town, count: int) -> None:
    for person in built.people[:count]:
        build.signature(person, built.platform.demands.order_by("pk")[0], build.START.date())


def held(built: Town, cast: Position = Position.FOR, title: str = "Held one", day: int = 20) -> AgendaItem:
    """A vote about the first demand, expected and then recorded with everybody at one position."""
    early = build.moment(1)
    item = build.item(built.chamber, build.moment(day), title_en=title, at=early)
    linked(built, item, early)
    freeze_expectations(item=item, at=item.starts_at)
    positions = dict.fromkeys(built.people, cast)
    vote = build.vote(built.chamber, positions, held_at=item.starts_at, result=Result.ADOPTED.value)
    hold(item=item, roll_call=vote)
    return AgendaItem.objects.get(pk=item.pk)


def test_the_sentence_says_who_stands_where_and_how_many_are_missing(client: Client, now: dt.datetime) -> None:
    built = town(5, votes=0)
    item = coming(built, now)
    linked(built, item, now)
    signers(built, 2)

    page = words(client, built.address(f"upcoming/{item.slug}/"))

    assert (
        "As the demand asks: pledged or signed 2, voted so before 0, position not known 3; 3 needed to adopt:"
        " short by 1 at most." in page
    )
    assert "Expected: for 2, against 0, not known 3" in page
    assert "It is written down when voting begins." in page


def test_in_russian_with_the_right_plurals(client: Client, now: dt.datetime) -> None:
    built = town(5, votes=0)
    item = coming(built, now)
    linked(built, item, now, Wants.FAIL)
    signers(built, 1)

    page = words(client, built.address(f"upcoming/{item.slug}/", "ru"))

    assert (
        "По требованию: обещание или подпись — 1, прежние голоса — 0, позиция неизвестна — 4;"
        " для непринятия нужно 3: не хватает не больше 2 голосов." in page
    )
    assert "Ожидание: за — 0, против — 1, неизвестно — 4" in page


def test_a_range_where_not_even_everybody_unknown_would_do(client: Client, now: dt.datetime) -> None:
    built = town(2, votes=0)
    item = coming(built, now)
    linked(built, item, now)

    assert "3 needed to adopt: short by 1 to 3." in words(client, built.address(f"upcoming/{item.slug}/"))


def test_both_sides_stand_under_the_same_words_when_enough_are_expected(client: Client, now: dt.datetime) -> None:
    built = town(5, votes=0)
    item = coming(built, now)
    linked(built, item, now)
    signers(built, 5)

    page = words(client, built.address(f"upcoming/{item.slug}/"))

    assert "position not known 0; 3 needed to adopt: enough." in page
    assert "All expected 5 0" in page
    assert "will vote" not in page


@pytest.mark.parametrize("deputies", [1, 3, 45, 150])
def test_a_page_asks_few_queries_however_many_deputies(
    client: Client, now: dt.datetime, deputies: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    built = town(deputies, votes=3)
    item = coming(built, now)
    linked(built, item, now)
    linked(built, item, now, nth=1)
    signers(built, deputies // 2)
    past = held(built)

    for rest in ("", f"{item.slug}/", f"{past.slug}/", "record/"):
        with django_assert_max_num_queries(MOST_QUERIES, info=rest):
            answer = client.get(built.address(f"upcoming/{rest}"))
        assert answer.status_code == 200
        assert len(answer.content) <= 120_000


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_has_the_next_first_and_what_became_of_earlier_ones(
    client: Client, now: dt.datetime, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    built = town(3, votes=0)
    signers(built, 3)
    for n in range(many):
        linked(built, coming(built, now, f"Next {many - n}", days=20 - n), now)
        held(built, title=f"Held {n}", day=20 + n)
    off = coming(built, now, "Never")
    withdraw(item=off, at=now)

    with django_assert_max_num_queries(MOST_QUERIES):
        page = words(client, built.address("upcoming/"))

    said = "1 vote is on the agenda." if many == 1 else "3 votes are on the agenda, the next first."
    assert said in page
    places = [page.index(f"Next {n}") for n in range(1, many + 1)]
    assert places == sorted(places)
    assert page.count("As expected: 3 of 3 recorded votes.") == many
    assert page.index("Never") > page.index("Earlier")
    assert "Taken off the agenda" in page


def test_after_the_vote_each_ballot_stands_beside_what_was_expected(client: Client) -> None:
    built = town(4, votes=0)
    signers(built, 3)
    early = build.moment(1)
    item = build.item(built.chamber, build.moment(20), title_en="Held one", at=early)
    linked(built, item, early)
    freeze_expectations(item=item, at=item.starts_at)
    positions = [Position.FOR, Position.AGAINST, Position.ABSENT, Position.FOR]
    vote = build.vote(built.chamber, dict(zip(built.people, positions, strict=True)), held_at=item.starts_at)
    hold(item=item, roll_call=vote)

    page = words(client, built.address(f"upcoming/{item.slug}/"))
    told = words(client, built.address(f"votes/{vote.slug}/"))

    assert "As expected: 1 of 2 recorded votes. No vote recorded: 1." in page
    assert [page.count(f"Recorded {said}") for said in ("for as expected", "against otherwise", "absent no vote")] == [
        1, 1, 1,
    ]  # fmt: skip
    assert "when voting began, and not changed since" in page
    assert "What was expected" in told


def test_late_writing_is_shown_as_such(client: Client) -> None:
    built = town(1, votes=0)
    item = build.item(built.chamber, build.moment(20), title_en="Late one", at=build.moment(1))
    freeze_expectations(item=item, at=item.starts_at + dt.timedelta(minutes=11))

    page = words(client, built.address("upcoming/late-one/"))

    assert "Written down late, on 21 January 2024 at 12:11" in page
    assert "No record of the vote has been published yet." in page


def test_a_moved_vote_says_from_when_and_a_withdrawn_one_expects_nothing(client: Client, now: dt.datetime) -> None:
    built = town(3, votes=0)
    item = coming(built, now)
    linked(built, item, now)
    first = item.starts_at
    item.starts_at += DAY
    revise(item=item, at=now)
    moved = words(client, built.address(f"upcoming/{item.slug}/"))
    withdraw(item=item, at=now)
    off = words(client, built.address(f"upcoming/{item.slug}/"))

    assert f"moved from {first.day} {first:%B} {first.year}" in moved
    assert "Taken off the agenda: no vote is coming." in off
    assert "By name" not in off


def test_demands_that_ask_opposite_results_are_told(client: Client, now: dt.datetime) -> None:
    built = town(3, votes=0)
    item = coming(built, now)
    linked(built, item, now)
    linked(built, item, now, Wants.FAIL, nth=1)

    page = words(client, built.address(f"upcoming/{item.slug}/"))

    assert "The demands linked to this vote ask opposite results of it." in page


def test_a_vote_without_a_demand_expects_nothing_of_anybody(client: Client, now: dt.datetime) -> None:
    built = town(3, votes=0)
    item = coming(built, now)

    page = words(client, built.address(f"upcoming/{item.slug}/"))

    assert "Not linked to a demand: nothing is expected of anybody." in page
    assert "By name" not in page


@pytest.mark.parametrize("rest", ["upcoming/nothing/", "upcoming/record-2/"])
def test_an_unknown_vote_is_not_found(client: Client, rest: str) -> None:
    assert client.get(town(1).address(rest)).status_code == 404


def test_the_hit_rate_by_ground_and_vote_by_vote(client: Client) -> None:
    built = town(3, votes=0)
    signers(built, 2)
    held(built, Position.FOR)
    held(built, Position.AGAINST, "Held two", 21)
    held(built, Position.ABSENT, "Held three", 22)

    page = words(client, built.address("upcoming/record/"))

    assert "As expected: 2 of 4 recorded votes. No vote recorded: 2." in page
    assert "signed 6 2 2 2" in page
    assert page.index("Held three") < page.index("Held two") < page.index("Held one")


def test_nothing_to_compare_yet(client: Client, now: dt.datetime) -> None:
    built = town(3, votes=0)
    coming(built, now)

    assert "Nothing to compare yet" in words(client, built.address("upcoming/record/"))


def test_the_home_and_a_sitting_tell_the_next_vote_and_an_ended_term_has_none(client: Client, now: dt.datetime) -> None:
    built = town(3)
    coming(built, now, "Second", days=20)
    linked(built, coming(built, now, "First", days=10), now)

    pages = [words(client, built.address(rest)) for rest in ("", "sittings/2024-01-11/")]
    Term.objects.filter(chamber=built.chamber).update(held=DateTimeTZRange(build.START, now - DAY))
    ended = [words(client, built.address(rest)) for rest in ("", "sittings/2024-01-11/", "upcoming/")]

    assert all("Next vote First" in page and "Second" not in page for page in pages)
    assert not any("Next vote" in page or "First" in page for page in ended[:2])
    assert "The term has ended: no vote is coming." in ended[2]


def events(client: Client, built: Town, lang: str = "en") -> list[Any]:
    answer = client.get(built.address("upcoming.ics", lang))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_the_calendar_keeps_the_id_and_counts_up(client: Client, now: dt.datetime) -> None:
    built = town(1, votes=0)
    item = coming(built, now)
    found = [events(client, built)[0]]
    changes: list[Callable[[], object]] = [
        lambda: revise(item=item, at=now + dt.timedelta(minutes=1)),
        lambda: withdraw(item=item, at=now + dt.timedelta(minutes=2)),
        lambda: put_back(item=item, at=now + dt.timedelta(minutes=3)),
    ]
    item.starts_at += DAY
    for change in changes:
        change()
        found += events(client, built)

    assert len({str(one["uid"]) for one in found}) == 1
    assert [int(one["sequence"]) for one in found] == [0, 1, 2, 3]
    assert [str(one["status"]) for one in found] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert found[1]["dtstart"].dt - found[0]["dtstart"].dt == DAY
    assert [one["dtstamp"].dt for one in found] == [now + dt.timedelta(minutes=n) for n in range(4)]


def test_a_vote_of_a_day_fills_the_day(client: Client, now: dt.datetime) -> None:
    built = town(1, votes=0)
    item = coming(built, now, is_day_only=True)

    (event,) = events(client, built, "ru")

    day = item.starts_at.date()
    assert (event["dtstart"].dt, event["dtend"].dt, str(event["transp"])) == (day, day + DAY, "TRANSPARENT")


def entries(client: Client, address: str) -> list[tuple[str, str]]:
    root = fromstring(client.get(address).content)
    atom = "{http://www.w3.org/2005/Atom}"
    return [
        (one.findtext(f"{atom}title") or "", one.findtext(f"{atom}summary") or "") for one in root.iter(f"{atom}entry")
    ]


def test_feeds_tell_what_is_announced_and_moved_and_that_of_a_demand_only_its_own(
    client: Client, now: dt.datetime
) -> None:
    built = town(1, votes=0)
    item, other = coming(built, now), coming(built, now, "Other")
    linked(built, item, now)
    item.starts_at = item.starts_at.replace(hour=9, minute=5) + DAY
    revise(item=item, at=now)
    withdraw(item=other, at=now)

    told, of_demand = (entries(client, built.address(f"{rest}feed.atom")) for rest in ("", "demands/d1/"))

    assert sorted(title for title, _ in told) == ["Coming vote: Coming one"] * 2 + ["Coming vote: Other"] * 2
    assert ("Coming vote: Other", "Taken off the agenda.") in told
    assert [title for title, _ in of_demand] == ["Coming vote: Coming one"] * 2
    assert any(said.endswith(", 09:05.") for _, said in of_demand)
    assert entries(client, built.address("demands/d2/feed.atom")) == []
