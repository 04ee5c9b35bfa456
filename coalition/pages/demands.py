"""The platform in its two chapters, one demand with everybody's record on it, and a method before it counts."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coalition.pages.groups import GroupRow, group_rows
from coalition.pages.home import house_or_404
from coalition.pages.public import public
from coalition.pages.sheets import Sheet, chosen, demand_sheet, said
from coalition.pages.strips import strip_of
from deputies.votes.reports.houses import House, terms_of
from deputies.votes.reports.seats import holdings_of
from pledges.findings.reports.told import breaches_of, published_in
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import DemandText
from pledges.scorecards.reports.evidence import SHOWN, Line, lines, links_of, with_arithmetic
from pledges.scorecards.reports.groups import Scope, groups_of
from pledges.scorecards.reports.links import apart, choice_of
from pledges.scorecards.reports.measures import measures_of
from pledges.scorecards.reports.platform import PlatformInForce, demand_by_slug, dropped_demand, platform_of
from pledges.scorecards.reports.promises import support_of
from pledges.scorecards.reports.redlines import crossings_of
from pledges.scorecards.reports.shadow import shadow_of
from pledges.tracker.reports.words import signers_of, word_on
from pledges.tracker.wording import counts_sentence

DEPUTIES = 100  # of a demand on one page


@require_safe
@public("term")
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
            "word": (word := word_on(in_force.platform, at=house.at)),
            "signers": signers_of(word.signed),
            "counts": counts_sentence(word.given),
            "linked": linked,
            "unused": unused,
        }
    return render(request, "demands/platform.html", context)


def sheet_or_404(chamber: str, slug: str) -> Sheet:
    """What a demand says when it is passed on."""
    context = _demand(house_or_404(chamber), slug)
    if context is None:
        raise Http404("No such demand.")
    sheet: Sheet = context["sheet"]
    return sheet


@require_safe
@public("term")
def not_used_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    """The votes that were considered for a demand and not used, each with the reason."""
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    unused = choice_of(in_force)[1] if in_force else []
    return render(request, "demands/not_used.html", {"house": house, "in_force": in_force, "unused": unused})


@require_safe
@public("term", "deputies")
def demand_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    context = _demand(house, slug)
    if context is None:
        return _elsewhere(request, house, slug)
    context["now"] = timezone.now()
    if "crossed" in context:
        return render(request, "demands/redline.html", context)
    rows = Paginator(context["rows"], DEPUTIES).get_page(request.GET.get("deputies"))
    return render(request, "demands/page.html", context | {"rows": rows})


def _elsewhere(request: HttpRequest, house: House, slug: str) -> HttpResponse:
    """Where the demand of another term is, such as one passed on before the term ended; or that it was dropped."""
    for one in terms_of(house.chamber, timezone.now()) if house.has_others else []:
        if one.term and demand_by_slug(platform_of(one), slug):
            address = reverse("demand_page", args=[get_language(), house.chamber.slug, slug])
            return HttpResponseRedirect(f"{address}?term={one.term.number}")
    text = dropped_demand(house.chamber, slug)
    if text is None:
        raise Http404("No such demand.")
    return render(request, "demands/dropped.html", {"house": house, "text": text}, status=410)


def _demand(house: House, slug: str) -> dict[str, Any] | None:
    """Everything on the page of a demand, or of a red line; None where the platform of the term has none so named."""
    in_force = platform_of(house)
    text = demand_by_slug(in_force, slug)
    if in_force is None or text is None:
        return None
    published, disputed = apart(links_of(in_force, demand=text.demand, states=SHOWN))
    evidence = with_arithmetic(lines(published, {}, in_force))
    linked, unused = choice_of(in_force)
    context: dict[str, Any] = {
        "house": house,
        "in_force": in_force,
        "text": text,
        "linked": linked,
        "disputed": disputed,
        "unused": (own := [one for one in unused if one.text == text]),
        "looked_at": len({link.roll_call_id for link in [*published, *disputed]}) + len(own),
    }
    if text.demand.chapter == Chapter.RED_LINE:
        crossings, flags = (
            crossings_of(in_force, evidence),
            list(published_in(in_force).filter(link__demand=text.demand)),
        )
        context["crossed"] = [(line, breaches_of(crossings.get(line.version.pk, []), flags)) for line in evidence]
        rule = _(
            "A red line: only a recorded vote can cross it, and it changes no number. Silence and absence never do."
        )
        return context | {"sheet": demand_sheet(house, in_force, text, counts=rule)}
    context |= _scores(house, in_force, text, evidence)
    groups: list[GroupRow] = context["groups"]
    sheet = demand_sheet(
        house,
        in_force,
        text,
        counts=said("demands/_counts.html", **context),
        chooser=chosen(house, in_force, linked),
        coalition=next((row.cells[0] for row in groups if row.kind == "coalition"), None),
    )
    return context | {"sheet": sheet}


def _scores(house: House, in_force: PlatformInForce, text: DemandText, evidence: list[Line]) -> dict[str, Any]:
    """The votes of a demand that count and those that do not, with what all did and said; five queries."""
    measures = measures_of(in_force, demand=text.demand)
    groups = groups_of(in_force, demand=text.demand)
    holdings = holdings_of(house)
    rows = [(holding, measures.get((holding.mandate.person_id, ""))) for holding in holdings]
    word = word_on(in_force.platform, at=house.at, demand=text.demand)
    return {
        "word": word,
        "support": support_of(word, holdings, house.chamber.seats),
        "counted": [line for line in evidence if line.counts],
        "listed": [line for line in evidence if not line.counts],
        "rows": rows,
        "strip": strip_of(rows),
        "groups": group_rows(in_force, groups, [(text.demand_id, "")]),
    }


@require_safe
@public("term")
def method_change_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    """Whose numbers an announced method would change, before it counts."""
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    shadow = shadow_of(in_force) if in_force else None
    return render(request, "demands/method_change.html", {"house": house, "in_force": in_force, "shadow": shadow})
