import pytest

from deputies.people.enums import Threshold, needed


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (Threshold.MEMBERS, 23),
        (Threshold.MANDATES, 22),
        (Threshold.PRESENT, 21),
        (Threshold.VOTING, None),
        (Threshold.TWO_THIRDS, 30),
        (Threshold.FIXED, 27),
    ],
)
def test_votes_needed_in_a_chamber_of_45(threshold: Threshold, expected: int | None) -> None:
    assert needed(threshold, seats=45, filled=43, present=40, number=27) == expected


@pytest.mark.parametrize("threshold", [Threshold.MANDATES, Threshold.PRESENT, Threshold.FIXED])
def test_votes_needed_are_unknown_where_the_count_is(threshold: Threshold) -> None:
    assert needed(threshold, seats=45) is None


@pytest.mark.parametrize(("seats", "majority", "two_thirds"), [(1, 1, 1), (44, 23, 30), (46, 24, 31), (450, 226, 300)])
def test_votes_needed_of_all_seats(seats: int, majority: int, two_thirds: int) -> None:
    assert needed(Threshold.MEMBERS, seats=seats) == majority
    assert needed(Threshold.TWO_THIRDS, seats=seats) == two_thirds


def test_nobody_present_still_needs_one_vote() -> None:
    assert needed(Threshold.PRESENT, seats=45, present=0) == 1


def test_only_a_majority_of_those_voting_ignores_silence() -> None:
    assert [each for each in Threshold if not each.counts_silence] == [Threshold.VOTING]
