"""A real SMTP server in a thread of the test, which keeps what it takes and can be told to refuse."""

import email
import email.policy
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings


class Sink:
    """Letters taken, and what to say to the next recipients and letters; "" is a hang-up."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.to_recipient: list[str] = []
        self.to_letter: list[str] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list[str]) -> str:
        answer = self.to_recipient.pop(0) if self.to_recipient else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(to)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.to_letter.pop(0) if self.to_letter else "250 OK"
        if answer.startswith("250"):
            self.envelopes.append(envelope)
        return answer

    @property
    def letters(self) -> list[EmailMessage]:
        """What was taken, read by a parser that raises on every defect."""
        return [_parsed(envelope.content) for envelope in self.envelopes]


def _parsed(content: bytes | str | None) -> EmailMessage:
    assert isinstance(content, bytes)
    letter = email.message_from_bytes(content, policy=email.policy.strict)
    assert isinstance(letter, EmailMessage)
    return letter


@contextmanager
def running_sink(settings: Settings, **options: Any) -> Iterator[Sink]:
    """A sink that the settings name as the mail server; `options` are aiosmtpd's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    try:
        yield sink
    finally:
        controller.stop()


def part(letter: EmailMessage, subtype: str) -> str:
    body = letter.get_body([subtype])
    assert body is not None
    words: str = body.get_content()
    return words.replace("\r\n", "\n")


def token_in(letter: EmailMessage) -> str:
    """The token of the link in a letter."""
    found = re.search(r"/s/([\w=-]+)/", part(letter, "plain"))
    assert found
    return found[1]
