"""Addresses that the web process can write and only the mail worker can read, and the tokens of links in letters.

Sealing is HPKE (RFC 9180) with the public key. The private key and the index key are the worker's: with them it
opens an address, finds the same address again, and recomputes a token of which the database holds only a hash.
"""

import datetime as dt
import hashlib
import hmac
import unicodedata
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.conf import settings

KEY_ID = 1  # the first byte of every sealed address
INFO = b"nakaz subscriber address v1"
BLOCK = 64  # addresses are padded to a multiple of this, so that their length tells little
TOKEN_BYTES = 24
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class KeyMissing(Exception):
    """This process was not given a key that it needs."""


class CannotOpen(Exception):
    """The sealed address cannot be read here."""


class NoPrivateKey(KeyMissing, CannotOpen):
    """This process can seal addresses and never open one."""


def seal(address: str) -> bytes:
    """`address` as only the holder of the private key can read it.

    Raises KeyMissing.
    """
    plain = address.encode()
    padded = plain.ljust(-(-len(plain) // BLOCK) * BLOCK, b"\0")
    public = X25519PublicKey.from_public_bytes(_key("SEALING_PUBLIC_KEY_FILE"))
    return bytes([KEY_ID]) + _SUITE.encrypt(padded, public, INFO)


def open_sealed(sealed: bytes) -> str:
    """The address inside.

    Raises CannotOpen, which never carries the address; NoPrivateKey if no address can be opened here.
    """
    try:
        private = X25519PrivateKey.from_private_bytes(_key("SEALING_PRIVATE_KEY_FILE"))
    except KeyMissing as missing:
        raise NoPrivateKey(f"Addresses can be read by the mail worker only: {missing}") from None
    if sealed[:1] != bytes([KEY_ID]):
        raise CannotOpen(f"The address was sealed with another key than key {KEY_ID}.")
    try:
        return _SUITE.decrypt(bytes(sealed[1:]), private, INFO).rstrip(b"\0").decode()
    except InvalidTag:
        raise CannotOpen("The address was sealed for another key or purpose, or is damaged.") from None


def blind_index(address: str) -> str:
    """The same for every spelling of an address, and meaningless without the index key."""
    return _mac("address", unicodedata.normalize("NFKC", address).strip().casefold()).hex()


def manage_token(salt: bytes) -> str:
    """The token of a subscriber's own page, the same in every letter."""
    return _token(_mac("manage", bytes(salt).hex()))


def confirm_token(sign_up_id: int, asked_at: dt.datetime) -> str:
    """The token of the letter that answers one sign-up; sending it again after a crash repeats it."""
    return _token(_mac("confirm", f"{sign_up_id} {asked_at.timestamp()}"))


def message_id(what: str) -> str:
    """The Message-ID of one letter, the same whenever it is sent again; says nothing to those who read it."""
    return f"<{_mac('message', what).hex()[:40]}@{site_host()}>"


def token_hash(token: str) -> str:
    """What the database holds of a token; needs no key."""
    return hashlib.sha256(token.encode()).hexdigest()


def site_host() -> str:
    host: str = settings.SITE_URL.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]
    return host.split(":", 1)[0]


def _token(mac: bytes) -> str:
    return urlsafe_b64encode(mac[:TOKEN_BYTES]).decode()


def _mac(purpose: str, words: str) -> bytes:
    """HMAC-SHA-256 under a key of its own for each purpose."""
    own_key = hmac.digest(_key("INDEX_KEY_FILE"), f"nakaz {purpose} v1".encode(), "sha256")
    return hmac.digest(own_key, words.encode(), "sha256")


def _key(setting: str) -> bytes:
    """The 32 bytes in the file that `setting` names; read each time, so that a destroyed key is gone at once."""
    file: Path | None = getattr(settings, setting)
    variable = f"NAKAZ_{setting}"
    if file is None:
        raise KeyMissing(f"{variable} is not set in this process.")
    try:
        key = bytes.fromhex(file.read_text().strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise KeyMissing(f"{variable} names a file that is not 32 bytes written in hexadecimal.")
    return key
