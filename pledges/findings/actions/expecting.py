"""Which demand a coming vote is about, and writing down what is expected of each deputy when voting begins."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from deputies.journal.actions import append, wait_unless_frozen
from deputies.journal.enums import EventKind
from deputies.votes.actions import HasBegun
from deputies.votes.enums import AgendaState
from deputies.votes.models import AgendaItem
from pledges.findings.models import AgendaLink, Expectation
from pledges.findings.reports.expected import expectations_of
from pledges.tracker.actions import confirm

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


@transaction.atomic
def publish_link(
    *, link: AgendaLink, by: "AbstractBaseUser | None", at: dt.datetime, vouched: bool = False
) -> AgendaLink:
    """Publish which demand a coming vote is about, as another person proposed, while voting has not begun.

    With `vouched` one caller stands for both. Raises NotProposed, OwnWord, HasBegun or Frozen.
    """
    chamber = link.item.chamber.slug
    wait_unless_frozen(chamber)
    item = AgendaItem.objects.select_for_update().get(pk=link.item_id)
    if item.frozen_at is not None or item.starts_at <= at:
        raise HasBegun
    current = confirm(row=link, by=by, at=at, vouched=vouched)
    facts = {"item": item.pk, "demand": current.demand_id, "link": current.pk}
    append(kind=EventKind.VOTE_ANNOUNCED, chamber=chamber, subject=f"agenda-item:{item.pk}", facts=facts, at=at)
    return current


@transaction.atomic
def freeze_expectations(*, item: AgendaItem, at: dt.datetime) -> bool:
    """Write down what is expected of each deputy in a vote that begins, once; whether it was done now.

    A freeze of the chamber does not stop it: nothing new is published, what was shown is kept.
    """
    rows = AgendaItem.objects.select_for_update(of=("self",)).select_related("chamber")
    stored = rows.get(pk=item.pk)
    if not stored.is_open:
        return False
    written = expectations_of(stored, at)
    for one in written:
        one.frozen_at = at
    Expectation.objects.bulk_create(written, batch_size=1000)
    stored.frozen_at = at
    stored.save(update_fields=["frozen_at"])
    return True


def freeze_due(*, at: dt.datetime) -> int:
    """Write down what is expected in every planned vote that has begun by `at`; how many that was."""
    due = AgendaItem.objects.filter(state=AgendaState.PLANNED.value, frozen_at=None, starts_at__lte=at)
    return sum(freeze_expectations(item=item, at=at) for item in due.order_by("starts_at", "pk"))
