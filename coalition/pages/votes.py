"""Votes: the list, and one vote with everybody's ballot."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from coalition.pages.seating import rows_of, seating
from coalition.pages.sheets import Sheet, vote_sheet
from deputies.journal.models import Dispute
from deputies.votes.models import Ballot, FactionStatement, RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic, arithmetic_of, arithmetics_of
from deputies.votes.reports.changes import corrections
from deputies.votes.reports.houses import House
from deputies.votes.reports.sittings import first_sitting
from deputies.votes.reports.votes import (
    decided_with,
    named_ballots,
    published_vote,
    record_of,
    votes_in,
    withdrawn_vote,
)
from pledges.findings.reports.told import on_vote
from pledges.scorecards.reports.evidence import SHOWN, linked_calls, links_by_vote, outcomes_of
from pledges.scorecards.reports.history import with_moved
from pledges.scorecards.reports.links import apart, judged_with
from pledges.scorecards.reports.margins import concerned_in, margin_of, tagged_at
from pledges.scorecards.reports.platform import platform_of

PER_PAGE = 50
# Publishing another vote changes these, and a question to a deputy the last one.
OF_OTHER_VOTES = (
    "votes_rollcall",
    "votes_rollcallversion",
    "scorecards_link",
    "scorecards_linkapproval",
    "scorecards_linkveto",
    "scorecards_score",
    "scorecards_scorechange",
    "scorecards_bundle",
    "journal_event",
    "tracker_asked",
)
NAMES = 100  # of a vote on one page


@require_safe
@public("linked", "page", "term")
def vote_list(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    only_linked = request.GET.get("linked") == "1"
    shown = votes_in(house)
    if only_linked:
        shown = shown.filter(pk__in=linked_calls(in_force) if in_force else [])
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    votes = [(vote, record_of(vote)) for vote in page.object_list]
    links = links_by_vote(in_force, [vote for vote, _ in votes]) if in_force else {}
    numbers = arithmetics_of([version for _, version in votes])
    context = {
        "house": house,
        "in_force": in_force,
        "page": page,
        "only_linked": only_linked,
        "first_sitting": first_sitting(house),
        "rows": [(vote, version, numbers[version.pk], links.get(vote.pk, [])) for vote, version in votes],
    }
    return render(request, "votes/list.html", context)


def sheet_or_404(chamber: str, slug: str) -> Sheet:
    """What a vote says when it is passed on."""
    vote = published_vote(chamber, slug)
    if vote is None:
        raise Http404("No such vote.")
    version = record_of(vote)
    house = house_or_404(chamber, held_at=version.held_at)
    in_force = platform_of(house)
    numbers = arithmetic_of(version, named_ballots(version), vote.filled)  # type: ignore[attr-defined]
    linked = in_force is not None and vote.pk in links_by_vote(in_force, [vote])
    return vote_sheet(house, vote, numbers, in_force.platform.chooser if in_force and linked else "")


@require_safe
@public("names", without=OF_OTHER_VOTES, rows=lambda lang, chamber, slug: judged_with(chamber, slug))
def vote_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    vote = published_vote(chamber, slug)
    if vote is None:
        return _withdrawn(request, house_or_404(chamber), slug)
    version = record_of(vote)
    house = house_or_404(chamber, held_at=version.held_at)
    ballots = named_ballots(version)
    numbers = arithmetic_of(version, ballots, vote.filled)  # type: ignore[attr-defined]
    statements: list[FactionStatement] = vote.statements  # type: ignore[attr-defined]
    judged = _judged(house, version, numbers, ballots)
    rows = rows_of(house, vote.slug, ballots, judged["outcomes"], judged["members"], judged["signers"])
    vacant = max(0, vote.begun - vote.filled)  # type: ignore[attr-defined]
    chooser = judged["in_force"].platform.chooser if judged["links"] else ""
    disputes: dict[int | None, Dispute] = vote.disputes  # type: ignore[attr-defined]
    context = {
        "house": house,
        "vote": vote,
        "version": version,
        "numbers": numbers,
        "margin": margin_of(version, numbers, ballots),
        "ballots": ballots,
        "names": Paginator(rows, NAMES).get_page(request.GET.get("names")),
        "seating": seating(house.chamber.seats, rows, judged["members"], vacant),
        "statements": [statement for statement in statements if not statement.is_free_vote],
        "free_votes": [statement for statement in statements if statement.is_free_vote],
        "disputes": disputes,
        "dispute": disputes.get(None),
        "on_text": decided_with(vote),
        "corrections": with_moved(corrections(vote)) if version.number > 1 else [],
        "sheet": vote_sheet(house, vote, numbers, chooser),
        "now": timezone.now(),
        **judged,
    }
    return render(request, "votes/page.html", context)


def _judged(house: House, version: RollCallVersion, numbers: Arithmetic, ballots: list[Ballot]) -> dict[str, Any]:
    """What the platform makes of a vote: its links, what ballots count for, and whose to ask about."""
    vote = version.roll_call
    in_force = platform_of(house)
    if in_force is None:
        return {"links": [], "outcomes": {}, "members": (), "signers": ()}
    shown = links_by_vote(in_force, [vote], states=SHOWN).get(vote.pk, [])
    links, disputed = apart(link for link, _ in shown)
    pairs = [(link, text) for link, text in shown if link in links]
    members, signers, explained = tagged_at(in_force, [link.demand_id for link in links], version)
    outcomes = outcomes_of(in_force, pairs, version, ballots)
    return {
        "in_force": in_force,
        "links": pairs,
        "disputed": [(link, text) for link, text in shown if link in disputed],
        "findings": on_vote(in_force, vote) if links else [],
        "members": members,
        "signers": signers,
        "explained": explained,
        "concerned": concerned_in(version, numbers, ballots, links, members | signers),
        "outcomes": outcomes,
    }


def _withdrawn(request: HttpRequest, house: House, slug: str) -> HttpResponse:
    """That a vote was taken out of the record, why, and what that moved."""
    vote = withdrawn_vote(house.chamber.slug, slug)
    if vote is None:
        raise Http404("No such vote.")
    context = {"house": house, "version": vote.notice, "corrections": with_moved(corrections(vote))}  # type: ignore[attr-defined]
    return render(request, "votes/withdrawn.html", context, status=410)
