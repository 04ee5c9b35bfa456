import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Chamber, Faction, FactionMembership, Mandate, Person
from deputies.votes.enums import Position
from pledges.platform.enums import COUNTED
from tests import build
from tests.coalition.pages.build import town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSENT = Position.FOR, Position.AGAINST, Position.ABSENT


@pytest.fixture
def chamber() -> Chamber:
    """Ten votes on a democratic demand; how often each deputy was for, and how often absent, is in the name."""
    chamber = build.chamber(slug="order")
    people = {
        (with_, missed): build.deputy(chamber, f"For {with_} absent {missed}", group="Red" if with_ > 5 else "Green")
        for with_, missed in ((3, 0), (10, 0), (9, 1), (7, 0))
    }
    demand = build.platform(chamber, demands=COUNTED).demands.get(slug="d1")
    for n in range(10):
        positions = {
            person: FOR if n < with_ else ABSENT if n < with_ + missed else AGAINST
            for (with_, missed), person in people.items()
        }
        build.link(demand, build.vote(chamber, positions, held_at=build.moment(10 + n)))
    return chamber


def names(client: Client, query: str) -> list[str]:
    page = client.get(f"/en/order/deputies/{query}").text
    return re.findall(r"(For \d+ absent \d+)</a>|>(Too few votes to order)<", page)


def listed(client: Client, query: str) -> list[str]:
    return ["".join(pair) for pair in names(client, query)]


def test_list_is_by_district_unless_asked_otherwise(client: Client, chamber: Chamber) -> None:
    by_district = ["For 3 absent 0", "For 10 absent 0", "For 9 absent 1", "For 7 absent 0"]

    assert listed(client, "") == by_district
    assert listed(client, "?sort=worst") == by_district


def test_list_by_a_chapter_puts_those_with_few_votes_apart(client: Client, chamber: Chamber) -> None:
    assert listed(client, "?sort=democratic") == [
        "For 10 absent 0", "For 7 absent 0", "For 3 absent 0", "Too few votes to order", "For 9 absent 1",
    ]  # fmt: skip
    assert listed(client, "?sort=social")[0] == "Too few votes to order"
    assert "Слишком мало голосов для порядка" in words(client, "/ru/order/deputies/?sort=social")


def test_list_by_name(client: Client, chamber: Chamber) -> None:
    assert listed(client, "?sort=name") == ["For 10 absent 0", "For 3 absent 0", "For 7 absent 0", "For 9 absent 1"]


def test_list_of_a_faction_keeps_the_order(client: Client, chamber: Chamber) -> None:
    page = client.get("/en/order/deputies/?sort=democratic&faction=red").text

    assert listed(client, "?sort=democratic&faction=red") == [
        "For 10 absent 0", "For 7 absent 0", "Too few votes to order", "For 9 absent 1",
    ]  # fmt: skip
    assert 'href="?sort=democratic&amp;faction=green"' in page
    assert 'href="?sort=name&amp;faction=red"' in page


@pytest.mark.parametrize("query", ["", "?sort=social", "?sort=name&page=5"])
def test_list_of_many_deputies_comes_in_pages(
    client: Client, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    built = town(1)
    term, faction = built.chamber.terms.get(), Faction.objects.get()
    people = Person.objects.bulk_create(
        Person(slug=f"many-{n}", name_ru=f"Константин-Александр Многофамильный-{n}", name_en=f"Many {n}")
        for n in range(449)
    )
    mandates = Mandate.objects.bulk_create(
        Mandate(person=person, chamber=built.chamber, term=term, held=(build.START, None)) for person in people
    )
    FactionMembership.objects.bulk_create(
        FactionMembership(mandate=mandate, faction=faction, held=(build.START, None)) for mandate in mandates
    )

    for lang in ("en", "ru"):
        with django_assert_max_num_queries(12):
            page = client.get(built.address(f"deputies/{query}", lang))
        assert len(page.content) <= 120_000
        assert "page 5 of 5" in words(client, built.address("deputies/?page=5"))


def test_pages_name_both_languages_and_a_default_and_keep_the_query(client: Client) -> None:
    built = town(1)

    page = client.get(built.address("deputies/?sort=name")).text

    alternates = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="[^"]*?(/\w\w/town/[^"]*)"', page)

    assert sorted(alternates) == [
        ("en", "/en/town/deputies/?sort=name"),
        ("ru", "/ru/town/deputies/?sort=name"),
        ("x-default", "/en/town/deputies/?sort=name"),
    ]


def test_error_keeps_its_address_in_the_other_language(client: Client) -> None:
    assert 'href="/ru/town/nothing/?a=1"' in client.get("/en/town/nothing/?a=1").text
