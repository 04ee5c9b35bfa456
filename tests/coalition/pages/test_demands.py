"""The platform's pages: groups in alphabetical order, red lines without scores, a method before it counts."""

import re

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from deputies.people.models import Chamber, Mandate, Person, SideMembership
from deputies.votes.enums import Position
from pledges.platform.enums import Chapter
from pledges.platform.models import CoalitionMembership, Platform
from pledges.scorecards.actions import announce_method
from pledges.scorecards.enums import Wants
from pledges.scorecards.profiles import PROFILES
from tests import build
from tests.coalition.pages.build import town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
FOR, AGAINST = Position.FOR, Position.AGAINST


@pytest.fixture
def people() -> list[Person]:
    """Three in Red and the opposition, two in Green, voting four times on a demand: Red 9 of 12, Green 0 of 8."""
    chamber = build.chamber(slug="town", seats=9)
    reds = [build.deputy(chamber, group="Red") for _ in range(3)]
    greens = [build.deputy(chamber, group="Green") for _ in range(2)]
    platform = build.platform(chamber, demands=(Chapter.DEMOCRATIC, Chapter.SOCIAL, Chapter.RED_LINE))
    for person in reds:
        mandate = Mandate.objects.get(person=person)
        SideMembership.objects.create(mandate=mandate, side="opposition", held=mandate.held)
        CoalitionMembership.objects.create(coalition=platform.coalition, person=person, held=mandate.held)
    demand = platform.demands.get(slug="d1")
    for nth in range(4):
        positions = dict.fromkeys(reds, FOR) | dict.fromkeys(greens, AGAINST)
        positions[reds[0]] = FOR if nth == 0 else AGAINST
        build.link(demand, build.vote(chamber, positions))
    return reds + greens


def text(client: Client, rest: str) -> str:
    return words(client, f"/en/town/{rest}")


def test_groups_on_a_demand_are_pooled_and_alphabetical(client: Client, people: list[Person]) -> None:
    told = text(client, "demands/d1/")

    assert (
        "the coalition 9 of 12 (75 %) 3 members; median 100 %, from 25 % to 100 %"
        " Opposition 9 of 12 (75 %) 3 members; median 100 %, from 25 % to 100 %"
        " Green 0 of 8 2 members; too few for a percentage"
        " Red 9 of 12 (75 %) 3 members; median 100 %, from 25 % to 100 %" in told
    )


def test_groups_on_the_platform_stand_in_both_chapters(client: Client, people: list[Person]) -> None:
    told = text(client, "platform/")

    assert "Group Democratic Social" in told
    assert "Green 0 of 8 2 members; too few for a percentage no counted vote" in told


def test_red_lines_are_their_own_section_and_have_no_scores(client: Client, people: list[Person]) -> None:
    platform = Platform.objects.get()
    red_line = platform.demands.get(slug="d3")
    vote = build.vote(platform.coalition.chamber, {people[0]: FOR, people[1]: AGAINST, people[2]: Position.ABSENT})
    build.link(red_line, vote, wants=Wants.FAIL)
    build.flags()

    whole, home, own = (text(client, rest) for rest in ("platform/", "", "demands/d3/"))

    assert "What the coalition ruled out Red lines: a recorded vote across one" in whole
    assert "What the coalition ruled out (1) Demand 3" in home
    assert "The platform rules out voting for it." in own
    assert f"1 deputy crossed it by a recorded vote: {people[0].name} for " in own
    assert "%" not in own
    assert "All deputies on this demand" not in own


def test_a_method_in_shadow_names_everyone_it_would_change(client: Client) -> None:
    chamber: Chamber = build.chamber(slug="town")
    one, other = build.deputy(chamber, "Anna Away"), build.deputy(chamber, "Boris There")
    platform = build.platform(chamber, demands=(Chapter.DEMOCRATIC,))
    for nth in range(6):
        own = FOR if nth < 3 else Position.ABSENT
        build.link(platform.demands.get(), build.vote(chamber, {one: own, other: FOR}))
    quiet = [text(client, rest) for rest in ("platform/", "platform/method-change/")] + [words(client, "/en/method/")]
    announce_method(platform=platform, profile=PROFILES["absence-against"], at=build.AT)

    told = text(client, "platform/method-change/")

    assert "No other method has been announced for this chamber." in quiet[1]
    assert all("has been announced: who would change" not in page for page in quiet)
    assert "Another method, “absence-against”, has been announced: who would change" in text(client, "platform/")
    assert "another method, “absence-against”, has been announced: who would change" in words(client, "/en/method/")
    assert "1 deputy would read otherwise, 1 would not." in told
    assert (
        "Anna Away Democratic Now 3 of 3 (100 %) in all counted votes as it asks Then 3 of 6 (50 %)"
        " sometimes as it asks, sometimes not Why 3 more votes count: no vote recorded or no effect until now" in told
    )
    assert "Boris There" not in told


def test_a_chamber_without_a_platform_has_no_change_of_method(client: Client) -> None:
    build.chamber(slug="town")

    assert "No other method has been announced for this chamber." in text(client, "platform/method-change/")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_page_of_a_change_is_there_in_both_languages(client: Client, lang: str) -> None:
    built = town(3)

    assert client.get(built.address("platform/method-change/", lang)).status_code == 200


def test_all_deputies_are_drawn_by_district_and_told_in_one_sentence(client: Client) -> None:
    built = town(5)

    page, told = client.get(built.address("demands/d1/")).text, words(client, built.address("demands/d1/"))

    assert re.findall(r'<text x="[^"]+" y="40">(\d+)</text>', page) == ["1", "2", "3", "4", "5"]
    assert "Only as the platform asks: 1 deputy; only not as it asks: 3; some of each: 0; no counted vote: 1." in told


def test_demands_that_others_put_to_deputies_are_not_called_theirs(client: Client) -> None:
    built = town(3)
    deputy, coalition = built.people[0], built.platform.coalition
    CoalitionMembership.objects.create(coalition=coalition, person=deputy, held=DateTimeTZRange(build.START, None))
    places = ["", "platform/", "demands/d1/", "coalition/", f"deputies/{deputy.slug}/"]
    own = [words(client, built.address(rest)) for rest in places]
    Platform.objects.filter(pk=built.platform.pk).update(chosen_by_en="the editors")

    put = [words(client, built.address(rest)) for rest in places]

    assert f"The platform is that of the coalition: {coalition.name}." in own[0]
    assert f"The demands are put to: {coalition.name}; it is not said that they agreed to them." in put[0]
    assert [f"put to: {coalition.name}" in page for page in put[1:3]] == [True, True]
    assert "who stand for one platform" in own[3]
    assert "to whom the same demands are put" in put[3]
    assert "In the coalition" in own[4]
    assert "In the coalition" not in put[4]
    assert f"Demands are put to {coalition.name}" in put[4]
