"""After a correction is published no address of a reader shows the old number: page, cached page, 304, and every file.

The addresses are found by following every link of the site, in both languages, so a new surface is walked by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import caches
from django.http import HttpResponseBase
from django.test import Client

from deputies.votes.enums import Position
from pledges.scorecards.bundles.actions import build_bundle
from tests import build
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db(transaction=True)

LINK = re.compile(r"""(?:href|src)=["']([^"'#\s]+)|content=["'](https?://[^"'#\s]+)|<(?:loc|id)>([^<]+)<""")
MOST = 2_000
# Of these every copy and every question is an own address, or they are no pages of the record.
ASIDE = re.compile(r"^/(admin|accounts|s|inbox|static|health)/|^/(en|ru)/(report|subscribe)/|[?&]q=|/bundle-\d+\.zip$")


@dataclass(frozen=True)
class Answer:
    """What an address gave: its validator, and its words or bytes."""

    status: int
    etag: str
    body: bytes
    kind: str

    @property
    def text(self) -> str:
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.body.decode(errors="replace"))).split())


def links_in(page: str, at: str) -> Iterator[str]:
    """Addresses of this site that a page, a feed or a picture names."""
    for found in LINK.findall(page):
        whole = urlsplit(urljoin(f"http://testserver{at}", unescape("".join(found))))
        if whole.hostname in ("testserver", "127.0.0.1", "localhost") and whole.path:
            yield whole.path + (f"?{whole.query}" if whole.query else "")


def body_of(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def answer(client: Client, address: str, etag: str = "") -> Answer:
    response = client.get(address, headers={"if-none-match": etag} if etag else {})
    told = response.headers
    return Answer(response.status_code, told.get("ETag", ""), body_of(response), told.get("Content-Type", ""))


def walk(client: Client, *starts: str) -> dict[str, Answer]:
    """Every address that can be reached from `starts` by links."""
    found: dict[str, Answer] = {}
    waiting = list(starts)
    while waiting:
        address = waiting.pop()
        if address in found or ASIDE.search(address):
            continue
        found[address] = one = answer(client, address)
        assert len(found) < MOST, address
        if one.kind.startswith(("text/", "image/svg", "application/atom", "application/xml")):
            waiting += links_in(one.body.decode(errors="replace"), address)
    return found


@pytest.fixture
def built() -> Town:
    """Three deputies, of whom the first alone voted as the platform asks in 2 of 2."""
    caches["pages"].clear()
    made = town(3, votes=0)
    first, second, third = made.people
    demand = made.platform.demands.order_by("pk")[0]
    votes = []
    for day, title in ((10, "On the tram"), (11, "On the park")):
        positions = {first: Position.FOR, second: [Position.FOR, Position.AGAINST][day % 2], third: Position.AGAINST}
        more = {"title_en": title, "title_ru": f"{title} (по-русски)", "result": "adopted"}
        votes.append(build.vote(made.chamber, positions, held_at=build.moment(day), **more))
        build.link(demand, votes[-1])
    build.vote(made.chamber, {third: Position.FOR}, held_at=build.moment(12))  # not linked: 2 of 3 votes are
    town(1, votes=1, slug="village")
    build_bundle(at=build.AT)
    return Town(made.chamber, made.people, made.platform, votes)


def correct(built: Town) -> None:
    """The erratum: the first deputy voted against the tram."""
    first, second, third = built.people
    positions = {first: Position.AGAINST, second: Position.FOR, third: Position.AGAINST}
    draft = build.draft(
        built.chamber, positions, roll_call=built.votes[0], held_at=build.moment(10), result="rejected",
        title_en="On the tram", title_ru="On the tram (по-русски)",
    )  # fmt: skip
    build.publish(draft, at=build.LATER)


OLD = re.compile(r"2 of 2(?! recorded votes considered)")
STARTS = ["/", "/robots.txt", *(f"/{lang}/{slug}" for lang in ("en", "ru") for slug in ("", "town/", "village/"))]
TELL_THE_PAST = re.compile(  # they say what it was, and what it is
    r"corrections/|deputies/person-\d+/|districts/\d+/feed|votes/v\d+/"
)


def test_no_address_shows_the_number_before_the_correction(client: Client, built: Town) -> None:
    before = walk(client, *STARTS)
    assert len(before) > 60
    assert {one.status for one in before.values()} <= {200, 302}
    assert walk(client, *STARTS) == before  # from the cache
    deputy, vote = (built.address(f"{kind}/{one.slug}/") for kind, one in (
        ("deputies", built.people[0]), ("votes", built.votes[0]))
    )  # fmt: skip
    old = {address for address, one in before.items() if OLD.search(one.text)}
    assert {deputy, built.address("deputies/"), built.address("demands/d1/")} <= old

    correct(built)
    asked = {address: answer(client, address, one.etag) for address, one in before.items()}
    warm = walk(client, *STARTS)
    caches["pages"].clear()
    cold = walk(client, *STARTS)

    assert {address for address in warm if warm[address].body != cold[address].body} == set()
    pictures = {address for address in before if "/share/" in address}
    assert warm.keys() == cold.keys() >= before.keys() - pictures
    assert {asked[address].status for address in pictures - cold.keys()} == {302}  # on to what is true now
    assert pictures - cold.keys()
    for address, one in asked.items():
        if address in pictures - cold.keys():
            continue
        assert cold[address].body == (before[address] if one.status == 304 else one).body, address
    for address in (deputy, vote, built.address("deputies/"), built.address("demands/d1/")):
        assert asked[address].status == 200, address
        assert "1 of 2" in asked[address].text or address == vote, address
    assert [a for a, one in warm.items() if OLD.search(one.text) and not TELL_THE_PAST.search(a)] == []
    assert [a for a, one in asked.items() if OLD.search(one.text) and not TELL_THE_PAST.search(a)] == []


def test_pages_of_words_still_answer_that_they_did_not_change(client: Client, built: Town) -> None:
    pages = {address: client.get(address)["ETag"] for address in ("/en/about/", "/ru/privacy/", "/robots.txt")}

    correct(built)

    for address, etag in pages.items():
        assert client.get(address, headers={"if-none-match": etag}).status_code == 304
