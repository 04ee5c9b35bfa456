"""The one way to write the journal, and to say in whose name the history is written."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

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


@contextmanager
def acting(*, account_id: int | None, action: str) -> Iterator[None]:
    """Let the history name this account and action for what the block changes on this connection.

    Without it the history names the program, by PGAPPNAME.
    """
    _act(str(account_id or ""), action)
    try:
        yield
    finally:
        # A lost connection takes its settings with it; one that goes back into the pool must not keep them.
        if connection.connection is not None and not connection.needs_rollback:
            with suppress(OperationalError, InterfaceError):
                _act("", "")


def _act(account: str, action: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('nakaz.account', %s, false), set_config('nakaz.action', %s, false)", [account, action]
        )
