"""A bundle written by hand: two members, two votes, two demands and a red line, small enough to count on paper."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pledges.scorecards.bundles import archive, verify
from pledges.scorecards.method import rule_rows
from pledges.scorecards.profiles import DEFAULT

TABLES = {
    "mandates.csv": ["c,a,2024-01-01T00:00:00Z,,Анна,Anna", "c,b,2024-01-01T00:00:00Z,,Борис,Boris"],
    "votes.csv": [
        "c,v1,1,2024-02-01,by-name,members,,adopted,1,0,1,0,0,,,Первый,First,https://example.org/1,",
        "c,v2,1,2024-03-01,by-name,voting,,rejected,0,1,0,0,1,,,Второй,Second,,",
    ],
    "ballots.csv": [
        "c,v1,a,red,for,,official",
        "c,v1,b,blue,abstain,,official",
        "c,v2,a,red,against,,official",
        "c,v2,b,blue,absent,,official",
    ],
    "rulings.csv": [],
    "links.csv": [
        'p,d1,v1,1,pass,1000,scoring,whole,"Почему, первое","Why,\nfirst"',
        "p,d1,v2,1,fail,2000,scoring,whole,,It would undo it",
        "p,d2,v1,1,pass,1000,scoring,whole,,",
        "p,r1,v2,1,fail,1000,scoring,whole,,",
    ],
    "score_lines.csv": [
        "p,d1,a,v1,for,asked-strong,with,1000,10,10,yes",
        "p,d1,a,v2,against,opposed,with,2000,10,10,yes",
        "p,d1,b,v1,abstain,asked-strong,against,1000,0,10,yes",
        "p,d1,b,v2,absent,opposed,missed,2000,0,0,yes",
        "p,d2,a,v1,for,asked-strong,with,1000,10,10,yes",
        "p,d2,b,v1,abstain,asked-strong,against,1000,0,10,yes",
        "p,r1,a,v2,against,opposed,with,1000,10,10,red-line",
        "p,r1,b,v2,absent,opposed,missed,1000,0,0,red-line",
    ],
    "scores.csv": [  # weights of with, against, half, missed, excused, neutral; votes; gaps; credit, mass; the score
        "p,a,chapter:social,3000,0,0,0,0,0,2,0,0,0,0,0,0,30000,30000,3,3,100,plain",
        "p,a,d1,3000,0,0,0,0,0,2,0,0,0,0,0,0,30000,30000,3,3,100,plain",
        "p,a,d2,1000,0,0,0,0,0,1,0,0,0,0,0,0,10000,10000,1,1,100,plain",
        "p,a,platform,3000,0,0,0,0,0,2,0,0,0,0,0,0,30000,30000,3,3,100,plain",
        "p,b,chapter:social,0,1000,0,2000,0,0,0,1,0,1,0,0,0,0,10000,0,1,0,plain",
        "p,b,d1,0,1000,0,2000,0,0,0,1,0,1,0,0,0,0,10000,0,1,0,plain",
        "p,b,d2,0,1000,0,0,0,0,0,1,0,0,0,0,0,0,10000,0,1,0,plain",
        "p,b,platform,0,1000,0,2000,0,0,0,1,0,1,0,0,0,0,10000,0,1,0,plain",
    ],
}
PLATFORM = {
    "platform": "p",
    "version": 1,
    "chamber": "c",
    "profile": DEFAULT.name,
    "profile_version": DEFAULT.version,
    "demands": [
        {"demand_id": of, "chapter": chapter, "in_force_from": "2024-01-01", "in_force_until": None}
        for of, chapter in (("d1", "social"), ("d2", "social"), ("r1", "red-line"))
    ],
}
RULES: dict[str, Any] = {
    "weight_unit": 1000,
    "point_unit": 10,
    "silence_counts": ["members", "mandates", "present", "two-thirds", "fixed"],
    "profiles": [
        {
            "name": DEFAULT.name,
            "version": DEFAULT.version,
            "ignores_weight": False,
            "as_corrected": False,
            "caps": [],
            "bands": {name: str(bound) for name, bound in asdict(DEFAULT.bands).items()},
            "rules": [[r.position, r.column, r.strong, r.outcome, r.credit, r.mass] for r in rule_rows(DEFAULT)],
        }
    ],
}
EARLIER = [archive.Step(number, f"2024-0{number}-01T00:00:00Z", 10 * number, "1", "a" * 64) for number in (1, 2)]


def files(**tables: Sequence[str]) -> dict[str, bytes]:
    """The files of the bundle; a table named by its stem replaces the one by hand."""
    rows = {name: tables.get(name.removesuffix(".csv"), lines) for name, lines in TABLES.items()}
    return {
        "platform.json": archive.document({"platforms": [PLATFORM]}),
        "rules.json": archive.document(RULES),
        "verify.py": archive.verifier(),
        **{name: archive.table(name, csv.reader(io.StringIO("\n".join(lines)))) for name, lines in rows.items()},
    }


def sealed(packed: dict[str, bytes] | None = None, *, at: str = "2024-03-01T12:00:00Z") -> bytes:
    """The archive of those files as the third of its chain, with hashes that are all in order."""
    packed = packed or files()
    return archive.pack(packed, archive.Step(3, at, 30, "1", archive.content_of(packed)), EARLIER)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def repacked(entries: dict[str, bytes]) -> bytes:
    """A zip of these entries in their order, as anyone's tool would make it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return file.getvalue()


def altered(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one file changed and no hash adapted."""
    entries = unpacked(content)
    changed = change(entries[name])
    assert changed != entries[name]
    return repacked(entries | {name: changed})


def findings(at: Path, content: bytes, ident: str = "") -> list[str]:
    """What the checker says of an archive, written to a file in the folder `at`."""
    file = at / "bundle.zip"
    file.write_bytes(content)
    return verify.check(file, ident).findings


def ident_of(content: bytes) -> str:
    ident: str = json.loads(unpacked(content)["manifest.json"])["id"]
    return ident
