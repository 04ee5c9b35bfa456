"""What the scores rest on, for whoever wants to count them again."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.pages.public import public
from pledges.scorecards.bundles.reports import archive_of, every_bundle, latest_bundle

MOST_LISTED = 100
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
@public()
def data_page(request: HttpRequest, lang: str) -> HttpResponse:
    rows, latest = every_bundle(most=MOST_LISTED), latest_bundle()
    earlier = rows[-1].number - 1 if rows else 0
    context = {"rows": rows, "latest": latest, "earlier": earlier, "source": settings.SOURCE_URL}
    return render(request, "data/page.html", context)


@require_safe
@public()
def bundle_file(request: HttpRequest, lang: str, number: int) -> HttpResponse:
    """The archive as it was written: a bundle never changes, so it may be kept for ever."""
    archive = archive_of(number)
    if archive is None:
        raise Http404("There is no bundle with this number.")
    response = HttpResponse(archive, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="bundle-{number}.zip"'
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["X-Robots-Tag"] = "noindex"
    return response
