import pytest

from deputies.people.enums import Threshold
from deputies.votes.checks import House, Problem, Totals, present, problems
from deputies.votes.enums import Position, Result

NAMES = {Position.FOR: 3, Position.AGAINST: 1, Position.ABSENT: 1}


def house(threshold: Threshold = Threshold.VOTING, number: int | None = None, *, stated: bool = True) -> House:
    return House(threshold, number, stated, seats=5, filled=4)


NONE_PRINTED, BY_VOTING = Totals(), house()


def found(
    totals: Totals = NONE_PRINTED,
    counts: dict[Position, int] = NAMES,
    result: Result = Result.UNKNOWN,
    within: House = BY_VOTING,
    eligible: int | None = None,
    *,
    partial: bool = False,
) -> list[Problem]:
    return list(problems(totals=totals, counts=counts, result=result, house=within, eligible=eligible, partial=partial))


def test_equal_totals_are_no_problem() -> None:
    assert found(Totals(3, 1, 0, 0, 1), eligible=5) == []


def test_a_total_that_differs_from_the_names_blocks() -> None:
    problem = Problem("total-differs", True, {"option": "yes", "official": 2, "counted": 3})

    assert found(Totals(yes=2)) == [problem]


@pytest.mark.parametrize("official", [3, 4, 5])
def test_a_printed_total_may_hold_proxies_and_casting_votes(official: int) -> None:
    assert found(Totals(yes=official), {**NAMES, Position.PROXY_FOR: 1, Position.CASTING_FOR: 1}) == []


def test_names_that_we_lack_explain_as_many_missing_votes() -> None:
    names = {**NAMES, Position.DATA_MISSING: 2}

    assert found(Totals(yes=4, no=2), names) == []
    assert [problem.code for problem in found(Totals(yes=4, no=3), names)] == ["total-differs"]


@pytest.mark.parametrize("partial", [False, True])
def test_those_neither_for_nor_against_may_be_under_two_totals(partial: bool) -> None:
    names = {**NAMES, Position.NOT_FOR: 3}

    assert found(Totals(abstain=2, not_voting=1), names, partial=partial) == []
    assert [p.code for p in found(Totals(not_voting=4), names, partial=False)] == ["total-differs"]


def test_partial_names_may_be_fewer_and_never_more() -> None:
    assert found(Totals(yes=24), partial=True) == []
    assert [problem.code for problem in found(Totals(yes=2), partial=True)] == ["total-differs"]


def test_everyone_eligible_must_have_a_position() -> None:
    assert found(eligible=6) == [Problem("sum-differs", True, {"counted": 5, "eligible": 6})]


def test_nobody_present_is_worth_a_look() -> None:
    assert found(counts={Position.ABSENT: 5}) == [Problem("everyone-absent", False, {"counted": 5})]


@pytest.mark.parametrize(
    ("threshold", "number", "adopted"),
    [
        (Threshold.MEMBERS, None, True),  # 3 of 5 needed
        (Threshold.MANDATES, None, True),  # 3 of 4
        (Threshold.PRESENT, None, True),  # 3 of 4
        (Threshold.VOTING, None, True),
        (Threshold.TWO_THIRDS, None, False),  # 4 of 5
        (Threshold.FIXED, 4, False),
    ],
)
def test_a_result_is_held_against_its_threshold(threshold: Threshold, number: int | None, adopted: bool) -> None:
    right = Result.ADOPTED if adopted else Result.REJECTED
    wrong = Result.REJECTED if adopted else Result.ADOPTED

    assert found(result=right, within=house(threshold, number)) == []
    assert [p.code for p in found(result=wrong, within=house(threshold, number))] == ["result-contradicts"]


def test_a_contradiction_blocks_only_where_the_vote_states_its_threshold() -> None:
    (stated,) = found(result=Result.REJECTED, within=house(stated=True))
    (followed,) = found(result=Result.REJECTED, within=house(stated=False))

    assert (stated.blocking, followed.blocking) == (True, False)
    assert stated.facts == {"result": "rejected", "votes_for": 3, "votes_against": 1}


def test_a_tie_is_not_adopted_by_those_voting() -> None:
    assert [p.code for p in found(Totals(2, 2), {}, Result.ADOPTED)] == ["result-contradicts"]


def test_presence_is_unknown_where_the_record_has_no_mark() -> None:
    assert present(Totals(), {**NAMES, Position.NO_MARK: 1}) is None
    assert present(Totals(1, 2, 3, None), {}) is None
    assert present(Totals(1, 2, 3, 4), {}) == 10
