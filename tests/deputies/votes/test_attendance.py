from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputies.votes.attendance import Attendance, Mark, attendance_of
from deputies.votes.enums import Position

FOR, AGAINST, ABSENT = Position.FOR, Position.AGAINST, Position.ABSENT
ballots = st.lists(
    st.builds(
        Mark, st.integers(1, 6), st.integers(1, 8), st.sampled_from(["Red", "Blue", None]), st.sampled_from(Position)
    ),
    unique_by=lambda mark: (mark.vote, mark.member),
).map(lambda marks: sorted(marks, key=lambda mark: int(str(mark.vote))))


def vote(number: int, *ballots: tuple[str, str | None, Position]) -> list[Mark]:
    return [Mark(number, member, group, position) for member, group, position in ballots]


def test_three_votes_of_a_small_chamber() -> None:
    marks = [
        *vote(1, ("a", "Red", FOR), ("b", "Red", FOR), ("c", "Red", AGAINST), ("d", "Blue", AGAINST)),
        *vote(2, ("a", "Red", FOR), ("b", "Red", Position.ABSTAIN), ("c", "Red", ABSENT), ("d", "Blue", ABSENT)),
        *vote(3, ("a", "Red", AGAINST), ("b", "Red", Position.PRESENT_NOT_VOTING), ("c", "Blue", FOR)),
    ]

    assert attendance_of(marks, {"Red"}) == {
        "a": Attendance("Red", 3, 3, 2, 2, 0, 2),
        "b": Attendance("Red", 3, 3, 2, 2, 0, 2),
        "c": Attendance("Blue", 2, 3, 0, 2, 1, 2),
        "d": Attendance("Blue", 1, 2, 0, 1, 0, 1),
    }


def test_the_coalition_is_pooled_and_not_counted_by_group() -> None:
    marks = vote(1, ("a", "Red", FOR), ("b", "Green", AGAINST), ("c", "Green", AGAINST), ("d", "Blue", AGAINST))

    found = attendance_of(marks, {"Red", "Green"})

    assert {member: one.loyalty for member, one in found.items()} == {"a": 0, "b": 1, "c": 1, "d": 1}


@pytest.mark.parametrize(
    "position",
    [
        *(Position.EXCUSED, Position.PAIRED_FOR, Position.PAIRED_AGAINST, Position.RECUSED, Position.SUSPENDED),
        *(Position.PRESIDING, Position.SECRET, Position.DATA_MISSING),
    ],
)
def test_a_position_that_is_no_act_is_in_no_denominator(position: Position) -> None:
    found = attendance_of(vote(1, ("a", "Red", position), ("b", "Red", FOR)), {"Red"})["a"]

    assert found == Attendance("Red")
    assert (found.attendance, found.loyalty, found.rebellion) == (None, None, None)


@pytest.mark.parametrize("position", [ABSENT, Position.NO_MARK, Position.NOT_FOR])
def test_a_record_that_shows_nobody_present_counts_as_possible_only(position: Position) -> None:
    found = attendance_of(vote(1, ("a", "Red", position), ("b", "Red", FOR)), {"Red"})["a"]

    assert found == Attendance("Red", possible=1, group_votes=1)
    assert [found.attendance, found.loyalty, found.rebellion] == [0, None, 0]


def test_a_proxy_and_a_casting_vote_are_as_cast() -> None:
    marks = vote(1, ("a", "Red", Position.PROXY_FOR), ("b", "Red", Position.CASTING_AGAINST), ("c", "Red", FOR))

    found = attendance_of(marks, {"Red"})

    assert [found[member].loyalty for member in "abc"] == [1, 0, 1]
    assert found["b"].rebellion == Fraction(1)


def test_who_is_in_no_group_has_none_to_rebel_against() -> None:
    found = attendance_of(vote(1, ("a", None, FOR), ("b", None, AGAINST), ("c", None, AGAINST)), {"Red"})

    assert found["a"] == Attendance(None, attended=1, possible=1)


@given(marks=ballots)
def test_parts_are_never_more_than_their_whole(marks: list[Mark]) -> None:
    found = attendance_of(marks, {"Red"})

    assert set(found) == {mark.member for mark in marks}
    for one in found.values():
        assert 0 <= one.attended <= one.possible
        assert 0 <= one.with_coalition <= one.coalition_possible <= one.attended
        assert 0 <= one.rebelling <= one.group_votes <= one.possible


@given(marks=ballots)
def test_the_order_of_ballots_in_a_vote_does_not_matter(marks: list[Mark]) -> None:
    reordered = sorted(marks, key=lambda mark: (int(str(mark.vote)), -int(str(mark.member))))

    assert attendance_of(reordered, {"Red"}) == attendance_of(marks, {"Red"})
