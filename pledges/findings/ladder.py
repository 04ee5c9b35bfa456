"""What can be expected of a deputy in a coming vote: the first rung of a fixed ladder of evidence. No framework."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from deputies.votes.enums import Position
from pledges.findings.enums import Match, Rung
from pledges.scorecards.enums import PositionClass, Wants
from pledges.scorecards.method import CLASS_OF, CLASSES
from pledges.tracker.enums import Stance

FEWEST_VOTES = 2  # that went one way, for "voted so before"
FEWEST_OTHERS = 3  # of a faction, besides the deputy, for a line
RUNGS = (Rung.PLEDGED, Rung.SIGNED, Rung.VOTED_SO, Rung.FACTION_LINE)  # the first that gives something is taken
ASKED = {Wants.PASS: Position.FOR, Wants.FAIL: Position.AGAINST}
OPPOSITE = {Position.FOR: Position.AGAINST, Position.AGAINST: Position.FOR}
SIDE_OF = {Position.FOR: PositionClass.FOR, Position.AGAINST: PositionClass.AGAINST}
VOTED = (*SIDE_OF.values(), PositionClass.ABSTAIN)


@dataclass(frozen=True, slots=True)
class Ground:
    """One piece of evidence that a deputy would vote for or against, about one linked demand.

    `evidence` is the id of a pledge, a signature or a faction; `votes` of `of_votes` went that way.
    """

    rung: Rung
    position: Position
    demand: int
    evidence: int = 0
    votes: int = 0
    of_votes: int = 0


@dataclass(frozen=True, slots=True)
class Cast:
    """One ballot for or against in an earlier vote that counts for a demand, and whether it went as the demand asks."""

    vote: int
    person: int
    faction: int | None
    as_asked: bool


def expected(grounds: Iterable[Ground]) -> Ground | None:
    """The ground on the highest rung; None without any, and where those of that rung point both ways.

    Of several that agree it is the one with the most votes, then that of the first demand.
    """
    found = list(grounds)
    for rung in RUNGS:
        on_it = [ground for ground in found if ground.rung is rung]
        if len({ground.position for ground in on_it}) > 1:
            return None
        if on_it:
            return min(on_it, key=lambda ground: (-ground.of_votes, -ground.votes, ground.demand, ground.evidence))
    return None


def on_word(demand: int, wants: Wants, pledge: int, stance: Stance) -> Ground | None:
    """What a pledge promises, or refuses; an answer that is neither says nothing."""
    if stance is Stance.PROMISED:
        return Ground(Rung.PLEDGED, ASKED[wants], demand, pledge)
    return Ground(Rung.PLEDGED, OPPOSITE[ASKED[wants]], demand, pledge) if stance is Stance.REFUSED else None


def on_record(demand: int, wants: Wants, own: Collection[bool]) -> Ground | None:
    """What the deputy's own ballots on a demand show, each as it asks or not: two one way, and two thirds of all."""
    for as_asked, position in ((True, ASKED[wants]), (False, OPPOSITE[ASKED[wants]])):
        votes = sum(one is as_asked for one in own)
        if votes >= FEWEST_VOTES and 3 * votes >= 2 * len(own):
            return Ground(Rung.VOTED_SO, position, demand, 0, votes, len(own))
    return None


def on_line(demand: int, wants: Wants, faction: int, lines: Collection[bool]) -> Ground | None:
    """What most of the faction did in the votes on a demand, each as it asks or not; None in a tie."""
    with_ = sum(lines)
    against = len(lines) - with_
    if with_ == against:
        return None
    position = ASKED[wants] if with_ > against else OPPOSITE[ASKED[wants]]
    return Ground(Rung.FACTION_LINE, position, demand, faction, max(with_, against), len(lines))


class Record:
    """The ballots for and against in the earlier votes that count for one demand, counted once for everybody."""

    def __init__(self, ballots: Iterable[Cast]) -> None:
        self._own: dict[int, dict[int, Cast]] = {}  # by person and vote
        self._of: dict[int, dict[int, Counter[bool]]] = {}  # by faction and vote
        for one in ballots:
            self._own.setdefault(one.person, {})[one.vote] = one
            if one.faction is not None:
                self._of.setdefault(one.faction, {}).setdefault(one.vote, Counter())[one.as_asked] += 1

    def own(self, person: int) -> list[bool]:
        return [one.as_asked for one in self._own.get(person, {}).values()]

    def lines(self, faction: int, person: int) -> list[bool]:
        """What the majority of the others in a faction did, vote by vote; ties and fewer than three say nothing."""
        found = []
        for vote, counts in self._of.get(faction, {}).items():
            own: Mapping[bool, int] = self._without(person, faction, vote)
            with_, against = (counts[as_asked] - own.get(as_asked, 0) for as_asked in (True, False))
            if with_ + against >= FEWEST_OTHERS and with_ != against:
                found.append(with_ > against)
        return found

    def _without(self, person: int, faction: int, vote: int) -> Mapping[bool, int]:
        one = self._own.get(person, {}).get(vote)
        return {one.as_asked: 1} if one is not None and one.faction == faction else {}


def match(position: Position, recorded: Position | None) -> Match:
    """How a recorded ballot stands to an expected position; None where there is none, or it was only worked out.

    Abstained is neither what was expected nor silence; present without voting, absent and no mark are no vote.
    """
    group = CLASS_OF.get(recorded) if recorded else None
    if group not in VOTED:
        return Match.NO_VOTE
    return Match.AS_EXPECTED if recorded in CLASSES[SIDE_OF[position]] else Match.OTHERWISE
