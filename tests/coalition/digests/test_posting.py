"""Handing letters over, to real mail servers that refuse, hang up and die."""

import datetime as dt
import ipaddress
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from coalition.digests.enums import BounceKind
from coalition.digests.messages import Letter
from coalition.digests.posting import NotNow, Post, Refused
from tests.coalition.digests.sink import Sink, running_sink

pytestmark = pytest.mark.django_db  # whether letters are stopped is a row
ADDRESS = "anna.reader@example.org"


def letter(address: str = ADDRESS, subject: str = "Summary") -> Letter:
    return Letter(address=address, subject=subject, text="words\n", headers=(("Message-ID", "<same@example.org>"),))


def said(post: Post, one: Letter) -> str:
    """How the server's answer was understood, without the address."""
    try:
        post.send(one)
    except NotNow as problem:
        words = f"not now: {problem}"
    except Refused as refusal:
        words = f"refused: {refusal}, {refusal.kind}"
    else:
        return "sent"
    assert "anna" not in words.lower()
    return words


@pytest.mark.parametrize(
    ("to_recipient", "to_letter", "understood"),
    [
        (f"550 5.1.1 {ADDRESS} is unknown", "", "refused: code 550, hard"),
        (f"550 no such user {ADDRESS}", "", "refused: code 550, hard"),
        ("552 5.2.2 full", "", "refused: code 552, soft"),
        ("550 5.7.1 blocked", "", "refused: code 550, soft"),
        ("450 4.2.0 greylisted", "", "not now: code 450"),
        ("250 OK", "554 5.6.0 spam", "refused: code 554, soft"),
        ("250 OK", "550 it looks like spam", "refused: code 550, soft"),
        ("250 OK", "451 later", "not now: code 451"),
    ],
)
def test_an_answer_is_about_one_letter_and_the_next_goes_over_the_same_connection(
    sink: Sink, to_recipient: str, to_letter: str, understood: str
) -> None:
    sink.to_recipient, sink.to_letter = [to_recipient], [to_letter] if to_letter else []

    with Post() as post:
        assert said(post, letter()) == understood
        connection = vars(post)["_server"].connection.sock
        assert (said(post, letter()), post.is_down) == ("sent", False)
        assert vars(post)["_server"].connection.sock is connection

    assert len(sink.envelopes) == 1


@pytest.mark.parametrize("where", ["to_recipient", "to_letter"])
def test_after_a_hang_up_the_next_letter_opens_a_new_connection(sink: Sink, where: str) -> None:
    with Post() as post:
        assert said(post, letter()) == "sent"
        setattr(sink, where, ["421 4.3.2 closing"])
        assert (said(post, letter()), post.is_down) == ("not now: code 421", False)
        assert said(post, letter()) == "sent"

        post.send(letter())
        vars(post)["_server"].connection.sock.shutdown(socket.SHUT_RDWR)  # as a server does that has waited too long
        assert (said(post, letter()), post.is_down) == ("not now: SMTPServerDisconnected", False)
        assert said(post, letter()) == "sent"


def test_a_server_that_hangs_up_at_once_is_not_asked_again(sink: Sink) -> None:
    sink.to_recipient = ["421 4.3.2 closing"]

    with Post() as post:
        assert (said(post, letter()), post.is_down) == ("not now: code 421", True)


@pytest.mark.parametrize(
    "address", ["анна@example.org", "anna@пример.рф", "anna@example.org\r\nRCPT TO:<b@b.io>", "a\0@b"]
)
def test_what_is_no_address_is_refused_before_anybody_is_asked(sink: Sink, address: str) -> None:
    with Post() as post:
        assert said(post, letter(address)) == "refused: not an address, hard"

    assert vars(post)["_server"] is None


def test_a_letter_that_we_cannot_write_is_not_its_readers_fault(sink: Sink, settings: Settings) -> None:
    with Post() as post:
        assert said(post, letter(subject="a\nBcc: b@b.io")) == "not now: ValueError"
        settings.DEFAULT_FROM_EMAIL = "сводка@example.org"
        assert said(post, letter()) == "not now: UnicodeEncodeError"
        assert post.is_down is False


def test_a_server_without_starttls_gets_nothing(sink: Sink, settings: Settings) -> None:
    settings.EMAIL_USE_TLS = True

    with Post() as post:
        assert (said(post, letter()), post.is_down) == ("not now: SMTPNotSupportedError", True)

    assert sink.envelopes == []


def certificate(folder: Path) -> ssl.SSLContext:
    """Of a mail server at 127.0.0.1, signed by itself, in `folder`/cert.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.example")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - dt.timedelta(1), now + dt.timedelta(1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_a_letter_goes_over_tls_only_to_whom_the_certificate_names(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certificate(tmp_path)
    with running_sink(settings, tls_context=context, require_starttls=True) as sink:
        settings.EMAIL_USE_TLS = True

        with Post() as post:
            assert (said(post, letter()), post.is_down) == ("not now: SSLCertVerificationError", True)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        with Post() as post:
            assert said(post, letter()) == "sent"

    assert len(sink.envelopes) == 1


@contextmanager
def serving(settings: Settings, talk: Callable[[socket.socket], None]) -> Iterator[None]:
    """A server that talks with one client as it is told."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = door.getsockname()[:2]

        def serve() -> None:
            client, _ = door.accept()
            with client:
                talk(client)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            thread.join()


def test_a_server_that_dies_after_the_letter_may_have_taken_it_and_gets_it_again(settings: Settings) -> None:
    taken: list[bytes] = []

    def talk(client: socket.socket) -> None:
        client.sendall(b"220 here\r\n")
        lines = client.makefile("rb")
        for line in lines:
            client.sendall(b"354 go on\r\n" if line == b"data\r\n" else b"250 OK\r\n")
            if line == b"data\r\n":
                taken.append(b"".join(iter(lines.readline, b".\r\n")))
                break
        lines.close()

    understood = []
    for _ in range(2):
        with serving(settings, talk), Post() as post:
            understood.append(said(post, letter()))

    assert understood == ["not now: SMTPServerDisconnected"] * 2
    assert [b"Message-ID: <same@example.org>\r\n" in content for content in taken] == [True, True]


def test_a_server_that_does_not_answer_is_given_up_in_time(settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    done = threading.Event()

    def talk(client: socket.socket) -> None:
        client.sendall(b"220 here\r\n")
        done.wait()

    with serving(settings, talk):
        with Post() as post:
            assert (said(post, letter()), post.is_down) == ("not now: SMTPServerDisconnected", True)
        done.set()


def test_nothing_that_goes_wrong_is_logged_with_the_address(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sink.to_recipient = [f"550 no such user {ADDRESS}"]

    with Post() as post, pytest.raises(Refused) as refused:
        post.send(letter())

    assert (refused.value.kind, refused.value.__context__, refused.value.__cause__) == (BounceKind.HARD, None, None)
    assert [r.message for r in caplog.records if r.name != "mail.log" and ADDRESS in r.message] == []
