"""When letters go out where their reader lives, and what each period is called: a reader gets one letter for it."""

import datetime as dt
from zoneinfo import ZoneInfo

from coalition.digests.enums import Rhythm

TUESDAY = 2  # as ISO counts days
MORNING, EVENING = dt.time(7), dt.time(20)
ONE_DAY = dt.timedelta(days=1)


def next_due(rhythm: Rhythm, moment: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """The first digest strictly after `moment`, in UTC; None for readers who want none.

    A digest after a sitting may fall on the evening of any day; whether there was one is known only then.
    """
    if rhythm is Rhythm.URGENT:
        return None
    hour = EVENING if rhythm is Rhythm.SITTING else MORNING
    day = moment.astimezone(zone).date()
    while True:
        if _is_day_of(rhythm, day):
            due = dt.datetime.combine(day, hour, zone).astimezone(dt.UTC)
            if due > moment:
                return due
        day += ONE_DAY


def _is_day_of(rhythm: Rhythm, day: dt.date) -> bool:
    if rhythm in (Rhythm.DAILY, Rhythm.SITTING):
        return True
    return day.isoweekday() == TUESDAY and (rhythm is Rhythm.WEEKLY or day.day <= 7)


def period_of(rhythm: Rhythm, due: dt.datetime, zone: ZoneInfo) -> str:
    """What a digest is for: 2026-W47, 2026-11-24, 2026-11-24-s after a sitting, or 2026-11."""
    names = {Rhythm.WEEKLY: "%G-W%V", Rhythm.DAILY: "%Y-%m-%d", Rhythm.SITTING: "%Y-%m-%d-s", Rhythm.MONTHLY: "%Y-%m"}
    return due.astimezone(zone).strftime(names[rhythm])


def day_at_once(moment: dt.datetime, zone: ZoneInfo) -> str:
    """What a letter sent at once is for, 2026-11-24-now: there is one a day where its reader lives."""
    return moment.astimezone(zone).strftime("%Y-%m-%d-now")
