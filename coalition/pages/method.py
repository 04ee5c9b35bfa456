"""How we count, who we are, what we know about readers, and what we corrected."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coalition.pages.public import public
from deputies.journal.models import Dispute
from deputies.votes.reports.changes import corrected_chambers, corrections
from deputies.votes.reports.disputes import figures, told
from pledges.scorecards.explained import text
from pledges.scorecards.reports.history import with_moved
from pledges.scorecards.reports.shadow import announced

CONCLUDED = 100
CORRECTIONS = 100


@require_safe
@public()
def method_page(request: HttpRequest, lang: str) -> HttpResponse:
    opening, *sections = text.sections()
    context = {"opening": opening, "sections": sections, "contact": settings.CONTACT, "announced": announced()}
    return render(request, "method/method.html", context)


@require_safe
@public(record=False)
def about_page(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "method/about.html", {"contact": settings.CONTACT, "source": settings.SOURCE_URL})


@require_safe
@public(record=False)
def privacy_page(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "method/privacy.html", {"contact": settings.CONTACT})


@require_safe
@public(record=False)
def leak_page(request: HttpRequest, lang: str) -> HttpResponse:
    """What would be in a thief's hands, and what we would do."""
    return render(request, "method/leak.html", {"contact": settings.CONTACT})


@require_safe
@public()
def corrections_page(request: HttpRequest, lang: str) -> HttpResponse:
    chambers = corrected_chambers()
    chosen = next((chamber for chamber in chambers if chamber.slug == request.GET.get("chamber")), None)
    rows = with_moved(corrections(chamber=chosen, most=CORRECTIONS))
    concluded = told(Dispute.objects.closed().order_by("-closed_at", "-pk")[:CONCLUDED])
    summary = {"chambers": chambers, "chosen": chosen, "moved": sum(len(scores) for _, scores in rows)}
    summary["is_cut"] = len(rows) == CORRECTIONS
    context = summary | {"rows": rows, "figures": figures(timezone.localdate()), "concluded": concluded}
    return render(request, "method/corrections.html", context)
