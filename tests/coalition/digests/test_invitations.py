"""Letters with a deputy's personal link: sent once, and their address is then nowhere."""

import io
import logging
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from coalition.digests.invitations import letter_of, send_invitation, send_invitations
from coalition.digests.posting import Post
from deputies.votes.enums import Position
from pledges.findings.actions import ask, dismiss, sweep, take_up
from pledges.findings.models import Finding
from pledges.tracker.actions import revoke, token_of
from pledges.tracker.models import Invitation
from tests import build
from tests.coalition.digests.sink import Sink, part

pytestmark = pytest.mark.django_db
OFFICE = "Office.District16@example.org"


def link(**more: Any) -> Invitation:
    house = build.chamber(is_invented=True)
    person, platform = build.deputy(house, "Ada Example"), build.platform(house)
    return build.invitation(person, platform, **{"email": OFFICE, **more})


def everything_stored() -> str:
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - a name of ours
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows).casefold()


def test_a_letter_goes_out_once_and_its_address_is_gone(sink: Sink) -> None:
    made = link()
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    logging.getLogger().addHandler(handler)
    assert OFFICE.casefold() in everything_stored()

    sent = [send_invitations(at=build.LATER) for _ in range(2)]

    logging.getLogger().removeHandler(handler)
    made.refresh_from_db()
    assert (sent, made.sent_at, made.email) == ([1, 0], build.LATER, "")
    assert [envelope.rcpt_tos for envelope in sink.envelopes] == [[OFFICE]]
    assert "example.org" not in everything_stored().replace("https://example.org", "")
    assert "example.org" not in lines.getvalue()


@pytest.mark.parametrize(("lang", "subject"), [("en", "A letter to the deputy"), ("ru", "Письмо депутату")])
def test_the_envelope_is_neutral_and_both_parts_hold_the_link(sink: Sink, lang: str, subject: str) -> None:
    made = link(language=lang)

    send_invitations(at=build.LATER)

    (letter,) = sink.letters
    address = f"/word/{token_of(made)}/"
    text, html = part(letter, "plain"), part(letter, "html")
    assert letter["Subject"] == subject
    assert made.nonce not in str(letter["Message-ID"])
    assert (text.count(address), html.count(address)) == (1, 2)
    assert max(len(line) for line in text.splitlines() if "://" not in line) <= 70
    assert [word for word in ("<img", "<script", "src=") if word in html] == []


def test_what_the_letter_says_in_a_terminal(sink: Sink, settings: Settings) -> None:
    settings.CONTACT = "desk@example.net"
    made = link()
    coalition, platform = made.platform.coalition.name_en, made.platform.published
    assert platform is not None

    send_invitations(at=build.LATER)

    text = " ".join(part(sink.letters[0], "plain").split())
    for words in (
        "Ada Example",
        "This is an example: the chamber and everybody in it are invented.",
        f"{coalition} keeps a public record",
        f"“{platform.title_en}”",
        "The link works until 1 July 2024.",
        "You may say nothing.",
        "On paper",
        "desk@example.net",
    ):
        assert words in text


def test_a_server_that_is_busy_is_asked_again(sink: Sink) -> None:
    made = link()
    sink.to_letter.append("451 Try later")

    first = send_invitations(at=build.LATER)
    made.refresh_from_db()
    assert (first, made.sent_at, made.email) == (0, None, OFFICE)

    assert send_invitations(at=build.LATER) == 1


def test_a_refused_address_is_forgotten_and_its_letter_is_for_print(sink: Sink) -> None:
    made = link()
    sink.to_recipient.append("550 Nobody here")

    assert send_invitations(at=build.LATER) == 0

    made.refresh_from_db()
    assert (made.sent_at, made.email, sink.envelopes) == (None, "", [])


@pytest.mark.parametrize("how", ["revoked", "over", "in print"])
def test_no_letter_goes_out_without_a_working_link_or_an_address(sink: Sink, how: str) -> None:
    made = link(email="" if how == "in print" else OFFICE)
    at = made.expires_at if how == "over" else build.LATER
    if how == "revoked":
        revoke(invitation=made, at=build.AT)

    assert send_invitations(at=at) == 0

    made.refresh_from_db()
    assert (made.sent_at, made.email, sink.envelopes) == (None, "", [])


@pytest.mark.parametrize("letters", [1, 3])
def test_many_letters_take_one_connection(sink: Sink, letters: int) -> None:
    house = build.chamber()
    platform = build.platform(house)
    for n in range(letters):
        build.invitation(build.deputy(house), platform, email=f"office{n}@example.org")

    assert send_invitations(at=build.LATER) == letters
    assert len(sink.envelopes) == letters


def test_a_letter_that_another_worker_has_sent_is_left_alone(sink: Sink) -> None:
    made = link()
    with Post() as post:
        sent = [send_invitation(invitation_id=made.pk, at=build.LATER, post=post) for _ in range(2)]

    assert (sent, len(sink.envelopes)) == ([True, False], 1)


def test_a_letter_sent_again_after_a_crash_is_known_by_its_id() -> None:
    made = link()
    first, second = letter_of(made), letter_of(made)

    assert dict(first.headers)["Message-ID"] == dict(second.headers)["Message-ID"]
    assert dict(first.headers)["Message-ID"] != dict(letter_of(link()).headers)["Message-ID"]


def test_a_letter_about_what_is_not_asked_any_more_stays_here_and_stops_no_other(sink: Sink) -> None:
    house = build.chamber()
    demand = build.platform(house).demands.get()
    person = build.deputy(house, "Ada Example")
    build.signature(person, demand, build.START.date())
    build.link(demand, build.vote(house, {person: Position.AGAINST}))
    sweep(at=build.AT)
    finding = take_up(finding=Finding.objects.get(), by=None, at=build.AT, vouched=True)
    finding = ask(finding=finding, by=None, at=build.AT, email=OFFICE)
    link(email="other@example.org")

    dismiss(finding=finding, reason_ru="Ошибка.", reason_en="A mistake.")

    assert send_invitations(at=build.LATER) == 1
    assert [envelope.rcpt_tos for envelope in sink.envelopes] == [["other@example.org"]]
    assert not Invitation.objects.exclude(email="").exists()
