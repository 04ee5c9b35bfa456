"""The platform in its two chapters, one demand with everybody's record on it, and a method before it counts."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from coalition.pages.groups import group_rows
from coalition.pages.home import house_or_404
from deputies.votes.reports.houses import House, terms_of
from deputies.votes.reports.seats import seats_of
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import DemandText
from pledges.scorecards.reports.evidence import SHOWN, Line, lines, links_of, with_arithmetic
from pledges.scorecards.reports.groups import Scope, groups_of
from pledges.scorecards.reports.links import apart, choice_of
from pledges.scorecards.reports.measures import measures_of
from pledges.scorecards.reports.platform import PlatformInForce, demand_by_slug, platform_of
from pledges.scorecards.reports.redlines import crossings_of
from pledges.scorecards.reports.shadow import shadow_of


@require_safe
def platform_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    context: dict[str, object] = {"house": house, "in_force": in_force}
    if in_force is not None:
        linked, unused = choice_of(in_force)
        scopes: list[Scope] = [(None, chapter.value) for chapter in COUNTED]
        context |= {
            "chapters": [(chapter, in_force.of_chapter(chapter)) for chapter in COUNTED],
            "ruled_out": in_force.of_chapter(Chapter.RED_LINE),
            "groups": group_rows(in_force, groups_of(in_force), scopes),
            "linked": linked,
            "unused": unused,
        }
    return render(request, "demands/platform.html", context)


@require_safe
def not_used_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    """The votes that were considered for a demand and not used, each with the reason."""
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    unused = choice_of(in_force)[1] if in_force else []
    return render(request, "demands/not_used.html", {"house": house, "in_force": in_force, "unused": unused})


@require_safe
def demand_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    text = demand_by_slug(in_force, slug)
    if in_force is None or text is None:
        return _in_another_term(house, slug)
    published, disputed = apart(links_of(in_force, demand=text.demand, states=SHOWN))
    evidence = with_arithmetic(lines(published, {}, in_force))
    linked, unused = choice_of(in_force)
    context = {
        "house": house,
        "in_force": in_force,
        "text": text,
        "linked": linked,
        "disputed": disputed,
        "unused": (own := [one for one in unused if one.text == text]),
        "looked_at": len({link.roll_call_id for link in [*published, *disputed]}) + len(own),
    }
    if text.demand.chapter == Chapter.RED_LINE:
        crossings = crossings_of(in_force, evidence)
        rows = [(line, crossings.get(line.version.pk, [])) for line in evidence]
        return render(request, "demands/redline.html", context | {"rows": rows})
    return render(request, "demands/page.html", context | _scores(house, in_force, text, evidence))


def _in_another_term(house: House, slug: str) -> HttpResponseRedirect:
    """Where the address of another term's demand leads, such as one that was passed on before the term ended."""
    for one in terms_of(house.chamber, timezone.now()) if house.has_others else []:
        if one.term and demand_by_slug(platform_of(one), slug):
            address = reverse("demand_page", args=[get_language(), house.chamber.slug, slug])
            return HttpResponseRedirect(f"{address}?term={one.term.number}")
    raise Http404("No such demand.")


def _scores(house: House, in_force: PlatformInForce, text: DemandText, evidence: list[Line]) -> dict[str, object]:
    """The votes of a demand that count and those that do not, with what deputies and groups did; six queries."""
    measures = measures_of(in_force, demand=text.demand)
    holdings = [holding for seat in seats_of(house) for holding in seat.holdings]
    groups = groups_of(in_force, demand=text.demand)
    return {
        "counted": [line for line in evidence if line.counts],
        "listed": [line for line in evidence if not line.counts],
        "rows": [(holding, measures.get((holding.mandate.person_id, ""))) for holding in holdings],
        "groups": group_rows(in_force, groups, [(text.demand_id, "")]),
    }


@require_safe
def method_change_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    """Whose numbers an announced method would change, before it counts."""
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    shadow = shadow_of(in_force) if in_force else None
    return render(request, "demands/method_change.html", {"house": house, "in_force": in_force, "shadow": shadow})
