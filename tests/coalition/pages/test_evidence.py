"""Every line of evidence says what was done, why it counts, by which rule, and who vouches for it."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Person
from deputies.sources.models import cite
from deputies.votes.enums import Position
from deputies.votes.models import Decision, FactionStatement, RollCall
from pledges.platform.enums import Chapter
from pledges.platform.models import Demand
from pledges.scorecards.actions import publish_roll_calls
from pledges.scorecards.enums import RulingKind, Silence, Wants
from tests import build
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber() -> Chamber:
    return build.chamber(slug="town", seats=5, threshold=Threshold.MEMBERS)


@pytest.fixture
def person(chamber: Chamber) -> Person:
    return build.deputy(chamber, group="Red")


@pytest.fixture
def demand(chamber: Chamber) -> Demand:
    return build.platform(chamber).demands.get()


def evidence(client: Client, person: Person, demand: str = "d1") -> str:
    return words(client, f"/en/town/deputies/{person.slug}/{demand}/")


def linked(demand: Demand, chamber: Chamber, person: Person, position: Position) -> RollCall:
    roll_call = build.vote(chamber, {person: position})
    build.link(demand, roll_call)
    return roll_call


def test_a_line_names_the_threshold_the_column_and_the_points(
    client: Client, chamber: Chamber, person: Person, demand: Demand
) -> None:
    linked(demand, chamber, person, Position.PRESENT_NOT_VOTING)

    told = evidence(client, person)

    assert (
        "Majority of all seats. The demand wants it adopted; silence has the effect of “against”"
        " · did not vote: not as it asks · 0 of 1 point" in told
    )
    assert "Link published 1 June 2024. The vote was held before the link was published." in told


def test_a_link_published_before_the_vote_says_only_when(
    client: Client, chamber: Chamber, person: Person, demand: Demand
) -> None:
    version = build.draft(chamber, {person: Position.FOR}, held_at=build.LATER)
    build.link(demand, version.roll_call)
    build.publish(version, at=build.LATER)

    told = evidence(client, person)

    assert "Link published 1 June 2024." in told
    assert "held before the link" not in told


def test_a_ruling_strikes_the_recorded_position_through(
    client: Client, chamber: Chamber, person: Person, demand: Demand
) -> None:
    roll_call = linked(demand, chamber, person, Position.AGAINST)
    build.ruling(demand.platform, roll_call, kind=RulingKind.TACTICAL, person=person, reads_as=Position.FOR)

    page = client.get(f"/en/town/deputies/{person.slug}/d1/").text
    told = evidence(client, person)

    assert "<s>against</s> read as: for" in page
    assert "A tactical vote; read as: for. They said so. Source: A statement vouched for by one person" in told
    assert "for: as the platform asks · 1 of 1 point" in told


def test_a_quorum_action_without_a_statement_is_only_noted(
    client: Client, chamber: Chamber, person: Person, demand: Demand
) -> None:
    roll_call = linked(demand, chamber, person, Position.ABSENT)
    build.ruling(demand.platform, roll_call, kind=RulingKind.QUORUM, person=person)

    page = client.get(f"/en/town/deputies/{person.slug}/d1/").text
    told = evidence(client, person)

    assert "<s>" not in page
    assert "No statement of what the deputy stood for is on record, so nothing is read into it." in told
    assert "absent: no vote recorded · 0 points: not counted" in told


def test_a_ruling_on_silence_is_shown_on_every_ballot(
    client: Client, chamber: Chamber, person: Person, demand: Demand
) -> None:
    roll_call = linked(demand, chamber, person, Position.ABSTAIN)
    build.ruling(demand.platform, roll_call, kind=RulingKind.SILENCE, silence=Silence.NOTHING)

    told = evidence(client, person)

    assert "In this vote, staying silent has no effect. They said so." in told
    assert "only for and against decide · abstained: no effect on the demand" in told


def test_of_several_votes_on_a_text_the_main_one_is_named(
    client: Client, chamber: Chamber, person: Person, demand: Demand
) -> None:
    first, main = (linked(demand, chamber, person, Position.FOR) for _ in range(2))
    decision = Decision.objects.create(chamber=chamber, key="bill", main=main)
    RollCall.objects.filter(pk__in=[first.pk, main.pk]).update(decision=decision)

    page = client.get(f"/en/town/deputies/{person.slug}/d1/").text

    assert f'One of several votes on this text. <a href="/en/town/votes/{main.slug}/">Counted is the main vote</a>' in (
        page
    )
    assert page.count("1 of 1 point") == 1


def test_what_came_with_a_ballot_is_told_in_words(
    client: Client, chamber: Chamber, person: Person, demand: Demand
) -> None:
    version = build.draft(chamber)
    more = {
        "proxy": build.deputy(chamber, "Ida Proxy"),
        "corrected_position": "against",
        "corrected_on": dt.date(2024, 1, 20),
        "corrected_source": cite(title="A letter"),
    }
    build.ballot(version, person, Position.PROXY_FOR, **more)
    FactionStatement.objects.create(
        version=version, faction=build.faction(chamber, "Red"), is_free_vote=True, source=cite(title="The whip")
    )
    build.publish(version)
    build.link(demand, version.roll_call)

    told = evidence(client, person)

    assert "As the platform asks (for, by proxy)." in told
    assert "Cast by proxy: Ida Proxy. It counts as cast." in told
    assert "Declared later: against. The recorded act counts. 20 January 2024. A letter" in told
    assert "Red left its deputies free to vote as they saw fit. It counts like any other vote. Source: The whip" in told


@pytest.mark.parametrize(
    ("position", "told"),
    [
        (Position.PAIRED_FOR, "paired, for: excused, not counted · 0 points: not counted"),
        (Position.CASTING_FOR, "for, casting vote: as the platform asks · 1 of 1 point"),
        (Position.PRESIDING, "presiding ."),
        (Position.SECRET, "secret ballot ."),
    ],
)
def test_rare_positions_are_named(
    client: Client, chamber: Chamber, person: Person, demand: Demand, position: Position, told: str
) -> None:
    linked(demand, chamber, person, position)

    assert told.replace(" .", ".") in evidence(client, person)


def test_two_organisers_are_roles_without_names(
    client: Client, chamber: Chamber, person: Person, demand: Demand
) -> None:
    one, other = (get_user_model().objects.create(username=name) for name in ("anna-k", "boris-l"))
    version = build.draft(chamber, {person: Position.FOR})
    build.approved(version, entered_by=one, reviewed_by=other)
    publish_roll_calls(versions=[version], by=other, vouched=False, at=build.AT)
    build.link(demand, version.roll_call)

    told = evidence(client, person)

    assert "entered and reviewed by two organisers; link vouched for by one person" in told
    assert "anna-k" not in told


def test_a_red_line_has_its_own_evidence(client: Client, chamber: Chamber, person: Person) -> None:
    red_line = build.platform(chamber, demands=(Chapter.RED_LINE,)).demands.get()
    crossed = build.vote(chamber, {person: Position.FOR})
    build.link(red_line, crossed, wants=Wants.FAIL)
    build.link(red_line, build.vote(chamber, {person: Position.ABSTAIN}), wants=Wants.FAIL)
    build.flags()

    page = client.get(f"/en/town/deputies/{person.slug}/d1/").text
    told = evidence(client, person)

    assert f'<li class="evidence" id="{crossed.slug}">' in page
    assert "Votes across this red line: 1 of 2 votes looked at." in told
    assert "No such vote is published. A red line changes no number." in told
    assert "point" not in told
