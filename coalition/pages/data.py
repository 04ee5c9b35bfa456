"""What the scores rest on, for whoever wants to count them again."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coalition.pages.public import public
from coalition.pages.sheets import Facts, absolute
from pledges.scorecards.bundles.reports import BundleNote, archive_of, every_bundle, latest_bundle

MOST_LISTED = 100
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
@public()
def data_page(request: HttpRequest, lang: str) -> HttpResponse:
    rows, latest = every_bundle(most=MOST_LISTED), latest_bundle()
    earlier = rows[-1].number - 1 if rows else 0
    context = {"rows": rows, "latest": latest, "earlier": earlier, "source": settings.SOURCE_URL}
    return render(request, "data/page.html", context | {"about": _facts(latest)})


def _facts(latest: BundleNote | None) -> Facts:
    """The bundles as a data set, for machines that look for some."""
    page = absolute(reverse("data_page", args=[get_language()]))
    facts: Facts = {"@type": "Dataset", "name": _("Check the scores"), "url": page}
    facts["description"] = _("Everything that the scores rest on, to download and count again.")
    if latest is None:
        return facts
    archive: Facts = {"@type": "DataDownload", "encodingFormat": "application/zip"}
    archive["contentUrl"] = absolute(reverse("bundle_file", args=[get_language(), latest.number]))
    return facts | {"version": str(latest.number), "dateModified": latest.at.isoformat(), "distribution": [archive]}


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
