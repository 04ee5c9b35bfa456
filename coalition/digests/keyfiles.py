"""Writing the files that keys are in: replaced whole, never half, and overwritten before they go."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings

from coalition.digests import sealing
from coalition.digests.sealing import PRIVATE, PUBLIC, KeyMissing

LAST_NUMBER = 255  # a number is one byte


class OutOfNumbers(Exception):
    """Every number that a key may have was used."""


def present(setting: str) -> dict[int, bytes]:
    """The keys by their numbers; none if there is no such file. Raises KeyMissing if it is damaged or not named."""
    return sealing.keys_of(setting) if file_of(setting).exists() else {}


def file_of(setting: str) -> Path:
    """The file itself, behind any link. Raises KeyMissing."""
    file: Path | None = getattr(settings, setting)
    if file is None:
        raise KeyMissing(f"NAKAZ_{setting} is not set in this process.")
    return file.resolve()


def new_key(*others: Mapping[int, bytes], used: int = 0) -> dict[int, bytes]:
    """A key with a number above `used` and all of the `others`. Raises OutOfNumbers."""
    number = max(used, *(max(keys, default=0) for keys in others)) + 1
    if number > LAST_NUMBER:
        raise OutOfNumbers(f"Keys have numbers from 1 to {LAST_NUMBER}, and {LAST_NUMBER} is taken.")
    return {number: secrets.token_bytes(32)}  # any 32 bytes are an X25519 key too


def public_half(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def write(setting: str, keys: Mapping[int, bytes]) -> None:
    """Put `keys` into the file at once, its owner's alone, and overwrite what a secret file held before.

    Raises KeyMissing, OSError.
    """
    file = file_of(setting)
    old = os.open(file, os.O_RDWR) if file.exists() else None
    draft = _draft(file)
    _erase(draft)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as lines:
        lines.writelines(f"{number} {key.hex()}\n" for number, key in sorted(keys.items()))
        lines.flush()
        os.fsync(lines.fileno())
        if old is not None:
            before = os.fstat(old)
            os.fchown(lines.fileno(), before.st_uid, before.st_gid)
            os.fchmod(lines.fileno(), before.st_mode & (0o777 if setting == PUBLIC else 0o600))
    draft.replace(file)
    _sync(file.parent)
    if old is not None:
        if setting != PUBLIC:  # who reads that one must never find it half
            _overwrite(old)
        os.close(old)


def destroy(setting: str) -> list[Path]:
    """Overwrite and remove the file, and what a killed `write` left beside it; those that there were.

    Raises KeyMissing, OSError.
    """
    file = file_of(setting)
    return [one for one in (file, _draft(file)) if _erase(one)]


def public_fits() -> bool:
    """Whether what is sealed now can be opened by the newest private key."""
    newest, key = max(present(PRIVATE).items(), default=(0, b""))
    return bool(key) and max(present(PUBLIC).items(), default=None) == (newest, public_half(key))


def _draft(file: Path) -> Path:
    return file.with_name(f"{file.name}.new")


def _erase(file: Path) -> bool:
    """Overwrite and remove a file; whether there was one."""
    if not file.exists():
        return False
    descriptor = os.open(file, os.O_RDWR)
    _overwrite(descriptor)
    os.close(descriptor)
    file.unlink()
    _sync(file.parent)
    return True


def _overwrite(descriptor: int) -> None:
    os.pwrite(descriptor, os.urandom(os.fstat(descriptor).st_size), 0)
    os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
