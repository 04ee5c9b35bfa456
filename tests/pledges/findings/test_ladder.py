"""The ladder of evidence: the same for the same evidence in any order, and a higher rung always decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputies.votes.enums import Position
from pledges.findings.enums import Match, Rung
from pledges.findings.ladder import (
    RUNGS,
    Cast,
    Ground,
    Record,
    expected,
    match,
    on_line,
    on_record,
    on_word,
)
from pledges.scorecards.enums import Wants
from pledges.tracker.enums import Stance

FOR, AGAINST = Position.FOR, Position.AGAINST
PASS, FAIL = Wants.PASS, Wants.FAIL

grounds = st.lists(
    st.builds(
        Ground,
        rung=st.sampled_from(RUNGS),
        position=st.sampled_from([FOR, AGAINST]),
        demand=st.integers(1, 3),
        evidence=st.integers(1, 3),
        votes=st.integers(1, 3),
        of_votes=st.integers(3, 5),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("wants", "stance", "position"),
    [
        (PASS, Stance.PROMISED, FOR),
        (PASS, Stance.REFUSED, AGAINST),
        (FAIL, Stance.PROMISED, AGAINST),
        (FAIL, Stance.REFUSED, FOR),
    ],
)
def test_a_promise_is_as_the_demand_wants_and_a_refusal_the_opposite(
    wants: Wants, stance: Stance, position: Position
) -> None:
    assert on_word(1, wants, 7, stance) == Ground(Rung.PLEDGED, position, 1, 7)


@pytest.mark.parametrize("stance", [Stance.UNDECIDED, Stance.SILENT])
def test_an_answer_that_is_neither_says_nothing(stance: Stance) -> None:
    assert on_word(1, PASS, 7, stance) is None


@pytest.mark.parametrize(
    ("as_asked", "not_so", "position", "votes"),
    [
        (1, 0, None, 0),  # one vote is no habit
        (2, 0, FOR, 2),
        (2, 1, FOR, 2),  # two thirds exactly
        (3, 2, None, 0),
        (5, 1, FOR, 5),
        (1, 2, AGAINST, 2),
        (0, 2, AGAINST, 2),
        (2, 2, None, 0),
        (0, 0, None, 0),
    ],
)
def test_voted_so_needs_two_votes_and_two_thirds(
    as_asked: int, not_so: int, position: Position | None, votes: int
) -> None:
    ground = on_record(1, PASS, [True] * as_asked + [False] * not_so)

    said = (ground.position, ground.votes, ground.of_votes) if ground else (None, 0, 0)
    assert said == (position, votes, as_asked + not_so if position else 0)


@pytest.mark.parametrize(
    ("lines", "position"), [([True], FOR), ([True, False], None), ([False, False, True], AGAINST), ([], None)]
)
def test_a_line_is_what_most_of_the_faction_did(lines: list[bool], position: Position | None) -> None:
    ground = on_line(1, PASS, 4, lines)

    assert (ground.position if ground else None) == position


def cast(person: int, as_asked: bool, vote: int = 1, faction: int | None = 9) -> Cast:
    return Cast(vote, person, faction, as_asked)


def test_the_deputy_is_left_out_of_the_line_and_three_others_are_needed() -> None:
    three = Record([cast(1, False), cast(2, True), cast(3, True)])
    four = Record([cast(1, False), cast(2, True), cast(3, True), cast(4, False)])

    assert three.lines(9, person=1) == []
    assert four.lines(9, person=1) == [True]
    assert four.lines(9, person=8) == []  # two and two
    assert four.lines(8, person=1) == []


def test_a_vote_in_another_faction_then_is_no_part_of_the_line_now() -> None:
    record = Record([cast(1, False, faction=5), cast(2, True), cast(3, True), cast(4, True)])

    assert (record.lines(9, person=1), record.own(1), record.own(7)) == ([True], [False], [])


def test_demands_that_contradict_on_the_highest_rung_leave_it_unknown() -> None:
    signed = [Ground(Rung.SIGNED, FOR, 1, 1), Ground(Rung.SIGNED, AGAINST, 2, 1)]

    assert expected([*signed, Ground(Rung.VOTED_SO, FOR, 1, 0, 3, 3)]) is None
    assert expected([*signed, Ground(Rung.PLEDGED, FOR, 1, 2)]) == Ground(Rung.PLEDGED, FOR, 1, 2)


def test_nothing_gives_nothing() -> None:
    assert expected([]) is None


@given(grounds, st.randoms())
def test_the_order_of_the_evidence_does_not_matter(found: list[Ground], chance: object) -> None:
    mixed = list(found)
    chance.shuffle(mixed)  # type: ignore[attr-defined]

    assert expected(mixed) == expected(found) == expected(found + found)


@given(grounds)
def test_a_higher_rung_always_decides(found: list[Ground]) -> None:
    result = expected(found)

    highest = next((rung for rung in RUNGS if any(ground.rung is rung for ground in found)), None)
    positions = {ground.position for ground in found if ground.rung is highest}
    assert (result is None) == (len(positions) != 1)
    if result is not None:
        assert (result.rung, {result.position}) == (highest, positions)
        assert result in found


@given(grounds)
def test_evidence_below_the_deciding_rung_changes_nothing(found: list[Ground]) -> None:
    pledge = Ground(Rung.PLEDGED, FOR, 1, 1)
    below = [ground for ground in found if ground.rung is not Rung.PLEDGED]

    assert expected([pledge, *below]) == pledge


@pytest.mark.parametrize(
    ("expected_position", "recorded", "result"),
    [
        (FOR, Position.FOR, Match.AS_EXPECTED),
        (FOR, Position.PROXY_FOR, Match.AS_EXPECTED),
        (FOR, Position.AGAINST, Match.OTHERWISE),
        (FOR, Position.ABSTAIN, Match.OTHERWISE),
        (AGAINST, Position.ABSTAIN, Match.OTHERWISE),
        (AGAINST, Position.CASTING_AGAINST, Match.AS_EXPECTED),
        (FOR, Position.PRESENT_NOT_VOTING, Match.NO_VOTE),
        (FOR, Position.ABSENT, Match.NO_VOTE),
        (FOR, Position.NO_MARK, Match.NO_VOTE),
        (FOR, Position.EXCUSED, Match.NO_VOTE),
        (FOR, Position.SECRET, Match.NO_VOTE),
        (FOR, Position.DATA_MISSING, Match.NO_VOTE),
        (FOR, None, Match.NO_VOTE),
    ],
)
def test_absence_is_never_held_against_an_expectation(
    expected_position: Position, recorded: Position | None, result: Match
) -> None:
    assert match(expected_position, recorded) is result
