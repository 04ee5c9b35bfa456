"""Following without an account: one part on each page, feeds of districts and chapters, the page of the device."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from coalition.digests.targets import existing
from deputies.people.actions import note_change
from deputies.people.enums import Left
from deputies.people.models import District, Mandate, Term
from deputies.people.models.chambers import check_not_reserved
from deputies.votes.enums import Position
from pledges.platform.enums import Chapter
from tests import build
from tests.coalition.pages.addresses import furnished
from tests.coalition.pages.build import town
from tests.coalition.pages.test_feeds import feed, text, told

pytestmark = pytest.mark.django_db
ATTRIBUTE = re.compile(r'data-(key|label|page|feed)="([^"]*)"')
LINK = re.compile(r'<a href="([^"]*)"')


def blocks(page: str) -> list[tuple[dict[str, str], list[str]]]:
    """What each part by which something is followed stores, and where it leads."""
    parts = re.findall(r'<div class="follow".*?</div>.*?</div>', page, re.DOTALL)
    return [(dict(ATTRIBUTE.findall(part)), LINK.findall(part)) for part in parts]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_each_thing_is_followed_on_its_own_page(client: Client, lang: str) -> None:
    built = furnished(town(3))
    person, demand, pk = built.people[0], built.platform.demands.order_by("pk")[0], built.chamber.pk
    district = District.objects.get(chamber=built.chamber, number=1)
    root = f"/{lang}/town/"
    expected: dict[str, list[tuple[str, str, str, str]]] = {  # by page: key, its own page, feed, what letters ask
        "": [(f"chamber:{pk}", "", "", "")],
        f"deputies/{person.slug}/": [(f"person:{pk}:{person.pk}", "", "", f"&amp;deputy={person.slug}")],
        "districts/1/": [(f"district:{pk}:{district.pk}", "", "", "&amp;district=1")],
        "demands/d1/": [(f"demand:{pk}:{demand.pk}", "", "", "&amp;demand=d1")],
        "platform/": [
            (f"democratic:{pk}", "", "platform/democratic/", "&amp;chapter=democratic"),
            (f"social:{pk}", "", "platform/social/", "&amp;chapter=social"),
        ],
        "upcoming/": [(f"upcoming:{pk}", "", "", "&amp;upcoming=1")],
        "upcoming/coming-one/": [(f"upcoming:{pk}", "upcoming/", "upcoming/", "&amp;upcoming=1")],
    }
    for rest, parts in expected.items():
        found = blocks(client.get(f"{root}{rest}").text)
        assert len(found) == len(parts), rest
        for (stored, links), (key, page, atom, asked) in zip(found, parts, strict=True):
            assert (stored["key"], stored["page"]) == (key, f"{root}{page or rest}")
            assert stored["feed"] == f"{root}{atom or rest}feed.atom"
            assert links == [
                f"/{lang}/following/",
                stored["feed"],
                f"{root}upcoming.ics",
                *([f"{root}sittings.ics"] if rest == "" else []),
                f"/{lang}/subscribe/?chamber=town{asked}",
            ]
            assert [target.key for target in existing([key])] == [key]
            assert client.get(stored["feed"]).status_code == client.get(stored["page"]).status_code == 200


def test_without_a_script_nothing_but_links_is_offered(client: Client) -> None:
    page = client.get(town(1).address("demands/d1/")).text

    assert (
        page.count("<button")
        == page.count('<div class="device" hidden><button type="button" aria-pressed="false">') + 0
    )


def test_what_is_closed_is_followed_for_its_corrections_only(client: Client) -> None:
    built = town(2)
    Mandate.objects.filter(person=built.people[0]).update(
        held=DateTimeTZRange(build.START, build.moment(30)), left=Left.RESIGNED.value
    )
    left, stays = (client.get(built.address(f"deputies/{person.slug}/")).text for person in built.people)
    Term.objects.update(held=DateTimeTZRange(build.START, build.moment(60)))
    ended = client.get(built.address()).text

    assert [len(links) for page in (left, stays, ended) for _, links in blocks(page)] == [2, 4, 2]
    assert all("The record is closed: only corrections will come." in page for page in (left, ended))
    assert "subscribe" not in "".join(blocks(left)[0][1])


@pytest.mark.parametrize("deputies", [1, 3, 45])
def test_a_districts_feed_is_that_of_whoever_holds_its_mandate(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, deputies: int
) -> None:
    built = town(deputies)
    of_deputy = [title for title, _ in told(feed(client, built.address(f"deputies/{built.people[0].slug}/feed.atom")))]

    with django_assert_max_num_queries(11):
        found = told(feed(client, built.address("districts/1/feed.atom")))

    assert [title for title, _ in found] == of_deputy
    assert all(words.startswith("Ada Example 0. ") for _, words in found)


def test_after_an_election_the_feed_of_a_district_is_that_of_the_next_deputy(client: Client) -> None:
    built = town(1)
    before = Mandate.objects.get(person=built.people[0])
    before.held, before.left = DateTimeTZRange(before.held.lower, build.moment(40)), Left.RESIGNED.value
    before.save()
    after = build.deputy(built.chamber, "Zoe Newcomer")
    mandate = Mandate.objects.get(person=after)
    mandate.held = DateTimeTZRange(build.moment(45), None)
    mandate.district, mandate.seat = before.district, before.seat
    mandate.save()
    note_change(chamber=built.chamber, subject="by-election", mandates=[before, mandate], at=build.LATER)
    vote = build.vote(built.chamber, {after: Position.FOR}, held_at=build.moment(50), title_en="After it")
    build.link(built.platform.demands.order_by("pk")[0], vote)

    titles = [title for title, _ in told(feed(client, built.address("districts/1/feed.atom")))]

    assert sorted(set(titles)) == ["Ada Example 0", "After it", "The score moved: Democratic", "Zoe Newcomer"]


def test_a_chapters_feed_tells_what_those_of_its_demands_tell(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    built = furnished(town(3, votes=9, chapters=(Chapter.DEMOCRATIC, Chapter.DEMOCRATIC, Chapter.SOCIAL)))

    with django_assert_max_num_queries(11):
        chapter = feed(client, built.address("platform/democratic/feed.atom"))

    of_demands = [feed(client, built.address(f"demands/d{n}/feed.atom")) for n in (1, 2)]
    assert sorted(told(chapter)) == sorted({one for found in of_demands for one in told(found)})
    assert text(chapter, "title") == "Democratic · " + " · ".join([str(built.chamber.name), "Nakaz"])


def test_a_feed_of_coming_votes_keeps_to_them(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    built = furnished(town(1))

    with django_assert_max_num_queries(6):
        found = told(feed(client, built.address("upcoming/feed.atom")))

    assert [title for title, _ in found] == ["Coming vote: Coming one", "Coming vote: Held one"]


def test_there_is_no_feed_of_what_is_not_there(client: Client) -> None:
    built = town(1)

    for rest in ("districts/99/", "platform/red-line/", "platform/", "platform/none/"):
        assert client.get(built.address(f"{rest}feed.atom")).status_code == 404, rest
    for rest in ("districts/1/", "platform/social/", "upcoming/"):
        assert client.get(f"/en/nowhere/{rest}feed.atom").status_code == 404, rest


@pytest.mark.parametrize("chambers", [1, 3])
def test_the_page_of_the_device_lists_feeds_and_calendars(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, chambers: int
) -> None:
    for n in range(chambers):
        town(1, slug=f"town-{n}")
    Term.objects.filter(chamber__slug="town-0").update(held=DateTimeTZRange(build.START, build.moment(60)))

    with django_assert_max_num_queries(1):
        page = client.get("/en/following/").text

    feeds = re.findall(r'href="(/en/[^"]*\.(?:atom|ics))"', page)
    running = [f"/en/town-{n}/{rest}" for n in range(1, chambers) for rest in
               ("feed.atom", "upcoming/feed.atom", "upcoming.ics", "sittings.ics")]  # fmt: skip
    assert feeds == ["/en/town-0/feed.atom", *running, "/en/corrections/feed.atom"]
    assert "stored only on this device" in page
    assert "только на этом устройстве" in client.get("/ru/following/").text


def test_no_chamber_is_called_as_the_page_of_the_device() -> None:
    with pytest.raises(ValidationError):
        check_not_reserved("following")


def test_the_script_is_small_and_asks_nobody_but_this_site() -> None:
    with open(str(finders.find("follow.js"))) as file:
        script = file.read()

    assert len(script.encode()) <= 12_000
    assert "http" not in script
    assert "cookie" not in script
    assert "innerHTML" not in script
