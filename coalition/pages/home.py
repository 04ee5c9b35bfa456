"""The front door, the chooser of chambers, and the home of a chamber."""

import datetime as dt
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from coalition.pages.finder import map_of
from coalition.pages.public import public
from coalition.pages.sheets import Sheet, chosen, home_sheet, said
from deputies.people.reports import place_kinds
from deputies.votes.reports.changes import news_of
from deputies.votes.reports.houses import House, house, latest_terms
from deputies.votes.reports.seats import Seat, seats_of
from deputies.votes.reports.sittings import first_sitting
from pledges.findings.reports.upcoming import coming
from pledges.platform.enums import COUNTED, Chapter
from pledges.scorecards.reports.links import Linked, linked_in
from pledges.scorecards.reports.platform import platform_of

NEWS = 6


def house_or_404(slug: str, term: str | None = None, *, held_at: dt.datetime | None = None) -> House:
    """The chamber of a page as it stands now, in its latest term, in `term`, or in that of a vote of `held_at`."""
    number = None if term is None else int(term) if re.fullmatch("[0-9]{1,4}", term) else -1
    found = house(slug, timezone.now(), number=number, held_at=held_at)
    if found is None:
        raise Http404("No such chamber or term.")
    return found


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Send a reader to their language; the middleware says that the answer varies with it."""
    return HttpResponseRedirect(f"/{'ru' if get_language() == 'ru' else 'en'}/")


@require_safe
@public()
def chamber_list(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "home/chambers.html", {"terms": latest_terms()})


def sheet_or_404(chamber: str, slug: str) -> Sheet:
    """What the home of a chamber says when it is passed on; `slug` is the chamber's own."""
    house = house_or_404(chamber)
    sheet: Sheet = _opening(house, seats_of(house))["sheet"]
    return sheet


def _opening(house: House, seats: list[Seat]) -> dict[str, Any]:
    """The first sentence of the home, and the sheet that says it elsewhere; three queries."""
    in_force = platform_of(house)
    linked = linked_in(in_force) if in_force else Linked(0, 0)
    opening = {
        "house": house,
        "deputies": sum(holding.stayed for seat in seats for holding in seat.holdings),
        "in_force": in_force,
        "first_sitting": first_sitting(house),
        "linked": linked.votes,
    }
    sheet = home_sheet(house, said("home/_counts.html", **opening), chosen(house, in_force, linked))
    return opening | {"sheet": sheet}


@require_safe
@public("term")
def chamber_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    seats = seats_of(house)
    opening = _opening(house, seats)
    in_force = opening["in_force"]
    context = opening | {
        "kinds": place_kinds(house.chamber),
        **map_of(seats, request.GET.get("view")),
        "chapters": [(chapter, in_force.of_chapter(chapter)) for chapter in COUNTED] if in_force else [],
        "ruled_out": in_force.of_chapter(Chapter.RED_LINE) if in_force else [],
        "next_vote": coming(house).first(),
        "texts": {text.demand_id: text for text in in_force.texts} if in_force else {},
        "news": news_of(house, most=NEWS),
    }
    return render(request, "home/chamber.html", context)
