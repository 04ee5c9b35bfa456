"""Fields are named as an organiser would name them, not as the database does."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db
COLUMN = re.compile(r"\b(?:slug|timezone|\w+[ _](?:ru|en|precision))$", re.IGNORECASE)


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


def labels(client: Client, url: str) -> list[str]:
    found = re.findall(r"<label[^>]*>(.*?)</label>", client.get(url).content.decode(), re.DOTALL)
    return [html.unescape(re.sub("<[^>]*>", "", label)).strip().rstrip(":") for label in found]


@pytest.mark.parametrize(
    "page",
    ["people_chamber", "people_person", "people_mandate", "people_faction", "people_party", "people_district",
     "platform_coalition", "platform_platform", "platform_platformversion", "tracker_signature", "scorecards_link"],
)  # fmt: skip
def test_no_field_is_named_like_a_column(anna: Client, page: str) -> None:
    shown = labels(anna, reverse(f"admin:{page}_add"))

    assert shown
    assert [label for label in shown if COLUMN.search(label)] == []


def test_the_texts_of_a_version_are_named(anna: Client) -> None:
    platform = build.platform(build.chamber())
    draft = platform.versions.create(number=2, title_en="Second")

    shown = labels(anna, reverse("admin:platform_platformversion_change", args=[draft.pk]))

    assert {"Title, in Russian", "Full text, in Russian", "Introduction, in English"} <= set(shown)
    assert [label for label in shown if COLUMN.search(label)] == []


def test_a_first_chamber_has_to_say_its_time_zone_and_the_next_takes_it_over(anna: Client) -> None:
    url = reverse("admin:people_chamber_add")
    first = anna.get(url)
    build.chamber(timezone="Asia/Vladivostok")
    second = anna.get(url)

    assert first.context["adminform"].form.initial["timezone"] == ""
    assert "such as Europe/Moscow" in first.content.decode()
    assert second.context["adminform"].form.initial["timezone"] == "Asia/Vladivostok"
