"""Atom beside the pages it follows: the same words, ids that stay, corrections marked."""

import datetime as dt
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Chamber
from deputies.votes.enums import Position, Result
from tests import build
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client: Client, address: str) -> Element:
    response = client.get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    read: Element = fromstring(response.content)
    return read


def told(of: Element) -> list[tuple[str, str]]:
    """Titles and summaries, in their order."""
    return [(text(entry, "title"), text(entry, "summary")) for entry in of.iter(f"{ATOM}entry")]


def text(of: Element, name: str) -> str:
    return of.findtext(f"{ATOM}{name}") or ""


def ids(of: Element) -> list[str]:
    return [text(entry, "id") for entry in of.iter(f"{ATOM}entry")]


def correct(built: Town, at: dt.datetime = build.LATER) -> None:
    """The first vote, in which everybody was against."""
    positions = dict.fromkeys(built.people, Position.AGAINST)
    more: dict[str, Any] = {
        "result": Result.ADOPTED.value,
        "total_for": 4,
        "title_en": "The vote",
        "reason": "The clerk wrote: 4 < 5 & more",
    }
    build.publish(build.draft(built.chamber, positions, roll_call=built.votes[0], **more), at=at)


def rests(built: Town) -> list[str]:
    return ["feed.atom", "votes/feed.atom", f"deputies/{built.people[0].slug}/feed.atom", "demands/d1/feed.atom"]


@pytest.mark.parametrize("deputies", [1, 3])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_feed_is_whole_and_its_page_leads_to_it(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, lang: str, deputies: int
) -> None:
    built = town(deputies, votes=9)
    correct(built)
    addresses = [*(built.address(rest, lang) for rest in rests(built)), f"/{lang}/corrections/feed.atom"]

    for address in addresses:
        with django_assert_max_num_queries(12, info=address):
            found = feed(client, address)
        stamps = [text(entry, "updated") for entry in found.iter(f"{ATOM}entry")]
        assert stamps
        assert stamps == sorted(stamps, reverse=True)
        assert text(found, "updated") == stamps[0] == "2024-06-02T12:00:00+00:00"
        assert len(set(ids(found))) == len(stamps)
        assert all(ident.startswith(f"tag:127.0.0.1,2026:{lang}/town/") for ident in ids(found))
        assert found.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == lang
        page = client.get(address.removesuffix("feed.atom")).text
        assert f'<link rel="alternate" type="application/atom+xml" href="{address}">' in page


def test_ids_stay_when_a_vote_is_corrected_and_the_correction_is_marked(client: Client) -> None:
    built = town(3)
    before = {rest: ids(feed(client, built.address(rest))) for rest in rests(built)}
    assert not any(
        title.startswith("Corrected:") for rest in before for title, _ in told(feed(client, built.address(rest)))
    )

    correct(built)

    for rest in rests(built):
        found = feed(client, built.address(rest))
        assert set(ids(found)) >= set(before[rest]), rest
        assert told(found)[0][0].startswith("Corrected: "), rest
        of_vote = [words for title, words in told(found) if title == "Corrected: The vote"]
        assert of_vote, rest
        assert not any("Not adopted: 1 voted for" in words for words in of_vote), rest


def test_a_correction_tells_why_what_changed_and_what_moved(client: Client) -> None:
    built = town(1)
    correct(built)

    ((title, words),) = told(feed(client, "/en/corrections/feed.atom"))

    assert title == "Corrected: The vote"
    assert "The clerk wrote: 4 &lt; 5 &amp; more" in words
    assert "Ada Example 0: was “for”, is “against”" in words
    assert "Moved: 1 score of a chapter" in words


def test_a_deputy_is_followed_in_votes_that_count_and_moves_of_the_score(client: Client) -> None:
    built = town(3)
    entries = told(feed(client, built.address(rests(built)[2])))

    assert sorted(title.partition(" ")[0] for title, _ in entries) == ["Question", "Question", "The", "The"]
    assert any("Demand 1: As the platform asks (for). Not adopted: 1 voted for" in words for _, words in entries)


def test_a_disputed_row_waits_in_the_feed_of_its_deputy(client: Client) -> None:
    built = town(3)
    address = built.address(rests(built)[2])
    assert any("Demand 1: As the platform asks (for)" in words for _, words in told(feed(client, address)))
    build.dispute(built.votes[0], built.people[0], shows=["https://example.org/minutes"], at=dt.datetime.now(dt.UTC))

    assert [title for title, words in told(feed(client, address)) if "Demand 1" in words] == []
    other = built.address(f"deputies/{built.people[1].slug}/feed.atom")
    assert any("Demand 1" in words for _, words in told(feed(client, other)))


def test_a_feed_without_news_says_no_moment_that_changes(client: Client) -> None:
    chamber = build.chamber(slug="bare")
    Chamber.objects.update(name_en="Ctrl\x01 & <b>")
    slug = build.deputy(chamber).slug

    for rest in ("feed.atom", "votes/feed.atom", f"deputies/{slug}/feed.atom"):
        assert client.get(f"/en/bare/{rest}").content == client.get(f"/en/bare/{rest}").content
        assert "Ctrl & <b>" in text(feed(client, f"/en/bare/{rest}"), "title")


def test_there_is_no_feed_of_what_is_not_there(client: Client) -> None:
    town(1)

    for address in ("/en/nowhere/feed.atom", "/en/town/deputies/nobody/feed.atom", "/en/town/demands/none/feed.atom"):
        assert client.get(address).status_code == 404


def test_a_deputys_feed_repeats_no_vote_whose_correction_did_not_touch_them(client: Client) -> None:
    built = town(2)
    correct(built)  # the first deputy was for, the second against
    touched, same = (
        feed(client, built.address(f"deputies/{person.slug}/feed.atom"))
        for person in (built.people[0], built.people[1])
    )

    assert ("Corrected: The vote" in [title for title, _ in told(touched)]) is True
    assert [title for title, _ in told(same) if title.endswith("The vote")] == ["The vote"]
    (entry,) = (entry for entry in same.iter(f"{ATOM}entry") if text(entry, "title") == "The vote")
    assert text(entry, "updated") == build.AT.isoformat()
    assert [found.get("term") for found in entry.iter(f"{ATOM}category") if not found.get("scheme")] == []
