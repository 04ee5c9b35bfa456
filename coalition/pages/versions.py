"""The versions of a platform: what each of them said, who signed it, and what changed between two."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from deputies.votes.reports.houses import House
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import PlatformVersion
from pledges.platform.reports import edit_of, texts_of, versions_of
from pledges.scorecards.reports.platform import PlatformInForce, platform_of
from pledges.tracker.reports.words import signatures_of, signers_of


def _platform_or_404(request: HttpRequest, chamber: str) -> tuple[House, PlatformInForce, list[PlatformVersion]]:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    if in_force is None:
        raise Http404("No platform.")
    return house, in_force, versions_of(in_force.platform)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else default


@require_safe
@public("from", "term", "to")
def platform_changes(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house, in_force, versions = _platform_or_404(request, chamber)
    until = _number(request.GET.get("to"), versions[-1].number)
    since = _number(request.GET.get("from"), versions[max(0, len(versions) - 2)].number)
    edit = edit_of(versions, since=since, until=until, lang=lang)
    signed = {one.number: one for one in signers_of(signatures_of(in_force.platform))}
    context = {
        "house": house,
        "in_force": in_force,
        "versions": [(version, signed.get(version.number)) for version in reversed(versions)],
        "edit": edit,
        "is_asked": "from" in request.GET or "to" in request.GET,
    }
    return render(request, "pledges/changes.html", context)


@require_safe
@public("term")
def platform_version(request: HttpRequest, lang: str, chamber: str, number: int) -> HttpResponse:
    house, in_force, versions = _platform_or_404(request, chamber)
    version = next((one for one in versions if one.number == number), None)
    if version is None:
        raise Http404("No such version.")
    signed = next((one for one in signers_of(signatures_of(in_force.platform)) if one.number == number), None)
    texts = texts_of(version)
    context = {
        "house": house,
        "in_force": in_force,
        "version": version,
        "signed": signed,
        "next": next((one for one in versions if one.number > number), None),
        "before": next((one for one in reversed(versions) if one.number < number), None),
        "chapters": [
            (chapter, of_chapter)
            for chapter in (*COUNTED, Chapter.RED_LINE)
            if (of_chapter := [text for text in texts if text.demand.chapter == chapter])
        ],
    }
    return render(request, "pledges/version.html", context)
