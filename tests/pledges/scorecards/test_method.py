from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputies.people.enums import Threshold
from deputies.votes.enums import Position
from pledges.scorecards.enums import Column, Edge, Outcome, Role, Wants
from pledges.scorecards.method import (
    POSITION_RULE,
    WEIGHT_UNIT,
    Conflict,
    Percent,
    Pull,
    Reading,
    RuleRow,
    Tally,
    column,
    once,
    percent,
    percent_on_page,
    read,
    rule_rows,
    tally,
)
from pledges.scorecards.profiles import DEFAULT, PROFILES

W, A, N, M, E, GAP = (
    Outcome.WITH,
    Outcome.AGAINST,
    Outcome.NEUTRAL,
    Outcome.MISSED,
    Outcome.EXCUSED,
    Outcome.GAP,
)

TABLE = {  # wants pass under a strong threshold, under "voting", wants fail
    Position.FOR: (W, W, A),
    Position.AGAINST: (A, A, W),
    Position.ABSTAIN: (A, N, N),
    Position.PRESENT_NOT_VOTING: (A, M, M),
    Position.NOT_FOR: (A, M, M),
    Position.ABSENT: (M, M, M),
    Position.NO_MARK: (M, M, M),
    Position.EXCUSED: (E, E, E),
    Position.PAIRED_FOR: (E, E, E),
    Position.PAIRED_AGAINST: (E, E, E),
    Position.PROXY_FOR: (W, W, A),
    Position.PROXY_AGAINST: (A, A, W),
    Position.PROXY_ABSTAIN: (A, N, N),
    Position.PRESIDING: (None, None, None),
    Position.CASTING_FOR: (W, W, A),
    Position.CASTING_AGAINST: (A, A, W),
    Position.RECUSED: (E, E, E),
    Position.SUSPENDED: (E, E, E),
    Position.SECRET: (None, None, None),
    Position.DATA_MISSING: (GAP, GAP, GAP),
}

weights = st.sampled_from([500, 1000, 1500, 2000, 3000])
ballots = st.lists(st.tuples(st.sampled_from(Position), st.sampled_from(Column), weights), max_size=30)
Ballots = list[tuple[Position, Column, int]]


def record(given_ballots: Ballots) -> list[Reading]:
    readings = [read(DEFAULT, position, asked, weight) for position, asked, weight in given_ballots]
    return [reading for reading in readings if reading is not None]


def counts(*, with_: int = 0, against: int = 0, absent: int = 0, abstain: int = 0, weight: int = WEIGHT_UNIT) -> Tally:
    positions = (
        [Position.FOR] * with_
        + [Position.AGAINST] * against
        + [Position.ABSENT] * absent
        + [Position.ABSTAIN] * abstain
    )
    return tally(record([(position, Column.ASKED_WEAK, weight) for position in positions]))


@pytest.mark.parametrize("position", Position)
def test_position_rule_is_the_published_table(position: Position) -> None:
    assert tuple(POSITION_RULE[position, each] for each in Column) == TABLE[position]


@pytest.mark.parametrize("threshold", Threshold)
def test_a_demand_to_reject_has_one_column_whatever_the_threshold(threshold: Threshold) -> None:
    assert column(Wants.FAIL, threshold) is Column.OPPOSED


@pytest.mark.parametrize("threshold", Threshold)
def test_silence_is_a_vote_against_unless_only_votes_cast_decide(threshold: Threshold) -> None:
    weak = threshold is Threshold.VOTING

    assert column(Wants.PASS, threshold) is (Column.ASKED_WEAK if weak else Column.ASKED_STRONG)


def test_eight_of_ten_with_three_unrecorded_is_between_62_and_85_per_cent() -> None:
    result = counts(with_=8, against=2, absent=3)

    assert (result.score, result.low, result.high) == (Fraction(8, 10), Fraction(8, 13), Fraction(11, 13))
    assert [percent(x) for x in (result.score, result.low, result.high) if x is not None] == [80, 62, 85]
    assert (result.counted, result.votes_missed, result.coverage) == (10, 3, Fraction(10, 13))
    assert result.fraction_as_points() == (8, 10)


def test_a_double_vote_weighs_twice_and_counts_once() -> None:
    result = counts(with_=1, weight=2000) + counts(against=1)

    assert (result.score, result.with_, result.votes_with, result.counted) == (Fraction(2, 3), 2000, 1, 2)
    assert result.fraction_as_points() == (2, 3)


def test_fractional_weights_become_the_least_whole_points() -> None:
    assert (counts(with_=3) + counts(with_=1, weight=500) + counts(against=1)).fraction_as_points() == (7, 9)


def test_half_credit_becomes_whole_points() -> None:
    half = read(PROFILES["half-credit"], Position.ABSTAIN, Column.ASKED_WEAK)
    assert half is not None

    assert tally([half]).fraction_as_points() == (1, 2)
    assert tally([half, half]).fraction_as_points() == (1, 2)
    assert (tally([half, half]).score, tally([half]).votes_half) == (Fraction(1, 2), 1)


def test_a_record_without_evidence_has_no_number() -> None:
    empty = Tally()

    assert (empty.score, empty.coverage, empty.low, empty.high, empty.fraction_as_points()) == (None,) * 5


def test_excuses_alone_are_no_evidence() -> None:
    excused = tally(record([(Position.EXCUSED, Column.ASKED_STRONG, WEIGHT_UNIT)]))

    assert excused == Tally(excused=WEIGHT_UNIT, votes_excused=1)
    assert (excused.score, excused.coverage, excused.low, excused.high) == (None,) * 4


def test_a_record_of_absences_has_no_score_and_is_open_both_ways() -> None:
    missed = counts(absent=4)

    assert missed.score is None
    assert missed.fraction_as_points() is None
    assert [missed.coverage, missed.low, missed.high] == [0, 0, 1]


@pytest.mark.parametrize("weight", [0, -1])
def test_a_weight_below_one_is_refused(weight: int) -> None:
    with pytest.raises(ValueError, match="below 1"):
        Reading(Outcome.WITH, weight, 10, 10)


def test_missing_data_is_counted_apart_and_in_no_sum() -> None:
    result = tally(record([(Position.DATA_MISSING, Column.ASKED_STRONG, WEIGHT_UNIT)]))

    assert result == Tally(gaps=1)


@given(ballots, ballots)
def test_a_tally_is_the_sum_of_its_parts_in_any_order(first: Ballots, second: Ballots) -> None:
    assert tally(record(first + second)) == tally(record(second)) + tally(record(first))


@given(ballots)
def test_a_tally_loses_no_vote_and_no_weight(given_ballots: Ballots) -> None:
    result, readings = tally(record(given_ballots)), record(given_ballots)
    summed = [reading for reading in readings if reading.outcome is not Outcome.GAP]

    votes = result.counted + result.votes_missed + result.votes_excused + result.votes_neutral
    weight = result.with_ + result.against + result.half + result.missed + result.excused + result.neutral
    assert (votes, result.gaps) == (len(summed), len(readings) - len(summed))
    assert weight == sum(reading.weight for reading in summed)


@given(ballots)
def test_exchanging_with_and_against_mirrors_the_score(given_ballots: Ballots) -> None:
    readings = record(given_ballots)
    exchange = {Outcome.WITH: Outcome.AGAINST, Outcome.AGAINST: Outcome.WITH}
    mirrored = [Reading(exchange.get(r.outcome, r.outcome), r.weight, r.mass - r.credit, r.mass) for r in readings]
    here, there = tally(readings), tally(mirrored)

    if here.score is None or here.low is None:
        assert there.score is None
    else:
        assert (there.score, there.high) == (1 - here.score, 1 - here.low)


@given(ballots, weights)
def test_more_evidence_moves_the_score_only_its_own_way(given_ballots: Ballots, weight: int) -> None:
    readings = record(given_ballots)
    before = tally(readings).score

    for position in Position:
        for asked in Column:
            extra = record([(position, asked, weight)])
            after = tally(readings + extra).score
            outcome = extra[0].outcome if extra else None
            if outcome is Outcome.WITH:
                assert after is not None
                assert before is None or after >= before
            elif outcome is Outcome.AGAINST:
                assert after is not None
                assert before is None or after <= before
            else:
                assert after == before


@given(ballots)
def test_weight_two_is_the_vote_listed_twice(given_ballots: Ballots) -> None:
    doubled = tally(record([(position, asked, 2000) for position, asked, _ in given_ballots]))
    twice = tally(record([(position, asked, 1000) for position, asked, _ in given_ballots] * 2))

    assert (doubled.score, doubled.coverage, doubled.low, doubled.high) == (
        twice.score,
        twice.coverage,
        twice.low,
        twice.high,
    )


@given(ballots)
def test_who_is_not_eligible_is_in_no_sum(given_ballots: Ballots) -> None:
    bystander = [(position, asked, 1000) for position in (Position.PRESIDING, Position.SECRET) for asked in Column]

    assert tally(record(given_ballots + bystander)) == tally(record(given_ballots))


@given(ballots)
def test_the_score_lies_in_its_band(given_ballots: Ballots) -> None:
    result = tally(record(given_ballots))

    if result.score is not None and result.low is not None and result.high is not None:
        assert 0 <= result.low <= result.score <= result.high <= 1


@given(ballots)
def test_no_evidence_is_none_and_never_a_number(given_ballots: Ballots) -> None:
    result = tally(record(given_ballots))

    assert (result.score is None) is (result.counted == 0)
    assert (result.fraction_as_points() is None) is (result.counted == 0)


@given(ballots)
def test_points_are_the_score_in_the_least_whole_votes(given_ballots: Ballots) -> None:
    result = tally(record([(position, asked, WEIGHT_UNIT) for position, asked, _ in given_ballots]))

    expected = (result.votes_with, result.counted) if result.counted else None
    assert result.fraction_as_points() == expected


def test_rule_rows_cover_what_is_eligible_and_nothing_else() -> None:
    for profile in PROFILES.values():
        rows = rule_rows(profile)
        keys = {(row.position, row.column, row.strong) for row in rows}

        assert len(rows) == len(keys) == 18 * 3 * 2
        assert not {row.position for row in rows} & {Position.PRESIDING, Position.SECRET}
        assert all(0 <= row.credit <= row.mass for row in rows)


def test_rule_rows_of_votes_cast_are_the_position_rule() -> None:
    points = {W: (10, 10), A: (0, 10), M: (0, 0), E: (0, 0), N: (0, 0), GAP: (0, 0)}

    expected = [
        RuleRow(position, asked, strong, outcome, *points[outcome])
        for position in Position
        for asked, outcome in zip(Column, TABLE[position], strict=True)
        for strong in (False, True)
        if outcome is not None
    ]
    assert rule_rows(DEFAULT) == expected


@given(st.sampled_from(sorted(PROFILES)), st.sampled_from(Position), st.sampled_from(Column), weights)
def test_reading_a_ballot_is_looking_up_its_rule_row(name: str, position: Position, asked: Column, weight: int) -> None:
    profile = PROFILES[name]
    found = [
        row
        for row in rule_rows(profile)
        if (row.position, row.column, row.strong) == (position, asked, weight > WEIGHT_UNIT)
    ]
    counted_weight = WEIGHT_UNIT if profile.ignores_weight else weight

    reading = read(profile, position, asked, weight)

    expected = [Reading(row.outcome, counted_weight, row.credit, row.mass) for row in found]
    assert ([reading] if reading else []) == expected


def test_a_vote_under_several_demands_counts_once_with_its_largest_weight() -> None:
    links = [Pull("v", Wants.PASS, 1000), Pull("v", Wants.PASS, 2000), Pull("w", Wants.FAIL, 500)]

    assert once(links) == {"v": Pull("v", Wants.PASS, 2000), "w": Pull("w", Wants.FAIL, 500)}


def test_opposite_scoring_links_conflict_and_stay_in_conflict() -> None:
    links = [Pull("v", Wants.PASS, 1000), Pull("v", Wants.FAIL, 3000), Pull("v", Wants.PASS, 2000)]

    assert once(links) == {"v": Conflict("v", 3000)}


def test_informative_links_neither_count_nor_conflict() -> None:
    links = [
        Pull("v", Wants.FAIL, 5000, Role.INFORMATIVE),
        Pull("v", Wants.PASS, 1000),
        Pull("w", Wants.PASS, 1000, Role.INFORMATIVE),
    ]

    assert once(links) == {"v": Pull("v", Wants.PASS, 1000)}


pulls = st.lists(
    st.builds(Pull, st.integers(1, 5), st.sampled_from(Wants), weights, st.sampled_from(Role)), max_size=20
)


@given(pulls)
def test_once_gives_each_scoring_vote_once_in_any_order(links: list[Pull]) -> None:
    scoring = [link for link in links if link.role is Role.SCORING]

    result = once(links)

    assert result == once(reversed(links)) == once(links * 2)
    assert set(result) == {link.vote for link in scoring}
    for vote, chosen in result.items():
        of_vote = [link for link in scoring if link.vote == vote]
        assert chosen.weight == max(link.weight for link in of_vote)
        assert isinstance(chosen, Conflict) is (len({link.wants for link in of_vote}) == 2)


@pytest.mark.parametrize(
    ("score", "whole", "printed"),
    [
        (Fraction(0), 0, Percent(0)),
        (Fraction(1, 1000), 0, Percent(1, Edge.UNDER)),
        (Fraction(1, 200), 1, Percent(1)),
        (Fraction(1, 8), 13, Percent(13)),
        (Fraction(5, 8), 63, Percent(63)),
        (Fraction(2, 3), 67, Percent(67)),
        (Fraction(994, 1000), 99, Percent(99)),
        (Fraction(199, 200), 100, Percent(99, Edge.OVER)),
        (Fraction(1), 100, Percent(100)),
    ],
)
def test_percent_is_half_up_and_its_ends_are_exact(score: Fraction, whole: int, printed: Percent) -> None:
    assert (percent(score), percent_on_page(score)) == (whole, printed)
