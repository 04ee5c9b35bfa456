"""The groups of a chamber in a table: the coalition, the sides, the factions, each in alphabetical order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deputies.people.models import Chamber
from deputies.people.models.mandates import SIDE_CHOICES
from deputies.sources.language import Words
from pledges.scorecards.reports.groups import Group, Scope
from pledges.scorecards.reports.platform import PlatformInForce

ORDER = ("coalition", "side", "faction")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group by its name, with what its members did in each scope asked for; None where they had no vote."""

    kind: str
    name: str
    cells: list[Group | None]


def group_rows(
    in_force: PlatformInForce, found: Mapping[str, Mapping[Scope, Group]], scopes: Sequence[Scope]
) -> list[GroupRow]:
    """A row for each group that has something in one of the scopes; one query. Never sorted by score."""
    factions = {faction.slug: faction.name for faction in _chamber(in_force).factions.all()}
    rows = [
        GroupRow(kind, _name(in_force, factions, kind, slug), [groups.get(scope) for scope in scopes])
        for part, groups in found.items()
        for kind, _, slug in [part.partition(":")]
        if any(scope in groups for scope in scopes)
    ]
    return sorted(rows, key=lambda row: (ORDER.index(row.kind), row.name.strip('«“"').lower()))


def _chamber(in_force: PlatformInForce) -> Chamber:
    return in_force.platform.coalition.chamber


def _name(in_force: PlatformInForce, factions: Mapping[str, Words], kind: str, slug: str) -> str:
    if kind == "coalition":
        return in_force.platform.coalition.name
    return factions[slug] if kind == "faction" else str(SIDE_CHOICES[slug])
