"""The seats of a term and those who held them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db.models import OuterRef, QuerySet, Subquery

from deputies.people.enums import Left
from deputies.people.models import Chamber, District, Faction, FactionMembership, Mandate, Place, SideMembership, Term
from deputies.sources.dates import UNKNOWN, PartialDate
from deputies.sources.prepared import prepared
from deputies.sources.rows import Written, inside, outside, packed
from deputies.votes.reports.houses import House


@dataclass(frozen=True, slots=True)
class Holding:
    """A mandate in a list: who, with the faction and the side that they were last in; "" where none is stated."""

    mandate: Mandate
    membership: FactionMembership | None
    has_left: bool
    side: str = ""

    @property
    def stayed(self) -> bool:
        """Whether they hold the seat, or held it until the end of the term."""
        return self.mandate.left == Left.TERM_ENDED or not (self.mandate.left or self.has_left)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which one person held a seat, or nobody (`mandate` is None); it lasts where there is no `upper`."""

    mandate: Mandate | None
    began: PartialDate
    ended: PartialDate
    upper: dt.datetime | None  # the first moment after it


def stretches_of(mandates: Iterable[Mandate], at: dt.datetime) -> list[Stretch]:
    """A seat with these mandates, in their order, and the vacancies between them and until `at`."""
    found: list[Stretch] = []
    for mandate in mandates:
        before = found[-1] if found else None
        if before and before.upper and mandate.held.lower and before.upper < mandate.held.lower:
            found.append(Stretch(None, before.ended, mandate.began, mandate.held.lower))
        found.append(Stretch(mandate, mandate.began, mandate.ended, mandate.held.upper))
    if found and (last := found[-1]).upper and last.upper <= at:
        found.append(Stretch(None, last.ended, UNKNOWN, None))
    return found


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

    def strip(self, at: dt.datetime) -> list[tuple[Stretch, Holding | None]]:
        """Who held the seat until `at`, and when nobody did."""
        by_mandate = {holding.mandate: holding for holding in self.holdings}
        return [(one, by_mandate[one.mandate] if one.mandate else None) for one in stretches_of(by_mandate, at)]


def holdings_of(of: House) -> list[Holding]:
    """Who held the seats of a term, in the order of `seats_of`; one query."""
    return [_holding(mandate, of.at) for mandate in _mandates(of.chamber, of.term)]


def seats_of(of: House, *, places_of: int | None = None) -> list[Seat]:
    """The seats of the latest term by district, then those whose district no source states; two queries.

    The district with the number `places_of` brings its places, as `place_rows` for `places_in`.
    """
    held: dict[tuple[int, int], list[Holding]] = {}
    elsewhere: list[Seat] = []
    for holding in holdings_of(of):
        mandate = holding.mandate
        if mandate.district_id is None:
            elsewhere.append(Seat(None, [holding]))
        else:
            held.setdefault((mandate.district_id, mandate.seat), []).append(holding)
    seats = []
    districts = of.chamber.districts.order_by("number")
    if places_of is not None:
        asked = Place.objects.filter(district=OuterRef("pk"), district__number=places_of)
        districts = districts.select_related("source").defer("source__content")
        districts = districts.annotate(place_rows=inside(asked.order_by("kind", "key_ru", "pk"), "source"))
    for district in districts:
        places = sorted(place for place in held if place[0] == district.pk)
        seats += [Seat(district, held[place]) for place in places] or [Seat(district, [])]
    return seats + elsewhere


@prepared
def _mandates(chamber: Chamber, term: Term | None) -> QuerySet[Mandate]:
    return (
        Mandate.objects.filter(chamber=chamber, term=term)
        .select_related("person", "district")
        .annotate(
            side=Subquery(SideMembership.objects.filter(mandate=OuterRef("pk")).order_by("-held").values("side")[:1]),
            membership_row=Written(_latest_membership(), "pk"),
        )
        .order_by("district__number", "seat", "held", "person__sort_key")
    )


@cache
def _latest_membership() -> str:
    return f"""
        SELECT {packed(FactionMembership, "m")} || {packed(Faction, "f", "faction__")}
        FROM people_factionmembership m JOIN people_faction f ON f.id = m.faction_id
        WHERE m.mandate_id = {{0}} ORDER BY m.held DESC LIMIT 1
    """  # noqa: S608


def places_in(district: District) -> list[Place]:
    """The areas, then the streets of a district that `seats_of` brought with its places."""
    return [outside(Place, row, "source") for row in district.place_rows]  # type: ignore[attr-defined]


def _holding(mandate: Mandate, at: dt.datetime) -> Holding:
    upper = mandate.held.upper
    row = mandate.membership_row  # type: ignore[attr-defined]
    has_left, side = upper is not None and upper <= at, mandate.side or ""  # type: ignore[attr-defined]
    return Holding(mandate, outside(FactionMembership, row, "faction") if row else None, has_left, side)
