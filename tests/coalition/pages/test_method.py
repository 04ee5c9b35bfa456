import pytest
from django.test import Client

from deputies.votes.enums import Position
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("rest", ["about/", "privacy/"])
def test_pages_of_words_need_no_database(client: Client, lang: str, rest: str) -> None:
    assert client.get(f"/{lang}/{rest}").status_code == 200


@pytest.mark.django_db
def test_method_page_is_made_from_the_records_of_the_code(client: Client) -> None:
    page = words(client, "/en/method/")

    assert "abstained not as it asks no effect on the demand no effect on the demand" in page
    assert "95 % or more, from 5 votes" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "votes-cast" in page


def corrected(slug: str) -> Town:
    """A town of which the first vote was corrected after it had been scored."""
    built = town(3, slug=slug)
    changed = dict.fromkeys(built.people, Position.AGAINST)
    build.publish(build.draft(built.chamber, changed, roll_call=built.votes[0], title_en=f"In {slug}"), at=build.LATER)
    return built


@pytest.mark.django_db
def test_corrections_are_summed_up_and_shown_by_chamber(client: Client) -> None:
    built = corrected("east")
    alone = words(client, "/en/corrections/")
    corrected("west")

    every, one = words(client, "/en/corrections/"), words(client, "/en/corrections/?chamber=east")
    russian = words(client, "/ru/corrections/")

    assert "1 correction of a published vote. 1 score of a chapter moved." in alone
    assert "All chambers ·" not in alone
    assert "2 corrections of published votes. 2 scores of chapters moved." in every
    assert "2 исправления опубликованных голосований. Изменились 2 оценки глав." in russian
    assert f"All chambers · {built.chamber.name} ·" in one
    assert "In east" in one
    assert "In west" not in one
