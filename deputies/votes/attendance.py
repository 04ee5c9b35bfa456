"""Attendance, loyalty to a coalition and rebellion against one's own group, counted over recorded ballots.

Every member present either votes for (1) or does not (-1: against, abstained, present without voting); absent is 0.
The line of a group, and of the coalition's groups pooled, is the sign of the sum over those who were in them at that
vote, the member included; a tie is no line.

* attendance: votes in which the record shows the member taking part, of those they could vote in. A vote without a
  mark, or marked only "not for", does not show it. It says nothing of why somebody was absent;
* loyalty: votes with the coalition's line, of those the member took part in and the coalition had a line;
* rebellion: votes opposite to the own group's line, of those in which that group had one; absences stay in.

Excused, paired, recused, suspended, presiding and secret positions, and data missing or inferred, are in no
denominator. A vote by proxy is as cast; the act is counted as recorded, not as corrected later.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from deputies.votes.cohesion import SIGNS, pooled_line
from deputies.votes.enums import Position


class Mark(NamedTuple):
    """One recorded ballot; `group` is the member's at that vote, None without one."""

    vote: Hashable
    member: Hashable
    group: Hashable | None
    position: Position


@dataclass(slots=True)
class Attendance:
    """What one member did over all votes; `group` is that of the last ballot."""

    group: Hashable | None = None
    attended: int = 0
    possible: int = 0
    with_coalition: int = 0
    coalition_possible: int = 0
    rebelling: int = 0
    group_votes: int = 0

    @property
    def attendance(self) -> Fraction | None:
        return _share(self.attended, self.possible)

    @property
    def loyalty(self) -> Fraction | None:
        return _share(self.with_coalition, self.coalition_possible)

    @property
    def rebellion(self) -> Fraction | None:
        return _share(self.rebelling, self.group_votes)

    def add(self, sign: int, *, coalition: int | None, own: int | None) -> None:
        """Count one vote the member could cast, given the lines of the coalition and of their own group."""
        self.possible += 1
        self.attended += sign != 0
        if sign and coalition:
            self.coalition_possible += 1
            self.with_coalition += sign == coalition
        if own:
            self.group_votes += 1
            self.rebelling += sign == -own


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def attendance_of(marks: Iterable[Mark], coalition: Collection[Hashable]) -> dict[Hashable, Attendance]:
    """Count by member; `marks` come vote by vote, the earliest first, and `coalition` names its groups."""
    found: defaultdict[Hashable, Attendance] = defaultdict(Attendance)
    for _, ballots in groupby(marks, key=lambda mark: mark.vote):
        for mark, sign, pooled, own in _with_lines(list(ballots), coalition):
            found[mark.member].group = mark.group
            if sign is not None:
                found[mark.member].add(sign, coalition=pooled, own=own)
    return dict(found)


def _with_lines(
    ballots: Collection[Mark], coalition: Collection[Hashable]
) -> Iterator[tuple[Mark, int | None, int | None, int | None]]:
    """Each ballot of one vote with its sign, the coalition's line and the line of the member's group."""
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for mark in ballots:
        groups[mark.group].append(SIGNS.get(mark.position, 0))
    lines = {group: pooled_line(signs) for group, signs in groups.items() if group is not None}
    pooled = pooled_line(sign for group in coalition for sign in groups.get(group, []))
    for mark in ballots:
        yield mark, SIGNS.get(mark.position), pooled, lines.get(mark.group)
