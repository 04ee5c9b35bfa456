"""Stopping everything but corrections for a time."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from deputies.journal.actions.writing import append, wait_for_turn
from deputies.journal.enums import EventKind
from deputies.journal.models import Freeze
from deputies.journal.reports import frozen

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


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
