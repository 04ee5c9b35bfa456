"""The bytes of a bundle: canonical files, the chain that its id continues, and the zip; pure.

Source: docs/bundles.md. The columns and hashes are those of verify.py, which goes into every archive.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path

from pledges.scorecards.bundles import verify

NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say
READABLE_FILE = 0o100644 << 16
ON_UNIX = 3
OF_PLATFORM = ("platform", "version", "profile", "profile_version")


@dataclass(frozen=True, slots=True)
class Step:
    """One bundle of the chain: what its id is a hash of."""

    number: int
    at: str
    event: int
    code: str
    content: str

    def ident(self, previous: str) -> str:
        """The id of this bundle after the one with the id `previous`, "" before the first."""
        return verify.chain_id(
            previous=previous, number=self.number, at=self.at, event=self.event, code=self.code, content=self.content
        )


def table(name: str, rows: Iterable[list[str]]) -> bytes:
    """A CSV file with its rows in the order of its key. Raises ValueError if two rows have one key."""
    ordered = sorted(rows)
    keys = [tuple(row[: verify.KEYS[name]]) for row in ordered]
    if len(set(keys)) != len(keys):
        twice = next(key for key, following in pairwise(keys) if key == following)
        raise ValueError(f"{name} has two rows for {' / '.join(twice)}")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(verify.COLUMNS[name])
    writer.writerows(ordered)
    return text.getvalue().encode()


def document(told: object) -> bytes:
    """A JSON file."""
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def verifier() -> bytes:
    """The checker that goes into the archive."""
    return Path(verify.__file__).read_bytes()


def content_of(files: dict[str, bytes]) -> str:
    """One hash over the files of a bundle, without those that tell of the chain."""
    return verify.content_hash({name: verify.digest(content) for name, content in files.items()})


def pack(files: dict[str, bytes], step: Step, earlier: Sequence[Step]) -> bytes:
    """The archive of a bundle whose files are in place, after the `earlier` ones of its chain.

    `files` are all but manifest.json and chain.csv, as bytes by name.
    """
    previous, rows = "", []
    for one in earlier:
        previous = one.ident(previous)
        rows.append([*map(str, astuple(one)), previous])
    every = files | {"chain.csv": _chain(rows)}
    every["manifest.json"] = document(_manifest(every, step, previous))
    return _zip([(name, every[name]) for name in verify.ENTRIES])


def _chain(rows: list[list[str]]) -> bytes:
    """The earlier bundles in their own order, which is not that of numbers written as text."""
    lines = [",".join(row) + "\n" for row in [verify.COLUMNS["chain.csv"], *rows]]
    return "".join(lines).encode()


def _manifest(files: dict[str, bytes], step: Step, previous: str) -> dict[str, object]:
    platforms = json.loads(files["platform.json"])["platforms"]
    return {
        "format": verify.FORMAT,
        "format_version": verify.FORMAT_VERSION,
        "number": step.number,
        "id": step.ident(previous),
        "previous": previous,
        "content": step.content,
        "at": step.at,
        "event": step.event,
        "code": step.code,
        "platforms": [{name: platform[name] for name in OF_PLATFORM} for platform in platforms],
        "files": {name: _told(name, content) for name, content in files.items()},
    }


def _told(name: str, content: bytes) -> dict[str, object]:
    """The hash of a file, and of a table how many rows it has."""
    told: dict[str, object] = {"sha256": verify.digest(content)}
    if name in verify.COLUMNS:
        limit = csv.field_size_limit(verify.MOST_JSON)  # a reason can be longer than Python reads unasked
        told["rows"] = sum(1 for _ in csv.reader(io.StringIO(content.decode(), newline=""))) - 1
        csv.field_size_limit(limit)
    return told


def _zip(entries: Iterable[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, NO_TIME)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, READABLE_FILE, ON_UNIX
            archive.writestr(info, content)
    return file.getvalue()
