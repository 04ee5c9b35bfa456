"""What comes back, read."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.digests.bounces import MOST_BYTES, Returned, kind_of, read
from coalition.digests.enums import BounceKind
from tests.coalition.digests.returned import (
    AWAY,
    BACK,
    CHALLENGE,
    EXIM,
    GATEWAY,
    LATE,
    QMAIL,
    REPLY,
    TOKEN,
    complaint,
    report,
)  # fmt: skip

HARD, SOFT, COMPLAINT = (Returned(TOKEN, kind) for kind in (BounceKind.HARD, BounceKind.SOFT, BounceKind.COMPLAINT))


@pytest.mark.parametrize(
    ("content", "is_read_as"),
    [
        (report("5.1.1"), HARD),
        (report("5.1.10", diagnosis="550 5.1.10 RESOLVER.ADR.RecipientNotFound"), HARD),
        (report("5.4.4", diagnosis="Host or domain name not found"), HARD),
        (report("5.0.0", diagnosis="550 sorry, no mailbox here by that name"), HARD),
        (report("", diagnosis="550 5.1.1 user unknown"), HARD),
        (report("4.2.2"), SOFT),
        (report("4.4.1", diagnosis="connection timed out"), SOFT),
        (report("5.2.2", diagnosis="552 5.2.2 mailbox full"), SOFT),
        (report("5.7.1", diagnosis="550 5.7.1 [203.5.1.1] is on our list"), SOFT),
        (report("5.1.8", diagnosis="550 sender rejected"), SOFT),
        (report("5.0.0"), SOFT),
        (report(""), SOFT),
        (report("4.4.1", action="delayed"), None),
        (report("2.0.0", action="delivered"), None),
        (complaint(), COMPLAINT),
        (complaint(mail_from=""), COMPLAINT),
        (complaint(to=f"To: <{BACK}>", mail_from=""), COMPLAINT),
        (QMAIL, SOFT),
        (EXIM, SOFT),
        (GATEWAY, SOFT),
        (LATE, None),
        (AWAY, None),
        (CHALLENGE, None),
        (REPLY, None),
        (b"", None),
    ],
)
def test_a_message_says_what_became_of_whose_letter(content: bytes, is_read_as: Returned | None) -> None:
    assert read(content) == is_read_as
    assert read(content.replace(b"\r\n", b"\n")) == is_read_as


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To", "To"])
def test_whose_it_was_is_read_from_where_it_came_back_to(header: str) -> None:
    assert read(report("5.1.1", to=f"{header}: {BACK}")) == HARD


@pytest.mark.parametrize("to", ["", "To: <summary@letters.example>", f"Cc: <{BACK}>", f"To: <{BACK[:20]}>", "To: \xff"])
def test_without_a_token_it_is_nobodys(to: str) -> None:
    assert read(report("5.1.1", to=to)) is None


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("550 no such user", BounceKind.HARD),
        ("553 not allowed", BounceKind.HARD),
        ("550 5.7.26 unauthenticated", BounceKind.SOFT),
        ("552 too big", BounceKind.SOFT),
        ("554 no", BounceKind.SOFT),
        ("451 later", BounceKind.SOFT),
        ("it did not work", None),
        ("", None),
    ],
)
def test_only_no_such_address_is_hard(words: str, kind: BounceKind | None) -> None:
    assert kind_of(words) is kind


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 1200), st.integers(0, 400))
def test_broken_messages_are_read_or_passed_over(noise: bytes, start: int, length: int) -> None:
    """Bytes of any kind, put into a good report anywhere."""
    good = report("5.1.1")

    for broken in (noise, good[:start] + noise + good[start + length :], good[:start]):
        assert read(broken) in (None, HARD, SOFT)


def test_hostile_messages_take_no_time() -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(10_000))
    headers = b"To: a@b\n" * 60_000
    started = time.perf_counter()

    assert [read(to + hostile) for hostile in (nested, headers) for to in (b"", f"To: {BACK}\n".encode())] == [None] * 4
    assert read(report("5.1.1") + b"x" * 5 * MOST_BYTES) == HARD
    assert time.perf_counter() - started < 10
