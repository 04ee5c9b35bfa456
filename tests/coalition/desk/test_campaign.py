"""The campaign view and the list of what to look at again, at the desk."""

import csv
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from coalition.desk.lint import WORDS
from deputies.votes.enums import Position
from pledges.platform.enums import COUNTED
from pledges.platform.models import Coalition, Platform, PlatformVersion
from pledges.scorecards.enums import LintRule
from pledges.tracker.enums import Stance
from tests import build
from tests.coalition.accounts import door
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db


def page_of(platform: Platform, name: str, query: str = "") -> str:
    return f"{reverse(f'admin:platform_platform_{name}', args=[platform.pk])}{query}"


def linker() -> Client:
    return door.signed_in(door.organiser("anna", roles=["Linkers"]))


def test_the_table_says_who_said_what_and_what_the_record_says() -> None:
    built = town(3)
    build.pledge(built.people[0], built.platform.demands.order_by("pk")[0])

    page = linker().get(page_of(built.platform, "campaign")).content.decode()

    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "1. Ada Example 0 Red Record a word pledged 1 January 2024 1 of 1 as the platform asks" in text
    assert "pledged:&nbsp;1 no word yet:&nbsp;2" in text
    assert f'href="{reverse("admin:tracker_pledge_add")}?person={built.people[1].pk}"' in page
    assert 'tabindex="0" role="region" aria-labelledby="campaign"' in page


def test_the_file_has_a_line_for_each_cell_that_the_table_shows() -> None:
    built = town(3)
    demand = built.platform.demands.order_by("pk")[0]
    build.pledge(built.people[0], demand, stance=Stance.REFUSED.value)
    query = f"?chapter={demand.chapter}&faction=red&file=csv"

    answer = linker().get(page_of(built.platform, "campaign", query))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert list(csv.DictReader(answer.content.decode().splitlines())) == [
        {
            "district": "1", "deputy": "Ada Example 0", "faction": "Red", "chapter": "Democratic demands",
            "demand": "Demand 1", "word": "refused", "since": "2024-01-01", "as_asked": "1", "counted_votes": "1",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("deputies", [1, 3, 45, 100])
def test_twelve_queries_however_many_deputies(deputies: int) -> None:
    built = town(deputies)
    for person in built.people:
        build.pledge(person, built.platform.demands.order_by("pk")[0])
    client = linker()

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(page_of(built.platform, "campaign"))

    assert answer.content.decode().count("<tr>") == deputies + 1
    assert len(queries) <= 12


def test_a_platform_without_a_version_has_nothing_to_ask_about() -> None:
    coalition = Coalition.objects.create(chamber=build.chamber(), slug="c", name_en="Coalition")
    platform = Platform.objects.create(coalition=coalition, slug="p")
    client = linker()

    assert "No version of the platform is published yet" in client.get(page_of(platform, "campaign")).content.decode()
    assert "The platform has no version yet." in client.get(page_of(platform, "lint")).content.decode()


@pytest.mark.parametrize("name", ["campaign", "lint"])
def test_a_platform_that_is_not_there_is_not_found(name: str) -> None:
    client = linker()

    assert client.get(reverse(f"admin:platform_platform_{name}", args=[9])).status_code == 404


@pytest.fixture
def built() -> Town:
    return town(3, chapters=COUNTED)


def test_each_finding_leads_to_where_it_is_put_right(built: Town) -> None:
    page = linker().get(page_of(built.platform, "lint"))

    first = [one for one in page.context["findings"] if one.title.startswith("Demand 1")]
    link = built.platform.demands.order_by("pk")[0].links.get()
    assert link.roll_call.published
    vote = (f"{link.roll_call.published.title}, 2024-01-11", reverse("admin:scorecards_link_change", args=[link.pk]))
    links = f"{reverse('admin:scorecards_link_changelist')}?q=d1"
    version = reverse("admin:platform_platformversion_change", args=[built.platform.published_id])
    assert [(one.says, one.url, one.links) for one in first] == [
        ("1 vote counts for it.", links, [vote]),
        ("1 vote was held before the platform was published.", links, [vote]),
        ("It does not say how it is measured.", version, []),
        ("It does not say what would count as done.", version, []),
    ]
    assert first[0].url in page.content.decode()


def test_it_is_shown_before_a_version_and_before_links_are_published(built: Town) -> None:
    admin = door.signed_in(door.organiser("eva", superuser=True, of=build.organisation(built.platform, "Circle")))
    draft = PlatformVersion.objects.create(platform=built.platform, number=2, title_en="Second")
    draft.texts.create(demand=built.platform.demands.order_by("pk")[0], title_en="Anew")
    demand = built.platform.demands.order_by("pk")[1]
    vote = build.vote(built.chamber, {built.people[0]: Position.FOR})
    link = build.link(demand, vote, published=False)

    of_version = admin.get(reverse("admin:platform_platformversion_publish", args=[draft.pk]))
    of_link = admin.get(f"{reverse('admin:scorecards_link_propose')}?links={link.pk}")

    assert {one.title for one in of_version.context["findings"]} == {"Anew (Democratic demands)"}
    assert "It does not say how it is measured." in of_version.content.decode()
    assert {one.title for one in of_link.context["findings"]} == {"Demand 2 (Social demands)"}
    assert "2 votes count for it." in of_link.content.decode()  # with the one that is about to be proposed


def test_whoever_sees_no_platform_sees_neither(built: Town) -> None:
    client = door.signed_in(door.organiser("mila", roles=["Mail operators"]))

    assert [client.get(page_of(built.platform, name)).status_code for name in ("campaign", "lint")] == [403, 403]


def test_every_rule_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(LintRule)
    with translation.override("ru"):
        assert [rule for rule, (_, to_do) in WORDS.items() if str(to_do).isascii()] == []
