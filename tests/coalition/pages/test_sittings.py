import datetime as dt

import pytest
from django.test import Client

from deputies.votes.enums import Position, Result
from deputies.votes.models import Decision, RollCall, Sitting
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db


def on_text(built: Town, key: str, *days: tuple[int, int], main: int | None = None) -> list[RollCall]:
    """Votes on one text at (day, hour), of which number `main` is the main one."""
    decision = Decision.objects.create(chamber=built.chamber, key=key, title_en="The bill", title_ru="Закон")
    votes = []
    for day, hour in days:
        vote = build.vote(
            built.chamber,
            dict.fromkeys(built.people, Position.FOR),
            held_at=build.moment(day, hour),
            result=Result.ADOPTED.value,
            question_en=f"Reading at {hour}",
        )
        RollCall.objects.filter(pk=vote.pk).update(decision=decision)
        votes.append(vote)
    if main is not None:
        decision.main = votes[main]
        decision.save()
    return votes


def test_sitting_lists_its_questions_with_results_and_links(client: Client) -> None:
    built = town(5)

    page = words(client, built.address("sittings/2024-01-11/"))

    assert "Sitting of 11 January 2024 1 recorded vote. 1 of them is compared with the demands" in page
    assert "Not adopted: 1 voted for, 3 were needed. Short by 2." in page
    assert "Democratic Demand 1" in page or "Social Demand 1" in page


def test_sitting_says_what_is_not_linked_and_what_is_known_of_it(client: Client) -> None:
    built = town(5)
    Sitting.objects.create(
        chamber=built.chamber, number="7", began_at=build.moment(12, 10), ended_at=build.moment(12, 18)
    )

    page = words(client, built.address("sittings/2024-01-13/"))
    russian = words(client, built.address("sittings/2024-01-13/", "ru"))

    assert "Sitting 7 · 10:00 – 18:00" in page
    assert "not linked to the platform" in page
    assert "Заседание 13 января 2024" in russian
    assert "с наказом не связано" in russian


def test_votes_on_one_text_stand_beneath_the_one_that_counts(client: Client) -> None:
    built = town(3)
    first, _, last = on_text(built, "bill", (30, 10), (30, 11), (30, 12), main=0)

    page = client.get(built.address("sittings/2024-01-31/")).text

    assert page.count("<h2>") == 1
    assert f'<h2><a href="/en/town/votes/{first.slug}/">' in page
    assert "Above is the vote that counts for this text. Also that day:" in page
    assert f'<p><a href="/en/town/votes/{last.slug}/">Reading at 12</a>' in page


def test_sitting_leads_to_the_ones_before_and_after(client: Client) -> None:
    built = town(3)

    page = client.get(built.address("sittings/2024-01-12/")).text
    last = client.get(built.address("sittings/2024-01-13/")).text

    assert 'rel="prev" href="/en/town/sittings/2024-01-11/"' in page
    assert 'rel="next" href="/en/town/sittings/2024-01-13/"' in page
    assert 'rel="next"' not in last


def test_votes_that_are_being_entered_have_no_numbers(client: Client) -> None:
    built = town(1)
    sitting = Sitting.objects.create(chamber=built.chamber, began_at=build.moment(60))
    for total in (41, 42):
        version = build.draft(built.chamber, held_at=build.moment(60), total_for=total)
        RollCall.objects.filter(pk=version.roll_call_id).update(sitting=sitting)

    page = words(client, built.address("sittings/2024-03-01/"))
    russian = words(client, built.address("sittings/2024-03-01/", "ru"))

    assert "0 recorded votes." in page
    assert "2 votes are being entered: no numbers before a second person has checked them." in page
    assert "Вносятся 2 голосования" in russian
    assert "41" not in page


@pytest.mark.parametrize("day", ["2024-03-01", "2024-02-31", "2024-1-11", "0000-00-00"])
def test_there_is_no_page_of_a_day_without_a_sitting(client: Client, day: str) -> None:
    assert client.get(town(1).address(f"sittings/{day}/")).status_code == 404


def test_a_vote_of_an_unknown_day_is_of_no_sitting(client: Client) -> None:
    built = town(1)
    vote = build.vote(built.chamber, {}, held_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), held_precision="year")

    assert client.get(built.address("sittings/2024-01-01/")).status_code == 404
    assert "/sittings/" not in client.get(built.address(f"votes/{vote.slug}/")).text
    assert "/sittings/2024-01-11/" in client.get(built.address(f"votes/{built.votes[0].slug}/")).text


def test_text_shows_its_votes_in_time_and_the_main_one(client: Client) -> None:
    built = town(3)
    first, second = on_text(built, "law 5/2", (40, 10), (50, 10), main=1)

    page = client.get(built.address("decisions/law 5/2/")).text
    russian = words(client, built.address("decisions/law 5/2/", "ru"))

    assert page.index(first.slug) < page.index(second.slug)
    assert page.count("the vote that counts for this text") == 1
    assert "Закон Принято: 3 голоса за, нужно 3." in russian
    assert 'href="/en/town/decisions/law%205/2/"' in client.get(built.address(f"votes/{first.slug}/")).text


def test_text_without_a_main_vote_says_so_and_without_votes_is_not_there(client: Client) -> None:
    built = town(3)
    on_text(built, "bill", (40, 10))
    Decision.objects.create(chamber=built.chamber, key="empty")

    assert "has not been chosen: none is counted." in words(client, built.address("decisions/bill/"))
    assert client.get(built.address("decisions/empty/")).status_code == 404
    assert client.get(built.address("decisions/other/")).status_code == 404
