"""The seats of a term and those who held them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch

from deputies.people.enums import Left
from deputies.people.models import District, FactionMembership, Mandate
from deputies.votes.reports.houses import House


@dataclass(frozen=True, slots=True)
class Holding:
    """A mandate in a list: who, with the faction they were last in."""

    mandate: Mandate
    membership: FactionMembership | None
    has_left: bool

    @property
    def stayed(self) -> bool:
        """Whether they hold the seat, or held it until the end of the term."""
        return self.mandate.left == Left.TERM_ENDED or not (self.mandate.left or self.has_left)


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat with those who held it in the term, the first one first; empty where no source names anybody."""

    district: District | None
    holdings: list[Holding]

    @property
    def holder(self) -> Holding | None:
        return next((holding for holding in self.holdings if not holding.has_left), None)

    @property
    def latest(self) -> Holding | None:
        """Who holds the seat, or held it last."""
        return self.holder or (self.holdings[-1] if self.holdings else None)


def seats_of(of: House) -> list[Seat]:
    """The seats of the latest term by district, then those whose district no source states; three queries."""
    mandates = (
        Mandate.objects.filter(chamber=of.chamber, term=of.term)
        .select_related("person", "district")
        .prefetch_related(
            Prefetch("faction_memberships", FactionMembership.objects.select_related("faction").order_by("held"))
        )
        .order_by("district__number", "seat", "held", "person__sort_key")
    )
    held: dict[tuple[int, int], list[Holding]] = {}
    elsewhere: list[Seat] = []
    for mandate in mandates:
        holding = _holding(mandate, of.at)
        if mandate.district_id is None:
            elsewhere.append(Seat(None, [holding]))
        else:
            held.setdefault((mandate.district_id, mandate.seat), []).append(holding)
    seats = []
    for district in of.chamber.districts.order_by("number"):
        places = sorted(place for place in held if place[0] == district.pk)
        seats += [Seat(district, held[place]) for place in places] or [Seat(district, [])]
    return seats + elsewhere


def _holding(mandate: Mandate, at: dt.datetime) -> Holding:
    upper = mandate.held.upper
    memberships = list(mandate.faction_memberships.all())
    return Holding(mandate, memberships[-1] if memberships else None, upper is not None and upper <= at)
