import datetime as dt
from collections import Counter

from coalition.demo.assembly import Deputy, Mark, Question, adopted, cast
from deputies.people.enums import Threshold
from deputies.votes.enums import Position

HOUSE = [Deputy(f"d{nth:02}", "city" if nth < 30 else "shore", absence=10, leans={}) for nth in range(45)]


def question(*, line: str, votes_for: int | None = None, day: dt.date = dt.date(2025, 1, 29)) -> Question:
    return Question("vote", day, topic="", cause=0, line={"city": line[0], "shore": line[1]}, votes_for=votes_for)


def tally(question: Question) -> dict[Position, int]:
    marks = [mark.position for mark in cast(question, HOUSE).values()]
    return {position: marks.count(position) for position in Position if position in marks}


def test_same_question_gives_the_same_marks() -> None:
    assert cast(question(line="FA"), HOUSE) == cast(question(line="FA"), HOUSE)


def test_order_of_deputies_changes_nothing() -> None:
    assert cast(question(line="FA"), HOUSE) == cast(question(line="FA"), HOUSE[::-1])


def test_votes_for_is_kept() -> None:
    assert tally(question(line="FB", votes_for=22))[Position.FOR] == 22


def test_a_faction_that_leaves_is_absent_and_one_that_stays_silent_is_present() -> None:
    marks = cast(question(line="XW", votes_for=1), HOUSE)

    assert {marks[deputy.member_id].position for deputy in HOUSE[:30]} <= {Position.ABSENT, Position.EXCUSED}
    assert sum(mark.position == Position.PRESENT_NOT_VOTING for mark in marks.values()) >= 10


def test_early_minutes_have_no_mark_for_those_who_did_not_vote() -> None:
    seen = set(tally(question(line="FX", day=dt.date(2023, 11, 15))))

    assert seen <= {Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.NO_MARK}


def test_an_excuse_comes_with_being_excused_only() -> None:
    marks = cast(question(line="FF"), HOUSE).values()

    assert all(bool(mark.excuse) == (mark.position == Position.EXCUSED) for mark in marks)
    assert Mark(Position.FOR) in marks


def test_thresholds() -> None:
    assert [adopted(Threshold.MEMBERS, Counter({Position.FOR: n})) for n in (22, 23)] == [False, True]
    assert [adopted(Threshold.TWO_THIRDS, Counter({Position.FOR: n})) for n in (29, 30)] == [False, True]
    assert adopted(Threshold.VOTING, Counter({Position.FOR: 5, Position.AGAINST: 4}))
    assert not adopted(Threshold.VOTING, Counter({Position.FOR: 5, Position.AGAINST: 5}))
