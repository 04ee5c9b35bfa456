"""Who could vote at a moment."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Prefetch

from deputies.people.models import Chamber, FactionMembership, Mandate, Office
from deputies.sources.prepared import prepared
from deputies.sources.rows import inside, outside

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Seated:
    """Who held a seat at a moment, with the faction of that moment."""

    mandate: Mandate
    faction_membership: FactionMembership | None


@dataclass(frozen=True, slots=True)
class Eligible(Seated):
    """A deputy who could vote at a moment, with the mandate and the faction of that moment."""

    presides: bool


def seated_at(chamber: Chamber, moment: dt.datetime) -> list[Seated]:
    """Everyone who held a seat at `moment`, by district and seat; one query."""
    return [
        Seated(mandate, outside(FactionMembership, rows[0], "faction") if rows else None)
        for mandate in _seated(chamber, moment)
        for rows in [mandate.faction_rows]  # type: ignore[attr-defined]
    ]


@prepared
def _seated(chamber: Chamber, moment: dt.datetime) -> "QuerySet[Mandate]":
    then = FactionMembership.objects.filter(mandate=OuterRef("pk"), held__contains=moment)
    return _in_order(Mandate.objects.filter(chamber=chamber).at(moment)).annotate(faction_rows=inside(then, "faction"))


def eligible_at(chamber: Chamber, moment: dt.datetime | None) -> list[Eligible]:
    """As `seated_at`, with who presided, in three queries; with None, everyone who ever held a seat."""
    mandates, offices = Mandate.objects.filter(chamber=chamber), Office.objects.filter(presides=True)
    memberships = FactionMembership.objects.select_related("faction")
    if moment is not None:
        mandates, offices = mandates.at(moment), offices.filter(held__contains=moment)
        memberships = memberships.filter(held__contains=moment)
    found = _in_order(mandates).prefetch_related(
        Prefetch("faction_memberships", memberships, to_attr="factions_then"),
        Prefetch("offices", offices, to_attr="chairs_then"),
    )
    return [Eligible(mandate, _faction_then(mandate), presides=bool(mandate.chairs_then)) for mandate in found]


def _faction_then(mandate: Mandate) -> FactionMembership | None:
    return next(iter(mandate.factions_then), None)  # type: ignore[attr-defined]


def _in_order(mandates: "QuerySet[Mandate]") -> "QuerySet[Mandate]":
    related = mandates.select_related("person", "district", "chamber")
    return related.order_by("district__number", "seat", "person__sort_key", "pk")
