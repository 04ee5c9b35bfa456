"""How the numbers of other projects are read: for each of their methods, what their inputs and results are called.

An adapter is data. Its reader turns inputs into ballots for the functions that score this site; nothing here counts by
a rule of its own, and nothing knows a single vector.
Source: docs/method.md, section "The method as data".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, Protocol, TypeAlias

from deputies.votes.attendance import Attendance
from deputies.votes.cohesion import SIDES, SIGNS, Pair, Split
from deputies.votes.enums import Position
from pledges.scorecards.enums import Column
from pledges.scorecards.method import WEIGHT_UNIT, Reading, read, tally
from pledges.scorecards.profiles import PROFILES

Json: TypeAlias = Any  # whatever a JSON file can hold
Figure: TypeAlias = Fraction | int | Position | list[Fraction | None] | None


class Unreadable(ValueError):
    """The inputs are not what the method takes; the text says why."""


class Reader(Protocol):
    def figures(self, inputs: Json) -> Mapping[str, Figure]:
        """Our figures by name. Raises Unreadable."""


@dataclass(frozen=True, slots=True)
class As:
    """What a count of their inputs is a count of; without a position the member could not vote."""

    position: Position | None
    is_strong: bool = False
    is_informative: bool = False
    is_undivided: bool = False  # agreed without a division
    is_total: bool = False  # a sum: what is not among the counts named before it has this position


Counts: TypeAlias = dict[str, As]

MOST = 100_000  # votes in one count, each of which is read


def counted(inputs: Json, names: Counts) -> Iterator[tuple[As, int]]:
    """The counts by what they are of; {"same": {"weak": 1}} is called "same.weak"."""
    flat: dict[str, Any] = {}
    for key, value in _mapping(inputs).items():
        flat.update({f"{key}.{part}": n for part, n in value.items()} if isinstance(value, dict) else {key: value})
    if strange := set(flat) - set(names):
        raise Unreadable(f"no meaning is known for the input {', '.join(sorted(strange))}")
    before = 0
    for name in (name for name in names if name in flat):
        number = flat[name] - before if names[name].is_total else flat[name]
        if isinstance(flat[name], bool) or number != int(number) or not 0 <= number <= MOST:
            raise Unreadable(f"{name} = {flat[name]} is not a number of votes")
        before += int(number)
        yield names[name], int(number)


def _mapping(inputs: Json) -> Mapping[str, Any]:
    if not isinstance(inputs, dict):
        raise Unreadable("the inputs are not a table of names")
    return inputs


@dataclass(frozen=True, slots=True)
class Asked:
    """One ballot of a member on something asked; `position` None where they could not vote."""

    position: Position | None
    weight: Fraction = Fraction(1)
    column: Column = Column.ASKED_WEAK
    is_undivided: bool = False


def score_figures(profile_name: str, ballots: Sequence[Asked]) -> dict[str, Figure]:
    """What the function that scores this site makes of the ballots under one profile."""
    profile, unit = PROFILES[profile_name], lcm(*(ballot.weight.denominator for ballot in ballots))

    def reading(ballot: Asked, times: int = 1) -> Reading | None:
        weight = int(ballot.weight * times * unit * WEIGHT_UNIT)
        return read(profile, ballot.position, ballot.column, weight) if ballot.position and weight else None

    readings = [reading(ballot) for ballot in ballots]
    total = tally(found for found in readings if found)
    cast = tally(found for found, b in zip(readings, ballots, strict=True) if found and b.position in SIDES)
    strong = tally(found for found in (reading(ballot, 2) for ballot in ballots) if found)
    present = Attendance()
    for ballot in ballots:
        present.add(SIGNS.get(ballot.position or Position.ABSENT, 0), coalition=None, own=None)
    score = profile.score(total, undivided=sum(ballot.is_undivided for ballot in ballots))
    return {
        "score": score,
        "distance": _rest(score),
        "distance of votes cast": _rest(cast.score),
        "distance were every vote strong": _rest(strong.score),
        "points": Fraction(total.credit, WEIGHT_UNIT * unit),
        "possible": Fraction(total.mass, WEIGHT_UNIT * unit),
        "took part": present.attendance,
        "contributions": [
            _contribution(found, total.mass) if b.position else None for found, b in zip(readings, ballots, strict=True)
        ],
    }


def _rest(score: Fraction | None) -> Fraction | None:
    return None if score is None else 1 - score


def _contribution(reading: Reading | None, mass: int) -> Fraction | None:
    """By how much one vote moves the score away from a half; None if nothing was counted."""
    if not mass:
        return None
    return Fraction(reading.weight * (2 * reading.credit - reading.mass), 2 * mass) if reading else Fraction(0)


@dataclass(frozen=True, slots=True)
class Record:
    """Counts of votes by what a member did."""

    profile: str
    names: Counts

    def figures(self, inputs: Json) -> Mapping[str, Figure]:
        ballots: list[Asked] = []
        for what, number in counted(inputs, self.names):
            weight = Fraction(2 if what.is_strong else 1)
            ballots += [Asked(what.position, weight, is_undivided=what.is_undivided)] * (
                0 if what.is_informative else number
            )
        return score_figures(self.profile, ballots)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Parallel lists: how a member voted, what was recommended, the weights; a negative weight swaps what is asked."""

    profile: str
    votes: Mapping[Any, Position | None]
    vote_key: str
    weights: tuple[str, ...]
    recommended: tuple[str, ...]

    def figures(self, inputs: Json) -> Mapping[str, Figure]:
        table = _mapping(inputs)
        if strange := set(table) - {self.vote_key, *self.weights, *self.recommended}:
            raise Unreadable(f"no meaning is known for the input {', '.join(sorted(strange))}")
        votes = table.get(self.vote_key, [])
        factors = [self._along(table, key, votes) for key in self.weights + self.recommended]
        ballots = []
        for nth, vote in enumerate(votes):
            weight = Fraction(1)
            for factor in factors:
                weight *= Fraction(str(factor[nth]))
            ballots.append(
                Asked(self._position(vote), abs(weight), Column.ASKED_WEAK if weight >= 0 else Column.OPPOSED)
            )
        return score_figures(self.profile, ballots)

    def _along(self, table: Mapping[str, Any], key: str, votes: Sequence[Any]) -> Sequence[Any]:
        """One factor for each vote; 1 where it is not given, the same for all where it is one number."""
        value = table.get(key, 1)
        factors = value if isinstance(value, list) else [value] * len(votes)
        if len(factors) != len(votes):
            raise Unreadable(f"{len(factors)} {key} for {len(votes)} votes")
        return factors

    def _position(self, vote: Json) -> Position | None:
        if vote not in self.votes:
            raise Unreadable(f"{vote} is not a vote")
        return self.votes[vote]


@dataclass(frozen=True, slots=True)
class Portions:
    """Parallel lists: points earned and points possible, each earned in whole, by half or not at all."""

    profile: str
    earned: str
    possible: str
    shares: Mapping[Fraction, Position]

    def figures(self, inputs: Json) -> Mapping[str, Figure]:
        table = _mapping(inputs)
        ballots = []
        for earned, possible in zip(table.get(self.earned, []), table.get(self.possible, []), strict=True):
            if earned is None or not possible:
                continue
            share = Fraction(str(earned)) / Fraction(str(possible))
            if share not in self.shares:
                raise Unreadable(f"{earned} of {possible} is neither all, half nor nothing")
            ballots.append(Asked(self.shares[share], Fraction(str(possible))))
        return score_figures(self.profile, ballots)


@dataclass(frozen=True, slots=True)
class Camps:
    """Counts of the members of one group by how they voted in one vote."""

    names: Counts

    def figures(self, inputs: Json) -> Mapping[str, Figure]:
        positions = [what.position for what, number in counted(inputs, self.names) for _ in range(number)]
        split = Split.of(position for position in positions if position)
        return {"agreement index": split.agreement_index, "rice": split.rice, "line": split.plurality}


def pair_figures(pair: Pair) -> Mapping[str, Figure]:
    return {
        "same": pair.same,
        "differ": pair.differ,
        "absent": pair.absent,
        "agreement": pair.agreement,
        "distance": _rest(pair.agreement),
    }


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Counts of the votes of two members, or of a member and their group: alike (for), not alike (against)."""

    names: Counts

    def figures(self, inputs: Json) -> Mapping[str, Figure]:
        found = dict.fromkeys((Position.FOR, Position.AGAINST, Position.ABSENT), 0)
        for what, number in counted(inputs, self.names):
            found[what.position or Position.ABSENT] += number
        return pair_figures(Pair(*found.values()))


@dataclass(frozen=True, slots=True)
class PairBallots:
    """The ballots of two members, A and B, in the same votes; None where one could not vote."""

    words: Mapping[str | None, Position]

    def figures(self, inputs: Json) -> Mapping[str, Figure]:
        table = _mapping(inputs)
        if set(table) != {"A", "B"}:
            raise Unreadable("the inputs are not the ballots of A and B")
        a, b = ([side] if not isinstance(side, list) else side for side in (table["A"], table["B"]))
        if len(a) != len(b):
            raise Unreadable(f"{len(a)} ballots of A and {len(b)} of B")
        if strange := {str(word) for word in {*a, *b} if word not in self.words}:
            raise Unreadable(f"{', '.join(sorted(strange))} is not a ballot")
        return pair_figures(Pair.of((self.words[one], self.words[other]) for one, other in zip(a, b, strict=True)))


@dataclass(frozen=True, slots=True)
class Compared:
    """One of their results: which figure of ours it is compared with, and how it is written.

    `no_evidence` are their values for "nothing to say"; each stands for None only, never for a number of ours.
    """

    figure: str
    unit: int = 1  # 100: in per cent
    no_evidence: tuple[Any, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    decimals: int | None = None  # to which the method rounds; else as many as are printed


@dataclass(frozen=True, slots=True)
class Adapter:
    """A method: how its inputs are read, its results by name ("" for a result without one), and what is left out."""

    reader: Reader
    results: Mapping[str, Compared]
    not_ours: Mapping[str, str] = field(default_factory=dict)  # by name, why it is never compared
