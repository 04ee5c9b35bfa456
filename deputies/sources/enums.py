"""The words for where a fact was read, on what ground it is stated, and how exactly it is dated."""

from enum import StrEnum


class Basis(StrEnum):
    """On what ground a fact is stated."""

    OFFICIAL = "official"  # the chamber's own record
    NAMED = "named"  # named in another cited source
    INFERRED = "inferred"  # worked out, the note says how; shown, never scored
    DISPUTED = "disputed"  # sources contradict one another; the note keeps both values


class Precision(StrEnum):
    """How exactly a date is known; nothing is rounded to an invented day."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"
