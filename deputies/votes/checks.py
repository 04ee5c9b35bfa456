"""What can be wrong with the record of one vote by its own numbers, at the desk and on import. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deputies.people.enums import Threshold, needed
from deputies.votes.enums import Position, Result

Counts = Mapping[Position, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals the source prints; None where it prints none."""

    yes: int | None = None
    no: int | None = None
    abstain: int | None = None
    not_voting: int | None = None
    absent: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right, or to look at if it is not `blocking`; the words are the caller's.

    They are made of `code`, the ids of `people`, and `facts`: ids, words of the enums and numbers, the same in every
    language. Those of `problems` are

    total-differs: option, official, counted · sum-differs: counted, eligible · result-contradicts: result, votes_for,
    votes_against, needed (absent under a majority of those voting) · everyone-absent: counted
    """

    code: str
    blocking: bool = False
    facts: Mapping[str, int | str] = field(default_factory=dict)
    people: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Names it with all its facts: an acknowledgement of it lapses when one of them changes."""
        said = [self.code, sorted(self.people), sorted((name, str(fact)) for name, fact in self.facts.items())]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


# The option itself, then what some sources print under the same heading.
HEADINGS: Mapping[str, tuple[Position, tuple[Position, ...]]] = {
    "yes": (Position.FOR, (Position.PROXY_FOR, Position.CASTING_FOR)),
    "no": (Position.AGAINST, (Position.PROXY_AGAINST, Position.CASTING_AGAINST)),
    "abstain": (Position.ABSTAIN, (Position.PROXY_ABSTAIN,)),
    "not_voting": (Position.PRESENT_NOT_VOTING, (Position.NO_MARK, Position.NOT_FOR)),
    "absent": (Position.ABSENT, (Position.NO_MARK, Position.EXCUSED)),
}
_NEITHER = ("abstain", "not_voting")  # a ballot neither for nor against may be under any of these
_PRESENT = (
    Position.FOR,
    Position.AGAINST,
    Position.ABSTAIN,
    Position.PRESENT_NOT_VOTING,
    Position.CASTING_FOR,
    Position.CASTING_AGAINST,
)


@dataclass(frozen=True, slots=True)
class House:
    """What a decision is measured by; `filled` mandates at that moment."""

    threshold: Threshold
    number: int | None
    stated: bool
    seats: int
    filled: int | None


def problems(
    *,
    totals: Totals,
    counts: Counts,
    result: Result,
    house: House,
    eligible: int | None = None,
    partial: bool = False,
) -> Iterator[Problem]:
    """Contradictions between the printed totals, the ballots by name, the threshold and the announced result.

    `counts` is empty for a vote without names. With `eligible` every one of them must have a position. Where the names
    are `partial`, printed totals may be above them.
    """
    if counts:
        yield from _total_problems(totals, counts, partial)
        counted = sum(counts.values())
        if eligible is not None and counted != eligible:
            yield Problem("sum-differs", True, {"counted": counted, "eligible": eligible})
        if counted == counts.get(Position.ABSENT, 0):
            yield Problem("everyone-absent", False, {"counted": counted})
    yield from _result_problems(totals, {} if partial else counts, result, house)


def _total_problems(totals: Totals, counts: Counts, partial: bool) -> Iterator[Problem]:
    """A printed total may be short of names only by those of which we know that we lack them."""
    lacking = counts.get(Position.DATA_MISSING, 0) + counts.get(Position.SECRET, 0)
    for option in HEADINGS:
        official = getattr(totals, option)
        if official is None or official in readings(option, counts):
            continue
        counted = max(readings(option, counts))
        if official > counted and partial:
            continue
        if 0 <= official - counted <= lacking:
            lacking -= official - counted
        else:
            own = counts.get(HEADINGS[option][0], 0)
            yield Problem("total-differs", True, {"option": option, "official": official, "counted": own})


def readings(option: str, counts: Counts) -> set[int]:
    """The totals that the names can stand for: with or without each sort of ballot that sources count differently."""
    own, others = HEADINGS[option]
    sums = {counts.get(own, 0)}
    for other in others:
        if other is not Position.NOT_FOR:
            sums |= {each + counts.get(other, 0) for each in sums}
    unstated = counts.get(Position.NOT_FOR, 0) if option in _NEITHER else 0
    return {each + share for each in sums for share in range(unstated + 1)}


def _result_problems(totals: Totals, counts: Counts, result: Result, house: House) -> Iterator[Problem]:
    votes_for, votes_against = _official(totals, counts, "yes"), _official(totals, counts, "no")
    if result is Result.UNKNOWN or votes_for is None:
        return
    facts: dict[str, int | str] = {"result": result.value, "votes_for": votes_for}
    if house.threshold is Threshold.VOTING:
        if votes_against is None:
            return
        adopted = votes_for > votes_against
        facts["votes_against"] = votes_against
    else:
        votes = needed(
            house.threshold,
            seats=house.seats,
            filled=house.filled,
            present=present(totals, counts),
            number=house.number,
        )
        if votes is None:
            return
        adopted = votes_for >= votes
        facts["needed"] = votes
    if adopted != (result is Result.ADOPTED):
        yield Problem("result-contradicts", house.stated, facts)


def present(totals: Totals, counts: Counts) -> int | None:
    """How many were present, by name or by the totals; None where the record does not tell."""
    if counts:
        unclear = (Position.NO_MARK, Position.NOT_FOR, Position.DATA_MISSING, Position.SECRET)
        return None if any(counts.get(each) for each in unclear) else sum(counts.get(each, 0) for each in _PRESENT)
    stated = (totals.yes, totals.no, totals.abstain, totals.not_voting)
    return None if None in stated else sum(each or 0 for each in stated)


def _official(totals: Totals, counts: Counts, option: str) -> int | None:
    """The printed total, or else all ballots under that heading; None for a vote with neither."""
    printed: int | None = getattr(totals, option)
    if printed is not None or not counts:
        return printed
    own, others = HEADINGS[option]
    return sum(counts.get(each, 0) for each in (own, *others))
