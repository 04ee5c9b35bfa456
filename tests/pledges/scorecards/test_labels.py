from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputies.votes.enums import Position
from pledges.scorecards.enums import Column, Edge, Label
from pledges.scorecards.labels import label, shown_percent
from pledges.scorecards.method import WEIGHT_UNIT, Percent, Tally, read, tally
from pledges.scorecards.profiles import DEFAULT, PROFILES


def record(
    with_: int, against: int, absent: int = 0, *, weight: int = WEIGHT_UNIT, profile: str = "votes-cast"
) -> Tally:
    positions = [Position.FOR] * with_ + [Position.AGAINST] * against + [Position.ABSENT] * absent
    readings = [read(PROFILES[profile], position, Column.ASKED_WEAK, weight) for position in positions]
    return tally(reading for reading in readings if reading is not None)


@pytest.mark.parametrize(
    ("with_", "against", "absent", "expected"),
    [
        (0, 0, 0, Label.NO_RECORDED_VOTE),
        (0, 0, 7, Label.NO_RECORDED_VOTE),
        (1, 0, 0, Label.PLAIN),
        (2, 0, 13, Label.PLAIN),
        (1, 1, 0, Label.PLAIN),
        (3, 0, 0, Label.IN_ALL),
        (4, 0, 4, Label.IN_ALL),
        (4, 0, 5, Label.COUNTS_ONLY),
        (3, 1, 0, Label.MOSTLY),
        (5, 0, 0, Label.CONSISTENTLY),
        (19, 1, 0, Label.CONSISTENTLY),
        (18, 1, 0, Label.ALMOST_ALWAYS),
        (17, 3, 0, Label.ALMOST_ALWAYS),
        (16, 3, 0, Label.MOSTLY),
        (8, 2, 5, Label.MOSTLY),
        (61, 39, 0, Label.MOSTLY),
        (3, 2, 0, Label.SOMETIMES),
        (5, 5, 0, Label.SOMETIMES),
        (2, 3, 0, Label.SOMETIMES),
        (39, 61, 0, Label.MOSTLY_NOT),
        (3, 17, 0, Label.ALMOST_ALWAYS_NOT),
        (1, 19, 0, Label.CONSISTENTLY_NOT),
        (0, 4, 0, Label.IN_ALL_NOT),
        (0, 5, 0, Label.CONSISTENTLY_NOT),
        (0, 5, 6, Label.COUNTS_ONLY),
    ],
)
def test_label_of_a_record(with_: int, against: int, absent: int, expected: Label) -> None:
    assert label(record(with_, against, absent), DEFAULT) is expected


def test_four_votes_of_unequal_weight_are_almost_always_and_not_consistently() -> None:
    heavy = record(3, 0, weight=20 * WEIGHT_UNIT) + record(0, 1)

    assert heavy.score == Fraction(60, 61)
    assert label(heavy, DEFAULT) is Label.ALMOST_ALWAYS


@pytest.mark.parametrize("counted", range(61))
def test_labels_mirror_for_every_fraction(counted: int) -> None:
    for with_ in range(counted + 1):
        for absent in (0, counted, counted + 1):
            here = label(record(with_, counted - with_, absent), DEFAULT)
            there = label(record(counted - with_, with_, absent), DEFAULT)

            assert there is here.mirror
            assert here is there.mirror


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_absences_never_strengthen_a_label(with_: int, against: int, absent: int, more: int) -> None:
    before = label(record(with_, against, absent), DEFAULT)
    after = label(record(with_, against, absent + more), DEFAULT)

    assert after in (before, Label.COUNTS_ONLY)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1000, 5000))
def test_labels_mirror_whatever_the_weights(with_: int, against: int, weight: int) -> None:
    here = label(record(with_, 0, weight=weight) + record(0, against), DEFAULT)
    there = label(record(0, with_, weight=weight) + record(against, 0), DEFAULT)

    assert there is here.mirror


def test_a_capped_score_gives_the_label_of_the_cap() -> None:
    twfy = PROFILES["twfy-simplified"]

    assert label(record(9, 0, 1, profile="twfy-simplified"), twfy) is Label.CONSISTENTLY
    assert label(record(9, 0, 2, profile="twfy-simplified"), twfy) is Label.ALMOST_ALWAYS
    assert label(record(9, 0, 5, profile="twfy-simplified"), twfy) is Label.MOSTLY


@pytest.mark.parametrize(
    ("tallied", "expected"),
    [
        (Tally(), None),
        (record(0, 0, 3), None),
        (record(8, 2, 5), Percent(80)),
        (record(8, 2, 10), Percent(80)),
        (record(8, 2, 11), None),
        (record(2, 0, 13), None),
        (record(399, 1), Percent(99, Edge.OVER)),
    ],
)
def test_a_page_prints_no_percentage_when_most_of_the_record_is_missing(
    tallied: Tally, expected: Percent | None
) -> None:
    assert shown_percent(tallied, DEFAULT) == expected
