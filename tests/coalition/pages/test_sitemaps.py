"""What machines are told of: every published page in both languages, and whom to write to."""

import datetime as dt
import re
from xml.etree import ElementTree

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from coalition.pages import sitemaps
from deputies.people.enums import Threshold
from deputies.votes.enums import Position
from pledges.scorecards.reports.index import SECTIONS
from tests import build
from tests.coalition.pages.addresses import agenda
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_withdrawn import correct

pytestmark = pytest.mark.django_db
MAPS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def tree(client: Client, address: str) -> ElementTree.Element:
    answer = client.get(address, headers={"Host": "localhost"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml"), address
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own


def listed(client: Client, section: str) -> dict[str, tuple[str | None, dict[str | None, str | None]]]:
    """Each address of a file with its day and its editions."""
    return {
        url.findtext("s:loc", "", MAPS).removeprefix(settings.SITE_URL): (
            url.findtext("s:lastmod", None, MAPS),
            {link.get("hreflang"): link.get("href") for link in url.findall("x:link", MAPS)},
        )
        for url in tree(client, f"/sitemap-{section}.xml").findall("s:url", MAPS)
    }


def every(client: Client) -> list[str]:
    return [address for section in SECTIONS for address in listed(client, section)]


@pytest.mark.parametrize(("deputies", "votes"), [(1, 1), (3, 3), (45, 9)])
def test_every_listed_page_is_there_and_asked_for_with_little(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, deputies: int, votes: int
) -> None:
    agenda(town(deputies, votes=votes))

    for section in SECTIONS:
        with django_assert_num_queries(0 if section == "site" else 1):
            client.get(f"/sitemap-{section}.xml")

    addresses = every(client)
    assert len(addresses) == len(set(addresses)) == 2 * (9 + 9 + deputies + votes + 2 + 2)
    for address in [one for one in addresses if "/deputies/p" not in one and "/votes/v" not in one] + addresses[-9:]:
        assert client.get(address).status_code == 200, address


def test_each_page_names_its_editions_and_the_day_of_its_last_change(client: Client) -> None:
    built = town(1)
    page = f"/{built.chamber.slug}/votes/{built.votes[0].slug}/"

    told = listed(client, "votes")

    editions = {"ru": f"{settings.SITE_URL}/ru{page}", "en": f"{settings.SITE_URL}/en{page}"}
    assert told[f"/en{page}"] == told[f"/ru{page}"] == ("2024-06-01", editions)
    assert listed(client, "site")["/ru/method/"][0] is None
    assert listed(client, "deputies")[built.address(f"deputies/{built.people[0].slug}/")][0] == "2024-06-01"


def test_drafts_withdrawn_votes_empty_chambers_and_secrets_are_not_listed(client: Client) -> None:
    built = town(1)
    draft = build.draft(built.chamber)
    correct(built.votes[0])
    build.chamber(slug="bare", threshold=Threshold.VOTING)

    addresses = every(client)

    assert [one for one in addresses if draft.roll_call.slug in one or f"/{built.votes[0].slug}/" in one] == []
    assert [one for one in addresses if "/bare/" in one] == [
        f"/{lang}/bare/{rest}" for rest in ("", "deputies/", "votes/", "upcoming/") for lang in ("ru", "en")
    ]
    assert [one for one in addresses if re.search(r"/(admin|s|accounts|report|inbox)/", one)] == []


def test_the_index_names_every_file_and_pages_of_many_votes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    built = town(1, votes=5)
    monkeypatch.setattr(sitemaps.Map, "limit", 4)

    files = [loc.text for loc in tree(client, "/sitemap.xml").iterfind(".//s:loc", MAPS)]

    votes = f"{settings.SITE_URL}/sitemap-votes.xml?p="
    assert [file for file in files if file and "votes" in file] == [f"{votes}{n}" for n in (1, 2, 3)]
    pages = [tree(client, f"/sitemap-votes.xml?p={n}").findall("s:url", MAPS) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [4, 4, 2]
    assert client.get("/sitemap-votes.xml?p=4").status_code == 404
    assert client.get("/sitemap-nothing.xml").status_code == 404
    assert built.votes


def test_an_empty_site_has_an_index(client: Client) -> None:
    files = [loc.text for loc in tree(client, "/sitemap.xml").iterfind(".//s:loc", MAPS)]

    assert files == [f"{settings.SITE_URL}/sitemap-site.xml?p=1"]


def test_robots_are_led_to_the_index_and_away_from_secrets(client: Client) -> None:
    lines = client.get("/robots.txt").text.splitlines()

    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in lines
    assert {"Disallow: /s/", "Disallow: /admin/", "Disallow: /en/report/"} <= set(lines)


@pytest.mark.parametrize("day", [dt.date(2027, 1, 1) + dt.timedelta(days=13 * n) for n in range(29)])
def test_security_txt_never_expires_soon_nor_after_a_year(client: Client, day: dt.date) -> None:
    with time_machine.travel(dt.datetime(day.year, day.month, day.day, 23, tzinfo=dt.UTC)):
        fields = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").text.splitlines())

    expires = dt.datetime.fromisoformat(fields["Expires"]).date()
    assert 30 < (expires - day).days < 365
    assert fields["Canonical"] == f"{settings.SITE_URL}/.well-known/security.txt"
    assert re.match("mailto:|https?://", fields["Contact"])


def test_a_town_of_two_chambers_lists_both(client: Client) -> None:
    first: Town = town(1)
    second = town(1, slug="other")
    build.vote(second.chamber, {second.people[0]: Position.FOR})

    chambers = {address.split("/")[2] for address in every(client) if address.count("/") > 3} - {"privacy"}

    assert chambers == {first.chamber.slug, "other"}
