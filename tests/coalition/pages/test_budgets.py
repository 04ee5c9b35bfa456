"""At most twelve queries a page and 120 KB of HTML, however many deputies."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pledges.platform.enums import Chapter
from pledges.scorecards.actions import announce_method
from pledges.scorecards.profiles import PROFILES
from tests import build
from tests.coalition.pages.addresses import addresses, furnished
from tests.coalition.pages.build import town

pytestmark = pytest.mark.django_db
MOST_QUERIES = 11  # and one for the edition, which is not asked for in a transaction such as that of a test
MOST_HTML = 120_000
MOST_CSS = 40_000
SCRIPTS = {
    '<script type="application/ld+json">',  # data, which browsers do not run
    '<script type="module" src="/static/follow.js">',
}


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


def test_a_parliament_keeps_to_both_where_its_names_are_folded(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    built = town(450, votes=2)

    for rest in ("demands/d1/", f"votes/{built.votes[0].slug}/", "coalition/", "compare/"):
        with django_assert_max_num_queries(MOST_QUERIES, info=rest):
            response = client.get(built.address(rest))
        assert response.status_code == 200, rest
        assert len(response.content) <= MOST_HTML, rest


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

    for address in addresses(furnished(built), is_furnished=True):
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
        assert set(re.findall("<script[^>]*>", page)) <= SCRIPTS, address

    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["style-src"] == ["'self'"]
