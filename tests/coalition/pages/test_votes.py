import pytest
from django.test import Client

from deputies.people.enums import Threshold
from deputies.votes.enums import Kind, Position, Result
from tests import build
from tests.coalition.pages.build import town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db


def test_list_gives_results_and_marks_what_is_linked(client: Client) -> None:
    built = town(5)

    page = words(client, built.address("votes/"))
    linked = words(client, built.address("votes/?linked=1"))

    assert "3 recorded votes, the latest first." in page
    assert page.count("Not adopted: 1 voted for, 3 were needed. Short by 2.") == 3
    assert "2 recorded votes, the latest first. Chosen by Coalition" in linked


def test_vote_opens_with_its_result(client: Client) -> None:
    chamber = build.chamber(seats=45, threshold=Threshold.MEMBERS, slug="clinic")
    vote = build.vote(chamber, {}, total_for=19, total_against=1, result=Result.REJECTED.value)

    page = words(client, f"/en/clinic/votes/{vote.slug}/")
    russian = words(client, f"/ru/clinic/votes/{vote.slug}/")

    assert "Not adopted: 19 voted for, 23 were needed. Short by 4." in page
    assert "Не принято: 19 голосов за, нужно 23. Не хватило 4 голосов." in russian


def test_picture_has_a_seat_for_everybody_and_a_table_beneath(client: Client) -> None:
    built = town(5)

    page = client.get(built.address(f"votes/{built.votes[0].slug}/")).text

    assert page.count('<a tabindex="-1"') == 5
    assert page.count('class="with"') == 1
    assert page.count('<th scope="row"><span class="seatno">') == 5


def test_seats_that_the_totals_leave_out_are_counted(client: Client) -> None:
    chamber = build.chamber(seats=45, threshold=Threshold.MEMBERS, slug="budget")
    vote = build.vote(
        chamber, {}, total_for=24, total_against=11, total_abstain=3, total_not_voting=3, result=Result.ADOPTED.value
    )

    page = words(client, f"/en/budget/votes/{vote.slug}/")

    assert "Adopted: 24 voted for, 23 were needed. 1 more than needed." in page
    assert "4 seats are not in the record." in page


def test_secret_ballot_shows_nobodys_choice(client: Client) -> None:
    chamber = build.chamber(slug="secret")
    vote = build.vote(chamber, {}, kind=Kind.SECRET.value)

    assert "The ballot was secret: nobody’s choice is on record." in words(client, f"/en/secret/votes/{vote.slug}/")


def test_correction_is_told_on_the_vote_and_on_its_own_page(client: Client) -> None:
    built = town(3)
    changed = dict.fromkeys(built.people, Position.AGAINST)
    build.publish(build.draft(built.chamber, changed, roll_call=built.votes[0]), at=build.LATER)

    page = words(client, built.address(f"votes/{built.votes[0].slug}/"))
    log = words(client, "/en/corrections/")

    assert "Corrected 2 June 2024." in page
    assert "Ada Example 0 : was “for”, is “against”" in page
    assert "the clerk's erratum" in log.replace("&#x27;", "'")
    assert "Moved: 1 score of a chapter." in log


def test_untranslated_title_says_its_language(client: Client) -> None:
    built = town(1)

    page = client.get(built.address("votes/", lang="ru")).text

    assert '<span lang="en">Question' in page
