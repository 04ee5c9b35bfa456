import datetime as dt
import re

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Chamber, FactionMembership, Mandate, Person, Term
from deputies.votes.enums import Position
from deputies.votes.models import Sitting
from deputies.votes.reports.houses import house
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
SECOND = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def built() -> Town:
    """A town whose first term, with votes and scores, is over; one of its deputies sits in the second."""
    built = town(5)
    Term.objects.filter(chamber=built.chamber).update(held=DateTimeTZRange(build.START, SECOND))
    held = DateTimeTZRange(build.START, SECOND)
    Mandate.objects.filter(chamber=built.chamber).update(held=held, left="term-ended")
    FactionMembership.objects.update(held=held)
    second = Term.objects.create(
        chamber=built.chamber,
        number=2,
        name_en="Second term",
        name_ru="Второй созыв",
        held=DateTimeTZRange(SECOND, None),
    )
    first = built.people[0].mandates.get()
    Mandate.objects.create(
        person=built.people[0],
        chamber=built.chamber,
        term=second,
        district=first.district,
        held=DateTimeTZRange(SECOND, None),
    )
    return built


def test_new_term_opens_without_votes_and_says_when_it_meets(client: Client, built: Town) -> None:
    Sitting.objects.create(chamber=built.chamber, began_at=build.moment(12))
    Sitting.objects.create(chamber=built.chamber, began_at=SECOND + dt.timedelta(days=9, hours=10))

    home, russian = words(client, built.address()), words(client, built.address("", "ru"))

    assert "1 deputy. No roll calls yet. First sitting: 10 January 2025." in home
    assert "1 депутат. Голосований пока нет. Первое заседание: 10 января 2025." in russian
    assert "This term ended" not in home
    assert "No roll calls yet. First sitting: 10 January 2025." in words(client, built.address("votes/"))


def test_scores_are_not_carried_over(client: Client, built: Town) -> None:
    page = words(client, built.address(f"deputies/{built.people[0].slug}/"))

    assert "As the platform asks" not in page
    assert "No roll calls yet." in page
    compared = words(client, built.address(f"compare/{built.people[0].slug}/{built.people[1].slug}/"))
    assert "Demand 1" not in compared
    assert "Chosen and scored by" not in compared


def test_the_feed_of_a_demand_stays_with_its_term(client: Client, built: Town) -> None:
    (feed,) = re.findall(r'application/atom\+xml" href="([^"]+)"', client.get(built.address("demands/d1/?term=1")).text)

    assert feed == "/en/town/demands/d1/feed.atom?term=1"
    assert "Demand 1" in client.get(feed).text
    assert client.get(built.address("demands/d1/feed.atom")).status_code == 404


def test_the_term_before_stays_readable_with_its_scores(client: Client, built: Town) -> None:
    deputies = client.get(built.address("deputies/?term=1")).text
    card = words(client, built.address(f"deputies/{built.people[0].slug}/?term=1"))

    assert deputies.count("<tr id=") + deputies.count('<th scope="row">') >= 5
    assert "This term ended on 31 December 2024. The record is closed; corrections continue." in deputies
    assert f"/en/town/deputies/{built.people[0].slug}/?term=1" in deputies
    assert (
        "Democratic demands of the platform: 1 counted vote, as the platform asks. Social demands: 1 counted vote, as"
        in card
    )
    assert "3 recorded votes" in words(client, built.address("votes/?term=1"))
    assert "Demand 1" in words(client, built.address("platform/?term=1"))
    assert "No platform is published" in words(client, built.address("platform/"))


def test_addresses_of_the_term_before_go_on_working(client: Client, built: Town) -> None:
    vote, left = built.votes[0].slug, built.people[1].slug

    for rest in (f"votes/{vote}/", f"votes/{vote}/{left}/", f"deputies/{left}/", "sittings/2024-01-11/"):
        assert "This term ended on 31 December 2024." in words(client, built.address(rest)), rest


def test_address_of_a_demand_of_the_term_before_leads_into_that_term(client: Client, built: Town) -> None:
    response = client.get(built.address("demands/d1/"))

    assert (response.status_code, response["Location"]) == (302, "/en/town/demands/d1/?term=1")
    assert "This term ended on 31 December 2024." in words(client, response["Location"])
    assert client.get(built.address("demands/none/")).status_code == 404


def test_terms_are_listed_with_what_each_has(client: Client, built: Town) -> None:
    page = words(client, built.address("terms/"))

    assert page.index("Second term") < page.index("First term")
    assert "1 January 2025 – now · 0 recorded votes" in page
    assert "3 recorded votes This term ended on 31 December 2024." in page


def test_a_chamber_with_one_term_lists_it(client: Client) -> None:
    assert "First term" in words(client, town(1).address("terms/"))


@pytest.mark.parametrize("term", ["3", "-1", "x", "", "99999"])
def test_there_is_no_other_term(client: Client, built: Town, term: str) -> None:
    for rest in ("deputies/", "votes/", "platform/", f"deputies/{built.people[0].slug}/"):
        assert client.get(built.address(f"{rest}?term={term}")).status_code == 404, rest


def test_votes_belong_to_the_term_that_had_begun(built: Town) -> None:
    build.vote(built.chamber, {}, held_at=SECOND)
    build.vote(built.chamber, {}, held_at=SECOND - dt.timedelta(microseconds=1))
    build.vote(built.chamber, {}, held_at=build.START - dt.timedelta(days=400))
    build.vote(built.chamber, {}, held_precision="unknown")

    counts = [found.recorded for number in (1, 2) if (found := house("town", NOW, number=number))]

    assert counts == [6, 2]


def test_an_archive_keeps_to_twelve_queries(
    client: Client, built: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    person, vote = built.people[0].slug, built.votes[0].slug
    for rest in (
        "", "terms/", "deputies/?term=1", "votes/?term=1", "platform/?term=1", f"votes/{vote}/",
        f"votes/{vote}/{person}/",
        f"deputies/{person}/?term=1", f"deputies/{person}/?term=1&on=2024-07-01", "factions/red/?term=1",
        "demands/d1/?term=1",
    ):  # fmt: skip
        with django_assert_max_num_queries(12, info=rest):
            assert client.get(built.address(rest)).status_code == 200, rest


def namesake_of(person: Person, chamber: Chamber) -> Person:
    other = build.deputy(chamber, person.name_en)
    build.publish(build.draft(chamber, {other: Position.FOR}))
    return other


def test_namesakes_are_told_apart_by_their_district(client: Client) -> None:
    built = town(3)
    other = namesake_of(built.people[0], built.chamber)

    for rest in ("deputies/", f"votes/{built.votes[0].slug}/", f"deputies/{built.people[0].slug}/", "demands/d1/"):
        assert "Ada Example 0 (district 1)" in words(client, built.address(rest)), rest
        assert "Ada Example 1 (district" not in words(client, built.address(rest)), rest
    assert "Ada Example 0 (district 4)" in words(client, built.address(f"deputies/{other.slug}/"))
    assert "<title>Ada Example 0 (district 4) · " in client.get(built.address(f"deputies/{other.slug}/")).text
    assert "Ada Example 0 (округ 4)" in words(client, built.address(f"deputies/{other.slug}/", "ru"))
