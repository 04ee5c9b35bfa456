"""What only a browser can tell: contrast and roles, overflow, the policy, and that nothing leaves the host."""

import csv
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from playwright.sync_api import Browser, Page, Request
from pytest_django.live_server_helper import LiveServer

from deputies.journal.models import Dispute
from deputies.people.models import Place
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from pledges.findings.enums import FindingKind
from pledges.platform.enums import Chapter
from pledges.platform.models import CoalitionMembership
from pledges.scorecards.actions import announce_method
from pledges.scorecards.enums import Wants
from pledges.scorecards.profiles import PROFILES
from tests import build
from tests.coalition.pages.addresses import addresses, furnished, main_addresses
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_withdrawn import correct

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOT_THERE = ("nowhere/", "town/deputies/ada-exmple/", "town/votes/gone/")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES: dict[Literal["light", "dark"], dict[str, str | list[str]]] = {
    "light": {"type": "tag", "values": STANDARD},
    "dark": {"type": "rule", "values": ["color-contrast"]},
}


@pytest.fixture
def built() -> Town:
    """A town where three deputies are of the coalition, one crossed a red line, and another method is announced."""
    made = town(5, votes=9, chapters=tuple(Chapter))
    build.link(made.platform.demands.get(chapter=Chapter.RED_LINE), made.votes[2], wants=Wants.PASS)
    build.ruling(made.platform, made.votes[0], kind="tactical", person=made.people[0], reads_as="against")
    announce_method(platform=made.platform, profile=PROFILES["absence-against"], at=build.AT)
    for person in made.people[:3]:
        CoalitionMembership.objects.create(
            coalition=made.platform.coalition, person=person, held=DateTimeTZRange(build.START, None)
        )
    version = made.platform.published
    assert version is not None
    for person in made.people:
        build.signature(person, version, build.START.date())
    for kind in FindingKind:
        build.findings(kind)
    furnished(made)
    withdrawn = build.vote(made.chamber, dict.fromkeys(made.people, Position.FOR), held_at=build.moment(40))
    RollCall.objects.filter(pk=withdrawn.pk).update(slug="gone")
    correct(withdrawn)
    return made


def visited(built: Town) -> list[str]:
    """Every page of the registry, and what is said where there is none."""
    return [*addresses(built, is_furnished=True), *(f"/{lang}/{rest}" for lang in ("en", "ru") for rest in NOT_THERE)]


class Watch:
    """What a page says to its console, and the requests it makes."""

    def __init__(self, page: Page, host: str) -> None:
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.host = host
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self.note)

    def note(self, request: Request) -> None:
        if not request.url.startswith((self.host, "data:")):
            self.elsewhere.append(request.url)


@pytest.mark.parametrize(("width", "every"), [(360, True), (1280, False)])
def test_every_page_is_accessible(
    browser: Browser, live_server: LiveServer, built: Town, width: int, every: bool
) -> None:
    """In the dark nothing but the colours is another, so only contrast is looked at again, and in one language."""
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = context.new_page()
    reports = []
    for address in visited(built) if every else main_addresses(built):
        page.emulate_media(color_scheme="light")
        page.goto(f"{live_server.url}{address}")
        page.evaluate("document.querySelectorAll('details').forEach(more => { more.open = true })")
        for scheme, rules in RULES.items():
            if scheme == "dark" and address.startswith("/ru/"):
                continue
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options={"runOnly": rules})
            if found.violations_count:
                reports.append(f"{address} {scheme}\n{found.generate_report()}")
    context.close()
    assert not reports, "\n".join(reports)


SHIFT = """() => new Promise(done => {
    let moved = 0
    new PerformanceObserver(list => { for (const shift of list.getEntries()) moved += shift.value })
        .observe({ type: "layout-shift", buffered: true })
    requestAnimationFrame(() => setTimeout(() => done(moved), 100))
})"""


def test_no_page_moves_scrolls_sideways_leaves_the_host_or_sets_a_cookie(
    browser: Browser, live_server: LiveServer, built: Town
) -> None:
    """Cumulative layout shift is 0 at the width of a small phone, and everything fits into a smaller one."""
    built.people[0].name_en = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Example"
    built.people[0].save()
    context = browser.new_context()
    page = context.new_page()
    watch = Watch(page, live_server.url)
    moved, wide = {}, {}
    for address in visited(built):
        page.set_viewport_size({"width": 360, "height": 640})
        page.goto(f"{live_server.url}{address}")
        moved[address] = page.evaluate(SHIFT)
        page.set_viewport_size({"width": 320, "height": 640})
        wide[address] = page.evaluate("document.documentElement.scrollWidth") - 320

    assert {address: shift for address, shift in moved.items() if shift} == {}
    assert {address: more for address, more in wide.items() if more > 0} == {}
    assert watch.elsewhere == []
    assert [said for said in watch.complaints if "404" not in said and "410" not in said] == []
    assert context.cookies() == []
    context.close()


def test_search_is_on_the_first_screen_and_finds_a_deputy(
    browser: Browser, live_server: LiveServer, built: Town
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(f"{live_server.url}{built.address()}")
    field = page.get_by_role("searchbox")
    box = field.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 640

    field.fill("Example 3")
    field.press("Enter")

    assert page.url.endswith(f"/deputies/{built.people[3].slug}/")
    assert page.get_by_role("heading", level=1).inner_text() == "Ada Example 3"
    context.close()


def type_into_the_finder(page: Page, text: str) -> None:
    """By keyboard alone: with the tab key from the top of the page to the field."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def follow_by_keyboard(page: Page, name: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_deputy_is_found_by_keyboard_by_street_in_latin_and_with_a_mistake(
    browser: Browser, live_server: LiveServer, built: Town
) -> None:
    district = built.chamber.districts.get(number=2)
    Place.objects.create(district=district, kind="street", name_ru="Мельничная улица", name_en="Melnichnaya Street")
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    watch = Watch(page, live_server.url)
    for written in ("Мельничная, д. 5", "melnichnaya ul"):
        page.goto(f"{live_server.url}{built.address()}")
        type_into_the_finder(page, written)
        assert page.url == f"{live_server.url}{built.address('districts/2/')}"
        page.go_back()
        assert page.url == f"{live_server.url}{built.address()}"  # the street is not in the history either

    page.goto(f"{live_server.url}{built.address()}")
    type_into_the_finder(page, "мельнечная")
    follow_by_keyboard(page, "District 2")

    assert page.url == f"{live_server.url}{built.address('districts/2/')}"
    assert page.get_by_role("link", name="Ada Example 1").first.is_visible()
    assert (watch.elsewhere, watch.complaints, context.cookies()) == ([], [], [])
    context.close()


def test_a_vote_is_searched_narrowed_down_and_opened_without_script(
    browser: Browser, live_server: LiveServer, built: Town
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}{built.address()}")
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("qestion")
    page.get_by_role("button", name="Find").click()
    assert "showing “question”" in page.locator("#found").inner_text()

    page.get_by_role("link", name="Democratic", exact=True).click()
    first = page.locator("h3 a").first
    title = first.inner_text()
    first.click()

    assert page.get_by_role("heading", level=1).inner_text() == title
    assert context.cookies() == []
    context.close()


def test_targets_are_big_enough_for_fingers(browser: Browser, live_server: LiveServer) -> None:
    big = town(45)
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{live_server.url}{big.address()}")
    tiles = [tile.bounding_box() for tile in page.query_selector_all(".tiles a")]

    assert len(tiles) == 45
    assert all(box is not None and min(box["width"], box["height"]) >= 24 for box in tiles)
    context.close()


def test_keyboard_reaches_the_text_first(browser: Browser, live_server: LiveServer, built: Town) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{live_server.url}{built.address()}")

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    context.close()


def test_a_mistake_is_reported_without_script_on_a_small_screen(
    browser: Browser, live_server: LiveServer, built: Town, tmp_path: Path
) -> None:
    cache.clear()
    (tmp_path / "protocol.pdf").write_bytes(b"%PDF-1.7")
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    watch = Watch(page, live_server.url)
    page.goto(f"{live_server.url}{built.address(f'votes/{built.votes[1].slug}/')}")
    page.get_by_role("row", name=str(built.people[1].name)).get_by_role("link", name="Mistake?").click()

    page.get_by_label("What it should say").fill("against")
    page.get_by_label("Files").set_input_files(tmp_path / "protocol.pdf")
    page.get_by_label("I write for the deputy’s office").check()
    page.get_by_role("button", name="Send the report").click()

    filed = Dispute.objects.get(person=built.people[1].pk, claims_office=True)
    assert page.get_by_role("heading", level=1).inner_text() == f"Report {filed.number}"
    assert page.url.removeprefix(live_server.url) in page.get_by_text("Keep this address").inner_text()
    assert filed.held is not None
    assert (watch.elsewhere, watch.complaints, context.cookies()) == ([], [], [])
    context.close()


def test_two_deputies_are_compared_by_keyboard_without_script_and_the_file_says_the_same(
    browser: Browser, live_server: LiveServer, built: Town
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    watch = Watch(page, live_server.url)
    page.goto(f"{live_server.url}{built.address('deputies/')}")
    page.get_by_role("link", name="Compare two deputies").press("Enter")

    for label, person in (("First deputy", built.people[0]), ("Second deputy", built.people[1])):
        page.get_by_label(label).focus()
        page.keyboard.type(f"{built.people.index(person) + 1} · {person.name}")
    page.get_by_role("button", name="Compare").press("Enter")

    headings = page.locator("section[id] h2").all_inner_texts()
    names = [heading.partition(":")[0] for heading in headings]
    assert names == ["Voted differently", "No recorded vote of one or both"]
    told = [row.inner_text().split("\n")[0] for row in page.locator("section[id] tbody tr").all()]
    with page.expect_download() as downloading:
        page.get_by_role("link", name="(CSV)").press("Enter")
    with downloading.value.path().open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["title"] for line in lines] == told
    assert Counter(line["relation"] for line in lines) == counts(headings)
    assert (watch.elsewhere, watch.complaints, context.cookies()) == ([], [], [])
    context.close()


def counts(headings: list[str]) -> dict[str, int]:
    """How many votes the page says it shows under each relation."""
    relations = {"Voted differently": "different", "Voted the same": "same"}
    parts = [heading.partition(": ") for heading in headings]
    return {relations.get(name, "no-vote"): int(number.split()[0]) for name, _, number in parts}
