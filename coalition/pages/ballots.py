"""One deputy in one vote: the permalink of a ballot."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from deputies.journal.models import Dispute
from deputies.people.models import Person
from deputies.votes.models import RollCall
from deputies.votes.reports.arithmetic import arithmetic_of
from deputies.votes.reports.changes import corrections
from deputies.votes.reports.votes import ballot_in, published_vote, record_of
from pledges.findings.reports.told import of_person, with_flags
from pledges.scorecards.reports.evidence import lines, links_of, with_arithmetic, with_free_votes
from pledges.scorecards.reports.platform import platform_of
from pledges.tracker.reports.answers import explanation_of


@require_safe
@public()
def ballot_page(request: HttpRequest, lang: str, chamber: str, slug: str, deputy: str) -> HttpResponse:
    vote = published_vote(chamber, slug)
    ballot = ballot_in(vote, deputy) if vote else None
    if vote is None or ballot is None:
        raise Http404("No such ballot.")
    version = record_of(vote)
    house = house_or_404(chamber, held_at=version.held_at)
    in_force = platform_of(house)
    evidence = []
    if in_force is not None:
        read = lines(links_of(in_force, roll_call=vote), {version.pk: ballot}, in_force)
        flags = of_person(in_force, ballot.person) if any(line.crosses for line in read) else []
        evidence = with_free_votes(with_arithmetic(with_flags(read, flags)))
    context = {
        "house": house,
        "vote": vote,
        "version": version,
        "ballot": ballot,
        "person": ballot.person,
        "in_force": in_force,
        "evidence": evidence,
        "explanation": explanation_of(vote, ballot.person),
        "numbers": evidence[0].arithmetic if evidence else arithmetic_of(version),
        "disputes": {vote.pk: vote.disputes.get(ballot.person_id)},  # type: ignore[attr-defined]
        **_changed(vote, ballot.person, version.number),
    }
    return render(request, "votes/ballot.html", context)


def _changed(vote: RollCall, person: Person, number: int) -> dict[str, object]:
    """The corrections that changed a deputy's row, and the reports on it that were answered; three queries at most."""
    made = corrections(vote) if number > 1 else []
    rows = [(one.version, ballot, before) for one in made for ballot, before in one.ballots if ballot.person == person]
    answered = Dispute.objects.closed().filter(roll_call=vote.pk, person=person.pk).order_by("-closed_at", "-pk")
    return {"corrections": rows, "answered": list(answered)}
