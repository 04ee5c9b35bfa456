"""The front door, the chooser of chambers, and the home of a chamber."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from coalition.pages.finder import map_of
from deputies.people.reports import place_kinds
from deputies.votes.reports.changes import news_of
from deputies.votes.reports.houses import House, house, latest_terms
from deputies.votes.reports.seats import seats_of
from pledges.platform.enums import COUNTED, Chapter
from pledges.scorecards.reports.evidence import linked_calls
from pledges.scorecards.reports.platform import platform_in_force

NEWS = 6


def house_or_404(slug: str) -> House:
    """The chamber of a page as it stands now."""
    found = house(slug, timezone.now())
    if found is None:
        raise Http404("No such chamber.")
    return found


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Send a reader to their language; the middleware says that the answer varies with it."""
    return HttpResponseRedirect(f"/{'ru' if get_language() == 'ru' else 'en'}/")


@require_safe
def chamber_list(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "home/chambers.html", {"terms": latest_terms()})


@require_safe
def chamber_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    seats = seats_of(house)
    in_force = platform_in_force(house.chamber)
    context = {
        "house": house,
        "kinds": place_kinds(house.chamber),
        **map_of(seats, request.GET.get("view")),
        "deputies": sum(1 for seat in seats if seat.holder or (house.has_ended and seat.holdings)),
        "in_force": in_force,
        "linked": linked_calls(in_force).count() if in_force else 0,
        "chapters": [(chapter, in_force.of_chapter(chapter)) for chapter in COUNTED] if in_force else [],
        "ruled_out": in_force.of_chapter(Chapter.RED_LINE) if in_force else [],
        "news": news_of(house.chamber, most=NEWS),
    }
    return render(request, "home/chamber.html", context)
