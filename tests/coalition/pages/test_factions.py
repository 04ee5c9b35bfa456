import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from deputies.people.models import FactionMembership, SideMembership
from deputies.votes.enums import Position
from tests import build
from tests.coalition.pages.build import town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSTAIN = Position.FOR, Position.AGAINST, Position.ABSTAIN


def test_faction_lists_its_members_now_and_before_with_dates_and_side(client: Client) -> None:
    built = town(6)
    left = FactionMembership.objects.get(mandate__person=built.people[3])
    left.held = DateTimeTZRange(build.START, build.moment(9, 0))
    left.save()
    mandate = built.people[0].mandates.get()
    SideMembership.objects.create(mandate=mandate, side="opposition", held=mandate.held)

    page = words(client, built.address("factions/red/"))

    assert "Red 1 deputy." in page
    assert "Members now Ada Example 0 district 1 · 1 January 2024 – now · Opposition Members before" in page
    assert "Members before Ada Example 3 district 4 · 1 January 2024 – 9 January 2024" in page


def test_faction_has_the_pooled_numbers_of_the_platform_page(client: Client) -> None:
    built = town(9, votes=6)

    page, platform = words(client, built.address("factions/red/")), words(client, built.address("platform/"))

    assert platform.split("Red ")[1][:30] in page
    assert "Green" not in page


def test_faction_counts_the_votes_in_which_it_stood_on_both_sides(client: Client) -> None:
    chamber = build.chamber(slug="split")
    first, second, third = (build.deputy(chamber, group="Red") for _ in range(3))
    alone = build.deputy(chamber, group="Green")
    build.vote(chamber, {first: FOR, second: AGAINST, third: FOR, alone: FOR})
    build.vote(chamber, {first: FOR, second: FOR, third: ABSTAIN})
    build.vote(chamber, {first: FOR, second: ABSTAIN, third: ABSTAIN})

    page = words(client, "/en/split/factions/red/")
    russian = words(client, "/ru/split/factions/red/")

    assert "3 deputies. Both for and against in 1 of 2 votes in which two or more of them took a side." in page
    assert "3 депутата. И за, и против: в 1 из 2 голосований" in russian
    assert "No vote on record in which two or more" in words(client, "/en/split/factions/green/")


def test_faction_is_reached_from_its_deputies_with_dates_that_differ(client: Client) -> None:
    built = town(3)
    FactionMembership.objects.filter(mandate__person=built.people[0]).update(
        held=DateTimeTZRange(build.moment(3, 0), None)
    )

    page = client.get(built.address(f"deputies/{built.people[0].slug}/")).text

    assert '<a class="chip" href="/en/town/factions/red/">Red</a> (since 4 January 2024)' in page


def test_there_is_no_page_of_a_faction_of_another_chamber(client: Client) -> None:
    built = town(3)
    build.faction(build.chamber(), "Elsewhere")

    assert client.get(built.address("factions/elsewhere/")).status_code == 404
