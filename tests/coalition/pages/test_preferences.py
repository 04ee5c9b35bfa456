"""The pages behind the links in letters: GET changes nothing, a button changes one thing, no page shows an address."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from html import unescape
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from coalition.digests.actions import planning, sending, signing
from coalition.digests.actions.expiring import KEPT_FOR
from coalition.digests.enums import Rhythm, What
from coalition.digests.holdings import FINGERPRINTS
from coalition.digests.models import Address, Bounce, Confirmation, Delivery, SignUp, Subscriber, Subscription
from coalition.digests.reports import latest_event
from coalition.digests.rhythms import next_due
from coalition.digests.targets import Target
from coalition.pages import preferences
from deputies.people.models import Chamber
from deputies.votes.enums import Position
from tests import build
from tests.coalition.digests.build import READER, asked, owner
from tests.coalition.digests.sink import Sink, running_sink, token_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]
DAY = dt.timedelta(days=1)
CHOICES = {"rhythm": "daily", "timezone": "Etc/GMT-5", "language": "ru", "telling_subject": "on"}


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running_sink(settings) as taking:
        yield taking


@pytest.fixture
def house() -> Chamber:
    return council("Town Council", slug="town")


def council(name: str, slug: str = "") -> Chamber:
    made = build.chamber(timezone="Europe/Moscow", slug=slug)
    made.name_en, made.name_ru = name, "Горсовет"
    made.save()
    return made


def whole(house: Chamber) -> Target:
    return Target(What.CHAMBER, house.pk)


def link_of(house: Chamber, *targets: Target, ago: dt.timedelta = DAY, language: str = "en") -> str:
    """The page of somebody who confirmed a while ago."""
    return f"/s/{owner(*targets or [whole(house)], at=timezone.now() - ago, language=language)[1]}/"


def press(client: Client, page: str, do: str, **more: str) -> str:
    """Press a button as a browser without JavaScript does, and read the page that follows."""
    response = client.post(page, {"do": do, **more}, follow=True)
    assert response.status_code == HTTPStatus.OK
    return said(response.text)


def said(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2].partition("</main>")[0]).split()))


def snapshot() -> list[tuple[object, ...]]:
    """Every row of every table of letters."""
    rows: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for model in (SignUp, Subscriber, Address, Confirmation, Subscription, Delivery, Bounce):
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY 1")  # noqa: S608
            rows += [tuple(bytes(c) if isinstance(c, memoryview) else c for c in row) for row in cursor.fetchall()]
    return rows


def links_in(letter: EmailMessage) -> set[str]:
    """The addresses in a letter, as a scanner finds them: in its parts and its headers."""
    parts = [body.get_content() for kind in ("plain", "html") if (body := letter.get_body([kind]))]
    return {urlsplit(url).path for url in re.findall(r"https?://[^\s<>\"]+", "\n".join([*parts, *letter.values()]))}


def test_a_scanner_that_opens_every_address_of_every_letter_and_page_changes_nothing(
    client: Client, sink: Sink, house: Chamber
) -> None:
    now = timezone.now()
    asked(house, at=now)
    signing.confirm(token=token_in(sink.letters[-1]), at=now)
    build.link(build.platform(house).demands.get(), build.vote(house, {build.deputy(house): Position.FOR}))
    Subscriber.objects.update(next_digest_at=now)
    list(planning.plan_digests(at=now))
    sending.send_waiting(at=now, among=Delivery.objects.all())
    signing.sign_up(address=READER, language="en", targets=[], at=now)
    signing.take_sign_ups(at=now)
    asked(build.chamber(), at=now, address="other@example.org")
    assert len(sink.letters) == 4
    before = snapshot()

    found = {address for letter in sink.letters for address in links_in(letter) if "/s/" in address}
    opened: set[str] = set()
    while new := found - opened:
        for address in new:
            client.head(address)
            page = unescape(client.get(address).text)
            assert "example.org" not in page
            linked = {urljoin(address, to) for to in re.findall(r'(?:href|action)="([^"]*)"', page)}
            found |= {to for to in linked if to.startswith("/s/") or "/subscribe/" in to}
        opened |= new

    assert {address.partition("/")[2].partition("/")[2].partition("/")[2] for address in opened} >= {
        "", "?lang=ru", "data.json", "unsubscribe/", "unsubscribe/?lang=ru", "link/",
    }  # fmt: skip
    assert snapshot() == before


@pytest.mark.parametrize("rest", ["", "unsubscribe/", "data.json"])
def test_pages_of_a_token_stay_out_of_caches_logs_and_search(client: Client, house: Chamber, rest: str) -> None:
    for page in (link_of(house), "/s/unknown/"):
        response = client.get(page + rest)

        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert not response.cookies
        assert "hreflang" not in response.text.partition("</head>")[0]


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "This link no longer works"), ("ru", "Эта ссылка больше не работает")]
)
def test_an_unknown_or_expired_link_says_so_and_offers_the_form(
    client: Client, sink: Sink, house: Chamber, lang: str, words: str
) -> None:
    asked(house, at=timezone.now() - 8 * DAY)

    for token in (token_in(sink.letters[0]), "unknown"):
        for rest in ("", "unsubscribe/", "data.json"):
            response = client.get(f"/s/{token}/{rest}?lang={lang}")
            assert response.status_code == HTTPStatus.NOT_FOUND
            assert words in response.text
            assert f'href="/{lang}/subscribe/"' in response.text
        assert client.post(f"/s/{token}/", {"do": "confirm"}).status_code == HTTPStatus.NOT_FOUND
    assert not Subscriber.objects.filter(stage="confirmed").exists()


def test_confirming_is_a_button_in_the_readers_language(client: Client, sink: Sink, house: Chamber) -> None:
    asked(house, language="ru", at=timezone.now())
    page = f"/s/{token_in(sink.letters[0])}/"

    question = client.get(page)
    client.post(page, {"do": "nothing"})
    assert Subscriber.objects.get().stage == "unconfirmed"
    done = press(client, page, "confirm")
    again = press(client, page, "confirm")

    assert question.headers["Content-Language"] == "ru"
    assert [words in said(question.text) for words in ("Присылать письма?", "Горсовет")] == [True] * 2
    assert done == again
    assert [words in done for words in ("Подтверждено.", "Ваши письма", "За чем вы следите", "Не следить")] == [
        True
    ] * 4
    reader = Subscriber.objects.get()
    assert (reader.stage, reader.timezone) == ("confirmed", "Europe/Moscow")
    press(client, page, "stop", subscription=str(reader.subscriptions.get().pk))
    assert not reader.subscriptions.exists()


def test_whoever_did_not_ask_erases_everything_with_one_button(client: Client, sink: Sink, house: Chamber) -> None:
    asked(house, at=timezone.now())
    page = f"/s/{token_in(sink.letters[0])}/"

    assert "It was not me: erase the address" in client.get(page).text
    assert "The address it belonged to is erased" in press(client, page, "unsubscribe")

    assert snapshot() == []


def test_a_link_to_confirm_something_more_shows_and_changes_nothing_else(
    client: Client, sink: Sink, house: Chamber
) -> None:
    link_of(house)
    asked(council("Other"), at=timezone.now())
    page = f"/s/{token_in(sink.letters[0])}/"

    assert "Town Council" not in said(client.get(page).text)
    for do, more in (("choose", CHOICES), ("pause", {"months": "1"}), ("keep", {})):
        client.post(page, {"do": do, **more})
    reader = Subscriber.objects.get()
    assert (reader.rhythm, reader.paused_until, reader.subscriptions.confirmed().count()) == ("weekly", None, 1)

    assert all(name in press(client, page, "confirm") for name in ("Town Council", "Other"))


@pytest.mark.parametrize("count", [1, 3, 45])
def test_what_is_followed_is_listed_each_with_its_button_and_in_few_queries(
    client: Client, house: Chamber, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    demand = build.platform(house).demands.get()
    people = [Target(What.PERSON, house.pk, build.deputy(house, f"Ada Example {n}").pk) for n in range(count - 1)]
    page = link_of(house, Target(What.DEMAND, house.pk, demand.pk), *people)

    with django_assert_max_num_queries(12):
        text = client.get(page).text

    assert text.count(">Stop following</button>") == count
    assert [label in said(text) for label in ("The demand “Demand 1” (Town Council)", "Ada Example 0 (Town")] == [
        True,
        count > 1,
    ]


def test_following_ends_for_one_thing_of_ones_own(client: Client, house: Chamber) -> None:
    mine = owner(whole(house), Target(What.UPCOMING, house.pk), at=timezone.now())
    theirs, _ = owner(whole(house), at=timezone.now(), address="other@example.org")
    page, first = f"/s/{mine[1]}/", mine[0].subscriptions.order_by("pk")[0]

    for subscription in (str(first.pk), str(first.pk), str(theirs.subscriptions.get().pk), "x", "9" * 30):
        press(client, page, "stop", subscription=subscription)

    assert [one.what for one in Subscription.objects.order_by("pk")] == ["upcoming", "chamber"]


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_another_rhythm_and_zone_move_the_next_digest_and_lose_nothing(
    client: Client, house: Chamber, rhythm: Rhythm
) -> None:
    reader, token = owner(whole(house), at=timezone.now() - DAY)
    Subscriber.objects.update(watermark=7)

    page = press(client, f"/s/{token}/", "choose", **CHOICES | {"rhythm": rhythm.value, "at_once": "on"})

    reader.refresh_from_db()
    kept = (reader.rhythm, reader.timezone, reader.language, reader.watermark)
    assert kept == (rhythm.value, "Etc/GMT-5", "ru", 7)
    assert (reader.at_once, reader.sign_of_life, reader.plain_subject) == (True, False, False)
    assert reader.next_digest_at == next_due(rhythm, timezone.now(), ZoneInfo("Etc/GMT-5"))
    assert "Сохранено." in page
    assert ("UTC+5" in page, "Сводок не будет" in page) == (True, rhythm is Rhythm.URGENT)
    if reader.next_digest_at:
        assert f"{reader.next_digest_at.astimezone(reader.zone):%H:%M}" in str(preferences.RHYTHMS[rhythm])


@pytest.mark.parametrize(
    "wrong",
    [
        {"rhythm": "hourly"}, {"timezone": "Mars/Olympus"}, {"timezone": "/etc/passwd"}, {"language": "de"},
        {"rhythm": "urgent", "at_once": ""}, {"rhythm": ""},
    ],
)  # fmt: skip
def test_a_choice_that_is_not_offered_is_refused(client: Client, house: Chamber, wrong: dict[str, str]) -> None:
    page = link_of(house)
    before = snapshot()

    response = client.post(page, {"do": "choose"} | CHOICES | wrong)

    assert 'class="error"' in response.text
    assert snapshot() == before


def test_zones_are_those_of_chambers_by_name_and_every_offset(house: Chamber) -> None:
    council("Duma")
    reader, _ = owner(whole(house), at=timezone.now())
    at = dt.datetime(2026, 1, 5, 12, 20, tzinfo=dt.UTC)

    offered = dict(preferences.zones(reader, at))

    names = list(offered)
    assert [names[0], names[1], names[-1]] == ["Europe/Moscow", "Etc/GMT+12", "Etc/GMT-14"]
    assert sorted(offered["Europe/Moscow"].partition(" · ")[2].split(", ")) == ["Duma", "Town Council"]
    assert offered["Etc/GMT+12"] == "UTC−12, now 00:20"
    assert offered["Asia/Kolkata"] == "UTC+5:30, now 17:50"
    assert offered["UTC"] == "UTC, now 12:20"
    assert len(offered) == 1 + 27 + 8


def test_a_pause_puts_the_digest_off_and_ends_by_a_button(client: Client, house: Chamber) -> None:
    reader, token = owner(whole(house), at=timezone.now() - DAY)

    paused = press(client, f"/s/{token}/", "pause", months="3")
    reader.refresh_from_db()
    assert reader.paused_until
    assert reader.next_digest_at
    assert 89 * DAY < reader.paused_until - timezone.now() < 91 * DAY
    assert 0 * DAY < reader.next_digest_at - reader.paused_until <= 7 * DAY
    assert [words in paused for words in ("Paused until", "Go on now", "Pause for a month")] == [True, True, False]

    press(client, f"/s/{token}/", "pause", months="120")
    build.vote(house, {})
    resumed = press(client, f"/s/{token}/", "resume")
    reader.refresh_from_db()
    due = next_due(Rhythm.WEEKLY, timezone.now(), reader.zone)
    assert [reader.paused_until, reader.next_digest_at] == [None, due]
    assert reader.watermark == latest_event() > 0  # what a pause passed over is not told afterwards
    assert "Pause for a month" in resumed


def test_keep_me_is_asked_near_the_end_of_a_year(client: Client, house: Chamber) -> None:
    reader, token = owner(whole(house), at=timezone.now() - KEPT_FOR + 20 * DAY)
    assert "Shall the letters go on?" in client.get(f"/s/{token}/").text

    kept = press(client, f"/s/{token}/", "keep")

    reader.refresh_from_db()
    assert reader.kept_at
    assert timezone.now() - reader.kept_at < DAY
    assert ("Thank you." in kept, "Shall the letters go on?" in kept) == (True, False)


def test_what_is_kept_is_told_in_words_and_as_a_file_with_every_column(client: Client, house: Chamber) -> None:
    now = timezone.now()
    reader, token = owner(whole(house), Target(What.SOCIAL, house.pk), at=now)
    Delivery.objects.create(subscriber=reader, period="2026-W01", after_event=0, until_event=5, planned_at=now)
    Confirmation.objects.create(subscriber=reader, token_hash="c" * 64, sent_at=now)

    page = said(client.get(f"/s/{token}/").text)
    response = client.get(f"/s/{token}/data.json")
    kept = json.loads(response.content)

    assert response.headers["Content-Disposition"] == 'attachment; filename="letters.json"'
    rows = {Subscriber: [kept["reader"]], Subscription: kept["follows"], Delivery: kept["letters"],
            Confirmation: kept["links_sent"]}  # fmt: skip
    for model, of_model in rows.items():
        columns = {field.column for field in model._meta.concrete_fields} - FINGERPRINTS
        assert [set(row) - {"label"} for row in of_model] == [columns] * len(of_model), model
    assert [len(of_model) for of_model in rows.values()] == [1, 2, 1, 1]
    assert [row["label"] for row in kept["follows"]] == ["Town Council", "social demands (Town Council)"]
    assert "cannot read it" in kept["address"]
    assert [words in page for words in ("What we know about you", "1 letter was planned", "a letter came back")] == [
        True
    ] * 3
    assert not {READER, token, reader.token_hash} & set(re.findall(r"[\w.@-]+", response.text + page))


def test_the_switch_of_language_changes_nothing_that_is_kept(client: Client, house: Chamber) -> None:
    page = link_of(house)
    before = snapshot()

    english, russian = client.get(page), client.get(f"{page}?lang=ru")

    assert 'href="?lang=ru"' in english.text
    assert (russian.headers["Content-Language"], "Ваши письма" in russian.text) == ("ru", True)
    assert snapshot() == before
    posted = client.post(f"{page}?lang=ru", {"do": "resume"})
    assert posted.headers["Location"] == f"{page}?lang=ru&done=resume"


def test_a_reader_leaves_from_their_page_and_is_told_so_twice(client: Client, house: Chamber) -> None:
    page = link_of(house)

    first, second = press(client, page, "unsubscribe"), press(client, page, "unsubscribe")

    assert first == second
    assert "This was done at once" in first
    assert snapshot() == []
    assert client.get(page).status_code == HTTPStatus.NOT_FOUND


ONE_CLICK = {
    "application/x-www-form-urlencoded": "List-Unsubscribe=One-Click",
    "multipart/form-data; boundary=b": (
        '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    ),
}


@pytest.mark.parametrize("rest", ["unsubscribe/", "unsubscribe"])
@pytest.mark.parametrize("encoding", ONE_CLICK)
def test_one_click_leaves_without_cookies_or_redirect_and_again(house: Chamber, encoding: str, rest: str) -> None:
    page = link_of(house)
    mail_program = Client(enforce_csrf_checks=True)

    first, second, unknown = (
        mail_program.generic("POST", address + rest, ONE_CLICK[encoding], content_type=encoding)
        for address in (page, page, "/s/unknown/")
    )

    assert [response.status_code for response in (first, second, unknown)] == [HTTPStatus.OK] * 3
    assert first.content == second.content == unknown.content
    assert snapshot() == []


@pytest.mark.parametrize(
    ("rhythm", "slower", "words"),
    [
        ("daily", "weekly", "Write to me weekly"),
        ("weekly", "monthly", "Write to me monthly"),
        ("monthly", "urgent", "Write to me only what cannot wait"),
        ("urgent", "", ""),
    ],
)
def test_the_page_to_leave_offers_fewer_letters_and_a_pause_first(
    client: Client, house: Chamber, rhythm: str, slower: str, words: str
) -> None:
    reader, token = owner(whole(house), at=timezone.now())
    press(client, f"/s/{token}/", "choose", **CHOICES | {"rhythm": rhythm, "at_once": "on", "language": "en"})

    page = client.get(f"/s/{token}/unsubscribe/").text

    assert f'<form method="post" action="/s/{token}/?lang=en">' in page
    assert [button in page for button in ("Unsubscribe from everything", "Pause for a month", words)] == [True] * 3
    assert ('value="slower"' in page) is bool(slower)
    if slower:
        press(client, f"/s/{token}/", "slower", rhythm=re.findall('name="rhythm" value="(.*?)"', page)[0])
        reader.refresh_from_db()
        assert (reader.rhythm, reader.at_once) == (slower, True)


@pytest.mark.django_db(transaction=True)
def test_buttons_pressed_at_the_same_moment_do_not_meet(house: Chamber) -> None:
    page = link_of(house)
    presses = [{"do": "choose"} | CHOICES, {"do": "pause", "months": "1"}, {"do": "resume"}, {"do": "unsubscribe"}]

    def at_once(data: dict[str, str]) -> int:
        try:
            return Client().post(page, data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as hands:
        answers = set(hands.map(at_once, presses * 2))

    assert answers <= {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.NOT_FOUND}
    assert snapshot() == []
