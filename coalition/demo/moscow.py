"""The Moscow City Duma elected in 2019: only what a source states, each fact with its source and its basis."""

import datetime as dt
from typing import Any

from django.utils.text import slugify

from coalition.demo.files import (
    FOLDER,
    Facts,
    Row,
    both,
    cited,
    create_chamber,
    create_factions,
    create_platform,
    further,
    moment,
    period,
    table,
    tree,
)
from deputies.people import models as people
from deputies.people.enums import Side
from deputies.people.places import bring_places, read_places
from deputies.votes.models import Ballot, FactionStatement, RollCall, RollCallVersion
from pledges.platform.models import CoalitionMembership
from pledges.scorecards.actions import publish_platform, publish_roll_calls
from pledges.scorecards.models import Link
from pledges.tracker.models import Statement

Mandates = dict[str, people.Mandate]  # by English name
Factions = dict[str, people.Faction]
Versions = dict[str, RollCallVersion]

TOTALS = {"total_for": "yes", "total_against": "no", "total_abstain": "abstain", "total_not_voting": "not_voting"}
BY_FACTION = {
    "basis": "inferred",
    "note_en": "Worked out from the faction, whose members ran with the support of United Russia.",
    "note_ru": "Выведено из фракции, члены которой избирались при поддержке «Единой России».",
}


def load_moscow(*, at: dt.datetime) -> None:
    """Create and publish the chamber with its deputies, votes and platform; it must not be there yet."""
    facts = tree("moscow/chamber")
    chamber, term = create_chamber(facts)
    factions = create_factions(chamber, facts["factions"])
    _create_districts(chamber)
    bring_places(chamber=chamber, rows=read_places(FOLDER / "moscow"))
    mandates = _create_mandates(chamber, term, facts["parties"])
    _create_memberships(mandates, factions)
    _create_offices(mandates, facts["offices"])
    versions = _create_votes(chamber)
    _create_ballots(mandates, versions)
    _create_statements(factions, versions)
    publish_roll_calls(versions=list(versions.values()), by=None, vouched=True, at=at)
    _publish_platform(chamber, mandates, versions, at)


def _told(row: Row) -> dict[str, Any]:
    """Source and notes of a fact, and its basis if it has one; addresses beyond the first go into the note."""
    cell = row["source_url"]
    basis = {"basis": row["basis"]} if "basis" in row else {}
    notes = {
        "note_en": further(cell, row["note_en"], "Also:"),
        "note_ru": further(cell, row["note_ru"], "Также:"),
    }
    return basis | notes | {"source": cited(cell)}


def _dated(mandate: people.Mandate, row: Row) -> dict[str, Any]:
    """A period that starts with its row and ends with it, or else with the mandate."""
    began, ended = period(mandate.chamber, row["began"], row["ended"]), mandate.held.upper
    return {
        "held": type(began)(began.lower, began.upper or ended),
        "began_precision": row["began_precision"],
        "ended_precision": row["ended_precision"] or mandate.ended_precision,
    }


def _create_districts(chamber: people.Chamber) -> None:
    for row in table("moscow/districts"):
        people.District.objects.create(
            chamber=chamber,
            number=row["number"],
            **both(row, "areas"),
            areas_note=" / ".join(
                further(row["source_url"], half, also)
                for half, also in zip(row["areas_note"].split(" / "), ("Also:", "Также:"), strict=True)
            ),
            source=cited(row["source_url"]) if row["source_url"] else None,
        )


def _create_mandates(chamber: people.Chamber, term: people.Term, names: dict[str, list[str]]) -> Mandates:
    """A mandate for every deputy a source names; a seat without a sourced name stays without one."""
    parties = {
        slug: people.Party.objects.get_or_create(slug=slug, defaults={"name_en": english, "name_ru": russian})[0]
        for slug, (english, russian) in names.items()
    }
    districts = {str(district.number): district for district in chamber.districts.all()}
    mandates = {}
    for row in table("moscow/deputies"):
        told, held = _told(row), period(chamber, row["began"], row["ended"])
        mandates[row["name_en"]] = people.Mandate.objects.create(
            person=people.Person.objects.create(
                slug=slugify(row["name_en"]), source=told["source"], **both(row, "name")
            ),
            chamber=chamber,
            term=term,
            district=districts.get(row["district"]),
            party=parties.get(row["party"]),
            held=type(held)(held.lower, held.upper or term.held.upper),
            began_precision=row["began_precision"],
            ended_precision=row["ended_precision"],
            entered=row["entered"],
            left=row["left"],
            **both(row, "nominated_by"),
            **told,
        )
    return mandates


def _create_memberships(mandates: Mandates, factions: Factions) -> None:
    """Factions and sides; who is not counted as opposition by a source has the side of the faction, worked out."""
    sides = {row["name_en"]: (Side.OPPOSITION, _told(row)) for row in table("moscow/coalition")}
    for row in table("moscow/factions"):
        mandate, told = mandates[row["name_en"]], _told(row)
        people.FactionMembership.objects.create(
            mandate=mandate, faction=factions[row["faction"]], **_dated(mandate, row), **told
        )
        sides.setdefault(row["name_en"], (Side.MAJORITY, told | BY_FACTION))
    for name, (side, told) in sides.items():
        people.SideMembership.objects.create(mandate=mandates[name], side=side, **_as_long_as(mandates[name]), **told)


def _as_long_as(mandate: people.Mandate) -> dict[str, Any]:
    return {name: getattr(mandate, name) for name in ("held", "began_precision", "ended_precision")}


def _create_offices(mandates: Mandates, offices: list[Facts]) -> None:
    for office in offices:
        mandate = mandates[office["name_en"]]
        people.Office.objects.create(
            mandate=mandate,
            presides=office["presides"],
            basis="named",
            source=cited(office["source"]),
            **_dated(mandate, office | {"ended": "", "ended_precision": "unknown"}),
            **both(office, "title", "note"),
        )


def _create_votes(chamber: people.Chamber) -> Versions:
    versions = {}
    for row in table("moscow/votes"):
        slug = row["vote_id"]
        versions[slug] = RollCallVersion.objects.create(
            roll_call=RollCall.objects.create(chamber=chamber, vote_id=slug, slug=slug),
            held_at=moment(chamber, row["held_at"]) if row["held_at"] else None,
            threshold="members",
            **{name: row[name] for name in ("held_precision", "kind", "result", "result_text")},
            **{field: row[column] or None for field, column in TOTALS.items()},
            **both(row, "title", "question"),
            **_told(row),
        )
    return versions


def _create_ballots(mandates: Mandates, versions: Versions) -> None:
    """Ballots of those whom a source names, and those that follow from totals, marked as worked out."""
    for row in table("moscow/ballots"):
        version, mandate = versions[row["vote_id"]], mandates[row["name_en"]]
        memberships = mandate.faction_memberships.filter(held__contains=version.held_at) if version.held_at else ()
        Ballot.objects.create(
            version=version,
            person=mandate.person,
            mandate=mandate,
            faction=next((membership.faction for membership in memberships), None),
            position=row["position"],
            position_raw=row["position_raw"],
            **_told(row),
        )


def _create_statements(factions: Factions, versions: Versions) -> None:
    """What sources claim of whole factions: never ballots."""
    for row in table("moscow/statements"):
        FactionStatement.objects.create(
            version=versions[row["vote_id"]], faction=factions[row["faction"]], position=row["position"], **_told(row)
        )


def _publish_platform(chamber: people.Chamber, mandates: Mandates, versions: Versions, at: dt.datetime) -> None:
    facts = tree("moscow/platform")
    version, demands = create_platform(chamber, facts, facts["demands"])
    for row in table("moscow/coalition"):
        mandate = mandates[row["name_en"]]
        CoalitionMembership.objects.create(
            coalition=version.platform.coalition, person=mandate.person, **_as_long_as(mandate), **_told(row)
        )
    links = [
        Link.objects.create(
            demand=demands[link["demand_id"]],
            roll_call=versions[link["vote_id"]].roll_call,
            wants=link["wants"],
            **both(link, "reasoning"),
        )
        for link in facts["links"]
    ]
    for row in table("moscow/group_statements"):
        Statement.objects.create(
            platform=version.platform,
            demand=demands.get(row["demand_id"]),
            **{name: row[name] for name in ("said_on", "said_precision")},
            **both(row, "made_by", "text"),
            **_told(row),
        )
    publish_platform(version=version, links=links, platform=version.platform, vouched=True, at=at)
