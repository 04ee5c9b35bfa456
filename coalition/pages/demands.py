"""The platform in its two chapters, and one demand with everybody's record on it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from deputies.votes.reports.seats import seats_of
from pledges.platform.enums import Chapter
from pledges.scorecards.reports.evidence import lines, linked_calls, links_of, with_arithmetic
from pledges.scorecards.reports.measures import measures_of
from pledges.scorecards.reports.platform import demand_by_slug, platform_in_force


@require_safe
def platform_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    in_force = platform_in_force(house.chamber)
    chapters = [(chapter, in_force.of_chapter(chapter)) for chapter in Chapter] if in_force else []
    return render(request, "demands/platform.html", {"house": house, "in_force": in_force, "chapters": chapters})


@require_safe
def demand_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    house = house_or_404(chamber)
    in_force = platform_in_force(house.chamber)
    text = demand_by_slug(in_force, slug)
    if in_force is None or text is None:
        raise Http404("No such demand.")
    links = links_of(in_force, demand=text.demand)
    evidence = with_arithmetic(lines(links, {}, in_force))
    measures = measures_of(in_force, demand=text.demand)
    holdings = [holding for seat in seats_of(house) for holding in seat.holdings]
    context = {
        "house": house,
        "in_force": in_force,
        "text": text,
        "linked": linked_calls(in_force).count(),
        "counted": [line for line in evidence if line.counts],
        "listed": [line for line in evidence if not line.counts],
        "rows": [(holding, measures.get((holding.mandate.person_id, ""))) for holding in holdings],
    }
    return render(request, "demands/page.html", context)
