import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.journal.actions import close_dispute, take_up
from deputies.journal.enums import DisputeState
from deputies.sources.models import keep_copy
from deputies.votes.enums import Position, Result
from deputies.votes.models import RollCall
from pledges.scorecards.enums import Wants
from tests import build
from tests.coalition.accounts import door
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> Town:
    return town(5)


def address(built: Town, vote: RollCall, deputy: int = 0, lang: str = "en") -> str:
    return built.address(f"votes/{vote.slug}/{built.people[deputy].slug}/", lang)


def test_ballot_tells_what_was_done_where_it_stands_and_what_it_did(client: Client, built: Town) -> None:
    page = words(client, address(built, built.votes[0]))

    assert "Ada Example 0: for. Not adopted: 1 voted for, 3 were needed. Short by 2." in page
    assert "Faction then Red" in page
    assert "Mandate then district 1 · 1 January 2024 – now · Election" in page
    assert "Entered vouched for by one person · version 1" in page
    assert "Demand 1" in page
    assert "Rule and points" in page
    assert "1 of 1 point" in page


def test_ballot_is_told_in_russian(client: Client, built: Town) -> None:
    page = words(client, address(built, built.votes[0], lang="ru"))

    assert "за. Не принято: 1 голос за, нужно 3. Не хватило" in page
    assert "Фракция в тот момент" in page


def test_ballot_of_a_vote_that_is_not_linked_counts_for_nothing(client: Client, built: Town) -> None:
    page = words(client, address(built, built.votes[2]))

    assert "Nothing: it is not linked to the platform and counts for nobody." in page
    assert "Short by 2." in page


def test_ballot_has_every_demand_that_the_vote_is_linked_to(client: Client, built: Town) -> None:
    second = built.platform.demands.order_by("pk")[1]
    build.link(second, built.votes[0], wants=Wants.FAIL)

    page = words(client, address(built, built.votes[0]))

    assert page.count("Why it is linked") == 2
    assert "Demand 1" in page
    assert "Demand 2" in page


def test_ballot_shows_the_hash_of_its_own_source(client: Client, built: Town) -> None:
    version = build.draft(built.chamber, result=Result.REJECTED.value, source=keep_copy(content=b"1", title="Minutes"))
    own = keep_copy(content=b"2", title="A newspaper")
    build.ballot(version, built.people[0], Position.FOR, source=own, position_raw="+")
    build.publish(version)

    page = words(client, address(built, version.roll_call))

    assert f"Source of this row A newspaper SHA-256 {own.sha256}" in page
    assert version.source is not None
    assert f"SHA-256 {version.source.sha256}" in page
    assert "as the source writes it: +" in page


def test_ballot_keeps_the_corrections_and_reports_of_its_own_row_only(client: Client, built: Town) -> None:
    vote, (anna, boris, *_) = built.votes[0], built.people
    report, by = build.dispute(vote, anna), door.organiser("vera")
    take_up(dispute=report, by=by)
    close_dispute(
        dispute=report,
        state=DisputeState.NOT_UPHELD,
        outcome_ru="Верно.",
        outcome_en="It is right.",
        by=by,
        at=build.LATER,
    )
    build.dispute(vote, boris)
    positions = dict.fromkeys((anna, boris), Position.FOR)
    build.publish(build.draft(built.chamber, positions, roll_call=vote), at=build.LATER)

    own, other = words(client, address(built, vote)), words(client, address(built, vote, 1))

    assert "Corrections of this row" not in own
    assert "It is right." in own
    assert "Disputed by" not in own
    assert "was “against”, is “for”" in other
    assert "s erratum" in other
    assert "It is right." not in other


def test_ballot_is_reached_from_the_names_and_from_the_evidence(client: Client, built: Town) -> None:
    link = f'href="{address(built, built.votes[0])}"'

    assert link in client.get(built.address(f"votes/{built.votes[0].slug}/")).text
    assert link in client.get(built.address(f"deputies/{built.people[0].slug}/")).text
    assert link in client.get(built.address(f"deputies/{built.people[0].slug}/d1/")).text


def test_there_is_no_page_of_a_ballot_that_is_not_on_record(client: Client, built: Town) -> None:
    stranger = build.deputy(built.chamber)
    draft = build.draft(built.chamber, {stranger: Position.FOR})

    for vote, deputy in (
        (built.votes[0].slug, stranger.slug),
        (draft.roll_call.slug, stranger.slug),
        ("none", "nobody"),
    ):
        assert client.get(built.address(f"votes/{vote}/{deputy}/")).status_code == 404


def test_ballot_keeps_to_twelve_queries_with_everything(
    client: Client, built: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    vote = built.votes[2]
    build.link(built.platform.demands.order_by("pk")[0], vote)
    build.dispute(vote, built.people[0])
    build.publish(build.draft(built.chamber, {built.people[0]: Position.FOR}, roll_call=vote), at=build.LATER)

    with django_assert_max_num_queries(12):
        client.get(address(built, vote))
