"""Dates that are known only to the month or the year, and the periods they bound."""

import calendar
import datetime as dt
from dataclasses import dataclass

from deputies.sources.enums import Precision


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A moment of which only the part named by `precision` is known; `at` is None when nothing is."""

    at: dt.datetime | None
    precision: Precision


UNKNOWN = PartialDate(at=None, precision=Precision.UNKNOWN)


def beginning(lower: dt.datetime | None, precision: str) -> PartialDate:
    """The date a period began, from the first moment it certainly covers.

    A period that began "in 2021" certainly covers 2022-01-01 onwards: the year that ended there is the one to show.
    """
    if lower is None or precision == Precision.UNKNOWN:
        return UNKNOWN
    if precision in (Precision.MONTH, Precision.YEAR):
        lower -= dt.timedelta(microseconds=1)
    return PartialDate(lower, Precision(precision))


def end(upper: dt.datetime | None, precision: str) -> PartialDate:
    """The date a period ended, from the first moment it no longer certainly covers.

    With precision "day" the upper bound is the midnight after the last day, and the last day is shown.
    """
    if upper is None or precision == Precision.UNKNOWN:
        return UNKNOWN
    if precision == Precision.DAY:
        upper -= dt.timedelta(microseconds=1)
    return PartialDate(upper, Precision(precision))


def latest_day(day: dt.date, precision: str) -> dt.date | None:
    """The last day that a date of limited precision can be; None where nothing is known of it."""
    match Precision(precision):
        case Precision.UNKNOWN:
            return None
        case Precision.YEAR:
            return day.replace(month=12, day=31)
        case Precision.MONTH:
            return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day
