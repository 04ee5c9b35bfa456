"""Votes that differ from a pledge, with the reply or the silence, and votes as pledged against most of the faction."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from pledges.findings.enums import FindingKind, FindingState
from pledges.findings.reports.told import counts_in, published_in, seen, told_of, withdrawn_at
from pledges.scorecards.reports.platform import platform_by_id, platform_of

PER_PAGE = 20


@require_safe
@public("kept", "page", "term")
def contradiction_list(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    if in_force is None:
        return render(request, "contradictions/list.html", {"house": house})
    published = published_in(in_force)
    differs = Paginator(published.filter(kind=FindingKind.DIFFERS.value), PER_PAGE).get_page(request.GET.get("page"))
    kept = Paginator(published.filter(kind=FindingKind.AS_PLEDGED.value), PER_PAGE).get_page(request.GET.get("kept"))
    told = told_of(in_force, [*differs, *kept])
    context = {
        "house": house,
        "in_force": in_force,
        "counts": counts_in(in_force),
        "differs": differs,
        "kept": kept,
        "differing": [one for one in told if not one.is_kept],
        "keeping": [one for one in told if one.is_kept],
    }
    return render(request, "contradictions/list.html", context)


@require_safe
@public()
def contradiction_page(request: HttpRequest, lang: str, chamber: str, pk: int) -> HttpResponse:
    """One finding of any kind; one that was withdrawn says why, and that it is gone."""
    finding = seen(pk, chamber) if pk < 2**63 else None
    if finding is None:
        raise Http404("No such finding.")
    house = house_or_404(chamber, held_at=finding.version.held_at)
    if finding.state == FindingState.WITHDRAWN:
        context = {"house": house, "finding": finding, "at": withdrawn_at(finding)}
        return render(request, "contradictions/withdrawn.html", context, status=410)
    in_force = platform_by_id(finding.link.demand.platform_id)
    if in_force is None or all(text.demand_id != finding.link.demand_id for text in in_force.texts):
        raise Http404("No such finding.")
    context = {"house": house, "in_force": in_force, "told": told_of(in_force, [finding])[0], "finding": finding}
    return render(request, "contradictions/page.html", context)
