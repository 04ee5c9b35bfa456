"""When letters go out."""

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.digests.enums import Rhythm
from coalition.digests.rhythms import day_at_once, next_due, period_of

MOSCOW = ZoneInfo("Europe/Moscow")
QUARTER = dt.timedelta(minutes=15)
MONDAY = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
zones = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})).map(ZoneInfo)
moments = st.integers(0, 24 * 366 * 24 * 4).map(lambda n: dt.datetime(2011, 1, 1, tzinfo=dt.UTC) + n * QUARTER)
digests = st.sampled_from([rhythm for rhythm in Rhythm if rhythm is not Rhythm.URGENT])
LONGEST = {Rhythm.WEEKLY: 7, Rhythm.DAILY: 1, Rhythm.SITTING: 1, Rhythm.MONTHLY: 35}  # days between two letters


def due(rhythm: Rhythm, moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    found = next_due(rhythm, moment, zone)
    assert found
    return found


@pytest.mark.parametrize(
    ("rhythm", "first", "period"),
    [
        (Rhythm.WEEKLY, dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC), "2026-W48"),
        (Rhythm.DAILY, dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC), "2026-11-24"),
        (Rhythm.SITTING, dt.datetime(2026, 11, 23, 17, tzinfo=dt.UTC), "2026-11-23-s"),
        (Rhythm.MONTHLY, dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC), "2026-12"),
    ],
)
def test_every_rhythm_has_its_hour_where_the_reader_lives(rhythm: Rhythm, first: dt.datetime, period: str) -> None:
    assert due(rhythm, MONDAY, MOSCOW) == first
    assert period_of(rhythm, first, MOSCOW) == period


def test_who_wants_only_what_is_urgent_has_no_digest_and_one_letter_a_day() -> None:
    midnight = dt.datetime(2026, 11, 23, 21, tzinfo=dt.UTC)

    assert next_due(Rhythm.URGENT, MONDAY, MOSCOW) is None
    assert day_at_once(MONDAY, MOSCOW) == day_at_once(midnight - dt.timedelta(seconds=1), MOSCOW) == "2026-11-23-now"
    assert day_at_once(midnight, MOSCOW) == "2026-11-24-now"


@given(digests, moments, zones)
def test_digests_come_strictly_later_each_in_a_period_of_its_own(
    rhythm: Rhythm, moment: dt.datetime, zone: ZoneInfo
) -> None:
    first = due(rhythm, moment, zone)
    second = due(rhythm, first, zone)

    assert moment < first < second
    assert first - moment <= dt.timedelta(days=LONGEST[rhythm], hours=25)  # a country may skip a day or an hour
    assert second - first >= dt.timedelta(hours=19)
    assert period_of(rhythm, first, zone) < period_of(rhythm, second, zone)


@given(digests, moments, zones)
def test_asking_again_before_the_hour_gives_the_same_hour(rhythm: Rhythm, moment: dt.datetime, zone: ZoneInfo) -> None:
    first = due(rhythm, moment, zone)

    assert due(rhythm, first - dt.timedelta(microseconds=1), zone) == first


@given(digests, digests, moments, zones)
def test_a_new_rhythm_begins_in_a_period_without_a_letter(
    old: Rhythm, new: Rhythm, moment: dt.datetime, zone: ZoneInfo
) -> None:
    """However often a reader changes back and forth between two letters of one rhythm."""
    last = due(new, moment, zone)
    changed = due(old, last, zone)

    assert period_of(new, due(new, changed, zone), zone) > period_of(new, last, zone)
