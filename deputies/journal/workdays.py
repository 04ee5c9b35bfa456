"""Working days: Monday to Friday; holidays are not known, so a promise kept to them is kept a little early."""

import datetime as dt
from zoneinfo import ZoneInfo

SATURDAY = 6  # as ISO counts days
ANSWER_WITHIN = 5  # working days


def add_working_days(day: dt.date, number: int) -> dt.date:
    """The `number`-th working day after `day`, which itself is not counted."""
    while number:
        day += dt.timedelta(days=1)
        number -= day.isoweekday() < SATURDAY
    return day


def working_days_between(first: dt.date, last: dt.date) -> int:
    """How many working days lie after `first` until `last`, that day included; 0 on the same day."""
    days = (first + dt.timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(day.isoweekday() < SATURDAY for day in days)


def hold_until(filed_at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The moment, at the same time of day where the chamber sits, at which five working days have passed; in UTC."""
    local = filed_at.astimezone(zone)
    day = add_working_days(local.date(), ANSWER_WITHIN)
    return dt.datetime.combine(day, local.time(), zone).astimezone(dt.UTC)
