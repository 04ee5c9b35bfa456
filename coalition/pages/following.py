"""Following on a device: the page that a script fills from the reader's own browser, and nothing that knows of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coalition.pages.public import public
from deputies.votes.reports.houses import latest_terms


@require_safe
@public()
def following_page(request: HttpRequest, lang: str) -> HttpResponse:
    now = timezone.now()
    chambers = [(term.chamber, term.held.upper is None or term.held.upper > now) for term in latest_terms()]
    return render(request, "method/following.html", {"chambers": chambers})
