"""Letters as they go over the wire, read by a real parser."""

import datetime as dt
import email
import email.policy
from email.message import EmailMessage

import pytest
from pytest_django import Settings

from coalition.digests.messages import Letter, headers_of, list_headers
from coalition.digests.sealing import TOKEN_LENGTH, Sealed, bounce_token

AT = dt.datetime(2026, 11, 24, 7, tzinfo=dt.UTC)
SEALED = Sealed("reader@example.org", "t" * TOKEN_LENGTH)
TEXT = "Сводка за неделю\n" + "Длинная строка без конца. " * 60 + "\n"


def letter(**more: str) -> Letter:
    headers = headers_of(SEALED, "2026-W48", "ru") + list_headers("https://example.org/s/" + "x" * 120 + "/")
    return Letter(address=SEALED.address, subject="Сводка за неделю: 3 сообщения", text=TEXT, headers=headers, **more)


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.strict)
    assert isinstance(message, EmailMessage)
    return message


def test_both_parts_and_every_header_are_read_as_they_were_written() -> None:
    content = letter(html="<p>Сводка</p>\n").as_bytes(AT)
    message = parsed(content)

    assert (message["To"], message["Subject"]) == ("reader@example.org", "Сводка за неделю: 3 сообщения")
    assert message["Date"].datetime == AT
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()] == [TEXT, "<p>Сводка</p>\n"]
    assert b"List-Unsubscribe: <https://example.org/s/" + b"x" * 120 + b"/>\r\n" in content
    assert max(map(len, content.split(b"\r\n"))) < 998
    assert content.count(b"\n") == content.count(b"\r\n")


def test_a_letter_of_text_alone_has_one_part() -> None:
    message = parsed(letter().as_bytes(AT))

    assert (message.get_content_type(), message.is_multipart()) == ("text/plain", False)


def test_the_same_letter_is_the_same_bytes() -> None:
    assert letter(html="<p>a</p>").as_bytes(AT) == letter(html="<p>a</p>").as_bytes(AT)


def test_a_line_end_in_a_header_is_refused() -> None:
    with pytest.raises(ValueError, match="line end"):
        Letter(address="a@b.io", subject="x", text="", headers=(("List-Id", "a\nBcc: b@b.io"),)).as_bytes(AT)


def test_an_address_that_is_not_ascii_is_refused() -> None:
    with pytest.raises(UnicodeError):
        Letter(address="анна@b.io", subject="x", text="", headers=()).as_bytes(AT)


def test_the_envelope_tells_whose_letter_came_back_where_the_server_can(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL, settings.BOUNCES_COME_BACK = "Сводка <summary@example.org>", True
    bounce = bounce_token(SEALED.token)

    assert letter(bounce=bounce).sender == f"summary+{bounce}@example.org"
    assert parsed(letter(bounce=bounce).as_bytes(AT))["From"] == "Сводка <summary@example.org>"
    settings.BOUNCES_COME_BACK = False
    assert letter(bounce=bounce).sender == "summary@example.org"


def test_a_letter_is_never_printed() -> None:
    assert repr(letter()) == "Letter(…)"
    assert letter(html="<p>a</p>").as_message().alternatives[0][0] == "<p>a</p>"
