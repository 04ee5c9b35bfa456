"""How the invented assembly votes: from handwritten lines of factions and leanings of deputies to ballots.

Pure, and the same on every machine: chance is drawn from the ids of the vote, the deputy and the sitting.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from deputies.people.enums import Threshold, needed
from deputies.votes.enums import Position

SEATS = 45
MARKED_FROM = dt.date(2024, 2, 1)  # before, the record marks only those who voted
DEMOCRATIC = frozenset({"names", "assembly", "police", "hearings"})

_LINE = {"F": 2.0, ".": 0.0, "B": -1.2, "W": -1.6, "A": -2.0}
_EXCUSES = ("Болезнь / Illness", "Командировка / Official trip", "Отпуск / Leave", "Уход за ребёнком / Care of a child")


@dataclass(frozen=True, slots=True)
class Deputy:
    """A deputy as they stand at one moment; `absence` is in percent of sittings, a leaning is worth about a line."""

    member_id: str
    faction: str  # "" outside factions
    absence: int
    leans: Mapping[str, float]

    def leaning(self, topic: str) -> float:
        """How much the deputy likes a topic: its own leaning, or that of its chapter."""
        chapter = "democratic" if topic in DEMOCRATIC else "social"
        return self.leans.get(topic, self.leans.get(chapter, 0.0)) if topic else 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is put to the vote. `line` maps factions to F for, A against, B abstain, W silent, X out, "." free.

    `cause` is 1 where the text serves its topic and -1 where it harms it; `votes_for` fixes the number of votes for.
    """

    vote_id: str
    day: dt.date
    topic: str
    cause: int
    line: Mapping[str, str]
    votes_for: int | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What the record shows of one deputy."""

    position: Position
    excuse: str = ""


def cast(question: Question, deputies: Sequence[Deputy]) -> dict[str, Mark]:
    """The mark of every deputy on one question, by member id."""
    marks: dict[str, Mark] = {}
    wishes: dict[str, float] = {}
    for deputy in deputies:
        code = question.line.get(deputy.faction, ".")
        away = _away(deputy, question.day)
        if away or code == "X":
            marks[deputy.member_id] = away or Mark(Position.ABSENT)
        else:
            noise = Random(f"{question.vote_id} {deputy.member_id}").gauss(0, 0.8)  # noqa: S311 - a story, not a secret
            wishes[deputy.member_id] = _LINE[code] + question.cause * deputy.leaning(question.topic) + noise
    ranked = sorted(wishes, key=lambda member_id: (-wishes[member_id], member_id))
    for_ = ranked[: question.votes_for] if question.votes_for else [one for one in ranked if wishes[one] > 0]
    codes = {deputy.member_id: question.line.get(deputy.faction, ".") for deputy in deputies}
    for member_id in ranked:
        marks[member_id] = Mark(Position.FOR if member_id in for_ else _not_for(codes[member_id], wishes[member_id]))
    if question.day < MARKED_FROM:
        return {member_id: _as_recorded_early(mark) for member_id, mark in marks.items()}
    return marks


def adopted(threshold: Threshold, positions: Counter[Position]) -> bool:
    """Whether a text with these votes is adopted by the invented assembly of 45 seats."""
    bar = needed(threshold, seats=SEATS)
    return positions[Position.FOR] >= bar if bar else positions[Position.FOR] > positions[Position.AGAINST]


def _away(deputy: Deputy, day: dt.date) -> Mark | None:
    chance = Random(f"{day} {deputy.member_id}")  # noqa: S311 - one draw for the whole sitting
    if chance.random() * 100 >= deputy.absence:
        return None
    return Mark(Position.EXCUSED, chance.choice(_EXCUSES)) if chance.random() < 0.5 else Mark(Position.ABSENT)


def _not_for(code: str, wish: float) -> Position:
    """How a deputy stays out of the votes for: as the faction does, unless the own wish is far from it."""
    if code == "W":
        return Position.PRESENT_NOT_VOTING
    if code == "A":
        return Position.ABSTAIN if wish > -0.5 else Position.AGAINST
    if wish < -1.5:
        return Position.AGAINST
    return Position.ABSTAIN if code == "B" or wish < 0.8 else Position.PRESENT_NOT_VOTING


def _as_recorded_early(mark: Mark) -> Mark:
    silent = {Position.ABSENT, Position.EXCUSED, Position.PRESENT_NOT_VOTING}
    return Mark(Position.NO_MARK) if mark.position in silent else mark
