"""What a page says elsewhere: its picture, its facts for machines, and the scorecard that other sites frame."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import unescape
from http.server import HTTPServer, SimpleHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django import DjangoAssertNumQueries
from pytest_django.live_server_helper import LiveServer

from coalition.pages import drawing, share
from coalition.pages.home import house_or_404
from coalition.pages.records import record_or_404
from coalition.pages.sheets import chosen, deputy_sheet
from coalition.pages.typesetting import face
from deputies.people.models import Chamber, Person, Term
from deputies.votes.enums import Position, Result
from pledges.platform.models import Coalition
from pledges.scorecards.bundles.actions import build_bundle
from pledges.scorecards.reports.links import Linked
from pledges.scorecards.reports.platform import platform_in_force
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.png import ink, pixels

pytestmark = pytest.mark.django_db
HOSTILE = "</script><b>&amp;\"'\u2028"
ENOUGH = 12  # pixels of ink that a letter has on average, at the smallest size


def pages_of(built: Town) -> list[str]:
    return ["", f"deputies/{built.people[0].slug}/", f"votes/{built.votes[0].slug}/", "demands/d1/", "coalition/"]


def image_in(page: str) -> str:
    found = re.search(r'property="og:image" content="https?://[^/]+([^"]+)"', page)
    assert found
    return found[1]


def facts_in(page: str) -> dict[str, Any]:
    (block,) = re.findall('<script type="application/ld\\+json">(.*?)</script>', page, re.DOTALL)
    facts: dict[str, Any] = json.loads(block)
    return facts


def coalition_of(built: Town) -> None:
    for person in built.people:
        built.platform.coalition.memberships.create(person=person, held=person.mandates.get().held)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SVG of each picture that was drawn."""
    drawn: list[str] = []
    draw = drawing.png_of

    def watched(svg: str) -> bytes:
        drawn.append(svg)
        return draw(svg)

    monkeypatch.setattr(share, "png_of", watched)
    return drawn


@pytest.fixture
def svg(seen: list[str]) -> Callable[[Client, str], str]:
    """Asks for the picture of a page and gives the SVG that it was drawn from."""

    def ask(client: Client, page: str) -> str:
        assert client.get(image_in(client.get(page).text)).status_code == 200
        return seen[-1]

    return ask


def texts_in(svg: str) -> list[ElementTree.Element]:
    return list(fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))


def words_in(svg: str) -> str:
    return " ".join(text.text or "" for text in texts_in(svg))


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_kind_of_page_leads_to_its_own_picture(
    client: Client, lang: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    built = town(3)
    coalition_of(built)

    for page in pages_of(built):
        address = image_in(client.get(built.address(page, lang)).text)
        with django_assert_max_num_queries(12, info=page):
            response = client.get(address)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png"), page
        assert len(pixels(response.content)) == 630, page
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(("lang", "name"), [("en", "Ada Example"), ("ru", "Щукина Ёлка")])
def test_no_word_of_a_picture_is_blank(client: Client, svg: Callable[[Client, str], str], lang: str, name: str) -> None:
    built = town(3)
    Person.objects.filter(pk=built.people[0].pk).update(name_ru=name, name_en=name)

    drawn = svg(client, built.address(f"deputies/{built.people[0].slug}/", lang))

    with_words = pixels(drawing.png_of(drawn))
    without = pixels(drawing.png_of(re.sub("<text.*?</text>", "", drawn, flags=re.DOTALL)))
    assert name in words_in(drawn)
    for text in texts_in(drawn):
        words, size = text.text or "", float(text.attrib["font-size"])
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        width = face(text.attrib["font-weight"] == "700").width(words, size)
        left = x - width if text.attrib["text-anchor"] == "end" else x
        found = ink(with_words, without, (left, y - size, left + width, y + 0.3 * size))
        assert found > ENOUGH * len(words.replace(" ", "")), words
        halves = [(left, y - size, left + width / 2, y + 1), (left + width / 2, y - size, left + width, y + 1)]
        assert min(ink(with_words, without, half) for half in halves) > 0, words


def test_the_picture_says_the_first_sentence_and_who_chose(client: Client, svg: Callable[[Client, str], str]) -> None:
    built = town(3)
    build_bundle(at=build.LATER)

    for page in (f"deputies/{built.people[0].slug}/", f"votes/{built.votes[0].slug}/", ""):
        shown = client.get(built.address(page)).text
        (lead,) = re.findall('<p class="(?:lead|intro)">(.*?)</p>', shown, re.DOTALL)
        drawn = words_in(svg(client, built.address(page)))
        assert " ".join(unescape(re.sub("<[^>]+>", "", lead)).split()) in drawn
        assert "Demonstration: this assembly and all its deputies are invented." in drawn
        assert str(built.platform.coalition.name) in drawn
        assert ("bundle 1, id" in drawn) is not page.startswith("votes/")  # a vote has no score to check


def test_a_correction_changes_the_address_and_the_earlier_one_leads_to_it(client: Client) -> None:
    built = town(3)
    coalition_of(built)
    person, vote = built.people[0], built.votes[0]
    before = {page: image_in(client.get(built.address(page)).text) for page in pages_of(built)}
    old = {page: client.get(address).content for page, address in before.items()}
    against = dict.fromkeys(built.people, Position.AGAINST)
    build.publish(build.draft(built.chamber, against, roll_call=vote, result=Result.ADOPTED.value, total_for=5))

    for page in [f"deputies/{person.slug}/", f"votes/{vote.slug}/", "demands/d1/"]:
        now = image_in(client.get(built.address(page)).text)
        response = client.get(before[page])
        assert now != before[page], page
        assert (response.status_code, response.headers["Location"]) == (302, now)
        assert response.headers["Cache-Control"] == "no-cache"
        assert client.get(now).content != old[page]


def test_an_address_that_never_was_leads_to_the_picture_or_nowhere(client: Client) -> None:
    built = town(1)
    slug = built.people[0].slug

    assert client.get(built.address(f"share/deputies/{slug}-0.png")).status_code == 302
    for wrong in (
        "share/deputies/nobody-0.png",
        "share/votes/none-0.png",
        "share/demands/none-0.png",
        "share/x/y-0.png",
    ):
        assert client.get(built.address(wrong)).status_code == 404


def test_a_disputed_vote_is_left_out_of_the_pictures_and_no_vote_names_a_person(
    client: Client, svg: Callable[[Client, str], str]
) -> None:
    built = town(3)
    person, vote = built.people[0], built.votes[0]
    page = built.address(f"deputies/{person.slug}/")
    assert svg(client, page).count("<rect") == 10
    build.dispute(vote, person, shows=["https://example.org/minutes"])

    drawn = svg(client, page)

    sentence = re.search('<p class="lead">(.*?)</p>', client.get(page).text)
    assert sentence
    assert sentence[1] in words_in(drawn)
    assert "1 counted vote is disputed; the picture is left out until there is an answer." in words_in(drawn)
    assert drawn.count("<rect") == 5  # the two of the hatch, the paper, the masthead line, the notice
    of_vote = svg(client, built.address(f"votes/{vote.slug}/"))
    assert not any(str(one.name) in words_in(of_vote) for one in built.people)


def test_a_term_that_ended_says_so(client: Client, svg: Callable[[Client, str], str]) -> None:
    built = town(1)
    Term.objects.update(held=(build.START, build.moment(100, 0)))

    assert "This term ended on" in words_in(svg(client, built.address()))


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_longest_words_neither_overflow_nor_vanish(
    client: Client, svg: Callable[[Client, str], str], lang: str
) -> None:
    built = town(5, votes=45)
    coalition_of(built)
    long = ("Общественное обсуждение " * 20)[:200].strip()
    Chamber.objects.update(name_en=long, name_ru=long)
    Person.objects.filter(pk=built.people[0].pk).update(name_en="Ж" * 60, name_ru="Длинное-Двойное " * 4)
    title = build.vote(built.chamber, {built.people[0]: Position.FOR}, title_en=long, title_ru=long)
    Term.objects.update(held=(build.START, build.moment(100, 0)))

    for page in [*pages_of(built), f"votes/{title.slug}/"]:
        assert_everything_fits(svg(client, built.address(page, lang)))


def assert_everything_fits(svg: str) -> None:
    texts = texts_in(svg)
    for text in texts:
        words, starts = text.text or "", text.attrib["text-anchor"] == "start"
        width = face(text.attrib["font-weight"] == "700").width(words, float(text.attrib["font-size"]))
        assert width <= drawing.WIDTH, words
        assert float(text.attrib["x"]) + width * starts <= drawing.RIGHT + 1, words
    ours = [text for text in texts if text.attrib["x"] in ("48.0", "76.0")]  # the second begins the legend
    left = sorted((float(text.attrib["y"]), float(text.attrib["font-size"])) for text in ours)
    assert all(y - above >= 0.95 * size for (above, _), (y, size) in pairwise(left))
    assert left[-1][0] <= drawing.BOTTOM


@pytest.mark.parametrize("title", ["Word " * 40, "Слово " * 60, "Щ" * 200, "Ada"])
@pytest.mark.parametrize("more", ["", "Ещё несколько слов о том же. " * 9])
def test_a_picture_with_everything_on_it_fits(title: str, more: str) -> None:
    built = town(5, votes=45)
    Term.objects.update(held=(build.START, build.moment(100, 0)))
    sheet = deputy_sheet(record_or_404("town", built.people[0].slug))
    full = replace(
        sheet, title=title, sentence=f"{sheet.sentence} {more}", note=more, chooser=f"{sheet.chooser} {more}"
    )

    for one in (full, replace(full, charts=[replace(chart, marks=()) for chart in full.charts])):
        drawn = drawing.svg_of(one, None)
        assert_everything_fits(drawn)
        assert title[:3] in words_in(drawn)
        assert "As the platform asks:" in words_in(drawn)


def test_a_name_in_another_script_is_not_blank(client: Client) -> None:
    built = town(1)
    page = built.address(f"deputies/{built.people[0].slug}/")
    Person.objects.update(name_en="א")
    one = client.get(image_in(client.get(page).text)).content
    Person.objects.update(name_en="שלום בן דוד")
    other = client.get(image_in(client.get(page).text)).content

    assert ink(pixels(one), pixels(other), (48, 100, 1152, 320)) > 300


def test_facts_for_machines_cannot_end_their_block(client: Client) -> None:
    built = town(1)
    Person.objects.update(name_en=HOSTILE)
    Chamber.objects.update(name_en=f"Chamber {HOSTILE}")

    page = client.get(built.address(f"deputies/{built.people[0].slug}/")).text

    facts = facts_in(page)
    assert (facts["@type"], facts["name"]) == ("Person", HOSTILE)
    body = facts["memberOf"]["memberOf"]
    assert (body["@type"], body["name"]) == ("GovernmentOrganization", f"Chamber {HOSTILE}")
    assert "invented" in body["disambiguatingDescription"]
    assert facts["memberOf"]["startDate"] == "2024-01-01"
    assert HOSTILE not in page


def test_each_page_says_what_it_is_about(client: Client) -> None:
    built = town(1)
    coalition_of(built)
    build_bundle(at=build.LATER)
    found = [facts_in(client.get(built.address(page)).text) for page in pages_of(built)]

    assert [one["@type"] for one in found] == ["WebSite", "Person", "VoteAction", "CreativeWork", "Organization"]
    assert found[0]["potentialAction"]["target"]["urlTemplate"].endswith("/en/town/search/?q={search_term_string}")
    assert found[2]["startTime"] == "2024-01-11T12:00+0000"
    data = facts_in(client.get("/ru/data/").text)
    assert (data["@type"], data["version"]) == ("Dataset", "1")
    assert data["distribution"][0]["contentUrl"].endswith("/ru/data/bundle-1.zip")


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("votes/?linked=1", "votes/?linked=1"),
        ("votes/?x=1&page=1", "votes/?page=1"),
        ("coalition/?held=2", "coalition/"),
    ],
)
def test_canonical_addresses_have_only_what_makes_another_page_and_no_secret(
    client: Client, asked: str, own: str
) -> None:
    built = town(1)

    page = client.get(built.address(asked)).text
    assert re.findall('rel="canonical" href="https?://[^/]+([^"]+)"', page) == [f"/en/town/{own}"]
    assert 'rel="canonical"' not in client.get("/s/secret/").text


def test_only_the_scorecard_for_other_sites_may_be_framed(client: Client) -> None:
    built = town(3)
    slug = built.people[0].slug
    embed = client.get(built.address(f"embed/deputies/{slug}/"))
    policies = {
        address: client.get(address).headers["Content-Security-Policy"]
        for address in [built.address(page) for page in pages_of(built)]
    }

    assert "frame-ancestors *" in embed.headers["Content-Security-Policy"]
    assert "script-src 'self'" in embed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in embed.headers
    assert (len(embed.cookies), "<script" in embed.text, "<form" in embed.text) == (0, False, False)
    assert all("frame-ancestors 'none'" in policy for policy in policies.values())
    assert client.get(built.address()).headers["X-Frame-Options"] == "DENY"


def test_the_scorecard_for_other_sites_says_the_same_and_opens_pages_beside(client: Client) -> None:
    built = town(3)
    slug = built.people[0].slug
    embed = client.get(built.address(f"embed/deputies/{slug}/", "ru")).text
    sheet = deputy_sheet(record_or_404("town", slug))

    assert "Учебный пример" in embed
    assert all('target="_blank" rel="noopener"' in link for link in re.findall("<a [^>]*>", embed))
    assert sheet.title in embed
    assert client.get(built.address("embed/deputies/nobody/")).status_code == 404


def test_the_snippet_is_shown_as_text(client: Client) -> None:
    built = town(1)
    Person.objects.update(name_en='Ada "Q" <b>')
    page = client.get(built.address(f"deputies/{built.people[0].slug}/")).text

    (snippet,) = re.findall("<code>(&lt;iframe.*?)</code>", page)
    (frame,) = fromstring(f"<p>{unescape(snippet).replace('loading', 'data-loading')}</p>")
    assert frame.attrib["title"] == 'Ada "Q" <b>'
    assert frame.attrib["src"].endswith(reverse("deputy_embed", args=["en", "town", built.people[0].slug]))
    assert frame.attrib["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert frame.attrib["referrerpolicy"] == "no-referrer"
    assert "<iframe" not in page


def test_a_part_of_a_page_as_text_keeps_hostile_letters() -> None:
    built = town(1)
    Coalition.objects.update(name_en=HOSTILE)
    in_force = platform_in_force(built.chamber)

    words = chosen(house_or_404("town"), in_force, Linked(2, 2))

    assert words == """Chosen and scored by </script><b>&amp;"' : 2 of 3 roll calls."""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_another_site_shows_the_scorecard_in_a_sandbox_and_no_other_page(
    browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    built = town(5, votes=9)
    slug = built.people[0].slug
    outside = browser.new_page(viewport={"width": 320, "height": 640})
    frames = "".join(
        f'<iframe name="{name}" src="{live_server.url}{built.address(path)}" width="280" height="400" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe>'
        for name, path in (("card", f"embed/deputies/{slug}/"), ("page", f"deputies/{slug}/"))
    )
    (tmp_path / "index.html").write_text(f"<!doctype html><title>Elsewhere</title>{frames}")
    elsewhere = HTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path))
    Thread(target=elsewhere.serve_forever, daemon=True).start()
    outside.goto(f"http://127.0.0.1:{elsewhere.server_port}/")

    card = outside.frame("card")
    assert card
    assert "Ada Example 0" in card.locator("h1").inner_text()
    assert card.locator("i.sq.with").first.bounding_box()  # the style sheet came: without it a mark has no size
    shown = [frame.url for frame in outside.frames]
    assert f"{live_server.url}{built.address(f'embed/deputies/{slug}/')}" in shown
    assert f"{live_server.url}{built.address(f'deputies/{slug}/')}" not in shown
    box, legend = card.locator("h1").bounding_box(), card.locator(".legend").bounding_box()
    assert box
    assert legend
    assert max(one["x"] + one["width"] for one in (box, legend)) <= 280 + 8
    outside.close()
    elsewhere.shutdown()
    elsewhere.server_close()
