"""Who could vote at a moment."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch

from deputies.people.models import Chamber, FactionMembership, Mandate, Office


@dataclass(frozen=True, slots=True)
class Eligible:
    """A deputy who could vote at a moment, with the mandate and the faction of that moment."""

    mandate: Mandate
    faction_membership: FactionMembership | None
    presides: bool


def eligible_at(chamber: Chamber, moment: dt.datetime | None) -> list[Eligible]:
    """Everyone who held a seat at `moment`, by district and seat; with None, everyone who ever did."""
    mandates = Mandate.objects.filter(chamber=chamber)
    memberships = FactionMembership.objects.select_related("faction")
    offices = Office.objects.filter(presides=True)
    if moment is not None:
        mandates = mandates.at(moment)
        memberships = memberships.filter(held__contains=moment)
        offices = offices.filter(held__contains=moment)
    mandates = (
        mandates.select_related("person", "district", "chamber")
        .prefetch_related(
            Prefetch("faction_memberships", memberships, to_attr="factions_then"),
            Prefetch("offices", offices, to_attr="chairs_then"),
        )
        .order_by("district__number", "seat", "person__sort_key", "pk")
    )
    return [
        Eligible(mandate, next(iter(mandate.factions_then), None), presides=bool(mandate.chairs_then))  # type: ignore[attr-defined]
        for mandate in mandates
    ]
