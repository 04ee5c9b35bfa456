"""At most twelve queries a page and 120 KB of HTML, however many deputies."""

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pledges.platform.enums import Chapter
from pledges.scorecards.actions import announce_method
from pledges.scorecards.profiles import PROFILES
from tests import build
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
MOST_HTML = 120_000
MOST_CSS = 40_000


def addresses(built: Town) -> list[str]:
    deputy, vote = built.people[0].slug, built.votes[0].slug
    in_chamber = (
        "", "deputies/", f"deputies/{deputy}/", f"deputies/{deputy}/d1/",
        f"deputies/{deputy}/?on=2024-07-01", "platform/method-change/",
        "platform/", "demands/d1/", "votes/", "votes/?linked=1", f"votes/{vote}/",
        "coalition/", "districts/1/", "search/", "search/?q=question", "search/?q=qestion",
        "deputies/?q=exbmple", "?view=side",
    )  # fmt: skip
    site = ("", "method/", "about/", "privacy/", "corrections/")
    return [built.address(rest, lang) for rest in in_chamber for lang in ("en", "ru")] + [
        f"/en/{rest}" for rest in site
    ]


@pytest.mark.parametrize(("deputies", "votes"), [(1, 1), (3, 3), (3, 45), (45, 3)])
def test_no_page_asks_more_than_twelve_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, deputies: int, votes: int
) -> None:
    built = town(deputies, votes=votes)

    for address in addresses(built):
        with django_assert_max_num_queries(MOST_QUERIES, info=address):
            response = client.get(address)
        assert response.status_code == 200, address
        assert len(response.content) <= MOST_HTML, address


def test_a_full_platform_keeps_to_the_same_number(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """With a red line, signatures, a ruling, a method in shadow and votes on record outside the platform."""
    built = town(9, votes=45, chapters=tuple(Chapter))
    red_line, version = built.platform.demands.get(chapter=Chapter.RED_LINE), built.platform.published
    assert version is not None
    build.link(red_line, built.votes[2])
    build.ruling(built.platform, built.votes[0], kind="silence", silence="nothing")
    for person in built.people:
        build.signature(person, version, build.moment(12).date())
    announce_method(platform=built.platform, profile=PROFILES["absence-against"], at=build.AT)

    for address in [
        *addresses(built),
        built.address("demands/d3/"),
        built.address(f"deputies/{built.people[0].slug}/d3/"),
    ]:
        with django_assert_max_num_queries(MOST_QUERIES, info=address):
            response = client.get(address)
        assert response.status_code == 200, address
        assert len(response.content) <= MOST_HTML, address


def test_style_sheet_is_small() -> None:
    path = finders.find("site.css")

    assert isinstance(path, str)
    with open(path, "rb") as file:
        assert len(file.read()) <= MOST_CSS


def test_pages_carry_no_style_or_script_that_the_policy_would_stop(client: Client) -> None:
    built = town(5)

    for address in addresses(built):
        page = client.get(address).text
        assert " style=" not in page, address
        assert "<style" not in page, address
        assert "<script" not in page, address

    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["style-src"] == ["'self'"]
