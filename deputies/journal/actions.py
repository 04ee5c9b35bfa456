"""The one way to write the journal, to say in whose name the history is written, and to stop publishing for a time."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from deputies.journal.enums import EventKind
from deputies.journal.models import Event, Freeze
from deputies.journal.reports import frozen

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

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


class Frozen(Exception):
    """Only corrections are published now; says of which chamber, since when, and why."""

    def __init__(self, stop: Freeze) -> None:
        where = _("“%(chamber)s” is frozen") % {"chamber": stop.chamber} if stop.chamber else _("The site is frozen")
        rule = _(
            "%(where)s since %(day)s (%(reason)s): only corrections are published, each by a reviewer and a publisher"
            " besides the one who entered it. Wait until the freeze is ended."
        )
        super().__init__(rule % {"where": where, "day": stop.began_at.date(), "reason": stop.reason})


class NotFrozen(Exception):
    """The freeze was ended already."""


def wait_unless_frozen(chamber: str) -> None:
    """Take the journal's lock, under which a freeze begins and ends too. Raises Frozen."""
    wait_for_turn()
    if stop := frozen(chamber):
        raise Frozen(stop)


@transaction.atomic
def freeze(*, chamber: str, reason_ru: str, reason_en: str, by: "AbstractBaseUser", at: dt.datetime) -> Freeze:
    """Stop everything but corrections in one chamber, or with "" everywhere; a second open one is a constraint."""
    append(kind=EventKind.FROZEN, chamber=chamber, subject="freeze", facts={}, at=at)
    return Freeze.objects.create(
        chamber=chamber,
        reason_ru=reason_ru,
        reason_en=reason_en,
        began_at=at,
        began_by=by,  # type: ignore[misc]
    )


@transaction.atomic
def thaw(*, stop: Freeze, by: "AbstractBaseUser", at: dt.datetime) -> None:
    """End a freeze. Raises NotFrozen."""
    append(kind=EventKind.THAWED, chamber=stop.chamber, subject="freeze", facts={"freeze": stop.pk}, at=at)
    if not Freeze.objects.filter(pk=stop.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise NotFrozen
