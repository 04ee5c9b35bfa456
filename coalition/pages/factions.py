"""A faction: who is in it and was, and how its deputies voted."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.pages.groups import group_rows
from coalition.pages.home import house_or_404
from coalition.pages.public import public
from deputies.votes.reports.factions import members_of, splits_of
from pledges.platform.enums import COUNTED
from pledges.scorecards.reports.groups import Scope, groups_of
from pledges.scorecards.reports.links import linked_in
from pledges.scorecards.reports.platform import platform_of


@require_safe
@public("term")
def faction_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    faction = house.chamber.factions.filter(slug=slug).first()
    if faction is None:
        raise Http404("No such faction.")
    in_force, part = platform_of(house), f"faction:{slug}"
    now, before = members_of(faction, house)
    context: dict[str, object] = {"house": house, "faction": faction, "in_force": in_force}
    context |= {"now": now, "before": before, "splits": splits_of(faction, house)}
    if in_force is not None:
        scopes: list[Scope] = [(None, chapter.value) for chapter in COUNTED]
        found = {name: groups for name, groups in groups_of(in_force).items() if name == part}
        context |= {"groups": group_rows(in_force, found, scopes), "linked": linked_in(in_force)}
    return render(request, "deputies/faction.html", context)
