import datetime as dt
import re

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Person, VotingRule
from deputies.sources.models import Document
from deputies.votes.enums import Position, Result
from pledges.platform.enums import Chapter
from pledges.platform.models import Coalition, CoalitionMembership, Platform
from pledges.scorecards.enums import Role, Wants
from pledges.tracker.models import Signature
from tests import build
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSENT = Position.FOR, Position.AGAINST, Position.ABSENT
ADDRESS = "/en/duma/coalition/"


def join(
    platform: Platform, *people: Person, held: tuple[dt.datetime, dt.datetime | None] = (build.START, None)
) -> None:
    for person in people:
        CoalitionMembership.objects.create(coalition=platform.coalition, person=person, held=DateTimeTZRange(*held))


def duma(members: int = 19, others: int = 26, **more: Threshold) -> tuple[Chamber, Platform, list[Person]]:
    """A chamber of 45 with a platform of a democratic and a social demand, the coalition's deputies first."""
    chamber = build.chamber(seats=45, slug="duma", **{"threshold": Threshold.MEMBERS} | more)
    platform = build.platform(chamber, demands=(Chapter.DEMOCRATIC, Chapter.SOCIAL))
    people = [build.deputy(chamber, f"Ada Example {n}", group=("Red", "Green")[n % 2]) for n in range(members + others)]
    join(platform, *people[:members])
    return chamber, platform, people


def test_page_opens_with_what_is_missing(client: Client) -> None:
    duma()

    page = words(client, f"{ADDRESS}?on=2024-03-01")

    assert "19 seats of 45 on 1 March 2024. 23 votes are needed: short by 4." in page
    assert "Majority of all seats the chamber’s rule 19 23 4 Two thirds of all seats 19 30 11" in page
    assert "19 seats across 2 factions." in page
    assert "Red: 10" in page
    assert "Green: 9" in page


def test_page_speaks_of_the_day_that_is_asked(client: Client) -> None:
    chamber, platform, people = duma(members=0)
    join(platform, *people[:19], held=(build.START, build.moment(40, hour=0)))
    join(platform, people[20])
    changed = build.moment(50, hour=0)
    chamber.voting_rules.update(in_force=DateTimeTZRange(None, changed))
    VotingRule.objects.create(
        chamber=chamber, in_force=DateTimeTZRange(changed, None), threshold=Threshold.FIXED, threshold_number=20
    )

    first, second, third, before = (
        words(client, f"{ADDRESS}?on={day}") for day in ("2024-02-09", "2024-02-10", "2024-02-20", "2023-12-31")
    )

    assert "20 seats of 45 on 9 February 2024. 23 votes are needed: short by 3." in first
    assert "1 seat of 45 on 10 February 2024. 23 votes are needed: short by 22." in second
    assert "1 seat of 45 on 20 February 2024. 20 votes are needed: short by 19." in third
    assert "No member of the coalition is known to hold a seat on 31 December 2023." in before


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("held=20&gained=2&absent=3&need=members", "19 votes. 23 votes are needed: short by 4."),
        ("held=20&gained=3&absent=0&need=members", "23 votes. 23 votes are needed: exactly enough."),
        ("held=20&gained=-5&absent=0&need=two-thirds", "15 votes. 30 votes are needed: short by 15."),
        ("held=26&gained=0&absent=2&need=voting", "24 votes. 22 votes are needed: 2 more than needed."),
        ("held=20&gained=0&absent=5&need=present", "15 votes. 21 votes are needed: short by 6."),
        ("held=20&gained=0&absent=0&need=mandates", "20 votes. 23 votes are needed: short by 3."),
        ("gained=4", "23 votes. 23 votes are needed: exactly enough."),
    ],
)
def test_what_if_is_counted(client: Client, query: str, answer: str) -> None:
    duma()

    assert answer in words(client, f"{ADDRESS}?{query}")


@pytest.mark.parametrize(
    ("query", "remedy"),
    [
        ("held=46", "Seats held: write a whole number from 0 to 45."),
        ("held=-1", "Seats held: write a whole number from 0 to 45."),
        ("held=", "Seats held: write a whole number from 0 to 45."),
        ("held=" + "9" * 5000, "Seats held: write a whole number from 0 to 45."),
        ("held=20&gained=26", "By-elections (+/-): write a whole number from -20 to 25."),
        ("held=20&gained=1.5", "By-elections (+/-): write a whole number from -45 to 45."),
        ("held=20&gained=-5&absent=16", "Absent: write a whole number from 0 to 15."),
        ("absent=%00", "Absent: write a whole number from 0 to 45."),
        ("need=fixed", "Majority: choose one from the list."),
        ("on=2024-13-44", "Day: write it as year-month-day, such as 2024-03-15."),
        ("on=9999-12-31", "Day: write a year from 1900 to 2100."),
        ("on=0001-01-01", "Day: write a year from 1900 to 2100."),
    ],
)
def test_bad_number_is_answered_with_the_field_and_the_remedy(client: Client, query: str, remedy: str) -> None:
    duma()

    page = words(client, f"{ADDRESS}?{query}")

    assert remedy in page
    assert "votes. 23 votes are needed" not in page


def test_chamber_is_measured_by_its_official_results(client: Client) -> None:
    chamber, platform, people = duma(2, 3)
    democratic, social = platform.demands.order_by("pk")
    nobody_for = dict.fromkeys(people, AGAINST)
    results = [Result.ADOPTED, Result.REJECTED, Result.REJECTED, Result.UNKNOWN, Result.ADOPTED, Result.ADOPTED]
    votes = [build.vote(chamber, nobody_for, result=result.value) for result in results]
    adopted, rejected, stopped, unknown, both, listed = votes
    build.link(democratic, adopted)
    build.link(social, adopted)
    build.link(democratic, rejected)
    build.link(social, stopped, wants=Wants.FAIL)
    build.link(social, unknown)
    build.link(democratic, both)
    build.link(social, both, wants=Wants.FAIL)
    build.link(social, listed, role=Role.INFORMATIVE)

    page = words(client, ADDRESS)

    assert "The chamber decided as the platform asks in 2 of 3 votes." in page
    assert "Democratic 2 1 0 Social 2 1 1 Both, each vote once 2 1 1" in page
    assert "1 vote is left out: the demands ask opposite results of it." in page


def test_close_votes_tell_how_many_were_missing(client: Client) -> None:
    chamber, platform, people = duma(23, 2)
    demand = platform.demands.first()
    assert demand is not None
    for missing in (1, 3, 4):
        cast = dict.fromkeys(people[: 23 - missing], FOR) | dict.fromkeys(people[23 - missing : 23], ABSENT)
        build.link(demand, build.vote(chamber, cast, result=Result.REJECTED.value))

    page = words(client, ADDRESS)

    assert "22 voted for, 23 were needed. Short by 1. 1 signatory or coalition deputy was not for." in page
    assert "20 voted for, 23 were needed. Short by 3. 3 signatories and coalition deputies were not for." in page
    assert "Short by 4. 4" not in page


def test_list_of_close_votes_is_capped(client: Client) -> None:
    chamber, platform, people = duma(23, 0)
    demand = platform.demands.first()
    assert demand is not None
    for _ in range(12):
        build.link(demand, build.vote(chamber, dict.fromkeys(people, FOR), result=Result.ADOPTED.value))

    page = words(client, ADDRESS)

    assert page.count("Adopted: 23 voted for, 23 were needed.") == 10
    assert "And 2 more." in page


def test_demand_counts_signatories_outside_and_the_majority_of_its_vote(client: Client) -> None:
    chamber, platform, people = duma(21, 24)
    democratic, social = platform.demands.order_by("pk")
    source = Document.objects.create(title="The sheet")
    for person in people[20:23]:
        Signature.objects.create(person=person, demand=social, signed_on=build.START.date(), source=source)
    build.link(democratic, build.vote(chamber, {}, threshold=Threshold.TWO_THIRDS), wants=Wants.FAIL)

    page = words(client, ADDRESS)

    assert "Enough to stop what it rejects: 21 votes, 16 needed." in page
    assert "Enough to adopt: 23 votes, 23 needed. With 2 signatories outside the coalition." in page


def test_chamber_without_coalition_or_platform_says_so(client: Client) -> None:
    chamber = build.chamber(slug="duma")
    empty = words(client, ADDRESS)
    coalition = Coalition.objects.create(chamber=chamber, slug="one", name_en="The One")
    CoalitionMembership.objects.create(
        coalition=coalition, person=build.deputy(chamber, "Ada Example"), held=DateTimeTZRange(build.START, None)
    )
    unpublished = words(client, ADDRESS)

    assert "No coalition is known for this chamber." in empty
    assert "1 seat of 5 on" in unpublished
    assert "No platform is published for this chamber" in unpublished


def test_member_without_a_seat_is_named_and_not_counted(client: Client) -> None:
    chamber, platform, _ = duma(1, 0)
    left = build.deputy(chamber, "Eve Example", held=(build.START, build.moment(5)))
    join(platform, left)

    page = words(client, ADDRESS)

    assert "1 seat of 45 on" in page
    assert "In the coalition, with no seat in the record on that day: Eve Example." in page


@pytest.mark.parametrize(("members", "votes"), [(1, 1), (3, 3), (45, 3), (3, 45)])
def test_page_asks_twelve_queries_at_most(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, members: int, votes: int
) -> None:
    chamber, platform, people = duma(members, 0)
    demand = platform.demands.first()
    assert demand is not None
    for _ in range(votes):
        build.link(demand, build.vote(chamber, dict.fromkeys(people, FOR), result=Result.REJECTED.value, total_for=22))

    with django_assert_max_num_queries(12):
        page = client.get(f"{ADDRESS}?on=2024-03-01&held=3")

    assert page.status_code == 200
    assert len(page.content) < 120_000


def test_seats_are_drawn_and_told_by_faction(client: Client) -> None:
    duma(members=19, others=20)

    page = client.get(f"{ADDRESS}?on=2024-03-01").text
    told = words(client, f"{ADDRESS}?on=2024-03-01")

    assert re.findall(r'<rect class="(ours|others|unknown)"', page) == ["ours", "ours", "others", "others", "unknown"]
    assert re.findall(r'<text x="([^"]+)%"', page) == ["51.11", "66.67"]
    assert "Faction coalition others Red 10 10 Green 9 10 All 19 20" in told
    assert "Holders are known for 39 of 45 seats of the chamber." in told


def test_factions_are_told_by_how_they_split_and_never_called_loyal(client: Client) -> None:
    chamber, platform, people = duma(members=8, others=8)
    red, green = people[::2], people[1::2]
    for day, positions in enumerate((dict.fromkeys(people, FOR), {**dict.fromkeys(red, FOR), red[0]: AGAINST})):
        vote = build.vote(chamber, positions, held_at=build.moment(10 + day))
        build.link(platform.demands.order_by("pk")[0], vote)
    build.vote(chamber, dict.fromkeys(people[:3], AGAINST))

    page = words(client, ADDRESS)

    assert "Red split in 1 of 2 votes; Agreement Index 0.91 on average, from 0.81 to 1.00" in page
    assert "Green split in 0 of 1 vote; Agreement Index 1.00 on average, from 1.00 to 1.00" in page
    assert "Red 2 1 0.91 0.81 1.00" in page
    assert not re.search("loyal|disciplin", page)
    assert len(green) == 8


def test_a_small_faction_has_no_index(client: Client) -> None:
    chamber, platform, people = duma(members=2, others=2)
    build.link(platform.demands.order_by("pk")[0], build.vote(chamber, dict.fromkeys(people, FOR)))

    assert "Green split in 0 of 1 vote; too few for an index" in words(client, ADDRESS)
