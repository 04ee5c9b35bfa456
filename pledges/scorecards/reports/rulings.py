"""What the record says against a ruling."""

from deputies.people.models import Person
from deputies.votes.enums import Position
from deputies.votes.models import Ballot, RollCall
from pledges.scorecards.method import QUORUM_POSITIONS
from pledges.scorecards.reports.evidence import recorded


def cast_by(person: Person, roll_call: RollCall) -> Position | None:
    """What a deputy did in a published vote who neither stayed away nor silent, so did not break its quorum.

    None where they did, and where nothing is recorded of them. One query.
    """
    ballot = Ballot.objects.filter(version=roll_call.published_id, person=person).first()
    if ballot is None:
        return None
    position = recorded(ballot, None).read_as()
    return None if position in (*QUORUM_POSITIONS, Position.DATA_MISSING) else position
