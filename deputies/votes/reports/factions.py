"""A faction in a term: its members now and before, and how often they voted apart."""

from dataclasses import dataclass

from django.db.models import Count, Q

from deputies.people.models import Faction, FactionMembership
from deputies.sources.enums import Basis
from deputies.votes.cohesion import SIDES
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from deputies.votes.reports.houses import House


def members_of(faction: Faction, house: House) -> tuple[list[FactionMembership], list[FactionMembership]]:
    """Who is in a faction at the moment that the pages speak of, and who was before; by name. Two queries.

    Each membership has the sides of the house of its mandate as `mandate.sides`.
    """
    memberships = (
        FactionMembership.objects.filter(faction=faction, mandate__term=house.term)
        .select_related("mandate__person", "mandate__district", "source")
        .defer("source__content")
        .prefetch_related("mandate__side_memberships")
        .order_by("mandate__person__sort_key", "held")
    )
    now = [one for one in memberships if house.at in one.held]
    return now, [one for one in memberships if house.at not in one.held]


@dataclass(frozen=True, slots=True)
class Splits:
    """In how many votes at least two members voted for or against, and in how many of these they did not vote alike."""

    votes: int
    split: int


def splits_of(faction: Faction, house: House) -> Splits:
    """How often a faction's members, each a member at the moment of the vote, voted both for and against; one query."""
    sides = {
        name: Count(
            "published__ballots",
            Q(published__ballots__faction=faction, published__ballots__position__in=positions)
            & ~Q(published__ballots__basis=Basis.INFERRED.value),
        )
        for name, side in (("in_favour", Position.FOR), ("opposed", Position.AGAINST))
        for positions in [[position.value for position, of in SIDES.items() if of is side]]
    }
    votes = RollCall.objects.filter(house.votes, chamber=house.chamber).published().annotate(**sides)
    rows = [pair for pair in votes.values_list("in_favour", "opposed") if sum(pair) > 1]
    return Splits(len(rows), sum(all(pair) for pair in rows))
