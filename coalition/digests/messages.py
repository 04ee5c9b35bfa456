"""A letter as it goes over the wire: built by hand, because composing thousands may not take the time that the
standard library's message objects take. A test reads every kind of letter with a strict parser."""

import datetime as dt
from base64 import b64encode
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime, parseaddr
from functools import cache
from hashlib import sha256

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from coalition.digests.sealing import Sealed, message_id, site_host

LINE = 76  # characters of base64 on a line
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one address; `html` is "" for one in plain text, `bounce` the token its envelope carries."""

    address: str
    subject: str
    text: str
    headers: Headers
    html: str = ""
    bounce: str = ""

    def __repr__(self) -> str:
        return "Letter(…)"

    @property
    def sender(self) -> str:
        """Of the envelope: to where the letter comes back, with a token that says whose it was."""
        own = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        name, _at, domain = own.partition("@")
        return f"{name}+{self.bounce}@{domain}" if self.bounce and settings.BOUNCES_COME_BACK else own

    def as_bytes(self, at: dt.datetime) -> bytes:
        """The message with CRLF line ends; long headers are not folded, as mail programs look for the link to leave.

        Raises UnicodeError for an address that is not ASCII, ValueError for a header with a line end.
        """
        headers = [
            ("From", _sender_words(settings.DEFAULT_FROM_EMAIL)),
            ("To", self.address.encode("ascii").decode()),
            ("Subject", _words(self.subject)),
            ("Date", format_datetime(at)),
            *self.headers,
            ("MIME-Version", "1.0"),
        ]
        if any("\n" in value or "\r" in value for _name, value in headers):
            raise ValueError("a header of a letter has a line end in it")
        head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")
        if not self.html:
            return head + _part("plain", self.text)
        edge = sha256(head).hexdigest()[:32].encode()
        kind = b'Content-Type: multipart/alternative; boundary="' + edge + b'"\r\n\r\n'
        parts = [_part("plain", self.text), _part("html", self.html)]
        return head + kind + b"".join(b"--" + edge + b"\r\n" + part for part in parts) + b"--" + edge + b"--\r\n"

    def as_message(self) -> EmailMultiAlternatives:
        """The same for a provider's own interface, which sends no bytes of ours."""
        message = EmailMultiAlternatives(self.subject, self.text, None, [self.address], headers=dict(self.headers))
        if self.html:
            message.attach_alternative(self.html, "text/html")
        options = {"track_opens": False, "track_clicks": False} | (
            {"metadata": {"bounce": self.bounce}} if self.bounce else {}
        )
        vars(message).update(options)  # anymail's; one that cannot switch tracking off takes no letter
        return message


def headers_of(sealed: Sealed, what: str, language: str) -> Headers:
    """The headers of every letter; `what` names it among those of its reader and stays the same when it is resent."""
    return (
        ("Message-ID", message_id(sealed.token, what)),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", language),
    )


def list_headers(one_click: str) -> Headers:
    """What lets a mail program leave by one click (RFC 8058)."""
    return (
        ("List-Unsubscribe", f"<{one_click}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", f"<summary.{site_host()}>"),
    )


def _part(subtype: str, words: str) -> bytes:
    coded = b64encode(words.replace("\n", "\r\n").encode())
    lines = b"\r\n".join(coded[start : start + LINE] for start in range(0, len(coded), LINE))
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    return head + lines + b"\r\n"


@cache
def _words(words: str) -> str:
    return words if words.isascii() else Header(words, "utf-8", maxlinelen=10_000).encode()


@cache
def _sender_words(sender: str) -> str:
    name, address = parseaddr(sender)
    return f"{_words(name)} <{address}>" if name else address
