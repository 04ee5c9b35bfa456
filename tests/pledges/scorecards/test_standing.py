"""The field's own votes as numbers, and what one or several ballots would have changed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputies.people.enums import Threshold
from deputies.votes.enums import Position, Result
from pledges.scorecards.enums import Wants
from pledges.scorecards.standing import Standing, Strength, decided_by, is_pivot, not_as_asked, would_change

FOR, AGAINST, ABSTAIN, SILENT = Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.PRESENT_NOT_VOTING
ABSENT = Position.ABSENT
PENSION = Standing(Threshold.MEMBERS, 19, 0, needed=23)
BUDGET = Standing(Threshold.MEMBERS, 24, 11, needed=23)


def voting(for_: int, against: int) -> Standing:
    return Standing(Threshold.VOTING, for_, against)


def of_present(for_: int, present: int) -> Standing:
    return Standing(Threshold.PRESENT, for_, present - for_, present)


@pytest.mark.parametrize(
    ("standing", "announced", "by"),
    [
        (PENSION, Result.REJECTED, 4),
        (BUDGET, Result.ADOPTED, 2),
        (Standing(Threshold.MEMBERS, 91, 1, needed=226), Result.REJECTED, 135),
        (Standing(Threshold.MEMBERS, 28, 5, needed=23), Result.ADOPTED, 6),
        (Standing(Threshold.MEMBERS, 23, 0, needed=23), Result.ADOPTED, 1),
        (voting(317, 312), Result.ADOPTED, 5),
        (voting(10, 10), Result.REJECTED, 1),
        (voting(9, 10), Result.REJECTED, 2),
        (of_present(21, 41), Result.ADOPTED, 1),
        (PENSION, Result.ADOPTED, None),
        (BUDGET, Result.UNKNOWN, None),
        (Standing(Threshold.VOTING, 3), Result.ADOPTED, None),
    ],
)
def test_votes_that_decided(standing: Standing, announced: Result, by: int | None) -> None:
    assert decided_by(standing, announced) == by


@pytest.mark.parametrize(
    ("standing", "announced", "pivots"),
    [
        (Standing(Threshold.MEMBERS, 23, 0, needed=23), Result.ADOPTED, {FOR}),
        (Standing(Threshold.MEMBERS, 22, 9, needed=23), Result.REJECTED, {AGAINST, ABSTAIN, SILENT}),
        (BUDGET, Result.ADOPTED, set()),
        (PENSION, Result.REJECTED, set()),
        (voting(12, 10), Result.ADOPTED, {FOR}),
        (voting(13, 10), Result.ADOPTED, set()),
        (voting(10, 10), Result.REJECTED, {AGAINST}),
        (voting(9, 10), Result.REJECTED, {AGAINST}),
        (voting(8, 10), Result.REJECTED, set()),
        (of_present(21, 41), Result.ADOPTED, {FOR}),
        (voting(12, 10), Result.REJECTED, set()),
    ],
)
def test_deputy_of_the_side_that_prevailed_may_decide_alone(
    standing: Standing, announced: Result, pivots: set[Position]
) -> None:
    found = {position for position in Position if is_pivot(standing, announced, position)}

    assert found & {FOR, AGAINST, ABSTAIN, SILENT, ABSENT} == pivots


@pytest.mark.parametrize(
    ("standing", "announced", "positions", "wants", "changed"),
    [
        (PENSION, Result.REJECTED, [ABSENT] * 4, Wants.PASS, True),
        (PENSION, Result.REJECTED, [ABSENT] * 3, Wants.PASS, False),
        (PENSION, Result.REJECTED, [AGAINST, SILENT, ABSTAIN, Position.NO_MARK], Wants.PASS, True),
        (PENSION, Result.REJECTED, [FOR], Wants.FAIL, None),  # it went as wanted
        (BUDGET, Result.ADOPTED, [FOR] * 2, Wants.FAIL, True),
        (BUDGET, Result.ADOPTED, [FOR], Wants.FAIL, False),
        (BUDGET, Result.ADOPTED, [ABSENT] * 9, Wants.FAIL, False),  # all members: a vote against stops nothing
        (voting(12, 10), Result.ADOPTED, [ABSENT] * 2, Wants.FAIL, True),
        (voting(12, 10), Result.ADOPTED, [FOR], Wants.FAIL, True),
        (voting(12, 10), Result.ADOPTED, [ABSTAIN], Wants.FAIL, False),
        (voting(10, 12), Result.REJECTED, [AGAINST, ABSENT], Wants.PASS, True),
        (voting(10, 12), Result.REJECTED, [AGAINST], Wants.PASS, False),
        (of_present(20, 40), Result.REJECTED, [ABSENT], Wants.PASS, True),
        (of_present(19, 40), Result.REJECTED, [ABSENT] * 2, Wants.PASS, False),  # 21 of 42 is half
        (of_present(19, 40), Result.REJECTED, [SILENT] * 2, Wants.PASS, True),
        (PENSION, Result.ADOPTED, [ABSENT] * 4, Wants.PASS, None),
    ],
)
def test_votes_that_would_have_changed_the_result(
    standing: Standing, announced: Result, positions: list[Position], wants: Wants, changed: bool | None
) -> None:
    assert would_change(standing, announced, positions, wants) is changed


@pytest.mark.parametrize(
    ("wants", "threshold", "asked"),
    [
        (Wants.PASS, Threshold.MEMBERS, {FOR}),
        (Wants.PASS, Threshold.VOTING, {FOR}),
        (Wants.FAIL, Threshold.MEMBERS, {AGAINST, ABSTAIN, SILENT, ABSENT}),
        (Wants.FAIL, Threshold.VOTING, {AGAINST}),
    ],
)
def test_text_that_is_to_fail_asks_for_a_vote_against_only_where_those_decide(
    wants: Wants, threshold: Threshold, asked: set[Position]
) -> None:
    found = {p for p in (FOR, AGAINST, ABSTAIN, SILENT, ABSENT) if not not_as_asked(p, wants, threshold)}

    assert found == asked


@pytest.mark.parametrize("position", [Position.PRESIDING, Position.SECRET, Position.DATA_MISSING])
def test_nobody_is_named_for_a_ballot_that_does_not_exist(position: Position) -> None:
    assert not any(not_as_asked(position, wants, threshold) for wants in Wants for threshold in Threshold)


@pytest.mark.parametrize(
    ("strength", "needed", "short_by", "spare"),
    [
        (Strength(Threshold.MEMBERS, 20, 45), 23, 3, 0),
        (Strength(Threshold.TWO_THIRDS, 20, 45), 30, 10, 0),
        (Strength(Threshold.MANDATES, 20, 45, filled=39), 20, 0, 0),
        (Strength(Threshold.MANDATES, 20, 45), None, None, None),
        (Strength(Threshold.FIXED, 26, 45, number=25), 25, 0, 1),
        (Strength(Threshold.VOTING, 20, 45, away=2), 22, 2, 0),
        (Strength(Threshold.PRESENT, 20, 45, away=5), 21, 1, 0),
        (Strength(Threshold.MEMBERS, 20, 45, wants=Wants.FAIL), 23, 3, 0),
        (Strength(Threshold.TWO_THIRDS, 20, 45, wants=Wants.FAIL), 16, 0, 4),
        (Strength(Threshold.VOTING, 22, 44, wants=Wants.FAIL), 22, 0, 0),
        (Strength(Threshold.VOTING, 20, 45, wants=Wants.FAIL), 23, 3, 0),
    ],
)
def test_strength_against_a_majority(
    strength: Strength, needed: int | None, short_by: int | None, spare: int | None
) -> None:
    assert (strength.needed, strength.short_by, strength.spare) == (needed, short_by, spare)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Votes of at most 60 deputies under every threshold."""
    for_, against, silent = (draw(st.integers(0, 20)) for _ in range(3))
    threshold = draw(st.sampled_from([Threshold.MEMBERS, Threshold.VOTING, Threshold.PRESENT]))
    return Standing(threshold, for_, against, for_ + against + silent, needed=draw(st.integers(1, 40)))


@given(standings())
def test_as_many_votes_as_decided_change_the_result_and_one_fewer_does_not(standing: Standing) -> None:
    announced = Result.ADOPTED if standing.carries else Result.REJECTED
    by, for_ = decided_by(standing, announced), standing.for_
    assert by is not None
    assert for_ is not None
    step = -1 if standing.carries else 1

    assert by >= 1
    assert replace(standing, for_=for_ + step * by).carries is not standing.carries
    assert replace(standing, for_=for_ + step * (by - 1)).carries is standing.carries


@given(standings(), st.lists(st.sampled_from([AGAINST, ABSTAIN, SILENT, ABSENT]), max_size=5))
def test_more_votes_for_never_lose_a_text(standing: Standing, positions: list[Position]) -> None:
    after = standing.moved(positions, Wants.PASS)

    assert not (standing.carries and after.carries is False)


@given(
    st.integers(1, 60), st.integers(0, 60), st.sampled_from([Threshold.MEMBERS, Threshold.VOTING, Threshold.PRESENT])
)
def test_one_side_can_pass_exactly_when_the_other_cannot_stop(seats: int, votes: int, threshold: Threshold) -> None:
    votes = min(votes, seats)
    own = Strength(threshold, votes, seats)
    others = Strength(threshold, seats - votes, seats, wants=Wants.FAIL)

    assert (own.short_by == 0) is (others.short_by != 0)
