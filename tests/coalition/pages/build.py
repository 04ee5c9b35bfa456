"""A small town with votes, demands and people in every state that pages tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Person
from deputies.votes.enums import Position, Result
from deputies.votes.models import RollCall
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import Platform
from pledges.scorecards.enums import Wants
from tests import build

FACTIONS = ("Red", "Green", "Grey")
POSITIONS = (Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.PRESENT_NOT_VOTING, Position.NO_MARK)


@dataclass(frozen=True, slots=True)
class Town:
    """A chamber with a platform of two demands, one vote linked to each, and one vote that is not linked."""

    chamber: Chamber
    people: list[Person]
    platform: Platform
    votes: list[RollCall]

    def address(self, rest: str = "", lang: str = "en") -> str:
        return f"/{lang}/{self.chamber.slug}/{rest}"


def town(deputies: int = 5, *, votes: int = 3, slug: str = "town", chapters: Sequence[Chapter] = COUNTED) -> Town:
    """A town where deputies take turns in every position; the first two votes of three are linked."""
    chamber = build.chamber(seats=max(deputies, 5), threshold=Threshold.MEMBERS, slug=slug, is_invented=True)
    people = [build.deputy(chamber, f"Ada Example {n}", group=FACTIONS[n % 3]) for n in range(deputies)]
    platform = build.platform(chamber, demands=chapters)
    demands = list(platform.demands.order_by("pk"))
    held = []
    for n in range(votes):
        positions = {person: POSITIONS[(n + place) % 5] for place, person in enumerate(people)}
        held.append(
            build.vote(chamber, positions, held_at=build.moment(10 + n), result=Result.REJECTED.value, total_for=1)
        )
        if n % 3 < 2:
            build.link(demands[n % 3], held[-1], wants=Wants.FAIL if n % 2 else Wants.PASS)
    return Town(chamber, people, platform, held)
