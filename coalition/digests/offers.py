"""What a form offers to follow, with the words of each."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils.translation import gettext

from coalition.digests.enums import What
from coalition.digests.models import Subscription
from coalition.digests.models.subscribers import titles
from coalition.digests.targets import Target, existing
from deputies.people.models import Chamber, Term


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to follow; `is_named` if the address of the page, or an earlier try, named it."""

    key: str
    label: str
    is_named: bool


def offers(named: Iterable[str], chamber: Chamber | None, at: dt.datetime) -> list[Offer]:
    """What exists of `named`, then all that chambers offer: those of what is named, or `chamber`, or every one.

    Coming votes are offered where a term runs; chambers of such terms come first.
    """
    wanted = existing(named)
    of = {target.chamber for target in wanted} | ({chamber.pk} if chamber else set())
    running = Exists(Term.objects.filter(chamber=OuterRef("pk"), held__contains=at))
    chambers = Chamber.objects.alias(runs=running).annotate(has_term=running).order_by("-runs", "slug")
    more = []
    for one in chambers.filter(pk__in=of) if of else chambers:
        more += [Target(What.CHAMBER, one.pk), *([Target(What.UPCOMING, one.pk)] if one.has_term else [])]
    if not wanted and len(more) <= 2:
        wanted = more[:1]
    rows = _named(dict.fromkeys(wanted + more))
    return [Offer(row.target.key, _words(row), row.target in wanted) for row in rows]


def _words(row: Subscription) -> str:
    return gettext("everything: %(chamber)s") % {"chamber": row.label} if row.what == What.CHAMBER else row.label


def _named(targets: Iterable[Target]) -> list[Subscription]:
    """Nobody's subscriptions to `targets`, with all that their labels read."""
    rows = [Subscription(**Subscription.to(target)) for target in targets]
    prefetch_related_objects(rows, "chamber", "person", "district", titles())
    return rows
