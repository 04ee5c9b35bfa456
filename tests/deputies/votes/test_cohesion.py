from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputies.votes.cohesion import SIDES, SIGNS, SMALLEST_GROUP, Cohesion, Pair, Split, alike, pooled_line
from deputies.votes.enums import Position

sizes = st.integers(0, 200)
splits = st.builds(Split, sizes, sizes, sizes)
common = st.lists(st.tuples(st.sampled_from(Position), st.sampled_from(Position)), max_size=30)


@pytest.mark.parametrize(
    ("split", "agreement_index", "rice", "plurality"),
    [
        (Split(90, 10), Fraction(85, 100), Fraction(8, 10), Position.FOR),
        (Split(34, 33, 33), Fraction(1, 100), Fraction(1, 67), Position.FOR),
        (Split(10, 10, 100), Fraction(3, 4), Fraction(0), Position.ABSTAIN),
        (Split(5, 10, 10), Fraction(1, 10), Fraction(1, 3), None),
        (Split(0, 3, 0), Fraction(1), Fraction(1), Position.AGAINST),
        (Split(0, 0, 4), Fraction(1), None, Position.ABSTAIN),
        (Split(), None, None, None),
    ],
)
def test_the_figures_of_a_split(
    split: Split, agreement_index: Fraction | None, rice: Fraction | None, plurality: Position | None
) -> None:
    assert (split.agreement_index, split.rice, split.plurality) == (agreement_index, rice, plurality)


def test_a_split_counts_ballots_cast_and_nothing_else() -> None:
    assert Split.of(Position) == Split(for_=3, against=3, abstain=2)


@given(split=splits)
def test_both_indices_lie_between_none_and_all(split: Split) -> None:
    for index in (split.agreement_index, split.rice):
        assert index is None or 0 <= index <= 1


@given(size=st.integers(1, 500))
def test_two_equal_camps_agree_by_a_quarter(size: int) -> None:
    assert Split(size, size).agreement_index == Split(size, 0, size).agreement_index == Fraction(1, 4)


@given(split=splits)
def test_only_three_equal_camps_do_not_agree_at_all(split: Split) -> None:
    equal = split.for_ == split.against == split.abstain and split.voted > 0

    assert (split.agreement_index == 0) is equal


@given(split=splits)
def test_it_does_not_matter_which_camp_is_which(split: Split) -> None:
    mirrored = Split(split.against, split.for_, split.abstain)

    assert mirrored.rice == split.rice
    assert mirrored.agreement_index == split.agreement_index
    assert Split(split.abstain, split.for_, split.against).agreement_index == split.agreement_index


@given(split=splits, abstained=sizes)
def test_rice_is_blind_to_abstentions(split: Split, abstained: int) -> None:
    assert Split(split.for_, split.against, abstained).rice == split.rice


@given(split=splits)
def test_the_plurality_is_larger_than_either_other_camp(split: Split) -> None:
    camps = {Position.FOR: split.for_, Position.AGAINST: split.against, Position.ABSTAIN: split.abstain}
    ranked = sorted(camps.values())

    if split.plurality is None:
        assert ranked[-1] == ranked[-2]
    else:
        assert camps[split.plurality] == ranked[-1] > ranked[-2]


def test_votes_with_few_members_are_not_in_the_mean() -> None:
    small, fair, united = Split(SMALLEST_GROUP - 1), Split(3, 3), Split(6)

    assert SMALLEST_GROUP == 6
    assert Cohesion.of([small, fair, united]) == Cohesion(2, Fraction(5, 8), Fraction(1, 2))
    assert Cohesion.of([small, small]) == Cohesion.of([]) == Cohesion(0, None, None)


@given(pairs=common)
def test_a_pair_is_symmetric_and_counts_no_vote_twice(pairs: list[tuple[Position, Position]]) -> None:
    pair = Pair.of(pairs)

    assert Pair.of((other, one) for one, other in pairs) == pair
    assert pair.same + pair.differ + pair.absent <= len(pairs)
    assert pair.agreement is None or 0 <= pair.agreement <= 1


@given(pairs=common, order=st.randoms(use_true_random=False))
def test_a_pair_does_not_depend_on_the_order_of_votes(pairs: list[tuple[Position, Position]], order: Random) -> None:
    shuffled = list(pairs)
    order.shuffle(shuffled)

    assert Pair.of(shuffled) == Pair.of(pairs)


@given(positions=st.lists(st.sampled_from(Position)))
def test_a_deputy_and_themselves_never_differ(positions: list[Position]) -> None:
    pair = Pair.of((position, position) for position in positions)

    assert pair == Pair(same=sum(position in SIDES for position in positions))


@given(one=st.sampled_from(Position), other=st.sampled_from(Position))
def test_likeness_is_mutual_and_needs_two_votes(one: Position, other: Position) -> None:
    assert alike(one, other) is alike(other, one)
    assert (alike(one, other) is None) is (one not in SIDES or other not in SIDES)


def test_votes_of_a_pair() -> None:
    pair = Pair.of(
        [
            (Position.FOR, Position.FOR),
            (Position.FOR, Position.PROXY_FOR),
            (Position.ABSTAIN, Position.ABSTAIN),
            (Position.FOR, Position.AGAINST),
            (Position.ABSTAIN, Position.AGAINST),
            (Position.FOR, Position.ABSENT),
            (Position.PRESENT_NOT_VOTING, Position.AGAINST),
            (Position.ABSENT, Position.NO_MARK),
            (Position.EXCUSED, Position.FOR),
            (Position.FOR, Position.PRESIDING),
            (Position.DATA_MISSING, Position.FOR),
        ]
    )

    assert pair == Pair(same=3, differ=2, absent=2)
    assert pair.agreement == Fraction(3, 5)
    assert Pair(absent=4).agreement is None


def test_positions_of_a_pooled_line() -> None:
    signs: dict[int | None, set[Position]] = {}
    for position in Position:
        signs.setdefault(SIGNS.get(position), set()).add(position)

    assert signs == {
        1: {Position.FOR, Position.PROXY_FOR, Position.CASTING_FOR},
        -1: {
            *(Position.AGAINST, Position.PROXY_AGAINST, Position.CASTING_AGAINST),
            *(Position.ABSTAIN, Position.PROXY_ABSTAIN, Position.PRESENT_NOT_VOTING),
        },
        0: {Position.ABSENT, Position.NO_MARK, Position.NOT_FOR},
        None: {
            *(Position.EXCUSED, Position.PAIRED_FOR, Position.PAIRED_AGAINST, Position.RECUSED, Position.SUSPENDED),
            *(Position.PRESIDING, Position.SECRET, Position.DATA_MISSING),
        },
    }
    assert set(SIDES) < set(SIGNS)


@given(signs=st.lists(st.sampled_from([-1, 0, 1])))
def test_the_line_is_where_most_are(signs: list[int]) -> None:
    most, least = signs.count(1), signs.count(-1)

    assert pooled_line(signs) == (1 if most > least else -1 if most < least else None)
    assert pooled_line(-sign for sign in signs) == (None if most == least else -(pooled_line(signs) or 0))
