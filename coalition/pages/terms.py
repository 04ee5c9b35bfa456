"""The terms of a chamber, the archive included, and the words of the field."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from deputies.votes.reports.houses import terms_of


@require_safe
@public()
def terms_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    return render(request, "home/terms.html", {"house": house, "terms": terms_of(house.chamber, timezone.now())})


@require_safe
@public(record=False)
def glossary_page(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "method/glossary.html")
