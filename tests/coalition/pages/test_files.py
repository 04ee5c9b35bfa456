"""The lists of a chamber as tables."""

import csv

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from coalition.pages import deputies, votes
from deputies.people.models import District
from deputies.votes.models import RollCallVersion
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db


def table(client: Client, built: Town, rest: str, lang: str = "en") -> list[dict[str, str]]:
    response = client.get(built.address(rest, lang))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(response.text.splitlines()))


@pytest.mark.parametrize("many", [1, 3])
def test_every_vote_of_the_chamber_is_a_row_with_its_numbers(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    built = town(5, votes=many)
    monkeypatch.setattr(votes, "PER_PAGE", 1)
    title = RollCallVersion.objects.get(roll_call=built.votes[0]).title

    with django_assert_max_num_queries(11):
        rows = table(client, built, "votes/votes.csv")

    assert [row["vote"] for row in rows] == [vote.slug for vote in reversed(built.votes)]
    assert rows[-1] == {
        "date": "2024-01-11",
        "vote": built.votes[0].slug,
        "number": "",
        "title": title,
        "question": "",
        "result": "rejected",
        "for": "1",
        "against": "1",
        "needed": "3",
        "seats": "5",
        "demands": "Demand 1",
    }
    assert 'href="/en/town/votes/votes.csv"' in client.get(built.address("votes/")).text


@pytest.mark.parametrize("many", [1, 3])
def test_every_deputy_of_the_chamber_is_a_row_with_the_counts_of_the_list(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    built = town(many)
    District.objects.create(chamber=built.chamber, number=999)
    monkeypatch.setattr(deputies, "PER_PAGE", 1)

    with django_assert_max_num_queries(11):
        rows = table(client, built, "deputies/deputies.csv")

    assert [row["deputy"] for row in rows] == [*(person.slug for person in built.people), ""]
    assert {**rows[0], "district": "", "began": ""} == {
        "district": "",
        "deputy": built.people[0].slug,
        "name": "Ada Example 0",
        "faction": "Red",
        "began": "",
        "ended": "",
        "democratic_as_asked": "1",
        "democratic_counted": "1",
        "democratic_no_vote": "0",
        "social_as_asked": "1",
        "social_counted": "1",
        "social_no_vote": "0",
        "profile": "votes-cast",
    }
    assert "All deputies as a table (CSV)" in words(client, built.address("deputies/"))


def test_a_chamber_without_a_platform_has_a_table_without_counts(client: Client) -> None:
    built = town(1)
    built.chamber.coalitions.all()[0].platforms.update(published=None)

    (row,) = table(client, built, "deputies/deputies.csv")

    assert (row["democratic_counted"], row["profile"]) == ("", "")
    assert table(client, built, "votes/votes.csv")[0]["demands"] == ""


@pytest.mark.parametrize("rest", ["votes/votes.csv", "deputies/deputies.csv"])
def test_there_is_no_table_of_no_chamber(client: Client, rest: str) -> None:
    assert client.get(f"/en/nowhere/{rest}").status_code == 404
    assert client.get(town(1).address(f"{rest}?term=9")).status_code == 404
