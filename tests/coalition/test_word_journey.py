"""From an invitation to a published contradiction in real browsers: two organisers, a deputy without an account.

The deputy promises by a personal link, a later vote differs, both organisers review, the deputy replies by the link of
the letter, and readers and the weekly letter tell it.
"""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from coalition.accounts.models import User
from coalition.digests.actions import planning, sending
from coalition.digests.invitations import send_invitations
from coalition.digests.models import Delivery
from deputies.people.models import Chamber, Person
from deputies.votes.enums import Position
from pledges.findings.actions import sweep
from pledges.findings.enums import FindingState
from pledges.findings.models import Finding
from pledges.platform.models import Demand
from pledges.tracker.models import Answer, Invitation, Pledge
from tests import build
from tests.coalition.accounts import door
from tests.coalition.desk.build import desk_of
from tests.coalition.digests.build import TUESDAY, reader
from tests.coalition.digests.sink import Sink, part, running_sink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROMISE, REPLY = "Проголосую за парк.", "В этой редакции парка не осталось."
OFFICE = "office@example.org"


def link_in(sink: Sink) -> str:
    """The personal address in the last letter, on whatever host it names."""
    found = re.search(r"https?://[^/]+(/word/\S+/)", part(sink.letters[-1], "plain"))
    assert found is not None
    return found[1]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def confirm(page: Page, live_server: LiveServer) -> None:
    """What the first organiser does after calling the office back."""
    answer = Answer.objects.latest("pk")
    page.goto(f"{live_server.url}{reverse('admin:tracker_answer_change', args=[answer.pk])}")
    page.get_by_label("How it was confirmed").fill("Called the office by the number on the chamber’s site.")
    press(page, "The office says these words are theirs")
    expect(page.get_by_text("Confirmed. Another person publishes it now.")).to_be_visible()


def publish_answer(page: Page, live_server: LiveServer) -> None:
    answer = Answer.objects.latest("pk")
    page.goto(f"{live_server.url}{reverse('admin:tracker_answer_change', args=[answer.pk])}")
    press(page, "Publish it word for word")
    expect(page.get_by_text("Published, word for word.")).to_be_visible()


def step(page: Page, live_server: LiveServer, finding: Finding, name: str) -> None:
    page.goto(f"{live_server.url}{reverse('admin:findings_finding_change', args=[finding.pk])}")
    press(page, name)
    expect(page.get_by_text("Done.")).to_be_visible()


@pytest.fixture
def house() -> Chamber:
    return build.chamber(slug="town", seats=3)


@pytest.fixture
def demand(house: Chamber) -> Demand:
    return build.platform(house).demands.get()


@pytest.fixture
def deputy(house: Chamber) -> Person:
    return build.deputy(house, "Ivan Example", group="Red")


def invite(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}{reverse('admin:tracker_invitation_invite')}")
    page.get_by_label("Platform").select_option(index=1)
    page.get_by_label("Language of the letter").select_option("en")
    page.get_by_label("Last day").fill((timezone.localdate() + dt.timedelta(days=20)).isoformat())
    page.get_by_label("Addresses").fill(f"Ivan Example; {OFFICE}")
    press(page, "Check and preview")
    expect(page.get_by_role("cell", name=OFFICE)).to_be_visible()
    press(page, "Make the links and send the letters")


def promise(page: Page, address: str) -> None:
    """The deputy's own hands, with no account and no cookie."""
    page.goto(address)
    page.locator("summary", has_text="Demand 1").click()
    form = page.locator("details.demand", has_text="Demand 1")
    form.get_by_label("I promise", exact=False).check()
    form.get_by_role("textbox").first.fill(PROMISE)
    form.get_by_role("button", name="See how it would be published").click()
    expect(page.get_by_text(PROMISE).first).to_be_visible()
    press(page, "Send it")
    expect(page.get_by_role("heading", name="Received", exact=True)).to_be_visible()
    assert page.context.cookies() == []


def reply(page: Page, address: str) -> None:
    page.goto(address)
    asked = page.locator("section", has_text="We asked you about these votes")
    asked.get_by_role("textbox").first.fill(REPLY)
    asked.get_by_role("button", name="See how it would be published").click()
    press(page, "Send it")
    expect(page.get_by_role("heading", name="Received", exact=True)).to_be_visible()


def differ(house: Chamber, demand: Demand, deputy: Person) -> Finding:
    """A vote of tomorrow against what was promised today."""
    others = {build.deputy(house, group="Red"): Position.FOR, build.deputy(house, group="Blue"): Position.FOR}
    held_at = timezone.now() + dt.timedelta(days=1)
    build.link(demand, build.vote(house, {deputy: Position.AGAINST, **others}, held_at=held_at, title_en="Parks"))
    sweep(at=timezone.now())
    return Finding.objects.get()


def test_a_promise_by_link_meets_a_vote_and_readers_see_the_reply(
    browser: Browser, live_server: LiveServer, settings: Settings, house: Chamber, demand: Demand,
    deputy: Person,
) -> None:  # fmt: skip
    anna, boris = (desk_of(browser, live_server, user) for user in (organiser("anna"), organiser("boris")))
    visitor = browser.new_context(locale="en-GB").new_page()
    with running_sink(settings) as sink:
        reader(sink, house, person=deputy)

        invite(anna, live_server)
        assert send_invitations(at=timezone.now()) == 1
        assert Invitation.objects.get().email == ""
        promise(visitor, live_server.url + link_in(sink))
        assert PROMISE not in said(visitor, live_server, "deputies/" + deputy.slug)
        confirm(anna, live_server)
        publish_answer(boris, live_server)
        assert Pledge.objects.published().get().words == PROMISE
        assert PROMISE in said(visitor, live_server, f"pledges/{Pledge.objects.get().pk}")

        finding = differ(house, demand, deputy)
        step(anna, live_server, finding, "Take it up")
        anna.get_by_label("E-mail of the office").fill(OFFICE)
        anna.get_by_label("Language of the letter").select_option("en")
        press(anna, "The letter goes out today")
        expect(anna.get_by_text("Done.")).to_be_visible()
        assert send_invitations(at=timezone.now()) == 1
        assert "says of you" in part(sink.letters[-1], "plain")
        reply(visitor, live_server.url + link_in(sink))
        confirm(anna, live_server)
        publish_answer(boris, live_server)
        finding.refresh_from_db()
        assert finding.state == FindingState.ANSWERED
        step(boris, live_server, finding, "Publish as the second person")

        page = said(visitor, live_server, f"contradictions/{finding.pk}")
        assert [words in page for words in (PROMISE, REPLY, "Ivan Example", "Parks")] == [True] * 4
        sink.envelopes.clear()
        list(planning.plan_digests(at=TUESDAY))
        sending.send_waiting(at=TUESDAY, among=Delivery.objects.all())
        (letter,) = sink.letters
        assert f"/en/town/contradictions/{finding.pk}/" in part(letter, "plain")


def organiser(name: str) -> User:
    return door.organiser(name)


def said(page: Page, live_server: LiveServer, path: str) -> str:
    """What a reader sees of a page of the chamber."""
    response = page.goto(f"{live_server.url}/en/town/{path}/")
    assert response is not None
    assert response.status == 200
    return page.locator("main").inner_text()
