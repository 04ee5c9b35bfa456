"""What a machine without an operator gets: keys made once, addresses, and a migrated database.

Only a development machine uses this; a real site sets every variable itself. Nothing here imports Django.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from coalition.embedded import CannotStart, Services

ROOT = Path(__file__).resolve().parent.parent
# What the parts of the site connect as, made by the command below: the worker, which reads addresses, and all others.
APP_ROLE, WEB_ROLE = "nakaz_app", "nakaz_web"
RESTRICT = ROOT / "coalition/desk/management/commands/restrict_app_role.py"
KEY_FILES = {
    "NAKAZ_SEALING_PUBLIC_KEY_FILE": "sealing_public_key",
    "NAKAZ_SEALING_PRIVATE_KEY_FILE": "sealing_private_key",
    "NAKAZ_INDEX_KEY_FILE": "index_key",
}


def data_folder() -> Path:
    return Path(os.environ.get("NAKAZ_VAR") or ROOT / "var").resolve()


def letter_box(var: Path) -> Path:
    """The file in which a running `make run` notes the port of its local SMTP sink and its own address."""
    return var / "running"


def services_of(var: Path, environment: Mapping[str, str], *, fast: bool = False) -> Services:
    """The services of `var`, without those that `environment` names elsewhere."""
    own_postgresql, own_valkey = not environment.get("DATABASE_URL"), not environment.get("REDIS_URL")
    return Services(var, fast=fast, postgresql=own_postgresql, valkey=own_valkey)


def local_environment(services: Services, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with whatever the settings need and it lacks.

    Raises CannotStart.
    """
    keys = services.var / "keys"
    try:
        secret = _make_keys(keys)
        (services.var / "static").mkdir(exist_ok=True)  # WhiteNoise warns about a missing folder
    except OSError as error:
        raise CannotStart(f"The keys in {keys} cannot be used ({error.strerror}: {error.filename}).") from error
    port = environment.get("PORT") or "8000"
    ours = {
        "DJANGO_SETTINGS_MODULE": "coalition.settings",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "NAKAZ_VAR": str(services.var),
        "NAKAZ_SECRET_KEY": secret,
        "NAKAZ_SITE_URL": f"http://127.0.0.1:{port}",
        "NAKAZ_HOSTS": "127.0.0.1,localhost",
        "NAKAZ_DEVELOPMENT": "1",
        "NAKAZ_INBOX": str(services.var / "inbox"),
        "NAKAZ_STATIC_ROOT": str(services.var / "static"),
        **{variable: str(keys / name) for variable, name in KEY_FILES.items()},
    }
    with contextlib.suppress(FileNotFoundError):
        smtp_port, site_url = letter_box(services.var).read_text().split()
        ours |= {"NAKAZ_SMTP_HOST": "127.0.0.1", "NAKAZ_SMTP_PORT": smtp_port, "NAKAZ_SITE_URL": site_url}
    return ours | {name: value for name, value in environment.items() if value or name not in ours}


def _make_keys(keys: Path) -> str:
    """Make the keys that are missing, each file its owner's alone; returns the secret key."""
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (keys / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _write_once(keys / "secret_key", lambda: secrets.token_urlsafe(48))
        if not (keys / "sealing_public_key").exists():  # made last: while it is there, what is gone was destroyed
            _write_once(keys / "index_key", lambda: secrets.token_hex(32))
            _write_once(keys / "sealing_private_key", lambda: secrets.token_hex(32))  # any 32 bytes are an X25519 key
            _write_once(keys / "sealing_public_key", lambda: _public_half(keys / "sealing_private_key"))
    return (keys / "secret_key").read_text().strip()


def _write_once(file: Path, words: Callable[[], str]) -> None:
    if not file.exists():
        draft = file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(words() + "\n")
        draft.rename(file)


def _public_half(private: Path) -> str:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # slow, and needed once

    key = X25519PrivateKey.from_private_bytes(bytes.fromhex(private.read_text().strip()))
    return key.public_key().public_bytes_raw().hex()


def migrate_once(services: Services, migrate: Callable[[], None]) -> bool:
    """Call `migrate` unless this very set of migrations was applied to the embedded database; says whether it was."""
    note = services.home / "migrated"
    wanted = _fingerprint()
    with (services.var / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if note.exists() and note.read_text() == wanted:
            return False
        migrate()
        note.write_text(wanted)
        return True


def forget_migrations(services: Services) -> None:
    """Somebody is about to migrate by hand, perhaps backwards: look again next time."""
    (services.home / "migrated").unlink(missing_ok=True)


def _fingerprint() -> str:
    """Changes with any migration of ours, the rights of the application and any release we depend on."""
    digest = hashlib.sha256((ROOT / "requirements" / "run.txt").read_bytes() + RESTRICT.read_bytes())
    for floor in ("coalition", "deputies", "pledges"):
        for file in sorted((ROOT / floor).rglob("migrations/*.py")):
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()
