"""The main job with every real part: files in, a scorecard out, a correction at the desk, and the letter that tells it.

One site is started as `make run` starts it: PostgreSQL, Valkey, web, worker, beat and an SMTP sink, all processes.
"""

import base64
import csv
import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from coalition.local import ROOT
from tests import traces
from tests.coalition.accounts import door

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

READER = "reader@example.org"
MEMBERS = [
    ("m1", "Anna Arbor"),
    ("m2", "Boris Birch"),
    ("m3", "Clara Cedar"),
    ("m4", "Dmitry Dogwood"),
    ("m5", "Eva Elm"),
]
SECOND = (
    f"from coalition.accounts.models import User;User.objects.create_superuser('second', password={door.PASSWORD!r})"
)
VOTES = {  # by vote: the options of the five members
    "v1": ("yes", "yes", "yes", "no", "no"),
    "v2": ("yes", "no", "yes", "no", "yes"),
    "v3": ("yes", "yes", "absent", "no", "yes"),
}


class Site:
    """A running site and the folder it keeps its data in."""

    def __init__(self, var: Path) -> None:
        self.var = var
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("NAKAZ_") and not k.endswith("_URL")}
        self.environment = inherited | {"NAKAZ_VAR": str(var), "PORT": str(self.port)}
        self.environment |= {"NAKAZ_LOG_LEVEL": "DEBUG", "NAKAZ_PROXY_COUNT": "1"}  # to look for traces of readers
        self.process: subprocess.Popen[str] | None = None
        self.said = ""  # printed until it was ready

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coalition.run"], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if "Nakaz is at" in line:
                return
        raise AssertionError(f"it did not start: {self.said}")

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def letters(self) -> list[EmailMessage]:
        """Letters the sink received, oldest first."""
        files = sorted((self.var / "inbox").glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            assert self.process.stdout is not None
            self.process.stdout.close()


def within(seconds: float, look: Callable[[], object]) -> None:
    """Wait until `look` finds something."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(0.2)


def write_folder(folder: Path) -> None:
    folder.mkdir()
    tables: dict[str, list[list[str]]] = {
        "members.csv": [["member_id", "name", "party", "group", "constituency", "notes"]]
        + [
            [pid, name, "", "Oak" if n < 3 else "Ash", f"District {n + 1}", ""] for n, (pid, name) in enumerate(MEMBERS)
        ],
        "votes.csv": [
            [
                "vote_id",
                "date",
                "number",
                "title",
                "question",
                "result",
                "yes",
                "no",
                "abstain",
                "not_voting",
                "absent",
                "source_url",
                "notes",
            ]
        ],
        "ballots.csv": [["vote_id", "member_id", "option", "option_raw", "group_at_vote"]],
        "demands.csv": [
            ["demand_id", "chapter", "title", "text", "source_url"],
            ["trams", "social", "Trams on time", "Keep the trams running.", "https://example.org/platform"],
        ],
        "links.csv": [["demand_id", "vote_id", "wants", "weight", "role", "reasoning"]],
    }
    for day, (vote_id, options) in enumerate(VOTES.items(), 1):
        counts = [str(options.count(option)) for option in ("yes", "no", "abstain")]
        result = "pass" if options.count("yes") > 2 else "fail"
        tables["votes.csv"].append(
            [vote_id, f"2025-03-0{day}", str(day), f"Tram line {day}", "", result, *counts, "", "", "", ""]
        )
        tables["ballots.csv"] += [
            [vote_id, m[0], option, option, ""] for m, option in zip(MEMBERS, options, strict=True)
        ]
        tables["links.csv"].append(["trams", vote_id, "pass", "1", "scoring", "It pays for the trams."])
    for name, rows in tables.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = Site(tmp_path_factory.mktemp("site"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.mark.browser
def test_from_files_to_the_letter(site: Site, browser: Browser, tmp_path: Path) -> None:
    write_folder(tmp_path / "council")
    folder = str(tmp_path / "council")
    site.manage("import_people", folder, "--chamber", "council", "--name", "Town council", "--threshold", "members")
    site.manage("import_rollcalls", folder, "--chamber", "council", "--publish")
    site.manage("import_platform", folder, "--chamber", "council", "--platform", "trams-2025", "--publish")

    page = browser.new_page()
    page.goto(f"{site.url}/en/council/deputies/anna-arbor/")
    assert "3 of 3" in page.inner_text("main")
    assert page.context.cookies() == []

    subscribe(site, page)
    correct_one_ballot(site, browser)

    page.goto(f"{site.url}/en/council/deputies/anna-arbor/")
    assert "2 of 3" in page.inner_text("main")
    page.goto(f"{site.url}/en/council/deputies/anna-arbor/trams/")
    row = page.locator("#v2")
    assert "Tram line 2" in row.inner_text()
    assert "against" in row.inner_text().lower()
    assert site.manage("rescore", "--check") == "Every stored score equals a full count.\n"

    receive_the_digest(site)


def subscribe(site: Site, page: Page) -> None:
    """Ask for letters about a deputy, then confirm by the button the letter leads to."""
    page.goto(f"{site.url}/en/subscribe/?chamber=council&deputy=anna-arbor")
    page.fill("input[type=email]", READER)
    page.click("main form button[type=submit]")
    within(30, site.letters)
    [confirmation] = site.letters()
    body = confirmation.get_body(("plain",))
    assert body is not None
    [link] = set(re.findall(r"http\S+/s/\S+", body.get_content()))
    page.goto(link)
    page.click("main form button[type=submit]")
    assert page.context.cookies() == []


def correct_one_ballot(site: Site, browser: Browser) -> None:
    """One organiser changes Anna's vote on the second tram line; another compares it, approves and publishes."""
    password = re.search(r"Password:\s+(\S+)", site.said)
    assert password is not None, site.said
    desk = at_the_desk(site, browser, "organiser", password[1])
    desk.goto(f"{site.url}/admin/votes/rollcall/")
    desk.get_by_role("link", name="Tram line 2").click()
    desk.get_by_role("link", name="Correct").click()
    desk.fill("[name=reason]", "The printed protocol says against.")
    desk.fill("[name=source_url]", "https://example.org/protocol-2")
    desk.get_by_role("button", name="Open the correction").click()
    desk.get_by_label(re.compile("Arbor A")).first.select_option("against")
    desk.locator("#head > summary").click()
    desk.fill("[name=total_for]", "2")
    desk.fill("[name=total_against]", "3")
    desk.select_option("[name=result]", "rejected")
    desk.get_by_role("button", name="Save and hand on for review").click()
    tick_all(desk)
    desk.get_by_role("button", name="Hand it to a second person").click()
    expect(desk.locator(".messagelist .success")).to_contain_text("waits for a second person")

    site.manage("shell", "-c", SECOND)
    other = at_the_desk(site, browser, "second", door.PASSWORD)
    other.get_by_role("link", name="Tram line 2").click()
    expect(other.locator("main")).to_contain_text("Anna Arbor: for → against")
    tick_all(other)
    other.get_by_role("button", name="Approve and publish").click()
    expect(other.locator(".messagelist .success")).to_contain_text("Tram line 2")


def at_the_desk(site: Site, browser: Browser, name: str, password: str) -> Page:
    """Sign in with a password and a second factor that is set up on the way."""
    desk = browser.new_context(locale="en-GB").new_page()
    desk.set_default_timeout(15_000)
    desk.goto(f"{site.url}/admin/")
    desk.fill("[name=login]", name)
    desk.fill("[name=password]", password)
    desk.get_by_role("button", name="Sign in", exact=True).click()
    desk.fill("[name=code]", door.code_of(desk.locator(".door-secret").inner_text()))
    desk.get_by_role("button", name="Set up").click()
    desk.get_by_role("link", name="On to the desk").click()
    return desk


def tick_all(desk: Page) -> None:
    for box in desk.locator("main input[type=checkbox]:enabled").all():
        box.check()


def receive_the_digest(site: Site) -> None:
    """The worker sends one letter that names the change; asked again, it has nothing to say."""
    ring = (
        "from django.utils import timezone; from coalition.digests.models import Subscriber;"
        "from coalition.digests.tasks import plan_digests;"
        "assert Subscriber.objects.update(next_digest_at=timezone.now()) == 1; plan_digests.delay()"
    )
    site.manage("shell", "-c", ring)
    within(30, lambda: len(site.letters()) == 2)
    digest = site.letters()[1]
    text = digest.get_body(("plain",))
    assert text is not None
    words = " ".join(text.get_content().split())
    assert "Anna Arbor" in words
    assert "Tram line 2" in words
    assert "3 of 3" in words
    assert "2 of 3" in words
    assert "correction" in words.lower()
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert digest.get_body(("html",)) is not None

    site.manage("shell", "-c", ring)
    site.manage("digests", "send", "--at", "2100-01-05T12:00+00:00")
    time.sleep(2)
    assert len(site.letters()) == 2


def test_a_trace_is_found_however_it_is_written() -> None:
    address = traces.READERS[0][1].encode()
    coded = [base64.b64encode(b"x" * shift + address + b"yz") for shift in range(3)]
    wide = address.decode().encode("utf-16-le")
    ways = [address, address.upper(), quote(address).encode(), address.hex().encode(), wide, *coded]

    assert [way for way in ways if not traces.seen(b"before " + way + b" after", traces.needles(traces.STEMS))] == []


def test_no_trace_of_a_reader_is_left(site: Site) -> None:
    """But in the letter box, which is the readers' own."""
    ask_for_letters(site)
    within(60, lambda: len(planted(site)) == 3)
    tokens = {traces.token_in(letter) for letter in planted(site)}
    for token in tokens:
        traces.ask(site.url, f"/s/{token}/")
        traces.ask(site.url, f"/s/{token}/", do="confirm")
    site.manage("shell", "-c", EVERYTHING_IS_NEWS)
    within(60, lambda: len(digests(site)) == 2)
    own = [traces.token_in(letter) for letter in digests(site)]
    traces.ask(site.url, f"/s/{own[0]}/", do="pause", months="1")
    traces.ask(site.url, f"/s/{own[0]}/unsubscribe/", **{"List-Unsubscribe": "One-Click"})
    traces.ask(site.url, f"/s/{own[0]}/")

    assert traces.found(site.var, [*tokens, *own]) == []
    assert traces.who_knows_the_keys(site.var) == {"worker"}
    assert traces.refused_to_the_web(site.var) == ["digests_address", "digests_signup", "digests_suppression"]


EVERYTHING_IS_NEWS = (
    "from django.utils import timezone; from coalition.digests.models import Subscriber, Subscription;"
    "from coalition.digests.tasks import plan_digests;"
    "new = Subscriber.objects.filter(subscriptions__chamber__slug='zarechny');"
    "Subscription.objects.filter(subscriber__in=new).update(after_event=0);"
    "assert new.update(next_digest_at=timezone.now(), watermark=0) == 2; plan_digests.delay()"
)


def ask_for_letters(site: Site) -> None:
    """One reader in two spellings, another in Russian, one who mistypes, and one who puts the address where none is."""
    page = traces.ask(site.url, "/en/subscribe/?chamber=zarechny")
    offered = re.findall(r'(?:<option|name="follow")[^>]*value="([^"]+)"([^>]*)', page)
    follow = next((key for key, marked in offered if "selected" in marked), offered[0][0])
    for lang, address in traces.READERS:
        traces.ask(site.url, f"/{lang}/subscribe/?chamber=zarechny", email=address, follow=follow)
    traces.ask(site.url, "/en/subscribe/?chamber=zarechny", email=traces.MISTYPED, follow=follow)
    traces.ask(site.url, f"/en/subscribe/?email={traces.MISPLACED}")
    traces.ask(site.url, f"/s/{traces.MISPLACED}/")
    traces.ask(site.url, f"/en/{traces.MISPLACED}/")


def planted(site: Site) -> list[EmailMessage]:
    return [letter for letter in site.letters() if traces.STEM in letter["To"].casefold()]


def digests(site: Site) -> list[EmailMessage]:
    return [letter for letter in planted(site) if letter["List-Unsubscribe"]]
