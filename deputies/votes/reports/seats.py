"""The seats of a term and those who held them."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from django.db.models import OuterRef, Subquery

from deputies.people.enums import Left
from deputies.people.models import District, Faction, FactionMembership, Mandate, Place, SideMembership
from deputies.sources.dates import PartialDate
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
class Vacancy:
    """A time in which nobody held a seat; `until` is None where it lasts."""

    since: PartialDate
    until: PartialDate | None


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

    @property
    def strip(self) -> list[tuple[Holding, Vacancy | None]]:
        """Who held the seat, each with the vacancy after them, if there was one."""
        following = [*(holding.mandate for holding in self.holdings[1:]), None]
        return [(one, _vacancy(one, after)) for one, after in zip(self.holdings, following, strict=True)]


def _vacancy(before: Holding, after: Mandate | None) -> Vacancy | None:
    ended = before.mandate.held.upper
    if after is None:
        return Vacancy(before.mandate.ended, None) if before.has_left else None
    began = after.held.lower
    return Vacancy(before.mandate.ended, after.began) if ended and began and ended < began else None


def seats_of(of: House, *, places_of: int | None = None) -> list[Seat]:
    """The seats of the latest term by district, then those whose district no source states; two queries.

    The district with the number `places_of` brings its places, as `place_rows` for `places_in`.
    """
    mandates = (
        Mandate.objects.filter(chamber=of.chamber, term=of.term)
        .select_related("person", "district")
        .annotate(
            side=Subquery(SideMembership.objects.filter(mandate=OuterRef("pk")).order_by("-held").values("side")[:1]),
            membership_row=Written(_latest_membership(), "pk"),
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
    districts = of.chamber.districts.order_by("number")
    if places_of is not None:
        asked = Place.objects.filter(district=OuterRef("pk"), district__number=places_of)
        districts = districts.select_related("source").defer("source__content")
        districts = districts.annotate(place_rows=inside(asked.order_by("kind", "key_ru", "pk"), "source"))
    for district in districts:
        places = sorted(place for place in held if place[0] == district.pk)
        seats += [Seat(district, held[place]) for place in places] or [Seat(district, [])]
    return seats + elsewhere


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
