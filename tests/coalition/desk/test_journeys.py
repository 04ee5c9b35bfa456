"""A roll call from the empty grid to the reader in a real browser: two persons, few keys, with script and without."""

import re
from collections import Counter
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from coalition.accounts.models import User
from coalition.desk import grid
from deputies.people.models import Chamber, Person
from deputies.sources.models import cite
from deputies.votes.enums import Position, State
from deputies.votes.models import RollCall, RollCallVersion, Sitting, WrittenName
from tests import build
from tests.coalition.accounts import door
from tests.coalition.desk.build import council, desk_of, people_of
from tests.coalition.desk.test_browser import complaints_of
from tests.coalition.pages.test_browser import STANDARD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINES = {"City": Position.FOR, "Labour": Position.AGAINST, "Orchard": Position.FOR, "Shore": Position.ABSTAIN}
KEYS = {
    Position.FOR: "1",
    Position.AGAINST: "2",
    Position.ABSTAIN: "3",
    Position.PRESENT_NOT_VOTING: "4",
    Position.ABSENT: "0",
}
HEADER = {
    "held_at": "2024-03-05T10:30:00", "held_precision": "minute", "question_number": "7", "kind": "by-name",
    "title_en": "On kindergartens", "title_ru": "О детских садах", "result": "adopted", "result_text": "adopted",
    "source_url": "https://example.org/protocol",
}  # fmt: skip


WAYS: list[tuple[int, Literal["light", "dark"]]] = [(360, "light"), (1280, "dark")]
SMALL = """[...document.querySelectorAll("main :is(button:not(.desk-first), summary, select, input)")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.type !== "hidden")
  .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([one, box]) => box.height < 24 || box.width < 24)
  .map(([one]) => `${one.tagName} ${one.name ?? one.innerText} is too small`)"""


class Hands:
    """Counts what a person does: a key going down, a click, a paste, a page opened from the front page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.done = 0

    def press(self, *keys: str) -> None:
        for chord in keys:
            self.done += len(chord.split("+"))
            self.page.keyboard.press(chord)

    def type(self, letters: str) -> None:
        self.press(*letters)

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.innerText || ''"))

    def tab_to(self, wanted: str) -> None:
        """Tab until what has the focus is called so."""
        for _ in range(40):
            self.press("Tab")
            if re.search(wanted, self.focused()):
                return
        raise AssertionError(f"Tab does not reach {wanted}")

    def click(self, name: str, role: str = "button") -> None:
        self.done += 1
        self.page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]

    def tick_all(self) -> None:
        for box in self.page.locator("main input[type=checkbox]:enabled").all():
            self.done += 1
            box.check()


@pytest.fixture
def house() -> Chamber:
    return council()


@pytest.fixture
def anna() -> User:
    return door.organiser("anna")


@pytest.fixture
def boris() -> User:
    return door.organiser("boris")


def as_voted(house: Chamber) -> dict[Person, Position]:
    """Factions as a whole, but for five."""
    people = people_of(house)
    marks = {one: LINES[group] for group, members in people.items() for one in members}
    apart = {
        people["City"][3]: Position.ABSENT,
        people["City"][10]: Position.AGAINST,
        people["Labour"][1]: Position.PRESENT_NOT_VOTING,
        people["Labour"][7]: Position.ABSENT,
        people["Orchard"][5]: Position.ABSTAIN,
    }
    return marks | apart


def totals(marks: dict[Person, Position]) -> dict[str, str]:
    names = {
        "total_for": Position.FOR, "total_against": Position.AGAINST, "total_abstain": Position.ABSTAIN,
        "total_not_voting": Position.PRESENT_NOT_VOTING, "total_absent": Position.ABSENT,
    }  # fmt: skip
    counted = Counter(marks.values())
    return {field: str(counted[position]) for field, position in names.items()}


def begun(house: Chamber, by: User, marks: dict[Person, Position], **more: str) -> RollCall:
    """A header, complete; nobody is entered."""
    posted = HEADER | totals(marks) | {"chamber": str(house.pk)} | more
    answer = door.signed_in(by).post(reverse("admin:votes_rollcall_add"), posted)
    assert answer.status_code == 302, answer.context["form"].errors
    return RollCall.objects.latest("pk")


def address(live_server: LiveServer, name: str, roll_call: RollCall) -> str:
    return f"{live_server.url}{reverse(f'admin:votes_rollcall_{name}', args=[roll_call.pk])}"


def check_published(roll_call: RollCall, marks: dict[Person, Position]) -> None:
    roll_call.refresh_from_db()
    version = roll_call.published
    assert version is not None
    assert {ballot.person: ballot.position for ballot in version.ballots.select_related("person")} == marks
    assert [str(version.entered_by), str(version.reviewed_by), version.vouched] == ["anna", "boris", False]
    assert version.reviewed_hash == version.content_hash


def shortest(wanted: Person, people: list[Person]) -> str:
    """The fewest letters that jump to this surname and no other, in Latin."""
    surname = wanted.name_en.split()[-1].lower()
    others = [one.name_en.split()[-1].lower() for one in people if one != wanted]
    return next(surname[:n] for n in range(1, len(surname) + 1) if not any(o.startswith(surname[:n]) for o in others))


def test_a_vote_by_faction_lines_takes_at_most_60_keys_to_the_reader(
    browser: Browser, live_server: LiveServer, house: Chamber, anna: User, boris: User
) -> None:
    marks = as_voted(house)
    roll_call = begun(house, anna, marks)
    page = desk_of(browser, live_server, anna)
    complaints = complaints_of(page, live_server.url)
    page.goto(address(live_server, "change", roll_call))
    hands = Hands(page)

    for group in sorted(LINES):  # the first empty row has the focus already
        hands.press(f"Shift+Digit{grid.KEYS[LINES[group]]}")
    for person, position in marks.items():
        group = person.mandates.get().faction_memberships.get().faction.name_en
        if position != LINES[group]:
            page.wait_for_timeout(1100)  # letters typed later begin another name
            hands.type(shortest(person, list(marks)))
            hands.type(grid.KEYS[position])
    expect(page.locator("#missing")).to_have_text("not entered 0")
    assert page.locator(".desk-sums .differs").count() == 0
    hands.press("Control+Enter")
    page.wait_for_url("**/submit/")
    assert hands.focused().startswith("seen-")  # the first warning has the focus
    hands.press("Space")
    for _ in page.locator("main input[type=checkbox]").all()[1:]:
        hands.tab_to("^seen-")
        hands.press("Space")
    hands.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("waits for a second person")
    by_the_first = hands.done

    other = desk_of(browser, live_server, boris)
    complaints += complaints_of(other, live_server.url)
    other.goto(f"{live_server.url}/admin/")
    second = Hands(other)
    second.press("Tab", "Enter")  # past the head of the page
    second.tab_to("^On kindergartens$")
    second.press("Enter")
    other.wait_for_url("**/review/")
    second.press("Tab", "Enter")
    for _ in other.locator("main input[type=checkbox]").all():
        second.tab_to("^compared-")
        second.press("Space")
    second.press("Enter")
    expect(other.locator(".messagelist .success")).to_contain_text("Published: On kindergartens")

    check_published(roll_call, marks)
    assert (by_the_first + second.done <= 60, by_the_first, second.done) == (True, by_the_first, second.done)
    assert complaints == []


def as_printed(marks: dict[Person, Position]) -> str:
    """The list as a protocol prints it: headings, then surnames and initials in Russian."""
    headings = {
        Position.FOR: "За", Position.AGAINST: "Против", Position.ABSTAIN: "Воздержались",
        Position.PRESENT_NOT_VOTING: "Не голосовали", Position.ABSENT: "Отсутствовали",
    }  # fmt: skip
    lines = []
    for position, heading in headings.items():
        given = [person.name_ru.split() for person, mark in marks.items() if mark == position]
        lines += [f"{heading} — {len(given)}:", *(f"{surname} {first[0]}." for first, surname in given)]
    return "\n".join(lines)


@pytest.mark.parametrize("script", [True, False])
def test_a_pasted_list_takes_at_most_12_actions_to_the_reader(
    browser: Browser, live_server: LiveServer, house: Chamber, anna: User, boris: User, script: bool
) -> None:
    marks = as_voted(house)
    roll_call = begun(house, anna, marks)
    page = desk_of(browser, live_server, anna, java_script_enabled=script)
    complaints = complaints_of(page, live_server.url)
    page.goto(address(live_server, "change", roll_call))
    hands = Hands(page)

    hands.done += 1
    page.fill("[name=text]", as_printed(marks))
    hands.click("Read the names")
    expect(page.locator(".messagelist .success")).to_contain_text("45 of 45 names were found")
    hands.click("Save and hand on for review")
    hands.tick_all()
    hands.click("Hand it to a second person")
    expect(page.locator(".messagelist .success")).to_contain_text("waits for a second person")

    other = desk_of(browser, live_server, boris, java_script_enabled=script)
    complaints += complaints_of(other, live_server.url)
    other.goto(f"{live_server.url}/admin/")
    second = Hands(other)
    second.click("On kindergartens", "link")
    second.tick_all()
    second.click("Approve and publish")
    expect(other.locator(".messagelist .success")).to_contain_text("Published: On kindergartens")

    check_published(roll_call, marks)
    assert hands.done + second.done <= 12, (hands.done, second.done)
    assert complaints == []


def test_a_vote_by_faction_lines_is_entered_and_published_without_script(
    browser: Browser, live_server: LiveServer, house: Chamber, anna: User, boris: User
) -> None:
    marks = as_voted(house)
    roll_call = begun(house, anna, marks)
    page = desk_of(browser, live_server, anna, java_script_enabled=False)
    page.goto(address(live_server, "change", roll_call))

    for group, line in LINES.items():
        page.locator(".desk-faction", has_text=group).locator(".desk-fill").select_option(line.value)
    for person, position in marks.items():
        if position != LINES[person.mandates.get().faction_memberships.get().faction.name_en]:
            page.locator(f"[name=p-{person.mandates.get().pk}]").select_option(position.value)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#missing")).to_have_text("not entered 0")
    page.get_by_role("button", name="Save and hand on for review").click()
    Hands(page).tick_all()
    page.get_by_role("button", name="Hand it to a second person").click()

    other = desk_of(browser, live_server, boris, java_script_enabled=False)
    other.goto(f"{live_server.url}/admin/")
    other.get_by_role("link", name="On kindergartens").click()
    other.get_by_role("button", name="Approve and publish").click()  # nothing compared yet
    expect(other.locator(".errornote")).to_contain_text("tick it")
    Hands(other).tick_all()
    other.get_by_role("button", name="Approve and publish").click()
    expect(other.locator(".messagelist .success")).to_contain_text("Published: On kindergartens")

    check_published(roll_call, marks)


def in_russian_layout(page: Page, letters: str) -> None:
    """The keys of a Russian keyboard, which Playwright has no names for."""
    keyboard = page.context.new_cdp_session(page)
    codes = {"л": "KeyK", "а": "KeyF", "б": "Comma"}
    for letter in letters:
        for kind in ("keyDown", "keyUp"):
            told = {"type": kind, "key": letter, "code": codes[letter]}
            keyboard.send("Input.dispatchKeyEvent", told | ({"text": letter} if kind == "keyDown" else {}))


def row_of(page: Page) -> str:
    """The deputy in whose row the focus is."""
    return str(page.evaluate("document.activeElement.closest('.desk-row')?.querySelector('label').innerText ?? ''"))


def test_every_key_of_the_grid_does_what_the_line_above_it_says(
    browser: Browser, live_server: LiveServer, house: Chamber, anna: User
) -> None:
    roll_call = begun(
        house, anna, {}, total_for="", total_against="2", total_abstain="", total_not_voting="", total_absent=""
    )
    page = desk_of(browser, live_server, anna)
    page.goto(address(live_server, "change", roll_call))
    keys, against, missing = page.keyboard, page.locator("[data-option=no]"), page.locator("#missing")

    assert row_of(page) == "Abrikosov A."  # the header is complete: the first empty row has the focus
    keys.press("Digit1")
    assert row_of(page) == "Baklazhanov A."
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    assert row_of(page) == "Baklazhanov A."
    keys.type("lab")
    assert row_of(page) == "Labaznikov A."
    keys.press("ArrowUp")
    page.wait_for_timeout(1100)
    in_russian_layout(page, "лаб")
    assert row_of(page) == "Labaznikov A."

    keys.press("Digit2")
    expect(against).to_have_text("Against 1/2, 1 missing")
    expect(missing).to_have_text("not entered 43")
    keys.press("ArrowUp")
    keys.press("Delete")
    expect(against).to_have_text("Against 0/2, 2 missing")
    keys.press("Control+z")
    expect(against).to_have_text("Against 1/2, 1 missing")
    keys.press("Control+z")
    keys.press("Control+z")
    expect(missing).to_have_text("not entered 45")
    assert row_of(page) == "Abrikosov A."

    keys.press("Digit5")
    assert page.evaluate("document.activeElement.name").startswith("e-")
    keys.type("illness")
    keys.press("Enter")
    assert row_of(page) == "Baklazhanov A."
    keys.press("Shift+Digit2")
    assert row_of(page) == "Anisov A."
    expect(against).to_have_text("Against 18/2, 16 too many")
    expect(missing).to_have_text("not entered 26")
    keys.press("Control+z")
    expect(missing).to_have_text("not entered 44")
    assert row_of(page) == "Baklazhanov A."
    for digit in ("Digit3", "Digit4", "Digit9", "Digit0"):
        keys.press(digit)
    shown = page.locator(".desk-position").evaluate_all("all => all.slice(0, 5).map(one => one.value)")
    assert shown == ["excused", "abstain", "present-not-voting", "no-mark", "absent"]
    keys.press("Digit6")
    assert page.evaluate("document.activeElement.matches(':open')")
    keys.press("Escape")

    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Home").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert "/change/" in page.url
    page.locator(".desk-position").first.focus()
    keys.press("Control+Enter")  # nothing is asked when it is saved
    page.wait_for_url("**/submit/")
    assert asked == ["beforeunload"]
    assert RollCallVersion.objects.get().ballots.get(position="excused").excuse == "illness"


def test_enter_in_a_field_of_the_header_saves_and_never_hands_on(
    browser: Browser, live_server: LiveServer, house: Chamber, anna: User
) -> None:
    roll_call = begun(house, anna, {}, kind="totals-only", total_for="30", total_against="10", total_abstain="5")
    page = desk_of(browser, live_server, anna)
    page.goto(address(live_server, "change", roll_call))
    page.locator("#head > summary").click()

    page.locator("[name=question_number]").press("Enter")

    expect(page.locator(".messagelist .success")).to_contain_text("The draft is saved")
    assert RollCallVersion.objects.get().state != State.SUBMITTED


def test_an_agenda_of_thirty_is_pasted_once_and_walked(
    browser: Browser, live_server: LiveServer, house: Chamber, anna: User, boris: User
) -> None:
    sitting = Sitting.objects.create(
        chamber=house, number="14", began_at=build.moment(64, 7), source=cite(title="The protocol of sitting 14")
    )
    page = desk_of(browser, live_server, anna)
    complaints = complaints_of(page, live_server.url)
    page.goto(f"{live_server.url}{reverse('admin:votes_sitting_agenda', args=[sitting.pk])}")
    page.fill("[name=text]", "\n".join(f"{n}\tOn street {n}\tпринято\t27/14/4/0" for n in range(1, 31)))
    page.get_by_role("button", name="Read the agenda").click()
    expect(page.locator(".desk-questions tbody tr")).to_have_count(30)
    page.get_by_role("button", name="Add these questions").click()
    expect(page.get_by_role("heading", name="Questions: 0 of 30 published")).to_be_visible()
    expect(page.locator(".desk-questions tbody tr")).to_have_count(30)

    page.get_by_role("link", name="On street 1", exact=True).click()
    for number in (1, 2, 3):
        expect(page.get_by_role("heading", name=f"On street {number}", exact=True)).to_be_visible()
        expect(page.locator("#missing")).to_have_text("not entered 45")
        expect(page.locator(".desk-row").first.locator("select")).to_be_focused()
        for group in sorted(LINES):
            page.keyboard.press(f"Shift+Digit{grid.KEYS[LINES[group]]}")
        page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("heading", name="On street 4", exact=True)).to_be_visible()
    expect(page.locator(".desk-row").first.locator(".desk-last")).to_have_text("For")

    page.goto(f"{live_server.url}{reverse('admin:votes_sitting_submit', args=[sitting.pk])}")
    warned = page.locator("main input[type=checkbox]")
    assert warned.count() >= 2  # every deputy as in the question before: one list for the sitting
    Hands(page).tick_all()
    page.get_by_role("button", name="Keep the ticks, and hand on what is ready").click()
    expect(page.locator(".messagelist .success")).to_contain_text("3 questions wait for a second person.")

    other = desk_of(browser, live_server, boris)
    complaints += complaints_of(other, live_server.url)
    other.goto(f"{live_server.url}/admin/")
    other.get_by_role("link", name="On street 1", exact=True).click()
    for number in (1, 2, 3):
        expect(other.get_by_role("heading", name=f"On street {number}", exact=True)).to_be_visible()
        Hands(other).tick_all()
        other.get_by_role("button", name="Approve, publish and next" if number < 3 else "Approve and publish").click()
    other.goto(f"{live_server.url}{reverse('admin:votes_sitting_change', args=[sitting.pk])}")
    expect(other.get_by_role("heading", name="Questions: 3 of 30 published")).to_be_visible()
    assert complaints == []


def test_every_page_of_a_roll_call_is_accessible_and_fits(
    browser: Browser, live_server: LiveServer, house: Chamber, anna: User, boris: User
) -> None:
    marks = as_voted(house)
    sitting = Sitting.objects.create(chamber=house, number="14", began_at=build.moment(64, 7))
    empty = begun(house, anna, marks)
    whole = build.draft(house, marks, question_number="8", source=cite(title="The protocol"))
    key = build.draft(house, marks, question_number="9", source=cite(title="The protocol"), is_key=True)
    waiting = build.draft(house, marks, question_number="10", source=cite(title="The protocol"), entered_by=anna)
    for state in (State.CHECKED, State.SUBMITTED):
        RollCallVersion.objects.filter(pk=waiting.pk).update(state=state.value, submitted_at=build.AT)
    approved = build.draft(house, marks, question_number="11", source=cite(title="The protocol"))
    build.approved(approved, entered_by=anna, reviewed_by=boris)
    published = build.vote(house, marks)
    WrittenName.objects.create(version=whole, line=3, name="Незнакомый Н. Н.", position="for")
    pages = [
        reverse("admin:index"), reverse("admin:votes_rollcall_add"), reverse("admin:votes_sitting_changelist"),
        *(reverse(f"admin:votes_sitting_{name}", args=[sitting.pk]) for name in ("agenda", "submit")),
        *(reverse(f"admin:votes_rollcall_{name}", args=[pk]) for name, pk in (
            ("change", empty.pk), ("paste", empty.pk), ("submit", empty.pk), ("change", whole.roll_call_id),
            ("names", whole.roll_call_id), ("submit", whole.roll_call_id), ("key", key.roll_call_id),
            ("review", waiting.roll_call_id), ("publish", approved.roll_call_id),
            ("change", published.pk), ("correct", published.pk),
        )),
    ]  # fmt: skip
    page = desk_of(browser, live_server, boris, bypass_csp=True)
    found = []
    for url in pages:
        answer = page.goto(f"{live_server.url}{url}")
        assert answer is not None
        assert (answer.status, page.url) == (200, f"{live_server.url}{url}")
        page.evaluate("document.querySelectorAll('details').forEach(more => { more.open = true })")
        for width, scheme in WAYS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(200)  # the admin's colours fade from one scheme to the other
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{url} scrolls sideways at {width}")
            found += [f"{url} at {width}: {each}" for each in page.evaluate(SMALL)]
            report = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARD}})
            if report.violations_count:
                found.append(f"{url} {scheme}\n{report.generate_report()}")
    assert not found, "\n".join(found)
