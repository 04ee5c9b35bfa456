"""A faction in a term: its members now and before, and how often they voted apart."""

from dataclasses import dataclass

from deputies.people.enums import Left
from deputies.people.models import Faction, FactionMembership
from deputies.sources.enums import Precision
from deputies.votes.models import RollCall
from deputies.votes.reports.cohesion import splits_in
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
    found = [split for of in splits_in(votes.values("published"), faction) for split in of.splits]
    decided = [(split.for_, split.against) for split in found if split.for_ + split.against > 1]
    return Splits(len(decided), sum(all(camps) for camps in decided))
