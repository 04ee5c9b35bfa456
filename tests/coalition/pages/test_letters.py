"""Subscribing on the site: the same answer for every address, limits, and what is offered."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries, Settings

from coalition.digests import tasks
from coalition.digests.enums import BounceKind
from coalition.digests.models import SignUp, Suppression
from coalition.digests.sealing import open_sealed, suppression_mark
from coalition.pages import letters, limits
from deputies.people.models import Chamber, District, Term
from tests import build
from tests.coalition.digests.build import READER, TUESDAY, reader
from tests.coalition.digests.sink import Sink, running_sink
from tests.coalition.pages.build import town

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running_sink(settings) as taking:
        yield taking


@pytest.fixture(autouse=True)
def quiet_bell(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """No broker is woken: what was rung is listed, and every limit begins at nothing."""
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}
    rung: list[str] = []
    monkeypatch.setattr(tasks.take_sign_ups, "apply_async", lambda *args, **kwargs: rung.append("take_sign_ups"))
    return rung


def form(*keys: str, **more: str) -> dict[str, str | list[str]]:
    """What a reader fills in; the whole of the one chamber if nothing else is said."""
    filled: dict[str, str | list[str]] = {"email": READER, "follow": list(keys)}
    return filled | ({} if keys else {"follow": f"chamber:{Chamber.objects.get().pk}"}) | more


def ticked(client: Client, query: str = "") -> list[str]:
    """What the form offers, the boxes that are ticked marked with a plus."""
    page = client.get(f"/en/subscribe/{query}").text
    boxes = re.findall(r'value="([a-z]+:[\d:]+)" id="id_follow_\d+"( checked)?', page)
    return [("+" if checked else "") + key for key, checked in boxes]


def test_subscribing_keeps_a_sealed_request_and_wakes_the_worker(client: Client, quiet_bell: list[str]) -> None:
    chamber = build.chamber(slug="moscow")

    response = client.post("/ru/subscribe/", form())

    assert (response.status_code, response.headers["Location"]) == (HTTPStatus.FOUND, "/ru/subscribe/sent/")
    assert not response.cookies
    sign_up = SignUp.objects.get()
    assert (sign_up.language, sign_up.targets) == ("ru", [f"chamber:{chamber.pk}"])
    assert open_sealed(bytes(sign_up.sealed)).address == READER
    assert quiet_bell == ["take_sign_ups"]
    assert client.get("/ru/subscribe/sent/").status_code == HTTPStatus.OK


def test_the_web_process_subscribes_without_the_workers_keys(client: Client, settings: Settings) -> None:
    settings.SEALING_PRIVATE_KEY_FILE = settings.INDEX_KEY_FILE = None
    build.chamber(slug="moscow")

    client.post("/en/subscribe/", form())

    assert SignUp.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "ticks"),
    [
        ("", ["+chamber:{chamber}", "upcoming:{chamber}"]),
        ("?chamber=town", ["+chamber:{chamber}", "upcoming:{chamber}"]),
        ("?chamber=town&deputy={slug}", ["+person:{chamber}:{person}", "chamber:{chamber}", "upcoming:{chamber}"]),
        ("?chamber=town&district=7", ["+district:{chamber}:{district}", "chamber:{chamber}", "upcoming:{chamber}"]),
        ("?chamber=town&demand=d1", ["+demand:{chamber}:{demand}", "chamber:{chamber}", "upcoming:{chamber}"]),
        ("?chamber=town&chapter=social", ["+social:{chamber}", "chamber:{chamber}", "upcoming:{chamber}"]),
        ("?chamber=town&upcoming=1", ["+upcoming:{chamber}", "chamber:{chamber}"]),
        (
            "?follow=person:{chamber}:{person}&follow=upcoming:{chamber}&follow=person:9:9&follow=x",
            ["+person:{chamber}:{person}", "+upcoming:{chamber}", "chamber:{chamber}"],
        ),
        (
            "?chamber=town&deputy=%00&district=999999&demand=gone&chapter=red-line&follow=",
            ["+chamber:{chamber}", "upcoming:{chamber}"],
        ),
        ("?chamber=nowhere&deputy={slug}", ["+chamber:{chamber}", "upcoming:{chamber}"]),
    ],
)
def test_what_the_address_names_is_ticked_and_the_rest_of_its_chamber_offered(
    client: Client, query: str, ticks: list[str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    built = town(1, slug="town")
    district = District.objects.create(chamber=built.chamber, number=7)
    rows = {
        "chamber": built.chamber.pk,
        "person": built.people[0].pk,
        "slug": built.people[0].slug,
        "district": district.pk,
        "demand": built.platform.demands.get(slug="d1").pk,
    }

    with django_assert_max_num_queries(12):
        shown = ticked(client, query.format(**rows))

    assert shown == [tick.format(**rows) for tick in ticks]


def test_several_things_are_followed_by_one_form(client: Client) -> None:
    chamber = build.chamber(slug="moscow")
    people = [build.deputy(chamber, name) for name in ("Anna Obraztsova", "Ivan Example", "Ada Example")]
    keys = [f"person:{chamber.pk}:{person.pk}" for person in people] + [f"upcoming:{chamber.pk}"]

    client.post(f"/en/subscribe/?chamber=moscow&deputy={people[0].slug}", form(*keys))

    assert SignUp.objects.get().targets == keys


def test_nothing_ticked_is_refused_and_what_was_ticked_stays(client: Client) -> None:
    chamber = build.chamber(slug="moscow")
    person = build.deputy(chamber)

    none = client.post("/en/subscribe/", {"email": READER}).text
    wrong = client.post("/en/subscribe/", form(f"person:{chamber.pk}:{person.pk}", email="no")).text

    assert "Choose what to follow." in none
    assert f'value="person:{chamber.pk}:{person.pk}" id="id_follow_0" checked' in wrong


@pytest.mark.parametrize(
    "spelling",
    ['"reader"@example.org', '"re\\ader"@example.org', "=?utf-8?q?reader?=@example.org", "reader@[127.0.0.1]"],
)
def test_an_address_has_one_spelling(client: Client, spelling: str) -> None:
    build.chamber(slug="moscow")

    client.post("/en/subscribe/", form(email=spelling))

    assert not SignUp.objects.exists()


def test_a_domain_in_any_script_is_the_same_domain(client: Client) -> None:
    build.chamber(slug="moscow")

    for address in ("reader@пример.рф", "reader@xn--e1afmkfd.xn--p1ai", "reader@XN--E1AFMKFD.xn--p1ai"):
        client.post("/ru/subscribe/", form(email=address))

    opened = {open_sealed(bytes(sign_up.sealed)).address for sign_up in SignUp.objects.all()}
    assert opened == {"reader@xn--e1afmkfd.xn--p1ai"}


def test_every_address_gets_the_same_answer(client: Client, sink: Sink) -> None:
    chamber = build.chamber(slug="moscow")
    reader(sink, chamber)
    mark = suppression_mark("back@example.org")
    Suppression.objects.create(mark=mark, reason=BounceKind.HARD.value, until=TUESDAY)

    for path in ("/en/subscribe/", "/en/subscribe/link/"):
        answers = [client.post(path, form(email=address)) for address in (READER, "o@example.org", "back@example.org")]
        headers = {tuple(answer.headers.items()) for answer in answers}
        assert len(headers) == 1
        assert {(answer.status_code, answer.content) for answer in answers} == {(HTTPStatus.FOUND, b"")}


def test_too_many_for_one_address_are_dropped_with_the_same_answer(client: Client, quiet_bell: list[str]) -> None:
    build.chamber(slug="moscow")

    answers = [client.post("/en/subscribe/", form(email=READER)) for _ in range(letters.PER_ADDRESS)]
    answers += [client.post("/ru/subscribe/link/", form(email=READER.upper()))]
    other = client.post("/en/subscribe/", form(email="other@example.org"))

    assert {answer.status_code for answer in [*answers, other]} == {HTTPStatus.FOUND}
    assert answers[-1].headers["Location"] == "/ru/subscribe/sent/"
    assert SignUp.objects.count() == len(quiet_bell) == letters.PER_ADDRESS + 1


def test_a_reader_asks_for_their_link(client: Client, quiet_bell: list[str]) -> None:
    page = client.get("/en/subscribe/link/").text
    answer = client.post("/en/subscribe/link/", {"email": READER})

    assert 'name="follow"' not in page
    assert answer.headers["Location"] == "/en/subscribe/sent/"
    sign_up = SignUp.objects.get()
    assert (sign_up.targets, open_sealed(bytes(sign_up.sealed)).address) == ([], READER)
    assert quiet_bell == ["take_sign_ups"]


@pytest.mark.parametrize(
    "wrong",
    [{"email": "nobody"}, {"email": ""}, {"follow": ""}, {"follow": "person:1:999999"}, {"email": "a" * 300}],
)
def test_a_form_filled_wrongly_is_shown_again(client: Client, wrong: dict[str, str]) -> None:
    build.chamber(slug="moscow")

    response = client.post("/en/subscribe/", form(**wrong))

    assert response.status_code == HTTPStatus.OK
    assert 'class="error"' in response.content.decode()
    assert not SignUp.objects.exists()


def test_a_robot_sees_success_and_leaves_nothing(client: Client) -> None:
    build.chamber(slug="moscow")

    response = client.post("/en/subscribe/", form(website="https://spam.example"))

    assert response.headers["Location"] == "/en/subscribe/sent/"
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "http://127.0.0.1:8000"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_only_our_own_form_is_taken(settings: Settings, headers: dict[str, str], accepted: bool) -> None:
    build.chamber(slug="moscow")
    settings.ALLOWED_HOSTS = ["testserver"]

    Client(enforce_csrf_checks=True, headers=headers).post("/en/subscribe/", form())

    assert SignUp.objects.exists() is accepted


@time_machine.travel(TUESDAY, tick=False)
def test_one_network_and_everybody_together_are_limited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "PER_NETWORK", 2)
    monkeypatch.setattr(letters, "TOGETHER", 4)
    build.chamber(slug="moscow")

    def statuses(*addresses: str) -> list[int]:
        return [client.post("/en/subscribe/", form(), REMOTE_ADDR=address).status_code for address in addresses]

    assert statuses("192.0.2.1", "192.0.2.2", "192.0.2.3") == [302, 302, 429]
    assert statuses("198.51.100.1", "2001:db8::1") == [302, 429]
    answer = client.post("/en/subscribe/", form())
    assert answer.headers["Retry-After"] == "3600"


def test_the_limiter_stores_no_address_and_forgets_within_the_day(client: Client, settings: Settings) -> None:
    build.chamber(slug="moscow")
    client.post("/en/subscribe/", form(), REMOTE_ADDR="192.0.2.77")

    server = cache._cache.get_client()  # type: ignore[attr-defined]
    kept = {key: server.get(key) for key in server.keys(f"{settings.CACHES['default']['KEY_PREFIX']}*")}

    assert len(kept) == 4
    everything = b"".join(key + value for key, value in kept.items()).lower()
    assert [planted for planted in (b"192.0.2", READER.lower().encode()) if planted in everything] == []
    assert all(0 < server.ttl(key) <= limits.DAY for key in kept)


def test_subscribing_survives_the_loss_of_broker_and_cache(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_broker(*args: object, **kwargs: object) -> None:
        raise OperationalError("refused")

    build.chamber(slug="moscow")
    monkeypatch.setattr(tasks.take_sign_ups, "apply_async", no_broker)
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere?db=0"}}

    response = client.post("/en/subscribe/", form())

    assert (response.status_code, SignUp.objects.count(), len(caplog.records)) == (HTTPStatus.FOUND, 1, 3)
    assert READER not in caplog.text


def test_the_letter_box_shows_letters_and_runs_nothing(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.INBOX = tmp_path
    (tmp_path / "20260101T000000.000001-1.eml").write_bytes(
        b"X-Envelope-To: a@b.io\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\n<i>see</i> http://127.0.0.1:8000/s/x/\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--b--\r\n"
    )

    listed = client.get("/inbox/").content.decode()
    letter = client.get("/inbox/20260101T000000.000001-1/")
    html = client.get("/inbox/20260101T000000.000001-1/?part=html")

    assert "Hello" in listed
    assert "a@b.io" in listed
    assert '&lt;i&gt;see&lt;/i&gt; <a href="http://127.0.0.1:8000/s/x/"' in letter.content.decode()
    assert html.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert client.get("/inbox/absent/").status_code == HTTPStatus.NOT_FOUND


def test_without_a_letter_box_there_is_no_page(client: Client, settings: Settings) -> None:
    settings.INBOX = None

    assert client.get("/inbox/").status_code == HTTPStatus.NOT_FOUND


def test_a_chamber_whose_term_runs_is_offered_before_one_whose_term_has_ended(client: Client) -> None:
    ended = build.chamber(slug="aaa")
    build.chamber(slug="zzz")
    Term.objects.filter(chamber=ended).update(held=DateTimeTZRange(build.START, build.AT))

    offered = ticked(client)

    running = Chamber.objects.get(slug="zzz")
    assert offered == [f"chamber:{running.pk}", f"upcoming:{running.pk}", f"chamber:{ended.pk}"]
