"""When weekly letters go out: Tuesday at seven in the morning where the chamber sits."""

import datetime as dt
from zoneinfo import ZoneInfo

TUESDAY = 2  # as ISO counts days
MORNING = dt.time(7)


def next_letter_after(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first weekly letter strictly after `moment`, in UTC."""
    local = moment.astimezone(zone)
    day = local.date() + dt.timedelta(days=(TUESDAY - local.isoweekday()) % 7)
    due = dt.datetime.combine(day, MORNING, zone).astimezone(dt.UTC)
    if due <= moment:
        due = dt.datetime.combine(day + dt.timedelta(days=7), MORNING, zone).astimezone(dt.UTC)
    return due


def period_of(due: dt.datetime, zone: ZoneInfo) -> str:
    """The week a letter is for, such as 2026-W47."""
    year, week, _ = due.astimezone(zone).isocalendar()
    return f"{year}-W{week:02}"
