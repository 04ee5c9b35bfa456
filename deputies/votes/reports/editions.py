"""Which state of the record readers see: named by what changed, and by the time until which it holds."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import connection

from deputies.votes.models import AgendaItem, Sitting

_STATE = """
SELECT count(*) || ' ' || coalesce(max(at) FILTER (WHERE subject = ''), '-infinity') || ' ' || max(at)
FROM journal_edition
"""
_STATE_WITHOUT = f"{_STATE} WHERE subject <> ALL (%s)"
# Days begin where chambers sit, and in UTC for pages of the whole site.
_MIDNIGHTS = """
SELECT (date_trunc('day', %(now)s AT TIME ZONE zone) + interval '1 day') AT TIME ZONE zone
FROM (SELECT timezone FROM people_chamber UNION SELECT 'UTC') zones(zone)
"""


@dataclass(frozen=True, slots=True)
class Edition:
    """What readers see: any change of it gives another `name`, and the clock alone changes nothing before `until`."""

    name: str
    until: dt.datetime


_latest: tuple[dt.datetime, Edition] | None = None  # the last one seen by this process, and since when it is good


def edition_at(now: dt.datetime) -> Edition:
    """The edition at `now`, as of which pages are then read; one query, two after a change and when the day ends.

    Ask for it before reading what it names: a page may be newer than its edition says, which the next request puts
    right, but never older.
    """
    global _latest
    name, latest = _asked(_STATE), _latest
    if latest is None or latest[1].name != name or not latest[0] <= now < latest[1].until:
        latest = _latest = now, Edition(name, _until(now))
    return latest[1]


def edition_without(tables: Collection[str]) -> str:
    """The name of the state of all tables but these; one query."""
    return _asked(_STATE_WITHOUT, [list(tables)])


def _asked(question: str, arguments: list[list[str]] | None = None) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question, arguments)
        return str(cursor.fetchone()[0])


def _until(now: dt.datetime) -> dt.datetime:
    """The first moment after `now` when the clock alone changes a page: a bound of some period, or a midnight."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(at) FROM ({_moments()}) moments(at) WHERE at > %(now)s", {"now": now})  # noqa: S608
        until: dt.datetime = cursor.fetchone()[0]
    return until


@cache
def _moments() -> str:
    """The question after every midnight, every bound of a period of any model, every sitting and every coming vote."""
    sides = [
        (f"{side}({field.column})", model._meta.db_table)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, DateTimeRangeField)
        for side in ("lower", "upper")
    ]
    sides += [(column, Sitting._meta.db_table) for column in ("began_at", "ended_at")]
    sides += [("starts_at", AgendaItem._meta.db_table)]
    return " UNION ALL ".join([_MIDNIGHTS, *(f"SELECT {side} FROM {table}" for side, table in sides)])  # noqa: S608
