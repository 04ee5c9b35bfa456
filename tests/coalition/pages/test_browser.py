"""What only a browser can tell: contrast and roles, overflow, the policy, and that nothing leaves the host."""

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
from pledges.platform.enums import Chapter
from pledges.platform.models import CoalitionMembership
from pledges.scorecards.actions import announce_method
from pledges.scorecards.enums import Wants
from pledges.scorecards.profiles import PROFILES
from tests import build
from tests.coalition.pages.build import Town, town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOKEN = "secret-of-a-report"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def built() -> Town:
    """A town where three deputies are of the coalition, one crossed a red line, and another method is announced."""
    made = town(5, votes=9, chapters=tuple(Chapter))
    build.link(made.platform.demands.get(chapter=Chapter.RED_LINE), made.votes[2], wants=Wants.PASS)
    build.ruling(made.platform, made.votes[0], kind="tactical", person=made.people[0], reads_as="against")
    announce_method(platform=made.platform, profile=PROFILES["absence-against"], at=build.AT)
    build.dispute(made.votes[0], made.people[0], shows=["https://example.org/protocol"], text="x" * 90, token=TOKEN)
    for person in made.people[:3]:
        CoalitionMembership.objects.create(
            coalition=made.platform.coalition, person=person, held=DateTimeTZRange(build.START, None)
        )
    return made


def addresses(built: Town, most: int = 99) -> list[str]:
    """Pages in both languages, the main ones first; at most so many of a chamber, and if all of them the site's too."""
    deputy, vote = built.people[0].slug, built.votes[0].slug
    rests = (
        "", "deputies/", f"deputies/{deputy}/", f"votes/{vote}/",
        "votes/", f"deputies/{deputy}/d1/", "platform/", "demands/d1/",
        f"deputies/{deputy}/?on=soon", f"deputies/{deputy}/d3/", "demands/d3/", "platform/method-change/",
        "districts/1/", "search/?q=question&kind=votes", "search/?q=qestion", "deputies/?q=ada", "deputies/?q=adda",
        "?view=side", "coalition/", "coalition/?held=2&absent=99&on=soon", "coalition/?held=2&gained=1",
    )  # fmt: skip
    report, followed = f"report/?chamber=town&vote={vote}&deputy={deputy}", f"report/{TOKEN}/"
    of_site = (
        ("", "method/", "corrections/", "subscribe/", "nowhere/", "report/", report, followed)
        if most > len(rests)
        else ()
    )
    return [
        address
        for lang in ("en", "ru")
        for address in [*(built.address(rest, lang) for rest in rests[:most]), *(f"/{lang}/{rest}" for rest in of_site)]
    ]


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


@pytest.mark.parametrize(
    ("width", "scheme", "most"), [(360, "light", 99), (360, "dark", 4), (1280, "light", 4), (1280, "dark", 99)]
)
def test_every_page_is_accessible(
    browser: Browser, live_server: LiveServer, built: Town, width: int, scheme: Literal["light", "dark"], most: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    reports = []
    for address in addresses(built, most):
        page.goto(f"{live_server.url}{address}")
        for more in page.query_selector_all("details"):
            more.evaluate("details => { details.open = true }")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARD}})
        if found.violations_count:
            reports.append(f"{address}\n{found.generate_report()}")
    context.close()
    assert not reports, "\n".join(reports)


def test_no_page_scrolls_sideways_leaves_the_host_or_sets_a_cookie(
    browser: Browser, live_server: LiveServer, built: Town
) -> None:
    built.people[0].name_en = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Example"
    built.people[0].save()
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    watch = Watch(page, live_server.url)
    for address in addresses(built):
        page.goto(f"{live_server.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    assert watch.elsewhere == []
    assert [said for said in watch.complaints if "404" not in said] == []
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
