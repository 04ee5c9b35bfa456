"""Working days are Monday to Friday, where the chamber sits."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputies.journal.workdays import add_working_days, hold_until, working_days_between

MONDAY, FRIDAY, SATURDAY, SUNDAY = (dt.date(2024, 6, day) for day in (3, 7, 8, 9))


@pytest.mark.parametrize(
    ("day", "fifth"),
    [
        (MONDAY, dt.date(2024, 6, 10)),
        (FRIDAY, dt.date(2024, 6, 14)),
        (SATURDAY, dt.date(2024, 6, 14)),
        (SUNDAY, dt.date(2024, 6, 14)),
        (dt.date(2024, 12, 31), dt.date(2025, 1, 7)),  # holidays are not known
    ],
)
def test_the_fifth_working_day(day: dt.date, fifth: dt.date) -> None:
    assert add_working_days(day, 5) == fifth


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(MONDAY, MONDAY, 0), (MONDAY, FRIDAY, 4), (FRIDAY, SUNDAY, 0), (FRIDAY, dt.date(2024, 6, 10), 1)],
)
def test_working_days_between(first: dt.date, last: dt.date, days: int) -> None:
    assert working_days_between(first, last) == days


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 40))
def test_as_many_working_days_lie_between_as_were_added(day: dt.date, number: int) -> None:
    later = add_working_days(day, number)

    assert working_days_between(day, later) == number
    assert later.isoweekday() <= 5


def test_a_hold_from_friday_evening_ends_next_friday_evening_where_the_chamber_sits() -> None:
    moscow, vladivostok = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Vladivostok")
    friday_evening = dt.datetime(2024, 6, 7, 18, tzinfo=dt.UTC)  # 21:00 in Moscow, Saturday 04:00 in Vladivostok

    assert hold_until(friday_evening, moscow) == dt.datetime(2024, 6, 14, 18, tzinfo=dt.UTC)
    assert hold_until(friday_evening, vladivostok) == dt.datetime(2024, 6, 13, 18, tzinfo=dt.UTC)


def test_a_hold_keeps_the_time_of_day_when_clocks_change() -> None:
    before = dt.datetime(2024, 3, 29, 12, tzinfo=dt.UTC)  # Friday, 13:00 in Berlin

    assert hold_until(before, ZoneInfo("Europe/Berlin")) == dt.datetime(2024, 4, 5, 11, tzinfo=dt.UTC)
