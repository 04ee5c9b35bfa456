"""When letters go out."""

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from coalition.digests.weeks import next_letter_after, period_of

MOSCOW = ZoneInfo("Europe/Moscow")
zones = st.sampled_from(["Europe/Moscow", "Europe/London", "America/New_York", "Asia/Vladivostok", "UTC"]).map(ZoneInfo)
moments = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001


def test_letters_go_out_on_tuesday_at_seven_where_the_chamber_sits() -> None:
    monday = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)

    due = next_letter_after(monday, MOSCOW)

    assert due == dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
    assert period_of(due, MOSCOW) == "2026-W48"
    assert next_letter_after(due, MOSCOW) == due + dt.timedelta(days=7)


@given(moments, zones)
def test_the_next_letter_is_within_a_week_and_each_has_its_own_period(moment: dt.datetime, zone: ZoneInfo) -> None:
    due = next_letter_after(moment, zone)
    following = next_letter_after(due, zone)

    local = due.astimezone(zone)
    assert (local.isoweekday(), local.hour, local.minute) == (2, 7, 0)
    assert dt.timedelta() < due - moment <= dt.timedelta(days=7, hours=1)
    assert period_of(due, zone) < period_of(following, zone)
