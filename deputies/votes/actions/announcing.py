"""Coming votes: announced, moved to another time, taken off the agenda and put back, held."""

import datetime as dt
from typing import Any

from django.db import transaction

from deputies.journal.actions import append, wait_unless_frozen
from deputies.journal.enums import EventKind
from deputies.people.slugs import slug_of, unused
from deputies.votes.enums import AgendaState
from deputies.votes.models import AgendaItem, RollCall

PAGES = frozenset({"record"})  # what stands at the place of a slug in addresses
TIME = ("starts_at", "is_day_only")
WORDS = (
    "number", "title_ru", "title_en", "summary_ru", "summary_en", "threshold", "threshold_number", "source_id",
)  # fmt: skip


class HasBegun(Exception):
    """The moment is over, or voting has begun: what was expected can no longer be written down before it."""


class NotOnAgenda(Exception):
    """Somebody took it off the agenda or put it back meanwhile, or it was held."""


class NotItsVote(Exception):
    """The roll call is of another chamber or day, or is not published, or what was expected was never written down."""


@transaction.atomic
def announce(*, item: AgendaItem, at: dt.datetime) -> AgendaItem:
    """Store an unsaved coming vote under an address of its own, and tell the journal. Raises HasBegun or Frozen."""
    wait_unless_frozen(item.chamber.slug)
    item.starts_at = _opening(item)
    if item.starts_at <= at:
        raise HasBegun
    taken = AgendaItem.objects.filter(chamber=item.chamber).values_list("slug", flat=True)
    item.slug = unused(slug_of(item.title_en or item.title_ru, limit=80), PAGES.union(taken))
    item.announced_at = at
    item.save()
    _tell(EventKind.VOTE_ANNOUNCED, item, at, starts_at=item.starts_at.isoformat())
    return item


@transaction.atomic
def revise(*, item: AgendaItem, at: dt.datetime) -> bool:
    """Store the time and the words that `item` has now; another time is told in the journal, and every calendar.

    Whether anything differs from what is stored. Raises NotOnAgenda, HasBegun or Frozen.
    """
    wait_unless_frozen(item.chamber.slug)
    stored = _locked(item, AgendaState.PLANNED)
    item.starts_at = _opening(item)
    changed = [name for name in (*TIME, *WORDS) if getattr(item, name) != getattr(stored, name)]
    if not stored.is_open or min(stored.starts_at, item.starts_at) <= at:
        raise HasBegun
    if changed:
        item.sequence = stored.sequence + 1
        item.save(update_fields=[*changed, "sequence"])
    if not set(TIME).isdisjoint(changed):
        moved = {"before": stored.starts_at.isoformat(), "starts_at": item.starts_at.isoformat()}
        _tell(EventKind.VOTE_MOVED, item, at, **moved)
    return bool(changed)


@transaction.atomic
def withdraw(*, item: AgendaItem, at: dt.datetime) -> None:
    """Take a coming vote off the agenda. Raises NotOnAgenda or Frozen."""
    wait_unless_frozen(item.chamber.slug)
    _turn(_locked(item, AgendaState.PLANNED), AgendaState.WITHDRAWN, at)


@transaction.atomic
def put_back(*, item: AgendaItem, at: dt.datetime) -> None:
    """Put a vote that was taken off on the agenda again, for the same time. Raises NotOnAgenda, HasBegun or Frozen."""
    wait_unless_frozen(item.chamber.slug)
    stored = _locked(item, AgendaState.WITHDRAWN)
    if stored.frozen_at is None and stored.starts_at <= at:
        raise HasBegun
    _turn(stored, AgendaState.PLANNED, at)


@transaction.atomic
def hold(*, item: AgendaItem, roll_call: RollCall) -> None:
    """Say which roll call was recorded of it; what was expected must have been written down by then.

    Raises NotOnAgenda, NotItsVote or Frozen.
    """
    wait_unless_frozen(item.chamber.slug)
    stored = _locked(item, AgendaState.PLANNED)
    opening = stored.chamber.midnight(_day(stored))
    its = RollCall.objects.published().filter(chamber=stored.chamber, published__held_at__gte=opening)
    if stored.frozen_at is None or not its.filter(pk=roll_call.pk).exists():
        raise NotItsVote
    stored.roll_call, stored.state = roll_call, AgendaState.HELD.value
    stored.save(update_fields=["roll_call", "state"])


def _locked(item: AgendaItem, state: AgendaState) -> AgendaItem:
    rows = AgendaItem.objects.select_for_update(of=("self",)).select_related("chamber")
    stored = rows.filter(pk=item.pk, state=state.value).first()
    if stored is None:
        raise NotOnAgenda
    return stored


def _turn(item: AgendaItem, state: AgendaState, at: dt.datetime) -> None:
    item.state, item.sequence = state.value, item.sequence + 1
    item.save(update_fields=["state", "sequence"])
    _tell(EventKind.VOTE_MOVED, item, at, state=state.value)


def _day(item: AgendaItem) -> dt.date:
    return item.starts_at.astimezone(item.chamber.zone).date()


def _opening(item: AgendaItem) -> dt.datetime:
    """When voting can begin: at the first moment of the day where only the day is announced."""
    return item.chamber.midnight(_day(item)) if item.is_day_only else item.starts_at


def _tell(kind: EventKind, item: AgendaItem, at: dt.datetime, **facts: Any) -> None:  # noqa: ANN401
    subject = f"agenda-item:{item.pk}"
    append(kind=kind, chamber=item.chamber.slug, subject=subject, facts={"item": item.pk, **facts}, at=at)
