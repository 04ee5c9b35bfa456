"""One district: what it covers, who sits for it, and the record of its present deputy."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coalition.pages.deputies import rows_of
from coalition.pages.finder import tiles_of
from coalition.pages.home import house_or_404
from coalition.pages.public import public
from coalition.pages.records import Record, record_in
from deputies.people.enums import PlaceKind
from deputies.people.models import District, Place
from deputies.votes.reports.deputies import mandates_of
from deputies.votes.reports.houses import House
from deputies.votes.reports.seats import Seat, places_in, seats_of
from pledges.scorecards.reports.evidence import with_arithmetic
from pledges.scorecards.reports.platform import PlatformInForce, platform_of


@require_safe
@public()
def district_page(request: HttpRequest, lang: str, chamber: str, number: int) -> HttpResponse:
    house = house_or_404(chamber)
    seats = seats_of(house, places_of=number)
    own = [seat for seat in seats if seat.district and seat.district.number == number]
    if not own or own[0].district is None:
        raise Http404("No such district.")
    in_force = platform_of(house)
    record = _record(house, own, in_force)
    rows = rows_of(own, in_force if len(own[0].holdings) > 1 or len(own) > 1 else None)
    context = {
        "house": house,
        "district": own[0].district,
        "places": _places(own[0].district),
        "seats": own,
        "strips": [seat.strip(house.at) for seat in own],
        "measures": {row.person.pk: row.measures for row in rows if row.person},
        "in_force": in_force,
        "record": record,
        "parts": record.parts({}) if record else [],
        "latest": with_arithmetic(record.latest) if record else [],
        "tiles": tiles_of(seats),
    }
    return render(request, "districts/page.html", context)


def _places(district: District) -> list[Place]:
    """What it covers; only streets where a text in the words of its source already names the areas."""
    return [place for place in places_in(district) if not district.areas or place.kind == PlaceKind.STREET]


def _record(house: House, seats: list[Seat], in_force: PlatformInForce | None) -> Record | None:
    """The record of the only deputy who sits for the district, or sat last in a term that has ended; four queries."""
    sitting = [seat.latest if house.has_ended else seat.holder for seat in seats]
    only = sitting[0] if len(sitting) == 1 else None
    if only is None:
        return None
    mandates = mandates_of(house.chamber.slug, only.mandate.person.slug)
    mandates.sort(key=lambda mandate: mandate.term_id != only.mandate.term_id)  # of this term first
    return record_in(house, mandates, in_force, [], timezone.now(), beside_words=False)
