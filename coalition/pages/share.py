"""What is passed on: the picture of a page, and a scorecard for other sites to show."""

from collections.abc import Callable

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from coalition.pages import coalition, demands, home, votes
from coalition.pages.data import FOR_EVER
from coalition.pages.drawing import digest_of, png_of, svg_of
from coalition.pages.public import public
from coalition.pages.records import record_or_404
from coalition.pages.sheets import Sheet, deputy_sheet
from pledges.scorecards.bundles.reports import latest_bundle

SHEETS: dict[str, Callable[[str, str], Sheet]] = {
    "deputies": lambda chamber, slug: deputy_sheet(record_or_404(chamber, slug)),
    "votes": votes.sheet_or_404,
    "demands": demands.sheet_or_404,
    "coalition": coalition.sheet_or_404,
    "chamber": home.sheet_or_404,
}


@require_safe
@public()
def share_image(request: HttpRequest, lang: str, chamber: str, kind: str, name: str) -> HttpResponse:
    """The picture under its present address; an earlier one leads there, so that no address ever shows two pictures."""
    slug, _, asked = name.rpartition("-")
    if request.GET:  # one picture, one address
        return HttpResponseRedirect(request.path)
    if kind not in SHEETS:
        raise Http404("No such picture.")
    sheet, bundle = SHEETS[kind](chamber, slug), latest_bundle()
    digest = digest_of(sheet, bundle)
    if asked != digest or slug != sheet.slug:
        address = reverse("share_image", args=[lang, chamber, kind, f"{sheet.slug}-{digest}"])
        return HttpResponseRedirect(address, headers={"Cache-Control": "no-cache"})
    picture = png_of(svg_of(sheet, bundle))
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": FOR_EVER})


@require_safe
@csp_replace({"frame-ancestors": ["*"]})
@xframe_options_exempt
@public()  # inside: a kept page has lost what these two note on the answer
def deputy_embed(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    """The scorecard of a deputy, the only page that another site may frame: no script, no cookie, no form."""
    record = record_or_404(chamber, slug)
    context = {"record": record, "house": record.house, "sheet": deputy_sheet(record)}
    return render(request, "share/embed.html", context)
