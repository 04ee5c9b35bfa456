"""Demands and roll calls by what they are called, in choices and in lists, in a bounded number of queries."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deputies.sources.models import Document
from deputies.votes.enums import Position
from pledges.platform.enums import Chapter
from pledges.scorecards.models import Link
from pledges.tracker.models import Signature
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db
DEMAND = "Demand 1 (Social demands)"


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


def linked(*, published: bool = True) -> Link:
    house = build.chamber()
    demand = build.platform(house).demands.get()
    vote = build.vote(house, {build.deputy(house): Position.FOR})
    return build.link(demand, vote, published=published)


def vote_words(link: Link) -> str:
    return f"2024-01-11 {link.roll_call.versions.get().title_en}"


def page_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def n_queries(client: Client, url: str, data: dict[str, Any] | None = None) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(url, data)
    return len(queries)


def test_lists_name_demands_and_roll_calls(anna: Client) -> None:
    link = linked()
    source = Document.objects.create(title="List")
    Signature.objects.create(
        person=build.deputy(link.roll_call.chamber), demand=link.demand, signed_on="2024-01-05", source=source
    )

    links = page_of(anna, reverse("admin:scorecards_link_changelist"))
    assert DEMAND in links
    assert f"{vote_words(link)}</td>" in links
    for page in ("tracker_signature", "scorecards_scorechange"):
        assert DEMAND in page_of(anna, reverse(f"admin:{page}_changelist"))


@pytest.mark.parametrize("published", [False, True])
def test_the_page_of_a_link_names_both(anna: Client, published: bool) -> None:
    link = linked(published=published)

    shown = page_of(anna, reverse("admin:scorecards_link_change", args=[link.pk])).split('<div id="content-main">')[1]

    assert DEMAND in shown
    assert vote_words(link) in shown
    assert str(link.demand) not in shown
    assert (reverse("admin:votes_rollcall_change", args=[link.roll_call_id]) in shown) is published


def test_the_preview_of_a_link_names_its_demand(anna: Client) -> None:
    link = linked(published=False)

    shown = page_of(anna, f"{reverse('admin:scorecards_link_propose')}?links={link.pk}")

    assert f"<h2>{DEMAND} ← {link.roll_call.versions.get().title_en}</h2>" in shown


def test_choosing_a_demand_shows_its_title_and_platform(anna: Client) -> None:
    demand = linked().demand
    given = {"app_label": "scorecards", "model_name": "link", "field_name": "demand", "term": "Demand 1"}

    found = anna.get(reverse("admin:autocomplete"), given).json()["results"]

    assert [row["text"] for row in found] == [f"{DEMAND} – {demand.platform.slug}"]


def test_the_texts_of_a_version_are_of_demands_by_their_title(anna: Client) -> None:
    platform = build.platform(build.chamber())
    draft = platform.versions.create(number=2, title_en="Second")
    platform.demands.create(slug="new", demand_id="new-one", chapter="social", in_force_from="2024-01-01")

    shown = page_of(anna, reverse("admin:platform_platformversion_change", args=[draft.pk]))

    assert f">{DEMAND}</option>" in shown
    assert ">new-one (Social demands)</option>" in shown


def test_lists_and_choices_take_as_many_queries_for_three_as_for_one(anna: Client) -> None:
    pages: list[tuple[str, dict[str, Any] | None]] = [
        (reverse(f"admin:{page}_changelist"), None) for page in ("scorecards_link", "scorecards_scorechange")
    ]
    pages += [
        (reverse("admin:autocomplete"), {"app_label": "scorecards", "model_name": "link", "field_name": field})
        for field in ("demand", "roll_call")
    ]
    linked()
    one = [n_queries(anna, *page) for page in pages]

    for _ in range(2):
        linked()

    assert [n_queries(anna, *page) for page in pages] == one


def test_the_page_of_a_version_takes_one_query_more_for_each_text(anna: Client) -> None:
    def of(chapters: list[Chapter]) -> int:
        platform = build.platform(build.chamber(), demands=chapters)
        draft = platform.versions.create(number=2, title_en="Second")
        for demand in platform.demands.all():
            draft.texts.create(demand=demand, title_en="Again")
        return n_queries(anna, reverse("admin:platform_platformversion_change", args=[draft.pk]))

    of([Chapter.SOCIAL])
    assert of([Chapter.SOCIAL] * 4) - of([Chapter.SOCIAL]) <= 3
