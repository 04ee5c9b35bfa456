"""Coming votes: the agenda, what is expected of each deputy in one of them, and how often that was as recorded."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from deputies.votes.reports.arithmetic import arithmetics_of
from deputies.votes.reports.votes import record_of
from pledges.findings.reports.expected import asking_of, forecast_of
from pledges.findings.reports.upcoming import by_rung, coming, hits_of, item_by_slug, past, summed
from pledges.scorecards.reports.platform import platform_of

PER_PAGE = 50
NAMES = 100  # of a vote on one page


@require_safe
@public("page", "term")
def upcoming_list(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    page = Paginator(past(house), PER_PAGE).get_page(request.GET.get("page"))
    found = hits_of(page.object_list)
    context = {
        "house": house,
        "texts": {text.demand_id: text for text in in_force.texts} if in_force else {},
        "coming": list(coming(house)),
        "page": page,
        "hits": {pk: summed(hits.values()) for pk, hits in found.items()},
    }
    return render(request, "upcoming/list.html", context)


@require_safe
@public("page", "term")
def upcoming_record(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    """Of all positions that were expected, how many were as recorded: by what they rested on, and vote by vote."""
    house = house_or_404(chamber, request.GET.get("term"))
    items = list(past(house).filter(roll_call__published__isnull=False))
    found = hits_of(items)
    compared = [(item, summed(found[item.pk].values())) for item in items if item.pk in found]
    context = {
        "house": house,
        "rungs": by_rung(found.values()),
        "total": summed(hits for _, hits in compared),
        "page": Paginator(compared, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "upcoming/record.html", context)


@require_safe
@public("names")
def upcoming_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    item = item_by_slug(chamber, slug)
    if item is None:
        raise Http404("No such vote on the agenda.")
    house = house_or_404(chamber, held_at=item.starts_at)
    in_force = platform_of(house)
    links = item.told  # type: ignore[attr-defined]
    asking = asking_of(links, in_force)
    forecast = forecast_of(item, in_force, asking)
    version = record_of(item.roll_call) if item.roll_call and item.roll_call.published else None
    context = {
        "house": house,
        "item": item,
        "links": links,
        "in_force": in_force,
        "texts": {text.demand_id: text for text in in_force.texts} if in_force else {},
        "asking": asking,
        "several": len(asking) > 1,
        "forecast": forecast,
        "version": version,
        "numbers": arithmetics_of([version])[version.pk] if version else None,
        "is_coming": item.is_open and item.starts_at > house.at,
        "names": Paginator(forecast.rows, NAMES).get_page(request.GET.get("names")),
    }
    return render(request, "upcoming/page.html", context)
