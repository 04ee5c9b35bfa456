"""Addresses that the web process can write and only the mail worker can read, and the tokens of links in letters.

Sealing is HPKE (RFC 9180) with the public key. An address is sealed together with a random token, of which the
database otherwise holds only a hash: who cannot open the seal can make no link. The index key, which finds the same
address again, is another key in another file. Keys have numbers from 1 to 255; the newest is used, and every seal and
index begins with the number of its own.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.conf import settings

INFO = b"nakaz subscriber address v2"
PUBLIC, PRIVATE, INDEX = "SEALING_PUBLIC_KEY_FILE", "SEALING_PRIVATE_KEY_FILE", "INDEX_KEY_FILE"
BLOCK = 64  # what is sealed is padded to a multiple of this, so that its length tells little
TOKEN_BYTES = 24
TOKEN_LENGTH = 32  # characters of a token
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class KeyMissing(Exception):
    """This process was not given a key that it needs."""


class CannotOpen(Exception):
    """The sealed address cannot be read here."""


class NoPrivateKey(KeyMissing, CannotOpen):
    """This process can seal addresses and never open one."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a seal holds: an address, and the token of its owner's links. It is never printed."""

    address: str
    token: str

    def __repr__(self) -> str:
        return "Sealed(…)"


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def seal(address: str, token: str) -> bytes:
    """`address` and `token` as only the holder of the private key can read them; the first byte names the key.

    Raises KeyMissing.
    """
    plain = f"{token}{address}".encode()
    padded = plain.ljust(-(-len(plain) // BLOCK) * BLOCK, b"\0")
    number, key = max(keys_of(PUBLIC).items())
    return bytes([number]) + _SUITE.encrypt(padded, X25519PublicKey.from_public_bytes(key), INFO)


def open_sealed(sealed: bytes) -> Sealed:
    """What is inside.

    Raises CannotOpen, which never carries the address; NoPrivateKey if no address can be opened here.
    """
    try:
        keys = keys_of(PRIVATE)
    except KeyMissing as missing:
        raise NoPrivateKey(f"Addresses can be read by the mail worker only: {missing}") from None
    number = sealed[0] if sealed else 0
    if number not in keys:
        raise CannotOpen(f"The address was sealed with key {number}, which is not here.")
    try:
        plain = _SUITE.decrypt(bytes(sealed[1:]), _private(keys[number]), INFO).rstrip(b"\0").decode()
    except InvalidTag:
        raise CannotOpen("The address was sealed for another key or purpose, or is damaged.") from None
    return Sealed(address=plain[TOKEN_LENGTH:], token=plain[:TOKEN_LENGTH])


def blind_index(address: str) -> str:
    """The same for every spelling of an address, and meaningless without the index key. Raises KeyMissing."""
    return blind_indexes(address)[0]


def blind_indexes(address: str) -> list[str]:
    """Under what an address may be found: by the newest key first, and by those still in use. Raises KeyMissing."""
    return _marks("address", address)


def suppression_mark(address: str) -> str:
    """Under what an address that nobody may write to is remembered. Raises KeyMissing."""
    return suppression_marks(address)[0]


def suppression_marks(address: str) -> list[str]:
    """Under what it may have been remembered, by any key still in use. Raises KeyMissing."""
    return _marks("suppression", address)


def bounce_token(token: str) -> str:
    """What the envelope of a reader's letters carries, so that one that comes back tells whose it is."""
    return hashlib.sha256(f"bounce {token}".encode()).hexdigest()[:TOKEN_LENGTH]


def message_id(token: str, what: str) -> str:
    """The Message-ID of one letter, the same whenever it is sent again; says nothing to those who read it."""
    return f"<{hashlib.sha256(f'message {token} {what}'.encode()).hexdigest()[:40]}@{site_host()}>"


def token_hash(token: str) -> str:
    """What the database holds of a token; needs no key."""
    return hashlib.sha256(token.encode()).hexdigest()


def site_host() -> str:
    host: str = settings.SITE_URL.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]
    return host.split(":", 1)[0]


def _marks(purpose: str, address: str) -> list[str]:
    """HMAC-SHA-256 of one spelling of an address, under a key of its own for each purpose; two digits name the key."""
    spelling = unicodedata.normalize("NFKC", address).strip().casefold().encode()
    marks = []
    for number, key in sorted(keys_of(INDEX).items(), reverse=True):
        own_key = hmac.digest(key, f"nakaz {purpose} v1".encode(), "sha256")
        marks.append(key_digits(number) + hmac.digest(own_key, spelling, "sha256").hex()[:62])
    return marks


def key_digits(number: int) -> str:
    return f"{number:02x}"


@cache
def _private(key: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(key)


def keys_of(setting: str) -> dict[int, bytes]:
    """The keys, by their numbers, in the file that `setting` names; each is 32 bytes in hexadecimal on its own line.

    A line is "NUMBER KEY"; a bare key is number 1. Read each time, so that a destroyed key is gone at once. Raises
    KeyMissing.
    """
    file: Path | None = getattr(settings, setting)
    variable = f"NAKAZ_{setting}"
    if file is None:
        raise KeyMissing(f"{variable} is not set in this process.")
    try:
        keys = dict(_numbered(line) for line in file.read_text().splitlines() if line.strip())
    except (OSError, ValueError):
        keys = {}
    if not keys or any(len(key) != 32 or not 0 < number < 256 for number, key in keys.items()):
        raise KeyMissing(f"{variable} names a file that does not hold 32 bytes written in hexadecimal on each line.")
    return keys


def _numbered(line: str) -> tuple[int, bytes]:
    number, _space, key = line.strip().rpartition(" ")
    return int(number or 1), bytes.fromhex(key)
