"""The versions of a platform, and what changed between two of them."""

import datetime as dt

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.sources.models import cite
from pledges.platform.enums import Chapter
from pledges.platform.models import Demand, DemandText, PlatformVersion
from pledges.scorecards.actions import publish_platform
from tests import build
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db


def adopt(built: Town, number: int, **titles: str) -> PlatformVersion:
    """A published version with these demands, new ones among them, in force from the day of publishing."""
    version = PlatformVersion.objects.create(platform=built.platform, number=number, title_en=f"Edition {number}")
    for slug, title in titles.items():
        demand, _ = Demand.objects.get_or_create(
            platform=built.platform,
            slug=slug,
            defaults={"demand_id": slug, "chapter": Chapter.SOCIAL.value, "in_force_from": build.LATER.date()},
        )
        DemandText.objects.create(version=version, demand=demand, title_en=title, done_en="A rule is in force.")
    publish_platform(platform=built.platform, version=version, links=[], vouched=True, at=build.LATER)
    return version


def test_one_version_has_nothing_to_compare_and_is_listed(client: Client) -> None:
    page = client.get(town(1).address("platform/changes/")).text

    assert "1 version was published, and none was edited afterwards." in page
    assert 'id="changes"' not in page
    assert "No signature to this version is on record." in page


def test_what_changed_is_told_in_strokes_and_in_words(client: Client) -> None:
    built = town(1)
    adopt(built, 2, d1="Demand 1, at any hour", d7="A new one")
    page = client.get(built.address("platform/changes/")).text

    assert "Demands added: 1. Dropped: 1. Reworded: 1. Unchanged: 0." in page
    assert '<ins><span class="hidden">added: </span>, at any hour</ins>' in page
    assert "in force from 2 June 2024: no earlier vote counts for it" in page
    assert "Demand 2" in page
    russian = client.get(built.address("platform/changes/", lang="ru")).text
    assert "Новых требований: 1. Снятых: 1. В новой формулировке: 1. Без изменений: 0." in russian
    assert '<span class="hidden">добавлено: </span>' in russian


def test_any_two_versions_can_be_compared_the_last_two_by_default(client: Client) -> None:
    built = town(1)
    adopt(built, 2, d1="Trams")
    adopt(built, 3, d1="Trams", d2="Roofs")
    changes = built.address("platform/changes/")

    assert "From version 2 to version 3" in client.get(changes).text
    assert "Demands added: 1. Dropped: 0. Reworded: 0. Unchanged: 1." in client.get(changes).text
    assert "From version 1 to version 3" in client.get(f"{changes}?from=1&to=3").text


@pytest.mark.parametrize("query", ["?from=2&to=1", "?from=1&to=9", "?from=2&to=2"])
def test_two_versions_that_are_not_there_are_said_not_to_be(client: Client, query: str) -> None:
    built = town(1)
    adopt(built, 2, d1="Trams")

    assert "There are no two such versions." in client.get(built.address(f"platform/changes/{query}")).text


def test_old_versions_stay_readable_with_those_who_signed_them(client: Client) -> None:
    built = town(3)
    first = built.platform.published
    assert first is not None
    ada, bela, cyra = built.people
    for person in (ada, bela):
        build.signature(person, first, dt.date(2024, 1, 5))
    letter = cite(title="A letter to the coalition")
    build.signature(cyra, first, dt.date(2024, 1, 6), withdrawn_on=dt.date(2024, 3, 1), withdrawn_source=letter)
    adopt(built, 2, d1="Trams", d2="Roofs")

    page = client.get(built.address("platform/versions/1/")).text
    assert "Replaced by version 2 on 2 June 2024." in page
    assert "Demand 1" in page
    assert "Version 1: 2 signatures stand." in page
    assert "6 January 2024 – 1 March 2024 (A letter to the coalition)" in page
    assert "It is in force." in client.get(built.address("platform/versions/2/")).text
    assert "What would count as done:" in client.get(built.address("platform/versions/2/")).text
    for rest in ("platform/", "platform/changes/", "coalition/"):
        assert "Version 1: 2 signatures stand." in client.get(built.address(rest)).text, rest


def test_drafts_and_numbers_that_are_not_there_are_not_found(client: Client) -> None:
    built = town(1)
    PlatformVersion.objects.create(platform=built.platform, number=2)

    for number in (2, 3, 10**30):
        assert client.get(built.address(f"platform/versions/{number}/")).status_code == 404
    assert client.get(f"/en/{build.chamber().slug}/platform/changes/").status_code == 404


@pytest.mark.parametrize("versions", [1, 3])
def test_queries_do_not_grow_with_versions(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, versions: int
) -> None:
    built = town(3)
    for number in range(2, versions + 1):
        adopt(built, number, d1=f"Trams {number}")

    for rest in ("platform/changes/", "platform/versions/1/"):
        with django_assert_max_num_queries(6, info=rest):
            assert client.get(built.address(rest)).status_code == 200
