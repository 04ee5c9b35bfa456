"""Recording what deputies said, and how far a promise has come; one person proposes, another publishes."""

import datetime as dt
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction

from deputies.journal.actions import append, wait_unless_frozen
from deputies.journal.enums import EventKind
from pledges.tracker.enums import Review
from pledges.tracker.models import Pledge, PledgeStatus, Reviewed

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

Word = TypeVar("Word", Pledge, PledgeStatus)
Row = TypeVar("Row", bound=Reviewed)


class NotProposed(Exception):
    """Somebody has published it or sent it back meanwhile."""


class OwnWord(Exception):
    """Whoever proposed it cannot publish it: a second person must."""


@transaction.atomic
def publish_word(*, word: Word, by: "AbstractBaseUser | None", at: dt.datetime, vouched: bool = False) -> Word:
    """Publish a pledge or a status that another person proposed, and tell the journal.

    With `vouched` one caller stands for both. Raises NotProposed, OwnWord or Frozen; a status that cannot follow the
    one before is refused by the database.
    """
    demand = word.demand if isinstance(word, Pledge) else word.pledge.demand
    chamber = demand.platform.coalition.chamber
    wait_unless_frozen(chamber.slug)
    current = confirm(row=word, by=by, at=at, vouched=vouched)
    append(
        kind=EventKind.WORD_GIVEN if isinstance(current, Pledge) else EventKind.PLEDGE_STATUS,
        chamber=chamber.slug,
        subject=f"pledge:{current.pk if isinstance(current, Pledge) else current.pledge_id}",
        facts=_facts(current),
        at=at,
    )
    return current


@transaction.atomic
def confirm(*, row: Row, by: "AbstractBaseUser | None", at: dt.datetime, vouched: bool) -> Row:
    """Publish what another person proposed; whoever calls tells the journal. Raises NotProposed or OwnWord."""
    current = _waiting(row)
    if not vouched and (by is None or current.author_id in (None, by.pk)):
        raise OwnWord(f"{current} needs a second person")
    current.reviewer = by  # type: ignore[assignment]
    current.review, current.vouched, current.reviewed_at = Review.PUBLISHED.value, vouched, at
    current.save(update_fields=["review", "reviewer", "vouched", "reviewed_at"])
    return current


@transaction.atomic
def reject_word(*, word: Row, why: str, by: "AbstractBaseUser", at: dt.datetime) -> Row:
    """Send back what was proposed with a reason; it stays on record at the desk. Raises NotProposed."""
    current = _waiting(word)
    current.reviewer, current.review = by, Review.REJECTED.value  # type: ignore[assignment]
    current.rejected_why, current.reviewed_at = why, at
    current.save(update_fields=["review", "reviewer", "rejected_why", "reviewed_at"])
    return current


def _waiting(word: Row) -> Row:
    """The row as it is stored now, locked, so that of two who confirm at once only one does."""
    model = type(word)
    current = model._default_manager.select_for_update(of=("self",)).filter(pk=word.pk).first()
    if current is None or current.review != Review.PROPOSED:
        raise NotProposed(f"{word} does not wait for a second person")
    return current


def _facts(word: Pledge | PledgeStatus) -> dict[str, int | str | None]:
    if isinstance(word, Pledge):
        return {"pledge": word.pk, "demand": word.demand_id, "person": word.person_id, "party": word.party_id}
    pledge = word.pledge
    return {
        "pledge": pledge.pk,
        "status": word.pk,
        "demand": pledge.demand_id,
        "person": pledge.person_id,
        "party": pledge.party_id,
    }
