"""The votes of FIELD as rows: what was needed, by how much they passed or fell short, which seats are not on record."""

from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from deputies.people.enums import Threshold
from deputies.people.models import VotingRule
from deputies.votes.enums import Kind, Position
from deputies.votes.models import Ballot
from deputies.votes.reports.arithmetic import Arithmetic, arithmetic_of, arithmetics_of
from tests import build

pytestmark = pytest.mark.django_db
MEMBERS, VOTING = Threshold.MEMBERS, Threshold.VOTING
TOTALS = ("total_for", "total_against", "total_abstain", "total_not_voting", "total_absent")


def numbers_of(seats: int, threshold: Threshold, *totals: int, **more: Any) -> Arithmetic:
    stated: dict[str, Any] = dict(zip(TOTALS, totals, strict=False))
    chamber = build.chamber(seats=seats)
    return arithmetic_of(build.draft(chamber, threshold=threshold, kind=Kind.TOTALS_ONLY.value, **stated, **more))


@pytest.mark.parametrize(
    ("seats", "totals", "needed", "short_by", "spare", "not_in_record"),
    [
        (45, (19,), 23, 4, 0, None),  # repeal of the pension reform
        (45, (24, 11, 3, 3), 23, 0, 1, 4),  # budget, first reading: 41 of 45
        (45, (35, 7, 2, 1), 23, 0, 12, None),  # budget, final: all 45
        (450, (91, 1, 0, 358), 226, 135, 0, None),  # State Duma: did not vote
        (45, (28, 5), 23, 0, 5, 12),  # end of a mandate
        (45, (23, 22), 23, 0, 0, None),  # a rule of sum / 2 + 1 would ask for 24
    ],
)
def test_votes_of_the_field(
    seats: int, totals: tuple[int, ...], needed: int, short_by: int, spare: int, not_in_record: int | None
) -> None:
    numbers = numbers_of(seats, MEMBERS, *totals)

    assert (numbers.needed, numbers.short_by, numbers.spare) == (needed, short_by, spare)
    assert numbers.not_in_record == not_in_record


def test_majority_is_of_seats_and_not_of_ballots() -> None:
    chamber = build.chamber(seats=45, threshold=MEMBERS)
    people = [build.deputy(chamber) for _ in range(30)]
    version = build.draft(chamber, dict.fromkeys(people[:22], Position.FOR) | {people[22]: Position.AGAINST})

    assert (arithmetic_of(version).needed, arithmetic_of(version).short_by) == (23, 1)


def test_two_thirds_are_rounded_up() -> None:
    numbers = numbers_of(45, Threshold.TWO_THIRDS, 29)

    assert (numbers.needed, numbers.short_by) == (30, 1)


def test_fixed_number() -> None:
    assert numbers_of(45, Threshold.FIXED, 28, 5, threshold_number=25).spare == 3


def test_only_filled_mandates_are_counted_at_the_moment_of_the_vote() -> None:
    chamber = build.chamber(seats=45, threshold=Threshold.MANDATES)
    for number in range(41):
        build.deputy(chamber, held=(build.START, build.moment(20) if number < 3 else None))
    early = build.draft(chamber, held_at=build.moment(10), total_for=20)
    late = build.draft(chamber, held_at=build.moment(20), total_for=20)

    numbers = arithmetics_of([early, late])

    assert (numbers[early.pk].needed, numbers[early.pk].short_by) == (21, 1)
    assert (numbers[late.pk].needed, numbers[late.pk].short_by) == (20, 0)


def test_majority_of_those_present_needs_a_known_presence() -> None:
    whole, partial = numbers_of(45, Threshold.PRESENT, 20, 15, 3, 2), numbers_of(45, Threshold.PRESENT, 20)

    assert (whole.present, whole.needed, whole.short_by) == (40, 21, 1)
    assert (partial.present, partial.needed, partial.short_by) == (None, None, None)


def test_record_without_a_mark_leaves_open_who_was_present() -> None:
    chamber = build.chamber(seats=3, threshold=Threshold.PRESENT)
    one, other, third = (build.deputy(chamber) for _ in range(3))
    silent = build.draft(chamber, {one: Position.FOR, other: Position.AGAINST, third: Position.NO_MARK})
    marked = build.draft(chamber, {one: Position.FOR, other: Position.FOR, third: Position.PRESENT_NOT_VOTING})

    assert arithmetic_of(silent).needed is None
    assert (arithmetic_of(marked).needed, arithmetic_of(marked).spare) == (2, 0)


def test_threshold_is_that_of_the_rule_on_the_day_of_the_vote() -> None:
    chamber = build.chamber(seats=45, threshold=MEMBERS)
    changed = build.moment(30, hour=0)
    chamber.voting_rules.update(in_force=DateTimeTZRange(None, changed))
    VotingRule.objects.create(chamber=chamber, in_force=DateTimeTZRange(changed, None), threshold=VOTING.value)

    rules = [chamber.voting_rules.at(moment).get() for moment in (build.moment(29, hour=23), changed)]
    numbers = [
        arithmetic_of(build.draft(chamber, threshold=Threshold(rule.threshold), total_for=20, total_against=11))
        for rule in rules
    ]

    assert [one.to_win for one in numbers] == [23, 12]
    assert [one.short_by for one in numbers] == [3, 0]


@pytest.mark.parametrize("threshold", [MEMBERS, VOTING, Threshold.PRESENT, Threshold.MANDATES])
def test_ballots_at_hand_give_the_same_numbers(threshold: Threshold) -> None:
    chamber = build.chamber(seats=9, threshold=threshold)
    cast = [*Position][:7]
    version = build.draft(chamber, {build.deputy(chamber): position for position in cast})

    ballots = list(Ballot.objects.filter(version=version))

    assert arithmetic_of(version, ballots) == arithmetic_of(version)
