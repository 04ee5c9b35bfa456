"""What only a browser can tell of the desk: the way in, the keyboard in the grid, the policy, the width."""

from collections import Counter

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from deputies.people.enums import Threshold
from deputies.people.models import Chamber
from deputies.votes.enums import Position, State
from deputies.votes.models import RollCallVersion, Sitting
from tests import build
from tests.coalition.accounts import door

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOR, AGAINST, ABSENT = 24, 11, 10


@pytest.fixture
def house() -> Chamber:
    house = build.chamber(seats=45, threshold=Threshold.MEMBERS)
    for group, seats in (("City", FOR), ("Labour", AGAINST), ("Shore", ABSENT)):
        for number in range(seats):
            build.deputy(house, f"Name{number} {group}{number}", group=group)
    return house


def complaints_of(page: Page, host: str) -> list[str]:
    """Filled while the page is used: errors on its console, and requests to anybody else."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "request", lambda request: found.append(request.url) if not request.url.startswith((host, "data:")) else None
    )
    return found


def sign_in_for_the_first_time(page: Page, host: str) -> None:
    page.goto(f"{host}/admin/")
    page.fill("[name=login]", "anna")
    page.fill("[name=password]", door.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.fill("[name=code]", door.code_of(page.locator(".door-secret").inner_text()))
    page.get_by_role("button", name="Set up").click()
    expect(page.locator(".door-codes li")).to_have_count(10)
    page.get_by_role("link", name="On to the desk").click()
    expect(page.get_by_role("heading", name="What is to be done")).to_be_visible()


def test_a_new_organiser_enters_45_deputies_by_keyboard(
    browser: Browser, live_server: LiveServer, house: Chamber
) -> None:
    cache.clear()
    door.organiser("anna", superuser=True)
    page = browser.new_page(locale="en-GB")
    complaints = complaints_of(page, live_server.url)
    sign_in_for_the_first_time(page, live_server.url)

    page.get_by_role("link", name="Paste roll call").click()
    page.select_option("[name=chamber]", str(house.pk))
    page.fill("[name=held_at]", "2024-03-05T10:30:00")
    page.fill("[name=question_number]", "7")
    page.fill("[name=title_en]", "On kindergartens")
    page.select_option("[name=result]", "adopted")
    page.fill("[name=total_for]", str(FOR))
    page.fill("[name=total_against]", str(AGAINST))
    page.fill("[name=source_url]", "https://example.org/protocol")
    page.get_by_role("button", name="On to the names").click()

    selects = page.locator(".desk-position")
    expect(selects).to_have_count(45)
    expect(selects.first).to_be_focused()
    keys = page.keyboard
    keys.press("Shift+Digit1")  # the whole first faction
    keys.press("ArrowUp")
    keys.type("labour0")  # letters jump to a name, and the digit is its vote
    keys.press("ArrowUp")
    for _ in range(AGAINST):
        keys.press("2")
    for _ in range(ABSENT - 1):
        keys.press("0")
    keys.press("5")
    keys.type("illness")

    expect(page.locator("#entered")).to_have_text("45")
    expect(page.locator("[data-option=yes]")).to_have_text(f"For {FOR}/{FOR}")
    expect(page.locator("[data-option=no]")).to_have_text(f"Against {AGAINST}/{AGAINST}")
    page.get_by_role("button", name="Save and hand on for review").click()
    expect(page.locator(".messagelist .success")).to_contain_text("“On kindergartens” waits for a second person.")

    version = RollCallVersion.objects.get()
    counted = Counter(version.ballots.values_list("position", flat=True))
    assert counted == {"for": FOR, "against": AGAINST, "absent": ABSENT - 1, "excused": 1}
    assert version.ballots.get(position="excused").excuse == "illness"
    assert (version.state, str(version.entered_by)) == (State.SUBMITTED, "anna")
    assert complaints == []


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_of_the_desk_breaks_the_policy_or_scrolls_sideways(
    browser: Browser, live_server: LiveServer, house: Chamber, width: int
) -> None:
    person = house.mandates.earliest("pk").person
    roll_call = build.vote(house, {person: Position.FOR})
    link = build.link(build.platform(house).demands.get(), roll_call)
    draft = build.draft(house)
    sitting = Sitting.objects.create(chamber=house, number="14", began_at=build.AT)
    client = door.signed_in(door.organiser("anna", superuser=True))
    context = browser.new_context(viewport={"width": width, "height": 800})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    complaints = complaints_of(page, live_server.url)

    wide = []
    for address in (
        "",
        "people/chamber/add/",
        f"people/chamber/{house.pk}/change/",
        "people/mandate/",
        f"people/mandate/add-deputies/{house.pk}/",
        f"people/mandate/{person.mandates.get().pk}/change/",
        "sources/document/add/",
        "votes/rollcall/",
        "votes/rollcall/add/",
        f"votes/rollcall/{roll_call.pk}/change/",
        *(f"votes/rollcall/{draft.roll_call_id}/{page}/" for page in ("change", "paste", "names", "submit", "key")),
        f"votes/rollcall/{roll_call.pk}/correct/",
        "votes/sitting/",
        "votes/sitting/add/",
        *(f"votes/sitting/{sitting.pk}/{page}/" for page in ("change", "agenda", "submit")),
        "votes/voteword/",
        f"scorecards/link/{link.pk}/change/",
        f"scorecards/link/withdraw/?links={link.pk}",
    ):
        answer = page.goto(f"{live_server.url}/admin/{address}")
        assert answer is not None
        assert answer.status == 200, address
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(address)

    assert (wide, complaints) == ([], [])
