"""How close a vote was, and which signatories and coalition deputies were not as the platform asks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection

from deputies.people.enums import Threshold
from deputies.sources.enums import Basis
from deputies.votes.enums import Position, Result
from deputies.votes.models import Ballot, RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic
from pledges.platform.enums import COUNTED
from pledges.scorecards.enums import Wants
from pledges.scorecards.models import Link
from pledges.scorecards.reports.platform import PlatformInForce
from pledges.scorecards.standing import (
    CLOSE,
    COULD_VOTE,
    Standing,
    decided_by,
    is_pivot,
    not_as_asked,
    would_change,
)

STATED = frozenset({Basis.OFFICIAL.value, Basis.NAMED.value})  # neither worked out nor disputed
ABSENT = frozenset({Position.ABSENT, Position.EXCUSED})
WITHOUT_VOTE = ABSENT | {Position.NO_MARK}
# On the day of a vote where that is known, else at any time; what was said of the vote counts from any day.
_TAGGED = """
SELECT m.person_id, 0 FROM platform_coalitionmembership m
WHERE m.coalition_id = %(coalition)s AND (%(at)s::timestamptz IS NULL OR m.held @> %(at)s::timestamptz)
UNION SELECT s.person_id, 1 FROM tracker_signature s LEFT JOIN platform_demandtext t
ON t.version_id = s.platform_version_id WHERE coalesce(s.demand_id, t.demand_id) = ANY(%(demands)s::bigint[])
AND (%(day)s::date IS NULL OR s.signed_on <= %(day)s AND (s.withdrawn_on IS NULL OR s.withdrawn_on > %(day)s))
UNION SELECT i.person_id, 2 FROM tracker_answer a JOIN tracker_invitation i ON i.id = a.invitation_id
WHERE a.roll_call_id = %(vote)s AND a.kind = 'explain' AND a.state = 'published'
"""


def standing_of(numbers: Arithmetic) -> Standing:
    """What decided a vote, of everything the record says in numbers."""
    return Standing(numbers.threshold, numbers.for_, numbers.against, numbers.present, numbers.needed)


@dataclass(frozen=True, slots=True)
class Concerned:
    """Signatories and coalition deputies whose ballots were not as the platform asks, and what theirs would have done.

    `able` of them could have voted otherwise and have a recorded position. `would_change` says whether the votes of
    all of those would have given the result the demand wants, `short_by` how many votes would still be missing;
    `away` counts those without a recorded vote where theirs alone would have.
    """

    ballots: dict[Position, list[Ballot]]
    wants: Wants
    threshold: Threshold
    able: int
    would_change: bool | None
    short_by: int | None
    away: int
    are_all_absent: bool

    @property
    def asks_against(self) -> bool:
        """Whether the demand asks for a vote against, because only those decide."""
        return self.wants is Wants.FAIL and self.threshold is Threshold.VOTING


def concerned_in(
    version: RollCallVersion,
    numbers: Arithmetic,
    ballots: Iterable[Ballot],
    links: Collection[Link],
    concerned: Collection[int],
) -> Concerned | None:
    """Those of the persons `concerned` who were not as asked; None if nobody, or if links pull both ways."""
    links = [link for link in links if link.demand.chapter in COUNTED] or links  # as the outcomes of the vote do
    if len({link.wants for link in links}) != 1:
        return None
    wants = Wants(next(iter(links)).wants)
    found: dict[Position, list[Ballot]] = {}
    for ballot in ballots:
        position = Position(ballot.position)
        if ballot.person_id in concerned and not_as_asked(position, wants, numbers.threshold):
            found.setdefault(position, []).append(ballot)
    recorded = [p for p, group in found.items() for b in group if p in COULD_VOTE and b.basis in STATED]
    without = [position for position in recorded if position in WITHOUT_VOTE]
    standing, announced = standing_of(numbers), Result(version.result)
    alone = bool(without) and would_change(standing, announced, without, wants)
    return (
        Concerned(
            found,
            wants,
            numbers.threshold,
            able=len(recorded),
            would_change=would_change(standing, announced, recorded, wants) if recorded else None,
            short_by=standing.moved(recorded, wants).short_by,
            away=len(without) if alone else 0,
            are_all_absent=ABSENT.issuperset(without),
        )
        if found
        else None
    )


@dataclass(frozen=True, slots=True)
class Margin:
    """How close a vote was: `decided_by` votes, and the deputies any one of whom could have changed the result."""

    decided_by: int
    is_adopted: bool
    pivots: list[Ballot]

    @property
    def is_close(self) -> bool:
        return self.decided_by <= CLOSE


def margin_of(version: RollCallVersion, numbers: Arithmetic, ballots: Iterable[Ballot] = ()) -> Margin | None:
    """How close a vote was; None where the numbers do not explain the announced result."""
    standing, announced = standing_of(numbers), Result(version.result)
    by = decided_by(standing, announced)
    if by is None:
        return None
    pivots = [
        ballot
        for ballot in ballots
        if ballot.basis in STATED and is_pivot(standing, announced, Position(ballot.position))
    ]
    return Margin(by, announced is Result.ADOPTED, pivots)


def tagged_at(
    in_force_now: PlatformInForce, demands: Collection[int], version: RollCallVersion
) -> tuple[set[int], set[int], set[int]]:
    """Ids of the coalition's deputies at a vote, of those who had signed, and of those who explain it; one query.

    Everybody who ever was one, or ever signed, where the day of the vote is not known.
    """
    at, zone = version.held_at, version.roll_call.chamber.zone
    about = {"coalition": in_force_now.platform.coalition_id, "vote": version.roll_call_id}
    day = at and at.astimezone(zone).date()
    with connection.cursor() as cursor:
        cursor.execute(_TAGGED, {**about, "demands": list(demands), "at": at, "day": day})
        tagged = cursor.fetchall()
    found: tuple[set[int], set[int], set[int]] = (set(), set(), set())
    for person, tag in tagged:
        found[tag].add(person)
    return found
