"""Who could vote at a moment."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from deputies.people.models import Chamber, FactionMembership, Mandate, Office

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
    """Everyone who held a seat at `moment`, by district and seat; two queries."""
    return [Seated(mandate, _faction_then(mandate)) for mandate in _mandates(chamber, moment)]


def eligible_at(chamber: Chamber, moment: dt.datetime | None) -> list[Eligible]:
    """As `seated_at`, with who presided, in one query more; with None, everyone who ever held a seat."""
    offices = Office.objects.filter(presides=True)
    if moment is not None:
        offices = offices.filter(held__contains=moment)
    mandates = _mandates(chamber, moment).prefetch_related(Prefetch("offices", offices, to_attr="chairs_then"))
    return [Eligible(mandate, _faction_then(mandate), presides=bool(mandate.chairs_then)) for mandate in mandates]


def _mandates(chamber: Chamber, moment: dt.datetime | None) -> "QuerySet[Mandate]":
    mandates = Mandate.objects.filter(chamber=chamber)
    memberships = FactionMembership.objects.select_related("faction")
    if moment is not None:
        mandates = mandates.at(moment)
        memberships = memberships.filter(held__contains=moment)
    return (
        mandates.select_related("person", "district", "chamber")
        .prefetch_related(Prefetch("faction_memberships", memberships, to_attr="factions_then"))
        .order_by("district__number", "seat", "person__sort_key", "pk")
    )


def _faction_then(mandate: Mandate) -> FactionMembership | None:
    return next(iter(mandate.factions_then), None)  # type: ignore[attr-defined]
