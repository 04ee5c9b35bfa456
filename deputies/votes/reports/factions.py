"""A faction in a term: its members now and before, and how often they voted apart."""

from dataclasses import dataclass

from django.db.models import Count, Q

from deputies.people.enums import Left
from deputies.people.models import Faction, FactionMembership
from deputies.sources.enums import Basis, Precision
from deputies.votes.cohesion import SIDES
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from deputies.votes.reports.houses import House


def members_of(faction: Faction, house: House) -> tuple[list[FactionMembership], list[FactionMembership]]:
    """Who is in a faction at the moment that the pages speak of, and who was before; by name. Two queries.

    The mandates come with their people, districts and sides of the house.
    """
    memberships = (
        FactionMembership.objects.filter(faction=faction, mandate__term=house.term)
        .select_related("mandate__person", "mandate__district", "source")
        .defer("source__content")
        .prefetch_related("mandate__side_memberships")
        .order_by("mandate__person__sort_key", "held")
    )
    now = [one for one in memberships if house.at in one.held and not _has_left(one)]
    return now, [one for one in memberships if one not in now]


def _has_left(membership: FactionMembership) -> bool:
    """Whether a member left on a day that no source states, so that the period runs on to the end of the term."""
    is_unknown = membership.ended_precision == Precision.UNKNOWN
    return is_unknown and membership.mandate.left not in ("", Left.TERM_ENDED)


@dataclass(frozen=True, slots=True)
class Splits:
    """In how many votes at least two members voted for or against, and in how many of these they did not vote alike."""

    votes: int
    split: int


def splits_of(faction: Faction, house: House) -> Splits:
    """How often a faction's members, each a member at the moment of the vote, voted both for and against; one query."""
    votes = RollCall.objects.filter(house.votes, chamber=house.chamber).published()
    counted = votes.annotate(in_favour=_cast(faction, Position.FOR), opposed=_cast(faction, Position.AGAINST))
    rows = [pair for pair in counted.values_list("in_favour", "opposed") if sum(pair) > 1]
    return Splits(len(rows), sum(all(pair) for pair in rows))


def _cast(faction: Faction, side: Position) -> Count:
    """The number of a faction's ballots on one side of a roll call; none that was worked out."""
    ballots = "published__ballots"
    positions = [position.value for position, of in SIDES.items() if of is side]
    cast = Q(**{f"{ballots}__faction": faction, f"{ballots}__position__in": positions})
    return Count(ballots, cast & ~Q(**{f"{ballots}__basis": Basis.INFERRED.value}))
