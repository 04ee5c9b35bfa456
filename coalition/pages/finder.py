"""Find my deputy: what a reader's words lead to, and the map of tiles."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from coalition.pages.answers import unkept
from coalition.pages.pictures import tile_columns
from deputies.people.reports import Answer, find, place_kinds
from deputies.votes.reports.houses import House
from deputies.votes.reports.seats import Seat, seats_of


@dataclass(frozen=True, slots=True)
class Tile:
    """A district on the map: where its row begins, if it is the first, and its seats."""

    column: int
    seats: list[Seat]

    @property
    def seat(self) -> Seat:
        return self.seats[0]

    @property
    def side(self) -> str:
        """The side that its deputies are on; "" where they differ or no source states it."""
        sides = {seat.latest.side for seat in self.seats if seat.latest}
        return sides.pop() if len(sides) == 1 else ""


def tiles_of(seats: list[Seat]) -> list[Tile]:
    """One tile per district, in their order."""
    by_district: dict[int, list[Seat]] = {}
    for seat in seats:
        if seat.district:
            by_district.setdefault(seat.district.pk, []).append(seat)
    columns = tile_columns(len(by_district))
    return [Tile(column, own) for column, own in zip(columns, by_district.values(), strict=True)]


def map_of(seats: list[Seat], view: str | None) -> dict[str, object]:
    """What the map of tiles shows: neutral, or by side where a source states any."""
    tiles = tiles_of(seats)
    has_sides = any(tile.side for tile in tiles)
    return {"tiles": tiles, "has_sides": has_sides, "by_side": has_sides and view == "side"}


def answer_page(request: HttpRequest, lang: str, house: House, written: str) -> HttpResponse:
    """The only answer's own page, which leaves the words out of the address; or all answers."""
    seats, slug = seats_of(house), house.chamber.slug
    people = {each.mandate.person_id: each.mandate.person for seat in seats for each in seat.holdings}
    found = find(written, house.chamber, people.values())
    if found.only_person:
        address = reverse("deputy_page", args=[lang, slug, found.only_person.slug])
        return unkept(HttpResponseRedirect(address))
    if found.only_district:
        address = reverse("district_page", args=[lang, slug, found.only_district.number])
        return unkept(HttpResponseRedirect(address))
    context = {
        "house": house,
        "query": written.replace("\0", " ")[:100],
        "found": found,
        "hits": [(answer, _seats_for(answer, seats)) for answer in found.answers],
        "kinds": place_kinds(house.chamber),
    }
    return unkept(render(request, "deputies/found.html", context))


def _seats_for(answer: Answer, seats: list[Seat]) -> list[Seat]:
    if answer.person:
        return [seat for seat in seats if any(each.mandate.person_id == answer.person.pk for each in seat.holdings)]
    return [seat for seat in seats if seat.district in answer.districts]
