import datetime as dt
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.pages.pictures import (
    COLUMN,
    Staircase,
    apart,
    camp_columns,
    hall,
    shares,
    staircase,
    stretches,
    strip,
    tile_columns,
    tile_rows,
)
from deputies.votes.cohesion import Split
from pledges.scorecards.method import Tally


def test_hall_of_45_has_the_rows_of_the_sketch() -> None:
    rows = Counter(round(hypot(place.x, place.y)) for place in hall(45).places)

    assert rows == {132: 16, 106: 13, 80: 10, 54: 6}


@given(st.integers(1, 700))
def test_hall_has_a_place_for_each_seat_and_room_between_them(seats: int) -> None:
    places = hall(seats).places

    assert len(places) == seats
    rows: dict[int, list[tuple[float, float]]] = {}
    for place in places:
        rows.setdefault(round(hypot(place.x, place.y)), []).append((place.x, place.y))
    for row in rows.values():
        assert all(hypot(a[0] - b[0], a[1] - b[1]) >= 24 for a, b in pairwise(sorted(row)))


@pytest.mark.parametrize(("districts", "rows"), [(45, [5, 7, 9, 9, 7, 5, 3]), (3, [3]), (9, [9]), (20, [9, 9, 2])])
def test_tiles_fill_rows(districts: int, rows: list[int]) -> None:
    assert tile_rows(districts) == rows
    assert len(tile_columns(districts)) == districts


@given(st.tuples(*[st.integers(0, 9000)] * 4))
def test_stretches_of_a_bar_fill_it(weights: tuple[int, int, int, int]) -> None:
    with_, half, missed, against = weights

    found = stretches(Tally(with_=with_, half=half, missed=missed, against=against))

    assert sum(stretch.length for stretch in found) == pytest.approx(100 if any(weights) else 0, abs=0.05)


@given(st.lists(st.floats(0, 3.14), max_size=9))
def test_labels_of_factions_keep_apart_and_in_order(angles: list[float]) -> None:
    moved = apart(sorted(angles, reverse=True), 0.12)

    assert all(left - right >= 0.12 - 1e-9 for left, right in pairwise(moved))
    assert all(angle >= 0 for angle in moved)


def test_a_staircase_steps_where_the_share_moves_and_stops_where_there_is_none() -> None:
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    day = dt.timedelta(days=1)
    states = [
        (start - day, None, False),
        (start, Fraction(1), False),
        (start + day, Fraction(1, 2), True),
        (start + 2 * day, None, False),
        (start + 3 * day, Fraction(3, 4), False),
    ]

    chart = staircase(states, start + 4 * day)

    assert chart == Staircase("M0.0 0.0H250.0V50.0H500.0M750.0 25.0H1000", [250.0], start, start + 4 * day)


def test_one_share_is_no_staircase() -> None:
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)

    assert staircase([(start, Fraction(1), False)], start + dt.timedelta(days=1)) is None


@pytest.mark.parametrize(("seats", "scale", "is_big_enough"), [(1, 1, True), (45, 1, True), (100, 1.79, False)])
def test_a_large_hall_has_larger_words_and_no_targets(seats: int, scale: float, is_big_enough: bool) -> None:
    made = hall(seats)

    assert (made.scale, made.has_targets) == (scale, is_big_enough)


@pytest.mark.parametrize("seats", [1, 45, 100, 450, 650])
def test_the_middle_of_a_hall_is_free_for_the_result(seats: int) -> None:
    made = hall(seats)
    inner = min(hypot(place.x, place.y) for place in made.places)

    assert inner >= 0.4 * made.radius - 1


def test_parts_of_a_whole_stand_side_by_side_and_empty_ones_are_left_out() -> None:
    found = shares([("ours", 1), ("ours", 0), ("others", 2), ("unknown", 1)])

    assert [(stretch.kind, stretch.start, stretch.length) for stretch in found] == [
        ("ours", 0, 25), ("others", 25, 50), ("unknown", 75, 25),
    ]  # fmt: skip
    assert shares([("ours", 0)]) == []


def test_a_strip_has_a_column_for_each_and_a_dash_for_nothing() -> None:
    made = strip([("1", [("with", 1), ("none", 1), ("against", 1)]), ("2", [("with", 0)])])

    assert made.paths == {
        "with": "M12 30h14v-10h-14z",
        "none": "M12 20h14v-10h-14z",
        "against": "M12 10h14v-10h-14z",
        "empty": "M33 30h14v-2h-14z",
    }
    assert made.labels == [(19, 40, "1"), (40, 40, "2")]


@pytest.mark.parametrize(("count", "rows", "labels"), [(0, 0, 0), (1, 1, 1), (45, 3, 45), (450, 10, 90)])
def test_a_strip_keeps_its_width_and_labels_what_has_room(count: int, rows: int, labels: int) -> None:
    made = strip([(str(n), [("with", 1)]) for n in range(count)])

    assert (made.width, made.height, len(made.labels)) == (327, rows * (COLUMN + 14), labels)
    assert "".join(made.paths.values()).count("z") == count


def test_camps_of_a_vote_are_the_larger_below_and_the_rest_above() -> None:
    assert camp_columns([Split(2, 1), Split(), Split(0, 3)]).paths == {
        "same": "M0 30h6v-20h-6zM16 30h6v-30h-6z",
        "different": "M0 10h6v-10h-6z",
    }
