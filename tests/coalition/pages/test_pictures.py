import datetime as dt
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.pages.pictures import Staircase, apart, hall, staircase, stretches, tile_columns, tile_rows
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
