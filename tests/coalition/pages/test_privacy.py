"""What the privacy page says, held to what the code stores, sets, logs and erases."""

import datetime as dt
import io
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, models
from django.test import Client, override_settings

from coalition.accounts.models import User
from coalition.desk.changes import kept_models
from coalition.digests.actions import expiring, signing
from coalition.digests.models import (
    Address,
    Bounce,
    Confirmation,
    Delivery,
    MailRoom,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
)  # fmt: skip
from coalition.digests.reports import CONFIRM_WITHIN
from coalition.digests.reports import FEWEST_SHOWN as FEWEST_SUBSCRIBERS
from coalition.logs import Discreet
from coalition.pages.limits import DAY, HOUR, network_of
from deputies.journal.models import Dispute, Evidence
from pledges.tracker.models import Answer, Asked, Invitation
from pledges.tracker.reports.answers import FEWEST_SHOWN
from tests import build
from tests.coalition.pages.addresses import addresses
from tests.coalition.pages.build import town

pytestmark = pytest.mark.django_db
CHANGED = "the table has other columns now: does the privacy page still say what is kept?"
STORED: dict[type[models.Model], str] = {
    SignUp: "id attempts next_try_at sealed language targets asked_at",
    Subscriber: "id token_hash bounce_hash stage language rhythm timezone at_once sign_of_life plain_subject"
    " confirmed_at kept_at paused_until watermark next_digest_at",
    Address: "subscriber_id sealed blind_index",
    Subscription: "id subscriber_id what chamber_id person_id district_id demand_id asked_at confirmed_at after_event"
    " ends_at",
    Suppression: "id mark reason until",
    Bounce: "id bounce_hash kind at taken_at",
    MailRoom: "id stopped_at reason minute taken",
    Confirmation: "id subscriber_id token_hash sent_at used_at",
    Delivery: "id attempts next_try_at subscriber_id kind period after_event until_event told state planned_at sent_at",
    Dispute: "id year running token_hash chamber roll_call person page shown should_say text claims_office confirmed_at"
    " confirmed_how filed_at answer_by held is_released state outcome_ru outcome_en closed_at handled_by_id",
    Evidence: "id dispute_id digest url title media_type content",
    Invitation: "id platform_id person_id nonce email language made_by_id made_at expires_at sent_at revoked_at",
    Answer: "id invitation_id kind demand_id roll_call_id text language criterion due_on received_at state"
    " confirmed_by_id confirmed_how confirmed_at published_by_id published_at set_aside_why vouched pledge_id"
    " signature_id",
    Asked: "id person_id demand_id day count",
    User: "id password last_login is_superuser username first_name last_name email is_staff is_active date_joined"
    " display_name organisation_id",
}


def said(client: Client, page: str = "privacy/") -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(f"/en/{page}").text).split())


@pytest.mark.parametrize("model", STORED, ids=lambda model: model.__name__)
def test_tables_of_readers_hold_what_the_page_says(model: type[models.Model]) -> None:
    assert [field.column for field in model._meta.concrete_fields] == STORED[model].split(), CHANGED


def test_no_other_table_is_about_readers() -> None:
    letters = {model for model in STORED if model._meta.app_label == "digests"}
    assert set(apps.get_app_config("digests").get_models()) == letters


@pytest.mark.parametrize(
    "sentence",
    [
        "Reading this site needs no account and sets no cookie.",
        f"An address that is not confirmed is erased after {['', 'seven'][CONFIRM_WITHIN.days == 7]} days.",
        f"a session ends after {['', 'eight'][settings.SESSION_COOKIE_AGE == 8 * 3600]} hours at the latest.",
        f"counted by network for {['', 'an hour'][HOUR == 3600]}.",
        f"counted by e-mail address as well, for {['', 'a day'][DAY == 24 * HOUR]}",
        f"thrown away within {['', 'a day'][DAY == 24 * HOUR]}.",
        f"fewer than {['', '20'][FEWEST_SUBSCRIBERS == 20]} only as that.",
        "Who entered and who reviewed a vote stays inside",
        "we keep the public address of your office until the letter is sent, then it is erased.",
        f"a number below {FEWEST_SHOWN} is not shown.",
    ],
)
def test_numbers_on_the_page_are_those_of_the_code(client: Client, sentence: str) -> None:
    assert sentence in said(client)


WORDS = {  # of the list of what is kept about a subscriber, by the columns they speak of
    Subscriber: {
        "fingerprints of the links in your letters": "token_hash bounce_hash",
        "language, rhythm, time zone and the other choices": "language rhythm timezone at_once sign_of_life"
        " plain_subject paused_until next_digest_at",
        "when you confirmed, when you last said to go on": "stage confirmed_at kept_at",
        "which letters were sent": "watermark",
    },
    Address: {"the address, sealed": "subscriber_id sealed", "a fingerprint of it": "blind_index"},
}


@pytest.mark.parametrize("model", WORDS, ids=lambda model: model.__name__)
def test_the_list_of_what_is_kept_leaves_no_column_out(client: Client, model: type[models.Model]) -> None:
    columns = {column for named in WORDS[model].values() for column in named.split()}

    assert columns | {"id"} == set(STORED[model].split()) | {"id"}
    assert [words for words in WORDS[model] if words not in said(client)] == []


def test_what_is_said_of_a_thief_is_so(client: Client) -> None:
    """A copy of the database holds no address in the clear, and no key; the website has none that opens one."""
    town = f"chamber:{build.chamber().pk}"
    asked = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    signing.sign_up(address="planted@example.org", language="ru", targets=[town], at=asked)
    signing.take_sign_ups(at=asked)
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'digests%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")  # noqa: S608
            ((held,),) = cursor.fetchall()
            assert b"planted".hex() not in (held or "")
            assert "planted" not in (held or "")

    assert Subscriber.objects.count() == Address.objects.count() == 1
    assert "the website can write an address and not read one" in said(client, "privacy/leak/")
    assert 'href="/en/privacy/leak/"' in client.get("/en/privacy/").text


def test_no_page_of_a_reader_sets_a_cookie_or_keeps_a_session(client: Client) -> None:
    for address in addresses(town(3)):
        answer = client.get(address)
        assert (answer.cookies, "Cookie" in answer.headers.get("Vary", "")) == ({}, False), address
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)


def logged(client: Client, *paths: str) -> str:
    """What the log of a real site would hold after these requests, at its most talkative."""
    form: dict[str, Any] = dict(settings.LOGGING)["formatters"]["line"]  # type: ignore[index]
    assert form["()"] == "coalition.logs.Discreet"
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(Discreet(form["format"], style=form["style"]))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel("INFO")
    try:
        for path in paths:
            client.get(path, headers={"User-Agent": "Spyglass/7", "Referer": "https://before.example/"})
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    return lines.getvalue()


def test_the_log_notes_failures_without_the_query_the_address_and_the_browser() -> None:
    built = town(3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_freeze RENAME TO gone")  # pages of chambers fail now
    client = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.77")
    words = built.address("deputies/?q=Secretstreet")

    log = logged(client, "/en/no/where/?q=Secretstreet", words)

    assert "/en/no/where/" not in log  # an address that is not there is what somebody wrote
    assert f"Internal Server Error: {built.address('deputies/')}\n" in log
    assert [word for word in ("Secretstreet", "203.0.113", "Spyglass", "before.example") if word in log] == []


def test_a_page_that_is_read_leaves_no_line() -> None:
    built = town(3)

    assert logged(Client(), built.address("deputies/?q=Example"), built.address(), "/ru/privacy/") == ""


def test_no_server_of_ours_keeps_a_log_of_visits() -> None:
    started = "".join(Path(file).read_text() for file in ("coalition/run.py", "Dockerfile", "compose.yaml"))

    assert "gunicorn" in started
    assert re.search("access[-_]?log", started) is None


def test_the_history_holds_no_readers_and_no_words_of_reports() -> None:
    assert [table for table in kept_models() if table.startswith("digests")] == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'journal_dispute'::regclass")
        kept = [text for (text,) in cursor if "journal_keep" in text]
    assert kept
    assert all(name in text for text in kept for name in ("token_hash", "shown", "should_say", "text", "page"))


def test_the_history_keeps_neither_the_words_of_deputies_nor_what_opens_their_page() -> None:
    with connection.cursor() as cursor:
        for table, columns in (("answer", ("text", "confirmed_how", "criterion")), ("invitation", ("nonce", "email"))):
            cursor.execute(f"SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'tracker_{table}'::regclass")  # noqa: S608
            kept = [text for (text,) in cursor if "journal_keep" in text and "history" in text]
            assert kept
            assert all(f"'{name}'" in text for text in kept for name in columns)


def test_a_fingerprint_of_a_network_is_no_address(client: Client) -> None:
    cache.clear()
    built = town(1)
    form = {"email": "", "follow": f"chamber:{built.chamber.pk}"}

    client.post("/en/subscribe/", form | {"email": "somebody@example.org"}, REMOTE_ADDR="203.0.113.77")

    keys = [key.decode() for key in cache._cache.get_client().keys("*")]  # type: ignore[attr-defined]
    assert [key for key in keys if "203" in key and "203.0.113" in key] == []
    lives = {key: cache._cache.get_client().ttl(key) for key in keys if "limits" in key}  # type: ignore[attr-defined]
    assert lives
    assert max(lives.values()) <= DAY
    assert network_of(client.get("/en/privacy/", REMOTE_ADDR="203.0.113.77").wsgi_request) == "203.0.113.0/24"


def test_what_nobody_confirms_is_erased_after_a_week() -> None:
    asked = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    signing.sign_up(address="a@example.org", language="ru", targets=[], at=asked)

    expiring.forget_unconfirmed(at=asked + dt.timedelta(days=6, hours=23))
    kept = SignUp.objects.count()
    expiring.forget_unconfirmed(at=asked + dt.timedelta(days=7))

    assert (kept, SignUp.objects.count()) == (1, 0)


@override_settings(CONTACT="desk@example.org", SOURCE_URL="https://code.example.org/nakaz")
def test_who_to_write_to_and_the_licences_are_named_in_both_languages(client: Client) -> None:
    for lang in ("en", "ru"):
        about, data, privacy = (client.get(f"/{lang}/{page}/").text for page in ("about", "data", "privacy"))
        for page in (about, data):
            assert all(words in page for words in ("CC BY 4.0", "AGPL-3.0-or-later", "https://code.example.org/nakaz"))
        assert "mailto:desk@example.org" in about
        assert "mailto:desk@example.org" in privacy


def test_without_a_contact_the_pages_lead_to_the_report(client: Client) -> None:
    for page in ("about", "privacy"):
        main = client.get(f"/en/{page}/").text.partition("<main")[2].partition("</main")[0]
        assert ("mailto:" in main, 'href="/en/report/"' in main) == (False, True)
