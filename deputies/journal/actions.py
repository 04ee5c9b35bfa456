"""The one way to write the journal."""

import datetime as dt
from typing import Any

from django.db import connection, transaction

from deputies.journal.enums import EventKind
from deputies.journal.models import Event

_ONE_WRITER = 0x4E414B41  # any constant: the key of the advisory lock that puts event ids in commit order


def append(*, kind: EventKind, chamber: str, subject: str, facts: dict[str, Any], at: dt.datetime) -> Event:
    """Add an event at the end of the journal; must be called inside the transaction that makes the change."""
    return append_all([Event(kind=kind, chamber=chamber, subject=subject, facts=facts, at=at)])[0]


def append_all(events: list[Event]) -> list[Event]:
    """Add unsaved events at the end of the journal, in this order.

    The lock is held until the caller's transaction ends, so a later id is never visible before an earlier one.
    Raises TransactionManagementError outside a transaction.
    """
    wait_for_turn()
    return Event.objects.bulk_create(events, batch_size=1000)


def wait_for_turn() -> None:
    """Take the journal's lock until the caller's transaction ends, before looking whether there is anything to write.

    Raises TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("the journal is written in the transaction of the change itself")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_WRITER])
