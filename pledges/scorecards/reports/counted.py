"""The votes that count for some deputies together, as a feed of them tells them."""

from collections.abc import Collection

from deputies.journal.reports import Row
from deputies.people.models import Person
from deputies.votes.models import Ballot
from pledges.scorecards.reports.evidence import Line, lines, links_of, with_arithmetic
from pledges.scorecards.reports.platform import PlatformInForce


def counted_of(
    in_force_now: PlatformInForce, people: Collection[Person], *, without: Collection[Row], most: int
) -> list[Line]:
    """The latest lines of some deputies that count, with the numbers of their votes; three queries.

    The latest vote comes first. Rows in `without` are left out.
    """
    links = links_of(in_force_now)
    versions = [link.roll_call.published_id for link in links]
    own: dict[int, dict[int, Ballot]] = {person.pk: {} for person in people}
    for ballot in Ballot.objects.filter(person__in=people, version__in=versions):
        own[ballot.person_id][ballot.version_id] = ballot
    told = [
        line
        for link in links
        for person, ballots in own.items()
        for line in lines([link], ballots, in_force_now)
        if line.counts and line.outcome and (link.roll_call_id, person) not in without
    ]
    return with_arithmetic(told[:most])
