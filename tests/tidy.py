"""Tidy folders for tests: small ones written here, real ones from outside the project where they are there."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from deputies.people.models import Faction, Identifier, Mandate, Person
from deputies.sources.models import Document
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from pledges.platform.models import Demand, Platform, PlatformVersion
from pledges.scorecards.models import Link

REAL = Path(__file__).resolve().parents[2] / "shared"
KEPT = (
    *(Person, Identifier, Mandate, Faction, Document, RollCall, RollCallVersion, Ballot),
    *(Platform, PlatformVersion, Demand, Link),
)
MEMBERS = """member_id,name,party,group,constituency,notes
a,Ирина Галкина,Party,Red,District 1,
b,Maria Doe,Party,Red,District 2,
c,"Mgr. Petr Štěpánek, CSc.",Other,Blue,District 3,
"""
VOTES = """vote_id,date,number,title,question,result,yes,no,abstain,not_voting,absent,source_url,notes
v/1,2020-02-01,1,О парках,,pass,2,1,,,,https://example.org/1,
v#2,2020-03-01,2,Budget,,fail,,,,,,,
v3,,3,Only totals,,pass,2,0,1,,,,
"""
BALLOTS = """vote_id,member_id,option,option_raw,group_at_vote
v/1,a,yes,за,Red
v/1,b,yes,за,Red
v/1,c,no,против,Blue
v#2,a,yes,,
v#2,b,no,,
v#2,c,not voting,,
"""
DEMANDS = """demand_id,chapter,title,text,source_url
parks,social,Keep the parks,No felling.,https://example.org/platform
speech,democratic,Свобода,,
"""
LINKS = """demand_id,vote_id,wants,weight,role,reasoning
parks,v/1,pass,1.5,scoring,It keeps a park
speech,v#2,fail,1,informative,
"""


def real(*names: str) -> Path:
    """A folder of real data; the test is skipped, loudly, where it is not."""
    folder = REAL.joinpath(*names)
    if not folder.exists():
        pytest.skip(f"!!! REAL DATA NOT FOUND: {'/'.join(names)} is not beside the project !!!")
    return folder


def folder(at: Path, **files: str | bytes) -> Path:
    """The small chamber, with some of its files replaced; an empty text leaves a file out."""
    at.mkdir(parents=True, exist_ok=True)
    texts = {"members": MEMBERS, "votes": VOTES, "ballots": BALLOTS, "demands": DEMANDS, "links": LINKS, **files}
    for name, text in texts.items():
        path = at / f"{name}.csv"
        path.unlink(missing_ok=True)
        if text:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return at


def run(command: str, *words: object, **options: Any) -> str:
    """What the command says on standard output."""
    out = StringIO()
    call_command(command, *map(str, words), stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def rows_kept() -> dict[str, list[int]]:
    """Every row that an import can touch: equal before and after where nothing is stored."""
    return {model.__name__: sorted(model._default_manager.values_list("pk", flat=True)) for model in KEPT}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


MARKS: Mapping[str, str] = {
    "yes": "yes",
    "no": "no",
    "not voting": "not voting",
    "unknown": "unknown",
    "blank": "unknown",
}
WANTS: Mapping[str, str] = {"yes": "pass", "no": "fail"}


def scorecard(source: Path, at: Path) -> Path:
    """A published scorecard (marks and pro-positions) as a tidy folder with one demand."""
    people, votes = read(source / "published_scores.csv"), read(source / "votes.csv")
    return folder(
        at,
        members=table(
            ["member_id", "name", "party", "constituency"],
            ([p["member_id"], p["name"], p["party"], p["district"]] for p in people),
        ),
        votes=table(
            ["vote_id", "date", "title", "source_url"],
            ([v["vote_id"], v["date"], v["title"], v["roll_call_url"]] for v in votes),
        ),
        ballots=table(
            ["vote_id", "member_id", "option", "option_raw"],
            (
                [b["vote_id"], b["member_id"], MARKS[b["option_inferred"]], b["mark"]]
                for b in read(source / "ballots.csv")
                if b["mark"] != "n/a"
            ),
        ),
        demands=table(["demand_id", "chapter", "title"], [["d", "social", "Progressive"]]),
        links=table(["demand_id", "vote_id", "wants"], (["d", v["vote_id"], WANTS[v["pro_position"]]] for v in votes)),
    )
