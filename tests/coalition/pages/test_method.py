import pytest
from django.test import Client

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
