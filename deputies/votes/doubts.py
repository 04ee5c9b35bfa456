"""What deserves a second look in one draft: the slips that would show a deputy doing what they did not do. Pure.

`checks` says what contradicts itself; this says what is unlike the house: other votes of the day, earlier votes, the
voting rule, the sitting. How rarely each is raised on real votes is a test (tests/deputies/votes/test_doubts.py).
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from deputies.sources.enums import Precision
from deputies.votes.checks import HEADINGS, Problem, Totals, present, problems, readings
from deputies.votes.cohesion import SIDES
from deputies.votes.enums import Kind, Position, Result
from deputies.votes.pictures import DECIDED, ENOUGH_FOR_A_LINE, Context, Lines, Picture, Row, place

ENOUGH_IN_COMMON = 20  # votes in which two factions both had a side, before their habit says anything
STEADY = 95  # per cent of those votes
JUMP = 20  # per cent of the house
CASTING = (Position.CASTING_FOR, Position.CASTING_AGAINST)
TAKES_PART = (*SIDES, Position.PRESENT_NOT_VOTING, Position.PRESIDING)  # only somebody in the room can


def doubts(picture: Picture, context: Context) -> list[Problem]:
    """Every doubt, the same whatever the order of the rows."""
    picture = replace(picture, rows=sorted(picture.rows, key=lambda row: row.person_id))
    others = sorted(context.others, key=lambda other: (place(other.held_at, other.number), other.id))
    return [doubt for check in _CHECKS for doubt in check(picture, replace(context, others=others))]


def _entries(picture: Picture, context: Context) -> Iterator[Problem]:
    """Excuses without a reason, and the one deputy whom the printed totals still lack."""
    bare = tuple(r.person_id for r in picture.rows if r.position is Position.EXCUSED and not r.excuse.strip())
    if bare:
        yield Problem("excuse-without-reason", True, people=bare)
    blank, counts = [row.person_id for row in picture.rows if not row.position], picture.counts
    printed = {option: total for option in HEADINGS if (total := getattr(picture.totals, option)) is not None}
    short = [option for option, total in printed.items() if total not in readings(option, counts)]
    if len(blank) == 1 and len(short) == 1 and printed[short[0]] - 1 in readings(short[0], counts):
        yield Problem("missing-one", people=tuple(blank), facts={"option": short[0]})


def _time(picture: Picture, context: Context) -> Iterator[Problem]:
    """In the future or on another day than the sitting is impossible; at other hours, or at a weekend, only odd."""
    if picture.held_at is None:
        return
    if picture.held_at > context.now:
        yield Problem("in-the-future", blocking=True)
    if not picture.is_dated:
        return
    day = picture.held_at.astimezone(context.zone).date()
    if context.period:
        began, ended = context.period
        last = ended and ended.astimezone(context.zone).date()
        other_day = day < began.astimezone(context.zone).date() or bool(last and day > last)
        other_hour = picture.held_at < began or bool(ended and picture.held_at > ended)
        if other_day:
            yield Problem("other-day", blocking=True)
        elif other_hour and picture.precision is Precision.MINUTE:
            yield Problem("other-hour", facts={"held": _said(picture.held_at)})
    elif day.weekday() >= 5 and not context.others:
        yield Problem("weekend", facts={"day": day.isoformat()})


def _said(moment: dt.datetime) -> str:
    """The same for one moment in whatever zone it is written."""
    return moment.astimezone(dt.UTC).isoformat()


def _same_number(picture: Picture, context: Context) -> Iterator[Problem]:
    """The number is taken; silent where other votes of the day share one too, for then it is that of the agenda."""
    numbers = [other.number for other in context.others if other.number]
    if picture.number and len(set(numbers)) == len(numbers):
        taken = (other for other in context.others if other.number == picture.number)
        yield from (Problem("same-number", facts={"vote": other.id, "label": other.label}) for other in taken)


def _same_vector(picture: Picture, context: Context) -> Iterator[Problem]:
    """A copy of another vote of the day, name by name; a house of one mind repeats itself, unless the titles do too."""
    marks = picture.marks
    sides = {SIDES[position] for position in marks.values() if position in SIDES}
    for other in context.others:
        if picture.complete and other.marks == marks and (len(sides) > 1 or other.title == picture.title):
            yield Problem("same-vector", facts={"vote": other.id, "label": other.label})
            return


def _swapped(picture: Picture, context: Context) -> Iterator[Problem]:
    """Ayes and noes exchanged in the whole vote, by the printed totals or else by the announced result."""
    counts, printed = picture.counts, picture.totals
    sides = Counter(row.side for row in picture.rows)
    if not picture.complete or sides[Position.FOR] == sides[Position.AGAINST]:
        return
    facts: dict[str, int | str] = {"votes_for": sides[Position.FOR], "votes_against": sides[Position.AGAINST]}
    yes, no = readings("yes", counts), readings("no", counts)
    exchanged = {**counts, Position.FOR: counts[Position.AGAINST], Position.AGAINST: counts[Position.FOR]}
    if printed.yes in no and printed.no in yes and not (printed.yes in yes and printed.no in no):
        yield Problem("swapped-totals", facts=facts)
    elif _contradicts(counts, picture) and not _contradicts(exchanged, picture):
        yield Problem("swapped-result", facts=facts)


def _contradicts(counts: Mapping[Position, int], picture: Picture) -> bool:
    found = problems(totals=Totals(), counts=counts, result=picture.result, house=picture.house)
    return any(problem.code == "result-contradicts" for problem in found)


def _faction_flip(picture: Picture, context: Context) -> Iterator[Problem]:
    """A faction opposite its usual partners or beside its usual opponents; of a pair, the one of more such breaks."""
    lines = {faction: line for faction, line in picture.lines.items() if line in DECIDED}
    broken = [
        (one, other)
        for one, other in combinations(sorted(lines), 2)
        if _usually_alike(one, other, context.past.lines) is (lines[one] is not lines[other])
    ]
    breaks = Counter(faction for pair in broken for faction in pair)
    with_ = defaultdict(list)
    for pair in broken:
        suspect, other = sorted(pair, key=lambda faction: (-breaks[faction], faction))
        with_[suspect].append(other)
    for faction, others in sorted(with_.items()):
        told = {"line": lines[faction].value, "other": others[0], "other_line": lines[others[0]].value}
        code = "faction-beside" if lines[faction] is lines[others[0]] else "faction-apart"
        yield Problem(code, facts={"faction": faction, **told})


def _usually_alike(one: int, other: int, past: Sequence[Lines]) -> bool | None:
    """Whether two factions steadily take the same side, or opposite ones; None where they do neither."""
    common = [(line[one], line[other]) for line in past if line.get(one) in DECIDED and line.get(other) in DECIDED]
    same = 100 * sum(pair[0] is pair[1] for pair in common)
    if len(common) < ENOUGH_IN_COMMON or (100 - STEADY) * len(common) < same < STEADY * len(common):
        return None
    return same >= STEADY * len(common)


def _nobody(picture: Picture, context: Context) -> Iterator[Problem]:
    counts = picture.counts
    adopted = picture.kind is Kind.BY_NAME and picture.result is Result.ADOPTED
    if picture.complete and adopted and not max(readings("yes", counts)):
        yield Problem("adopted-without-names")


def _attendance(picture: Picture, context: Context) -> Iterator[Problem]:
    """An attendance call entered as a vote, or a vote as an attendance call."""
    voted = any(position in SIDES for position in picture.marks.values())
    present_only = picture.complete and not voted and picture.counts[Position.PRESENT_NOT_VOTING]
    if picture.kind is Kind.ATTENDANCE and (voted or picture.result is not Result.UNKNOWN):
        yield Problem("attendance-with-votes")
    elif picture.kind is Kind.BY_NAME and present_only:
        yield Problem("vote-without-votes")


def _chair(picture: Picture, context: Context) -> Iterator[Problem]:
    """The mark of whoever presides against the rule; a casting vote is no breach of it."""
    for row in picture.rows:
        votes = row.presides and row.position in SIDES and row.position not in CASTING
        if row.position is Position.PRESIDING if context.presider_votes else votes:
            code = "chair-presides" if context.presider_votes else "chair-votes"
            yield Problem(code, people=(row.person_id,), facts={"position": str(row.position)})


def _left(picture: Picture, context: Context) -> Iterator[Problem]:
    if picture.held_at is None or picture.precision is not Precision.MINUTE:
        return
    for row in picture.rows:
        left = context.left.get(row.person_id)
        if left and left < picture.held_at and row.position in TAKES_PART:
            facts = {"left": _said(left), "position": str(row.position)}
            yield Problem("voted-after-leaving", people=(row.person_id,), facts=facts)


def _presence(picture: Picture, context: Context) -> Iterator[Problem]:
    """Many more or fewer in the room than at the question before, where both records tell who was there."""
    if picture.held_at is None or not picture.is_dated or not picture.complete:
        return
    here = place(picture.held_at, picture.number)
    before = [other for other in context.others if other.marks and place(other.held_at, other.number) < here]
    if before:
        was, now = (present(Totals(), Counter(marks.values())) for marks in (before[-1].marks, picture.marks))
        if was is not None and now is not None and abs(now - was) * 100 > JUMP * len(picture.rows):
            yield Problem("presence-jump", facts={"was": was, "now": now, "label": before[-1].label})


def _namesakes(picture: Picture, context: Context) -> Iterator[Problem]:
    """Two of one surname, each on the side of the other's faction: as if they were taken for one another."""
    lines = picture.lines
    for one, other in combinations([row for row in picture.rows if row.side], 2):
        wanted = lines.get(one.faction_id or 0), lines.get(other.faction_id or 0)
        if one.surname == other.surname and one.side is not other.side and wanted == (other.side, one.side):
            yield Problem("namesakes", people=(one.person_id, other.person_id))


def _alone(picture: Picture, context: Context) -> Iterator[Problem]:
    """Whoever the draft has against the whole rest of their faction: most often a slip of the eye."""
    for faction, rows in _by_faction(picture.rows):
        sides = Counter(row.side for row in rows)
        few = [row for row in rows if sides[row.side] == 1]
        if len(rows) >= ENOUGH_FOR_A_LINE and len(few) == 1:
            code = "alone-first" if few[0].person_id in context.past.steady else "alone"
            yield Problem(code, False, {"faction": faction, "position": str(few[0].side)}, (few[0].person_id,))


def _first_time(picture: Picture, context: Context) -> Iterator[Problem]:
    """Deputies who always took their faction's side so far, and here the other one; `_alone` names one alone."""
    lines = picture.lines
    for faction, rows in _by_faction(picture.rows):
        different = [r.person_id for r in rows if lines.get(faction) in DECIDED and r.side is not lines[faction]]
        new = tuple(person for person in different if person in context.past.steady)
        if new and len(different) > 1:
            yield Problem("first-time-different", people=new, facts={"faction": faction, "line": lines[faction].value})


def _by_faction(rows: Iterable[Row]) -> list[tuple[int, list[Row]]]:
    """The members who voted for or against."""
    groups = defaultdict(list)
    for row in rows:
        if row.faction_id and row.side:
            groups[row.faction_id].append(row)
    return sorted(groups.items())


_CHECKS = (
    *(_entries, _time, _same_number, _same_vector, _swapped, _faction_flip, _nobody, _attendance),
    *(_chair, _left, _presence, _namesakes, _alone, _first_time),
)
