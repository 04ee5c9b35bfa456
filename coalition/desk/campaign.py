"""The campaign view: every demand and every district, with the word that is on record and the one that is missing."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from coalition.desk.site import desk
from coalition.tables import csv_response
from pledges.platform.enums import Chapter
from pledges.platform.models import CHAPTER_CHOICES, Platform
from pledges.scorecards import wording
from pledges.scorecards.reports.campaign import Campaign, campaign_of
from pledges.scorecards.reports.platform import platform_by_id

FILE = ("district", "deputy", "faction", "chapter", "demand", "word", "since", "as_asked", "counted_votes")


@require_safe
def campaign_page(request: HttpRequest, pk: int) -> HttpResponse:
    if not (request.user.has_perm("platform.view_platform") and request.user.has_perm("tracker.view_pledge")):
        raise PermissionDenied
    in_force_now = platform_by_id(pk)
    platform = in_force_now.platform if in_force_now else get_object_or_404(Platform, pk=pk)
    chosen = _chosen(request)
    campaign = campaign_of(in_force_now, timezone.now(), **chosen) if in_force_now else None
    if campaign and "file" in request.GET:
        return csv_response(f"{platform.slug}-words.csv", FILE, _lines(campaign))
    context = {
        **desk.each_context(request),
        "title": gettext("Who said what: %(platform)s") % {"platform": _title(platform)},
        "opts": Platform._meta,
        "platform": platform,
        "campaign": campaign,
        "chapters": CHAPTER_CHOICES.items(),
        "chosen": chosen,
        "words": wording.LAST_WORDS,
        "file": f"?{request.GET.urlencode()}&file=csv",
    }
    return TemplateResponse(request, "admin/platform/platform/campaign.html", context)


def _title(platform: Platform) -> str:
    return str(platform.published.title if platform.published else platform)


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """What the form asks for; a chapter that is none is every chapter."""
    chapter = request.GET.get("chapter", "")
    return {
        "chapter": chapter if chapter in set(Chapter) else "",
        "faction": request.GET.get("faction", ""),
        "unsaid_only": "unsaid" in request.GET,
    }


def _lines(campaign: Campaign) -> Iterator[tuple[str, ...]]:
    """One line for each cell."""
    for row in campaign.rows:
        district, faction = row.mandate.district, row.faction
        who = (
            str(district.number) if district else "",
            str(row.mandate.person.name),
            str(faction.name) if faction else "",
        )
        for cell in row.cells:
            demand, word, record = cell.text.demand, cell.word, cell.record
            counts = (str(record.as_asked), str(record.counted)) if record else ("", "")
            said = str(wording.LAST_WORDS[word.last]), word.on.isoformat() if word.on else ""
            yield (*who, demand.get_chapter_display(), str(cell.text.title), *said, *counts)
