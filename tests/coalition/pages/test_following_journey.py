"""Following on a device in a real browser: what is stored, what is asked of the server, and what the page then says."""

from functools import partial

import pytest
from django.core.cache import caches
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from deputies.votes.enums import Position
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_browser import SHIFT, Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BLOCKED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError') }"
FOLLOW = "Follow on this device"


@pytest.fixture
def built() -> Town:
    caches["pages"].clear()
    return town(3)


def publish(built: Town) -> None:
    """A vote that counts for the first demand, published now."""
    draft = build.draft(built.chamber, dict.fromkeys(built.people, Position.FOR), title_en="A vote of today")
    build.publish(draft, at=timezone.now())
    build.link(built.platform.demands.order_by("pk")[0], draft.roll_call)


def _note(addresses: list[str], request: Request) -> None:
    addresses.append(request.url)


def followed(page: Page) -> list[str]:
    """What the page of the device lists once it has looked; each thing with how much is new."""
    expect(page.locator("#device")).to_be_visible()
    rows = page.locator("#followed > li").all()
    return [
        f"{row.locator('h2').inner_text()}: {row.locator('.new, .none, .lost').locator('visible=true').inner_text()}"
        for row in rows
    ]


def test_following_stays_on_the_device_and_says_what_is_new(
    browser: Browser, live_server: LiveServer, built: Town
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
    page, site = context.new_page(), live_server.url
    watch = Watch(page, site)
    for rest in (f"deputies/{built.people[0].slug}/", "demands/d1/"):
        page.goto(f"{site}{built.address(rest)}")
        press = page.get_by_role("button", name=FOLLOW)
        expect(press).to_have_attribute("aria-pressed", "false")
        asked: list[str] = []
        note = partial(_note, asked)
        page.on("request", note)
        press.click()
        expect(press).to_have_attribute("aria-pressed", "true")
        assert (asked, context.cookies()) == ([], [])
        page.remove_listener("request", note)
    page.reload()
    expect(page.get_by_role("button", name=FOLLOW)).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("Object.keys(localStorage)") == ["nakaz.follow"]

    publish(built)
    page.goto(f"{site}/en/following/")
    first = followed(page)
    assert first == [f"Ada Example 0 · {built.chamber.name}: New: 1", f"Demand 1 · {built.chamber.name}: New: 1"]
    expect(page.get_by_role("link", name="A vote of today").first).to_be_visible()
    assert page.locator("#followed .tag").locator("visible=true").all_inner_texts() == ["New"] * 2
    assert page.evaluate(SHIFT) == 0
    page.goto(f"{site}/ru/following/")
    assert all("С прошлого раза ничего нового" in one for one in followed(page))

    page.get_by_role("button", name="Скопировать ссылкой").click()
    link = page.locator("#address").input_value()
    assert link.startswith(f"{site}/ru/following/#follow=")
    page.get_by_role("button", name="Забыть всё").click()
    page.get_by_role("button", name="Вернуть").click()
    expect(page.locator("#followed > li")).to_have_count(2)
    page.get_by_role("button", name="Забыть всё").click()
    expect(page.get_by_text("вы пока ни за чем не следите")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0

    requests: list[str] = []
    page.on("request", partial(_note, requests))
    page.goto("about:blank")
    page.goto(link)
    page.get_by_role("button", name="Добавить на это устройство").click()
    expect(page.locator("#followed > li")).to_have_count(2)
    assert not [url for url in requests if "follow=" in url.partition("#")[0]]
    key = f"person%3A{built.chamber.pk}%3A{built.people[0].pk}"
    assert key in (page.locator("#letters").get_attribute("href") or "")
    assert (watch.elsewhere, watch.complaints, context.cookies()) == ([], [], [])
    context.close()


@pytest.mark.parametrize(("script", "said"), [(BLOCKED, "does not let the site store"), (FULL, "has no room left")])
def test_a_storage_that_takes_nothing_says_so_and_breaks_nothing(
    browser: Browser, live_server: LiveServer, built: Town, script: str, said: str
) -> None:
    context = browser.new_context()
    context.add_init_script(script)
    page = context.new_page()
    watch = Watch(page, live_server.url)
    page.goto(f"{live_server.url}{built.address('demands/d1/')}")
    page.get_by_role("button", name=FOLLOW).click()

    expect(page.get_by_role("status")).to_contain_text(said)
    expect(page.get_by_role("button", name=FOLLOW)).to_have_attribute("aria-pressed", "false")
    page.goto(f"{live_server.url}/en/following/")
    expect(page.locator("#device")).to_be_visible()
    assert (said in page.locator("#says").inner_text()) is (script is BLOCKED)
    assert watch.complaints == []
    context.close()


@pytest.mark.parametrize(
    "stored",
    [
        "{",
        "7",
        "null",
        '[1, null, {"key": "person:1:1"}]',
        '[{"key":"chamber:1","label":"<b>","page":"//evil.example/","feed":"/en/x/","seen":0}]',
    ],
)
def test_a_damaged_list_is_left_out(browser: Browser, live_server: LiveServer, built: Town, stored: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    watch = Watch(page, live_server.url)
    page.goto(f"{live_server.url}/en/privacy/")
    page.evaluate("text => localStorage.setItem('nakaz.follow', text)", stored)
    page.goto(f"{live_server.url}/en/following/#follow=%%%")

    expect(page.locator("#device")).to_be_visible()
    expect(page.locator("#empty")).to_be_visible()
    assert page.locator("#says").inner_text() in (
        "A part of the list on this device could not be read and was left out.",
        "This link holds no list that can be read.",
    )
    assert (watch.complaints, watch.elsewhere) == ([], [])
    context.close()


def test_without_javascript_there_are_feeds_and_no_dead_button(
    browser: Browser, live_server: LiveServer, built: Town
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}{built.address('demands/d1/')}")
    assert page.get_by_role("button", name=FOLLOW).count() == 0
    expect(page.get_by_role("link", name="In a feed reader (Atom)")).to_be_visible()

    page.goto(f"{live_server.url}/en/following/")

    expect(page.locator("noscript p")).to_be_visible()
    expect(page.get_by_role("link", name="Coming votes (Atom)")).to_be_visible()
    assert page.get_by_role("button").count() == 0
    context.close()
