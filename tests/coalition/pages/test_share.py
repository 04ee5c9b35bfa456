"""What a page says elsewhere: its picture, its facts for machines, and the scorecard that other sites frame."""

import re

import pytest
from django.test import Client

from tests.coalition.pages.build import town

pytestmark = pytest.mark.django_db


def image_in(page: str) -> str:
    found = re.search(r'property="og:image" content="[^/]+//[^/]+([^"]+)"', page)
    assert found, page[:3000]
    return found[1]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_kind_of_page_leads_to_its_own_picture(client: Client, lang: str) -> None:
    built = town(3)
    pages = ["", f"deputies/{built.people[0].slug}/", f"votes/{built.votes[0].slug}/", "demands/d1/", "coalition/"]

    for page in pages:
        address = image_in(client.get(built.address(page, lang)).text)
        response = client.get(address)

        assert (response.status_code, response.content[:4]) == (200, b"\x89PNG"), page
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
