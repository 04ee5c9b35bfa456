"""Subscribing on the site, and the pages behind the links in letters."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import Settings

from coalition.digests import tasks
from coalition.digests.actions import planning, sending
from coalition.digests.models import Confirmation, Delivery, SignUp, Subscriber, Subscription
from coalition.digests.sealing import open_sealed
from coalition.pages import letters, limits
from deputies.people.models import Term
from deputies.votes.enums import Position
from tests import build
from tests.coalition.digests.build import READER, TUESDAY, asked, reader
from tests.coalition.digests.sink import Sink, running_sink, token_in

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


def snapshot() -> list[tuple[object, ...]]:
    """Every row of every table of letters."""
    rows: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for model in (SignUp, Subscriber, Confirmation, Subscription, Delivery):
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")  # noqa: S608
            rows += [tuple(bytes(c) if isinstance(c, memoryview) else c for c in row) for row in cursor.fetchall()]
    return rows


def test_subscribing_keeps_a_sealed_request_and_wakes_the_worker(client: Client, quiet_bell: list[str]) -> None:
    chamber = build.chamber(slug="moscow")

    response = client.post("/ru/subscribe/", {"email": READER, "follow": "moscow"})

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

    client.post("/en/subscribe/", {"email": READER, "follow": "moscow"})

    assert SignUp.objects.count() == 1


def test_a_deputy_can_be_followed_from_their_page(client: Client) -> None:
    chamber = build.chamber(slug="moscow")
    somebody = build.deputy(chamber, "Anna Obraztsova")
    elsewhere = build.deputy(build.chamber())
    address = f"/en/subscribe/?chamber=moscow&deputy={somebody.slug}"

    page = client.get(address).content.decode()
    client.post(address, {"email": READER, "follow": f"moscow/{somebody.slug}"})
    client.post(
        f"/en/subscribe/?chamber=moscow&deputy={elsewhere.slug}",
        {"email": READER, "follow": f"moscow/{elsewhere.slug}"},
    )

    assert f'<option value="moscow/{somebody.slug}" selected>Anna Obraztsova ({chamber.name})</option>' in page
    assert SignUp.objects.get().targets == [f"person:{chamber.pk}:{somebody.pk}"]


def test_a_deputy_whose_address_cannot_be_is_nobody(client: Client) -> None:
    build.chamber(slug="moscow")

    assert client.get("/en/subscribe/?chamber=moscow&deputy=%00").status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "spelling",
    ['"reader"@example.org', '"re\\ader"@example.org', "=?utf-8?q?reader?=@example.org", "reader@[127.0.0.1]"],
)
def test_an_address_has_one_spelling(client: Client, spelling: str) -> None:
    build.chamber(slug="moscow")

    client.post("/en/subscribe/", {"email": spelling, "follow": "moscow"})

    assert not SignUp.objects.exists()


def test_a_domain_in_any_script_is_the_same_domain(client: Client) -> None:
    build.chamber(slug="moscow")

    for address in ("reader@пример.рф", "reader@xn--e1afmkfd.xn--p1ai", "reader@XN--E1AFMKFD.xn--p1ai"):
        client.post("/ru/subscribe/", {"email": address, "follow": "moscow"})

    opened = {open_sealed(bytes(sign_up.sealed)).address for sign_up in SignUp.objects.all()}
    assert opened == {"reader@xn--e1afmkfd.xn--p1ai"}


def test_known_and_unknown_addresses_get_the_same_answer(client: Client, sink: Sink) -> None:
    chamber = build.chamber(slug="moscow")
    reader(sink, chamber)

    known = client.post("/en/subscribe/", {"email": READER, "follow": "moscow"})
    unknown = client.post("/en/subscribe/", {"email": "other@example.org", "follow": "moscow"})

    assert known.headers == unknown.headers
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


@pytest.mark.parametrize(
    "wrong",
    [{"email": "nobody"}, {"email": ""}, {"follow": "berlin"}, {"follow": "moscow/nobody"}, {"email": "a" * 300}],
)
def test_a_form_filled_wrongly_is_shown_again(client: Client, wrong: dict[str, str]) -> None:
    build.chamber(slug="moscow")

    response = client.post("/en/subscribe/", {"email": READER, "follow": "moscow"} | wrong)

    assert response.status_code == HTTPStatus.OK
    assert 'class="error"' in response.content.decode()
    assert not SignUp.objects.exists()


def test_a_robot_sees_success_and_leaves_nothing(client: Client) -> None:
    build.chamber(slug="moscow")

    response = client.post("/en/subscribe/", {"email": READER, "follow": "moscow", "website": "https://spam.example"})

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

    Client(enforce_csrf_checks=True, headers=headers).post("/en/subscribe/", {"email": READER, "follow": "moscow"})

    assert SignUp.objects.exists() is accepted


@time_machine.travel(TUESDAY, tick=False)
def test_one_network_and_everybody_together_are_limited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "PER_NETWORK", 2)
    monkeypatch.setattr(letters, "TOGETHER", 4)
    build.chamber(slug="moscow")

    def statuses(*addresses: str) -> list[int]:
        form = {"email": READER, "follow": "moscow"}
        return [client.post("/en/subscribe/", form, REMOTE_ADDR=address).status_code for address in addresses]

    assert statuses("192.0.2.1", "192.0.2.2", "192.0.2.3") == [302, 302, 429]
    assert statuses("198.51.100.1", "2001:db8::1") == [302, 429]
    answer = client.post("/en/subscribe/", {"email": READER, "follow": "moscow"})
    assert answer.headers["Retry-After"] == "3600"


def test_the_limiter_stores_no_address_and_forgets_within_the_day(client: Client, settings: Settings) -> None:
    build.chamber(slug="moscow")
    client.post("/en/subscribe/", {"email": READER, "follow": "moscow"}, REMOTE_ADDR="192.0.2.77")

    server = cache._cache.get_client()  # type: ignore[attr-defined]
    kept = {key: server.get(key) for key in server.keys(f"{settings.CACHES['default']['KEY_PREFIX']}*")}

    assert len(kept) == 3
    assert b"192.0.2" not in b"".join(key + value for key, value in kept.items())
    assert all(0 < server.ttl(key) <= limits.DAY for key in kept)


def test_subscribing_survives_the_loss_of_broker_and_cache(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_broker(*args: object, **kwargs: object) -> None:
        raise OperationalError("refused")

    build.chamber(slug="moscow")
    monkeypatch.setattr(tasks.take_sign_ups, "apply_async", no_broker)
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere?db=0"}}

    response = client.post("/en/subscribe/", {"email": READER, "follow": "moscow"})

    assert (response.status_code, SignUp.objects.count(), len(caplog.records)) == (HTTPStatus.FOUND, 1, 2)
    assert READER not in caplog.text


def test_opening_a_link_changes_nothing(client: Client, sink: Sink) -> None:
    chamber = build.chamber()
    reader(sink, chamber)
    build.platform(chamber)
    asked(build.chamber(), address="other@example.org", at=timezone.now())
    manage = _manage_token(sink)
    tokens = [token_in(letter) for letter in sink.letters] + [manage, "unknown"]
    before = snapshot()

    for token in tokens:
        for address in (f"/s/{token}/", f"/s/{token}/unsubscribe/"):
            for method in (client.get, client.head):
                response = method(address)
                assert response.headers["Cache-Control"] == "no-store"
                assert response.headers["Referrer-Policy"] == "no-referrer"
                assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
                assert "example.org" not in response.content.decode()
                assert not response.cookies

    assert snapshot() == before


def _manage_token(sink: Sink) -> str:
    """The token in a weekly letter of the one reader."""
    subscriber = Subscriber.objects.filter(stage="confirmed").get()
    followed = subscriber.subscriptions.get()
    build.vote(followed.chamber, {})
    demand = followed.chamber.coalitions.get().platforms.get().demands.get()
    build.link(demand, build.vote(followed.chamber, {build.deputy(followed.chamber): Position.FOR}))
    for _ in planning.plan_digests(at=TUESDAY):
        pass
    sending.send_waiting(at=TUESDAY, among=Delivery.objects.all())
    return token_in(sink.letters[-1])


def test_confirming_is_a_button_in_the_readers_language(client: Client, sink: Sink) -> None:
    chamber = build.chamber()
    asked(chamber, language="ru", at=timezone.now())
    address = f"/s/{token_in(sink.letters[0])}/"

    page = client.get(address)
    done = client.post(address, {"do": "confirm"})
    again = client.post(address, {"do": "confirm"})

    assert page.headers["Content-Language"] == "ru"
    assert 'value="confirm"' in page.content.decode()
    assert (done.status_code, done.headers["Location"]) == (HTTPStatus.FOUND, address)
    assert again.status_code == HTTPStatus.FOUND
    assert 'value="confirm"' not in client.get(address).content.decode()
    assert Subscriber.objects.get().stage == "confirmed"


def test_a_link_to_confirm_cannot_unsubscribe(client: Client, sink: Sink) -> None:
    asked(build.chamber(), at=timezone.now())
    token = token_in(sink.letters[0])

    client.post(f"/s/{token}/", {"do": "unsubscribe"})
    client.post(f"/s/{token}/unsubscribe/")

    assert Subscriber.objects.exists()


def test_a_reader_leaves_from_their_page(client: Client, sink: Sink) -> None:
    chamber = build.chamber()
    reader(sink, chamber)
    build.platform(chamber)
    address = f"/s/{_manage_token(sink)}/"

    assert 'value="unsubscribe"' in client.get(address).content.decode()
    assert client.post(address, {"do": "unsubscribe"}).status_code == HTTPStatus.OK

    assert snapshot() == []
    assert client.get(address).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("encoding", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_one_click_leaves_without_cookies_or_redirect_and_again(sink: Sink, encoding: str) -> None:
    chamber = build.chamber()
    reader(sink, chamber)
    build.platform(chamber)
    address = f"/s/{_manage_token(sink)}/unsubscribe/"
    body = {
        "a": "List-Unsubscribe=One-Click",
        "m": '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    }[encoding[0]]
    mail_program = Client(enforce_csrf_checks=True)

    first = mail_program.generic("POST", address, body, content_type=encoding)
    second = mail_program.generic("POST", address, body, content_type=encoding)
    unknown = mail_program.generic("POST", "/s/unknown/unsubscribe/", body, content_type=encoding)

    assert [response.status_code for response in (first, second, unknown)] == [HTTPStatus.OK] * 3
    assert first.content == second.content == unknown.content
    assert snapshot() == []


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

    offered = re.findall('<option value="([a-z]+)"', client.get("/en/subscribe/").text)

    assert offered == ["zzz", "aaa"]
