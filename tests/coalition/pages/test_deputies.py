import datetime as dt
import re

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from deputies.people.models import District, Mandate, Person
from deputies.sources.enums import Basis
from deputies.votes.enums import Position
from pledges.platform.enums import Chapter
from tests import build
from tests.coalition.pages.build import town

pytestmark = pytest.mark.django_db


def words(client: Client, address: str) -> str:
    """The text of a page, without tags and doubled spaces."""
    page = re.sub(r"<[^>]+>", " ", client.get(address).text)
    return " ".join(page.replace("&nbsp;", " ").split()).replace(" .", ".").replace(" ,", ",")


def test_list_is_by_district_with_blank_seats(client: Client) -> None:
    built = town(3)
    District.objects.create(chamber=built.chamber, number=4)

    page = client.get(built.address("deputies/")).text

    assert re.findall(r'<tr id="d(\d+)"', page) == ["1", "2", "3", "4"]
    assert page.count("no source found") == 1


def test_deputy_page_opens_with_one_sentence(client: Client) -> None:
    built = town(5)

    page = words(client, built.address(f"deputies/{built.people[0].slug}/"))

    assert (
        "Democratic demands of the platform: 1 counted vote, as the platform asks. Social demands: 1 counted vote, as"
        in page
    )
    assert "Chosen and scored by Coalition" in page
    assert "2 of 3 roll calls." in page


def test_deputy_page_in_russian_declines_the_count(client: Client) -> None:
    built = town(5)

    page = words(client, built.address(f"deputies/{built.people[0].slug}/", lang="ru"))

    assert (
        "Демократические требования наказа избирателей: 1 учтённый голос, по наказу. Социальные требования: 1" in page
    )


def test_silence_is_worded_as_not_supporting(client: Client) -> None:
    built = town(5)
    silent = built.people[3]  # present without voting in the first vote, whose demand wants it adopted

    page = words(client, built.address(f"deputies/{silent.slug}/"))

    assert "Did not support; 3 votes were needed (did not vote)" in page
    assert "voted against" not in page


def test_one_inferred_ballot_has_its_own_sentence_and_no_percentage(client: Client) -> None:
    built = town(3)
    person = build.deputy(built.chamber, "Eve Example")
    version = build.draft(built.chamber)
    build.ballot(version, person, Position.FOR, basis=Basis.INFERRED.value, note_en="From the totals.")
    build.publish(version)

    page = words(client, built.address(f"deputies/{person.slug}/"))

    assert f"No recorded vote. One vote worked out from totals: for, {version.title_en}." in page
    assert "%" not in page


def test_nothing_linked_is_said_in_words(client: Client) -> None:
    chamber = build.chamber(slug="bare")
    person = build.deputy(chamber)
    build.platform(chamber, demands=(Chapter.SOCIAL,))
    build.vote(chamber, {person: Position.FOR})

    page = words(client, f"/en/bare/deputies/{person.slug}/")

    assert "1 roll call recorded; none is linked to the platform." in page


def test_deputy_who_left_names_reason_and_successor(client: Client) -> None:
    built = town(3)
    mandate = Mandate.objects.get(person=built.people[0])
    mandate.held = DateTimeTZRange(build.START, build.moment(60, 0))
    mandate.left = "resigned"
    mandate.save()
    heir = Person.objects.create(slug="heir", name_en="Ida Heir")
    Mandate.objects.create(
        person=heir,
        chamber=built.chamber,
        term=mandate.term,
        district=mandate.district,
        held=DateTimeTZRange(build.moment(90, 0), None),
        entered="by-election",
    )

    page = words(client, built.address(f"deputies/{built.people[0].slug}/"))

    assert "The mandate ended: 29 February 2024. Resignation." in page
    assert "Next in this seat: Ida Heir" in page


def test_change_within_thirty_days_names_its_cause(client: Client) -> None:
    built = town(3)
    now = dt.datetime.now(dt.UTC)
    later = build.draft(built.chamber, dict.fromkeys(built.people, Position.AGAINST), roll_call=built.votes[0])
    build.publish(later, at=now - dt.timedelta(days=3))

    page = words(client, built.address(f"deputies/{built.people[0].slug}/"))

    assert "Changed within 30 days Democratic : 1 of 1 to 0 of 1. Cause: correction" in page


def test_every_line_of_a_demand_has_an_anchor_a_rule_and_a_role(client: Client) -> None:
    built = town(5)

    page = client.get(built.address(f"deputies/{built.people[0].slug}/d1/"))

    assert f'id="{built.votes[0].slug}"' in page.text
    text = words(client, built.address(f"deputies/{built.people[0].slug}/d1/"))
    assert "for: as the platform asks · 1 of 1 point" in text
    assert "It is what the demand asks." in text
    assert "vouched for by one person; link vouched for by one person" in text


@pytest.mark.parametrize("rest", ["deputies/nobody/", "deputies/nobody/d1/", "demands/none/", "votes/none/"])
def test_what_is_not_there_is_not_found(client: Client, rest: str) -> None:
    built = town(1)

    assert client.get(built.address(rest)).status_code == 404
