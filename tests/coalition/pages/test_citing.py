"""How a page is cited: its title, the site, the day and the address."""

import pytest
from django.test import Client
from django.utils import timezone

from deputies.votes.models import RollCallVersion
from tests.coalition.pages.build import town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["deputies", "votes", "demands"])
def test_a_page_says_how_it_is_cited(client: Client, kind: str) -> None:
    built = town(1)
    title, slug = {
        "deputies": (built.people[0].name, built.people[0].slug),
        "votes": (RollCallVersion.objects.get(roll_call=built.votes[0]).title, built.votes[0].slug),
        "demands": ("Demand 1", "d1"),
    }[kind]
    day = timezone.now().astimezone(built.chamber.zone).date()

    english, russian = (words(client, built.address(f"{kind}/{slug}/", lang)) for lang in ("en", "ru"))

    assert f"To cite this page: {title}. Nakaz, {built.chamber.name}, as of {day.day} {day:%B %Y}." in english
    assert f"/en/town/{kind}/{slug}/ All chambers" in english
    assert f"Как сослаться: {title} // «Наказ», Палата" in russian
