"""Readers' pages from the cache: never older than the record, the same for everybody, and nobody's words kept."""

import datetime as dt
import logging
import re
import threading
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern
from django.utils import timezone
from pytest_django import Settings

from coalition.accounts.models import User
from coalition.pages import public as public_pages
from coalition.pages import urls
from coalition.pages.public import public
from deputies.people.models import Chamber, Mandate, Person
from deputies.votes.enums import Position
from tests import build
from tests.coalition.accounts import door
from tests.coalition.pages.addresses import addresses, pages
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db(transaction=True)

# Addresses that are no readers' pages, and why.
NOT_KEPT = {
    "front": "sends a reader on by the language of the browser",
    "health_live": "says how it is now",
    "health_ready": "says how it is now",
    "deputy_asked": "counts those who asked",
    "report": "is a form",
    "report_page": "has a secret in its address",
    "subscribe": "is a form",
    "subscribe_link": "is a form",
    "search_page": "holds a reader's words",
    "search_all": "holds a reader's words",
}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    caches["pages"].clear()


@pytest.fixture
def built() -> Town:
    return town(3, votes=3)


def queries(client: Client, address: str, **headers: str) -> tuple[int, int]:
    """The status of an answer and how many queries it took."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address, headers=headers)
    return response.status_code, len(asked)


def kept(built: Town) -> Iterator[str]:
    """The addresses without words of a reader's, and no forms."""
    for name, address in pages(built):
        if name not in NOT_KEPT and not re.search(r"\?(?!(linked|page|term)=)", address):
            yield address


def at(moment: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_every_address_of_readers_is_kept_or_says_why_not() -> None:
    named = {pattern.name: pattern.callback for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}

    unmarked = {name for name, view in named.items() if not getattr(view, "is_public", False)}

    assert unmarked == set(NOT_KEPT)


def test_every_page_comes_again_from_the_cache_and_is_not_modified(client: Client, built: Town) -> None:
    for address in kept(built):
        first = client.get(address)
        assert first.headers["Cache-Control"] == "no-cache", address
        assert {"ETag", "Last-Modified"} <= first.headers.keys(), address
        assert queries(client, address) <= (200, 1), address
        assert client.get(address).content == first.content, address
        assert queries(client, address, if_none_match=first["ETag"]) <= (304, 1), address


def test_no_two_pages_share_a_validator(client: Client, built: Town) -> None:
    pages = list(kept(built))

    assert len({client.get(address)["ETag"] for address in pages}) == len(pages)


def test_a_change_is_on_the_page_at_once(client: Client, built: Town) -> None:
    address = built.address(f"deputies/{built.people[0].slug}/")
    before = client.get(address)

    Person.objects.filter(pk=built.people[0].pk).update(name_en="Zoya Renamed")

    after = client.get(address, headers={"if-none-match": before["ETag"]})
    assert (after.status_code, "Zoya Renamed" in after.text) == (200, True)
    assert "Zoya Renamed" in client.get(built.address("deputies/")).text


def test_a_mandate_ends_on_pages_to_the_minute(client: Client, built: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = build.moment(25).replace(minute=30)
    person = built.people[0]
    Mandate.objects.filter(person=person).update(held=(build.START, ends), left="resigned")
    pages = [built.address("deputies/"), built.address(f"deputies/{person.slug}/")]
    last = [ends - dt.timedelta(seconds=1), ends - dt.timedelta(microseconds=1)]

    for address in pages:
        at(last[0], monkeypatch)
        sitting = client.get(address)
        at(last[1], monkeypatch)
        assert client.get(address, headers={"if-none-match": sitting["ETag"]}).status_code == 304
        at(ends, monkeypatch)
        left = client.get(address, headers={"if-none-match": sitting["ETag"]})
        assert left.status_code == 200
        assert left.content != sitting.content
        connection.close()


def test_another_release_serves_no_page_of_the_last_one(
    client: Client, built: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = client.get(built.address())

    monkeypatch.setattr(public_pages, "fingerprint", lambda: "another")

    assert client.get(built.address(), headers={"if-none-match": before["ETag"]}).status_code == 200


def test_the_fingerprint_follows_what_pages_show(settings: Settings) -> None:
    ours = public_pages.fingerprint()
    settings.CONTACT = "other@example.org"

    assert public_pages.fingerprint() != ours


def test_a_reader_s_words_are_in_no_page_and_no_key_of_the_cache(client: Client, built: Town) -> None:
    for query in ("q=Example", "on=2024-07-01", "q=%D0%98%D0%B2%D0%B0%D0%BD", "page=secret", "linked=12345678"):
        for page in ("deputies/", "votes/", "coalition/"):
            assert client.get(built.address(f"{page}?{query}")).status_code == 200

    kept = caches["pages"]._cache.get_client().keys("pages:*")  # type: ignore[attr-defined]
    assert [key for key in kept if b"seen" not in key] == []


def test_numbers_that_a_view_names_make_pages_of_their_own(client: Client, built: Town) -> None:
    every, linked = built.address("votes/"), built.address("votes/?linked=1")
    first = [client.get(every), client.get(linked)]

    assert first[0].content != first[1].content
    assert [client.get(every).content, client.get(linked).content] == [page.content for page in first]
    assert queries(client, linked) == (200, 1)


def test_readers_get_no_cookie_and_organisers_the_same_page(client: Client, built: Town) -> None:
    organiser = door.signed_in(User.objects.create_superuser("anna"))

    for address in addresses(built):
        for reader in (client, organiser):
            response = reader.get(address)
            assert not response.cookies, address
            assert "Vary" not in response.headers, address
        assert organiser.get(address).content == client.get(address).content, address
        caches["pages"].clear()
        assert organiser.get(address).content == client.get(address).content, address


def test_the_front_door_varies_by_language_alone(client: Client) -> None:
    assert client.get("/")["Vary"] == "Accept-Language"


def test_forms_and_secrets_are_not_kept(client: Client, built: Town) -> None:
    for address in ("/en/report/", "/en/subscribe/"):
        assert client.get(address).status_code == 200
    assert client.get("/s/unknown/")["Cache-Control"] == "no-store"

    kept = caches["pages"]._cache.get_client().keys("pages:*")  # type: ignore[attr-defined]
    assert kept == []


def test_what_is_not_there_is_not_kept_and_has_no_date(client: Client, built: Town) -> None:
    address = built.address("deputies/nobody/")
    dated = client.get(built.address())["Last-Modified"]

    missing = client.get(address, headers={"if-modified-since": dated})

    assert missing.status_code == client.get(address, headers={"if-none-match": "*"}).status_code == 404
    assert "Last-Modified" not in missing.headers


def test_a_date_alone_is_an_answer_from_the_next_second_on(
    client: Client, built: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes may fall into one second, of which the date cannot tell them apart."""
    seen = timezone.now().replace(microsecond=300_000)
    at(seen, monkeypatch)
    address = built.address()
    early = client.get(address)["Last-Modified"]
    assert client.get(address, headers={"if-modified-since": early}).status_code == 304

    at(seen + dt.timedelta(seconds=2), monkeypatch)
    assert client.get(address, headers={"if-modified-since": early}).status_code == 200
    later = client.get(address)["Last-Modified"]
    assert client.get(address, headers={"if-modified-since": later}).status_code == 304
    Chamber.objects.update(name_en="Renamed")
    assert client.get(address, headers={"if-modified-since": later}).status_code == 200


def test_head_says_the_same_as_get(client: Client, built: Town) -> None:
    shown, asked = client.get(built.address()), client.head(built.address())

    assert asked.content == b""
    assert {k: v for k, v in asked.headers.items() if k != "Content-Length"} == {
        k: v for k, v in shown.headers.items() if k != "Content-Length"
    }


def test_without_a_cache_pages_are_made_and_the_log_says_so(
    client: Client, built: Town, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = {name: {**kept, "LOCATION": "redis://127.0.0.1:1/0"} for name, kept in settings.CACHES.items()}
    with caplog.at_level(logging.WARNING, "coalition.pages.kept"):
        response = client.get(built.address())

    assert response.status_code == 200
    assert client.get(built.address(), headers={"if-none-match": response["ETag"]}).status_code == 304
    assert {record.getMessage().split(":")[0] for record in caplog.records} == {
        "the cache of pages cannot be read",
        "the cache of pages cannot be written",
    }


def test_pages_of_words_need_no_database(client: Client) -> None:
    for address in ("/en/about/", "/ru/privacy/", "/robots.txt", "/en/subscribe/sent/"):
        assert queries(client, address) == (200, 0)
        assert queries(client, address) == (200, 0)


def test_a_transaction_sees_its_own_changes(client: Client, built: Town) -> None:
    page = built.address("deputies/")
    client.get(page)
    with transaction.atomic():
        Person.objects.filter(pk=built.people[0].pk).update(name_en="Zoya Renamed")
        assert "Zoya Renamed" in client.get(page).text
        transaction.set_rollback(True)
    assert "Zoya Renamed" not in client.get(page).text


def test_a_page_read_while_somebody_publishes_is_not_kept_as_the_new_one() -> None:
    """The edition is asked for before the data: here all of a publication falls between the two."""
    chamber = build.chamber()
    Chamber.objects.update(name_en="Before")

    def rename() -> None:
        Chamber.objects.filter(pk=chamber.pk).update(name_en="After")
        connection.close()

    reading, slow = [], [threading.Thread(target=rename)]

    @public()
    def page(request: HttpRequest) -> HttpResponse:
        name = Chamber.objects.get().name_en  # read before the change, answered after it
        reading.append(name)
        if slow:
            writer = slow.pop()
            writer.start()
            writer.join(20)
        return HttpResponse(name)

    request = RequestFactory().get("/en/page/")
    answers = [page(request), page(request), page(request)]

    assert [answer.content for answer in answers] == [b"Before", b"After", b"After"]
    assert answers[0]["ETag"] != answers[1]["ETag"] == answers[2]["ETag"]
    assert reading == ["Before", "After"]


def test_readers_during_publications_see_each_number_once_it_is_committed(client: Client, built: Town) -> None:
    """Four readers all the time; whatever they were given under the last edition is what a fresh reading gives."""
    address, stop = built.address(f"deputies/{built.people[0].slug}/"), threading.Event()
    given: dict[str, bytes] = {}

    def read() -> None:
        own = Client()
        while not stop.is_set():
            response = own.get(address)
            given[response["ETag"]] = response.content
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(10):
        Person.objects.filter(pk=built.people[0].pk).update(name_en=f"Name {number}.")
        assert f"Name {number}." in client.get(address).text
    stop.set()
    for reader in readers:
        reader.join(20)

    last = client.get(address)
    caches["pages"].clear()
    assert given.get(last["ETag"], last.content) == last.content == client.get(address).content


def test_a_vote_is_kept_through_another_one_and_not_through_its_own_changes(client: Client, built: Town) -> None:
    vote = built.votes[0]
    address = built.address(f"votes/{vote.slug}/")
    client.get(address)

    other = build.vote(built.chamber, dict.fromkeys(built.people, Position.FOR))
    build.link(built.platform.demands.order_by("pk")[0], other)
    asked = queries(client, address)
    kept = client.get(address)
    caches["pages"].clear()

    assert asked <= (200, 5)  # the edition and its end, what it shows, the other tables, the bundle
    assert kept.content == client.get(address).content

    build.publish(build.draft(built.chamber, {built.people[0]: Position.AGAINST}, roll_call=vote, title_en="Corrected"))
    assert "Corrected" in client.get(address).text
    build.link(built.platform.demands.order_by("pk")[1], vote)
    fresh = client.get(address)
    caches["pages"].clear()
    assert fresh.content == client.get(address).content
    assert len(re.findall("To be adopted:", fresh.text)) == 2


@pytest.mark.parametrize("left", [b"garbage", b"12", b"[1]", b"\x80\x04K\x01."])
def test_what_cannot_be_read_of_the_cache_is_made_anew(client: Client, built: Town, left: bytes) -> None:
    address = built.address("votes/")
    page = client.get(address)
    server = caches["pages"]._cache.get_client()  # type: ignore[attr-defined]
    for key in server.keys("pages:*"):
        server.set(key, left)

    assert client.get(address).content == page.content


def test_a_map_of_the_site_is_kept_like_a_page(client: Client, built: Town) -> None:
    for address in ("/sitemap.xml", "/sitemap-votes.xml", "/sitemap-votes.xml?p=1"):
        first = client.get(address)
        assert built.votes[0].slug in first.text or "sitemap-votes" in first.text
        assert client.get(address).content == first.content
        assert queries(client, address, if_none_match=first["ETag"]) == (304, 1)


def test_one_page_is_not_kept_under_many_addresses(client: Client, built: Town) -> None:
    def kept_pages() -> int:
        return len(caches["pages"]._cache.get_client().keys("pages:*"))  # type: ignore[attr-defined]

    client.get(built.address("votes/?linked=1&page=1"))
    before = kept_pages()
    for query in (
        "page=1&linked=1",
        "page=0",
        "page=01",
        "page=1&",
        "page=1&page=1",
        "page=1&page=2",
        "linked=1&linked=1",
    ):
        assert client.get(built.address(f"votes/?{query}")).status_code == 200

    assert kept_pages() == before
