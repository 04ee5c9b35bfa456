"""Reading the handwritten files of the demonstration, and what both of its chambers are made of."""

import csv
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from deputies.people.models import Chamber, Faction, Term, VotingRule
from deputies.sources.models import Document, cite
from pledges.platform.models import Coalition, Demand, DemandText, Platform, PlatformVersion

FOLDER = Path(__file__).parent
Row = dict[str, str]
Facts = dict[str, Any]  # Any: what JSON holds


def table(name: str) -> list[Row]:
    """The rows of a CSV file such as "moscow/votes"."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tree(name: str) -> Facts:
    """The content of a JSON file such as "moscow/chamber"."""
    content: Facts = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content


def both(row: Mapping[str, Any], *names: str) -> dict[str, str]:
    """The cells of each name in both languages: title_en, title_ru, ..."""
    return {f"{name}_{language}": row[f"{name}_{language}"] for name in names for language in ("en", "ru")}


def moment(chamber: Chamber, text: str) -> dt.datetime:
    """The moment written as a day or a minute where the chamber sits."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=chamber.zone)


def period(chamber: Chamber, start: str, end: str) -> DateTimeTZRange:
    """A half-open period; an empty cell leaves it open on that side."""
    return DateTimeTZRange(*(moment(chamber, text) if text else None for text in (start, end)))


def cited(cell: str) -> Document:
    """The document of a cell: an address, titled by its publisher where we name one, or a title alone."""
    first = cell.split(" | ")[0]
    if not first.startswith("https://"):
        return cite(title=first)
    host = (urlsplit(first).hostname or "").removeprefix("www.")
    titles = {row["domain"]: row["title"] for row in table("moscow/publishers")}
    page = first.rpartition("/")[2].replace("_", " ")
    return cite(url=first, title=titles.get(host, host).format(page=page))


def further(cell: str, note: str, words: str) -> str:
    """`note` followed by the addresses of a cell beyond the first."""
    others = cell.split(" | ")[1:]
    return f"{note} {words} {', '.join(others)}".strip() if others else note


def create_chamber(facts: Facts) -> tuple[Chamber, Term]:
    """The chamber with its term and its dated rules, from chamber.json."""
    plain = ("slug", "seats", "timezone", "is_invented")
    chamber = Chamber.objects.create(**both(facts, "name"), **{name: facts[name] for name in plain})
    told = facts["term"]
    term = Term.objects.create(
        chamber=chamber,
        number=told["number"],
        held=period(chamber, told["began"], told["ended"]),
        ended_precision=told.get("ended_precision", "day"),
        source=cited(told.get("source", facts["source"])),
        **both(told, "name"),
    )
    for rule in facts["rules"]:
        VotingRule.objects.create(
            chamber=chamber,
            in_force=period(chamber, rule["from"], rule["until"]),
            threshold="members",
            marks_not_voting=rule["marks_not_voting"],
            source=cited(rule.get("source", facts["source"])),
        )
    return chamber, term


def create_factions(chamber: Chamber, names: dict[str, list[str]]) -> dict[str, Faction]:
    return {
        slug: Faction.objects.create(chamber=chamber, slug=slug, name_en=english, name_ru=russian)
        for slug, (english, russian) in names.items()
    }


def create_platform(
    chamber: Chamber, facts: Facts, demands: Iterable[Row]
) -> tuple[PlatformVersion, dict[str, Demand]]:
    """A draft of the platform with its coalition, and its demands by id."""
    coalition = Coalition.objects.create(chamber=chamber, **facts["coalition"])
    chosen_by = both(facts, "chosen_by") if "chosen_by_en" in facts else {}
    platform = Platform.objects.create(coalition=coalition, slug=facts["slug"], **chosen_by)
    version = PlatformVersion.objects.create(
        platform=platform, source=cited(facts["source"]), **both(facts, "title", "intro")
    )
    demands_of = {row["demand_id"]: worded(version, facts | row, None, facts["in_force_from"]) for row in demands}
    return version, demands_of


def worded(version: PlatformVersion, row: Mapping[str, Any], demand: Demand | None, in_force_from: str) -> Demand:
    """A demand in the words of a version, behind those it has already; a new one is in force from a day on."""
    if demand is None:
        ident = row["demand_id"]
        demand = Demand.objects.create(
            platform=version.platform,
            slug=ident,
            demand_id=ident,
            chapter=row["chapter"],
            in_force_from=in_force_from,
        )
    words = both(row, "title", "text", "measured", "done")
    order = version.texts.count() + 1
    DemandText.objects.create(version=version, demand=demand, order=order, source=version.source, **words)
    return demand
