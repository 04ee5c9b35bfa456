"""What goes wrong is logged at its most talkative without an address, a token, a network or a browser."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.test import Client
from pytest_django import Settings

from coalition.digests import tasks
from coalition.digests.actions import signing
from coalition.digests.models import SignUp
from coalition.digests.sealing import open_sealed
from coalition.logs import Discreet
from tests import build
from tests.coalition.digests.build import AT, READER
from tests.coalition.digests.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]
SECRETS = (READER, READER.lower(), READER.partition("@")[0], "203.0.113.77", "Spyglass")


@contextmanager
def log() -> Iterator[io.StringIO]:
    """What a site would log at DEBUG, but for the tests' own mail server."""
    form: dict[str, Any] = dict(site_settings.LOGGING)["formatters"]["line"]  # type: ignore[index]
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(Discreet(form["format"], style=form["style"]))
    handler.addFilter(lambda record: record.name != "mail.log")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def said(lines: io.StringIO, *more: str) -> list[str]:
    return [secret for secret in (*SECRETS, *more) if secret in lines.getvalue()]


def sign_up() -> str:
    """The token of the letter that will answer."""
    house = build.chamber()
    asked = signing.sign_up(address=READER, language="en", targets=[f"chamber:{house.pk}"], at=AT)
    return open_sealed(bytes(asked.sealed)).token


@pytest.mark.parametrize(
    "answer", [f"450 <{READER}> is greylisted", f"550 5.1.1 <{READER}> unknown", f"552 {READER} is over quota", ""]
)
def test_what_a_mail_server_says_of_an_address_is_not_logged(sink: Sink, answer: str) -> None:
    token = sign_up()
    sink.to_recipient = [answer]

    with log() as lines:
        signing.take_sign_ups(at=AT)

    assert "sign-up" in lines.getvalue()
    assert said(lines, token) == []


@pytest.mark.parametrize("answer", [f"451 {READER} later", f"554 {READER} is not wanted"])
def test_what_it_says_of_a_letter_is_not_logged(sink: Sink, answer: str) -> None:
    token = sign_up()
    sink.to_letter = [answer]

    with log() as lines:
        signing.take_sign_ups(at=AT)

    assert "sign-up" in lines.getvalue()
    assert said(lines, token) == []


def test_a_failure_while_a_letter_is_written_names_no_reader(settings: Settings, sink: Sink) -> None:
    token = sign_up()
    settings.SITE_URL = None  # whatever words a link fails with the address at hand

    with log() as lines:
        tasks.take_sign_ups.apply()

    assert "Traceback" in lines.getvalue()
    assert "sealed" in lines.getvalue()
    assert said(lines, token) == []
    assert SignUp.objects.count() == 1


def test_a_failure_at_the_form_names_no_reader_and_reaches_no_mailbox(settings: Settings) -> None:
    house = build.chamber(slug="town")
    settings.SEALING_PUBLIC_KEY_FILE = None
    settings.ADMINS = [("Anna", "admin@example.org")]
    client = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.77", headers={"User-Agent": "Spyglass/7"})

    with log() as lines:
        answer = client.post("/en/subscribe/", {"email": READER, "follow": f"chamber:{house.pk}"})

    assert answer.status_code == 500
    assert READER not in answer.text
    assert "Internal Server Error: /en/subscribe/" in lines.getvalue()
    assert said(lines) == []
    assert mail.outbox == []
    assert (site_settings.DEBUG, logging.getLogger("django").handlers) == (False, [])
