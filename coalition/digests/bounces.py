"""Reading what comes back: of whose letter, and whether there is no such address, it is full, or its reader minds.

Nothing here keeps an address: a message goes in, a token and a kind come out. What is neither a report nor a
complaint (holiday replies, challenges, people) says nothing.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from coalition.digests.enums import BounceKind

MOST_BYTES = 1_000_000  # read of a message: a report comes before the letter that it quotes
_TOKEN = re.compile(r"\+([0-9a-f]{32})@")
_RECIPIENT = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_STATUS = re.compile(r"\b[45]\.[1-7]\.\d{1,3}\b")
_CODE = re.compile(r"\b[45]\d\d\b")
# No such mailbox or domain, or mailbox closed (RFC 3463, RFC 5321); the rest of 5 blames the letter or its sender.
_NO_SUCH_ADDRESS = re.compile(r"5\.1\.(?![78]$)\d+|5\.2\.1|5\.4\.[14]|55[013]")
_DAEMON = re.compile(r"\b(mailer-daemon|postmaster)@", re.IGNORECASE)
_CAME_BACK = re.compile(
    r"\s*(undeliver|returned mail|failure notice|mail delivery (failed|failure)|delivery status notification \(fail)",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"delay|warning", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Returned:
    """That the letter whose envelope carried `token` came back, and how."""

    token: str
    kind: BounceKind


def kind_of(words: str) -> BounceKind | None:
    """What a mail server's refusal says of the address; None if it has neither a code nor a status.

    Only "there is no such address" is hard. Full boxes, spam filters and blocked senders are soft: else one filter
    that dislikes us would have every reader behind it erased.
    """
    said = _STATUS.search(words) or _CODE.search(words)
    if said is None:
        return None
    return BounceKind.HARD if _NO_SUCH_ADDRESS.fullmatch(said[0]) else BounceKind.SOFT


def read(content: bytes) -> Returned | None:
    """What a message says of one of our letters; None for any other message, however broken."""
    try:
        message = email.message_from_bytes(content[:MOST_BYTES])
        token = _token(message)
        kind = _kind(message) if token else None
    except Exception:  # hostile input trips the parser in many ways, and all mean that it is no report
        return None
    return Returned(token, kind) if kind else None


def _token(message: Message) -> str:
    """From the address it came back to; a complaint may come elsewhere and quotes the envelope."""
    values = [value for name in _RECIPIENT for value in message.get_all(name, [])]
    for complaint in _parts(message, "message/feedback-report"):
        values += complaint.get_all("Original-Mail-From", [])
        values += [value for letter in _parts(message, "message/rfc822") for value in letter.get_all("Return-Path", [])]
    return next((found[1] for value in values if (found := _TOKEN.search(str(value)))), "")


def _kind(message: Message) -> BounceKind | None:
    if any(_parts(message, "message/feedback-report")):
        return BounceKind.COMPLAINT
    if reports := list(_parts(message, "message/delivery-status")):
        failed = [report for report in reports if _says(report, "Action") == "failed"]
        kinds = {kind_of(f"{_says(report, 'Status')} {_says(report, 'Diagnostic-Code')}") for report in failed}
        return BounceKind.HARD if BounceKind.HARD in kinds else BounceKind.SOFT if failed else None
    subject, robot = _says(message, "Subject"), _says(message, "Auto-Submitted").startswith("auto-replied")
    from_daemon = bool(_DAEMON.search(_says(message, "From"))) or "X-Failed-Recipients" in message
    came_back = from_daemon or (bool(_CAME_BACK.match(subject)) and not robot)
    return BounceKind.SOFT if came_back and not _DELAYED.search(subject) else None


def _parts(message: Message, content_type: str) -> Iterator[Message]:
    """The groups of fields in the parts of a type, or the message that such a part quotes."""
    for part in message.walk():
        inside = part.get_payload() if part.get_content_type() == content_type else None
        if isinstance(inside, list):
            yield from (group for group in inside if isinstance(group, Message))


def _says(message: Message, field: str) -> str:
    return str(message.get(field, "")).strip().casefold()
