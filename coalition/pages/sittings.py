"""What a chamber decided on one day, and one text through all its votes."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from deputies.votes.models import Decision
from deputies.votes.reports.arithmetic import arithmetics_of
from deputies.votes.reports.sittings import questions_of, sitting_on
from deputies.votes.reports.votes import record_of, votes_on
from pledges.findings.reports.upcoming import coming
from pledges.scorecards.reports.evidence import links_by_vote
from pledges.scorecards.reports.platform import platform_of


@require_safe
@public()
def sitting_page(request: HttpRequest, lang: str, chamber: str, day: dt.date) -> HttpResponse:
    house = house_or_404(chamber, held_at=dt.datetime.combine(day, dt.time(12), dt.UTC))
    sitting = sitting_on(house.chamber, day)
    if not sitting.votes and not sitting.rows:
        raise Http404("No sitting on that day.")
    in_force = platform_of(house)
    links = links_by_vote(in_force, sitting.votes) if in_force else {}
    context = {
        "house": house,
        "sitting": sitting,
        "questions": questions_of(sitting.votes),
        "numbers": arithmetics_of([record_of(vote) for vote in sitting.votes]),
        "links": links,
        "linked": len(links),
        "next_vote": coming(house).first(),
        "texts": {text.demand_id: text for text in in_force.texts} if in_force else {},
    }
    return render(request, "votes/sitting.html", context)


@require_safe
@public()
def decision_page(request: HttpRequest, lang: str, chamber: str, key: str) -> HttpResponse:
    decision = None if "\0" in key else Decision.objects.filter(chamber__slug=chamber, key=key).first()
    votes = votes_on(decision.pk) if decision else []
    if decision is None or not votes:
        raise Http404("No such text.")
    house = house_or_404(chamber, held_at=record_of(votes[-1]).held_at)
    in_force = platform_of(house)
    numbers = arithmetics_of([record_of(vote) for vote in votes])
    main = next((vote for vote in votes if vote.pk == decision.main_id), None)
    context = {
        "house": house,
        "decision": decision,
        "votes": votes,
        "main": main,
        "main_numbers": numbers[record_of(main).pk] if main else None,
        "numbers": numbers,
        "links": links_by_vote(in_force, votes) if in_force else {},
    }
    return render(request, "votes/decision.html", context)
