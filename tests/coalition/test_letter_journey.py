"""From a deputy's page to the last letter in a real browser, in both languages, with a script and without.

Follow, confirm, receive, change the rhythm, receive again, unsubscribe; every page on the way is accessible.
"""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from coalition.digests.actions import planning, sending, signing
from coalition.digests.models import Address, Delivery, Subscriber
from deputies.votes.enums import Position
from tests import build
from tests.coalition.digests.build import READER
from tests.coalition.digests.sink import Sink, part, running_sink, token_in
from tests.coalition.pages.build import Town, town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Visitor:
    """Somebody with a phone; `looks` if scripts run, so that each page can be examined."""

    def __init__(self, browser: Browser, host: str, *, looks: bool) -> None:
        viewport = {"width": 320, "height": 640}
        self.context = browser.new_context(viewport=viewport, java_script_enabled=looks, bypass_csp=True)  # type: ignore[arg-type]
        self.page, self.host, self.looks = self.context.new_page(), host, looks

    def goes_to(self, path: str) -> Page:
        self.page.goto(self.host + path)
        return self.examined()

    def presses(self, button: str) -> Page:
        self.page.locator(f"button{button}").first.click()
        return self.examined()

    def examined(self) -> Page:
        if self.looks:
            assert self.page.evaluate("document.documentElement.scrollWidth") <= 320, self.page.url
            for scheme, rules in (("light", {"type": "tag", "values": STANDARD}), ("dark", ["color-contrast"])):
                self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                found = Axe().run(self.page, options={"runOnly": rules})
                assert not found.violations_count, f"{self.page.url}\n{found.generate_report()}"
        return self.page


def publish(built: Town, title: str) -> None:
    vote = build.vote(built.chamber, {built.people[0]: Position.FOR}, title_en=title, title_ru=title)
    build.link(built.platform.demands.earliest("pk"), vote)


def send(sink: Sink, at: dt.datetime) -> str:
    """The text of the one letter that is due at `at`."""
    sink.envelopes.clear()
    list(planning.plan_digests(at=at))
    sending.send_waiting(at=at, among=Delivery.objects.all())
    (letter,) = sink.letters
    return part(letter, "plain")


@pytest.mark.parametrize(("lang", "looks"), [("en", True), ("ru", False)])
def test_follow_confirm_receive_change_and_leave(
    browser: Browser, live_server: LiveServer, settings: Settings, lang: str, looks: bool
) -> None:
    cache.clear()
    built = town(1)
    visitor = Visitor(browser, live_server.url, looks=looks)
    with running_sink(settings) as sink:
        visitor.page.goto(f"{live_server.url}{built.address(f'deputies/{built.people[0].slug}/', lang)}")
        visitor.page.locator('a[href*="/subscribe/?"]').first.click()
        assert visitor.examined().locator("input[type=checkbox]:checked").count() == 1
        visitor.page.locator("#id_email").fill(READER)
        visitor.presses("[type=submit]")
        expect(visitor.page).to_have_url(f"{live_server.url}/{lang}/subscribe/sent/")

        assert signing.take_sign_ups(at=timezone.now()) == 1
        visitor.goes_to(f"/s/{token_in(sink.letters[0])}/")
        expect(visitor.presses("[value=confirm]").get_by_role("status")).to_be_visible()
        reader = Subscriber.objects.get()
        assert (reader.stage, reader.language) == ("confirmed", lang)

        publish(built, "Parks")
        Subscriber.objects.update(next_digest_at=timezone.now() - dt.timedelta(days=8))
        assert "Parks" in send(sink, timezone.now())
        own = f"/s/{token_in(sink.letters[0])}/"
        visitor.goes_to(own).locator("[value=daily]").check()
        expect(visitor.presses("[value=choose]").get_by_role("status")).to_be_visible()
        reader.refresh_from_db()
        assert reader.rhythm == "daily"

        publish(built, "Trams")
        assert reader.next_digest_at is not None
        letter = send(sink, reader.next_digest_at)
        assert ("Trams" in letter, "Parks" in letter) == (True, False)
        (leaving,) = re.findall("<(.*?)>", str(sink.letters[0]["List-Unsubscribe"]))
        visitor.goes_to(urlsplit(leaving).path)
        visitor.presses("[value=unsubscribe]")

    assert not Subscriber.objects.exists()
    assert not Address.objects.exists()
    visitor.goes_to(own)
    assert visitor.context.cookies() == []
    visitor.context.close()
