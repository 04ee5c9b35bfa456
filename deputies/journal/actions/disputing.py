"""Filing and answering reports of mistakes."""

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from deputies.journal.actions.writing import append, append_all, wait_for_turn
from deputies.journal.enums import DisputeState, EventKind
from deputies.journal.models import CLOSED, Dispute, DisputeQuerySet, Event, Evidence
from deputies.journal.workdays import ANSWER_WITHIN, add_working_days, hold_until

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class CannotMove(Exception):
    """A dispute cannot come from its state to that one: somebody else was faster, or a step is missing."""


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def file_dispute(
    *, dispute: Dispute, evidence: Sequence[Evidence], token: str, zone: ZoneInfo, at: dt.datetime
) -> Dispute:
    """File an unsaved report under the next number of the year, to be answered within five working days of `zone`.

    With evidence that has not held its row before, it keeps the row out of letters until then.
    """
    wait_for_turn()
    today = at.astimezone(zone).date()
    last = Dispute.objects.filter(year=today.year).order_by("running").last()
    dispute.year, dispute.running = today.year, last.running + 1 if last else 1
    dispute.token_hash, dispute.filed_at = token_hash(token), at
    dispute.answer_by = add_working_days(today, ANSWER_WITHIN)
    period = DateTimeTZRange(at, hold_until(at, zone))
    dispute.held = period if _may_hold(dispute, {piece.digest for piece in evidence}, period) else None
    dispute.save()
    for piece in {piece.digest: piece for piece in evidence}.values():
        piece.dispute = dispute
        piece.save()
    return dispute


def _may_hold(dispute: Dispute, digests: set[str], period: DateTimeTZRange) -> bool:
    """One hold at a time for a row, and one for each piece of evidence; the next one only after the answer.

    Else whoever sends something new each week would keep a row out of letters for good.
    """
    if dispute.roll_call is None or dispute.person is None:
        return False
    before = Dispute.objects.filter(roll_call=dispute.roll_call, person=dispute.person, held__isnull=False)
    seen = set(Evidence.objects.filter(dispute__in=before).values_list("digest", flat=True))
    return not digests <= seen and not before.filter(Q(held__overlap=period) | ~Q(state__in=CLOSED)).exists()


def _locked(dispute: Dispute) -> Dispute:
    """The row as it is now; the journal's lock comes first, so that nobody waits for each other."""
    wait_for_turn()
    return Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)


def _move(dispute: Dispute, to: DisputeState) -> None:
    if not DisputeState(dispute.state).may_become(to):
        raise CannotMove(f"{dispute}: {dispute.state} does not become {to}")
    dispute.state = to.value


@transaction.atomic
def confirm_office(*, dispute: Dispute, how: str, at: dt.datetime) -> None:
    """Record that the contact on the chamber's own site said that a report is from the deputy's office.

    Raises CannotMove where nobody claimed so, where it is confirmed, or closed.
    """
    current = _locked(dispute)
    if not current.may_be_confirmed:
        raise CannotMove(f"{current}: there is no office to confirm")
    if current.state == DisputeState.RECEIVED:
        _move(current, DisputeState.CONFIRMED)
    current.confirmed_at, current.confirmed_how = at, how
    current.save(update_fields=["state", "confirmed_at", "confirmed_how"])


@transaction.atomic
def take_up(*, dispute: Dispute, by: "AbstractBaseUser") -> None:
    """Begin the review. Raises CannotMove."""
    current = _locked(dispute)
    _move(current, DisputeState.UNDER_REVIEW)
    current.handled_by_id = by.pk
    current.save(update_fields=["state", "handled_by"])


@transaction.atomic
def close_dispute(
    *, dispute: Dispute, state: DisputeState, outcome_ru: str, outcome_en: str, by: "AbstractBaseUser", at: dt.datetime
) -> Event:
    """Answer a report, for everybody to read, and let its row into letters again. Raises CannotMove.

    A row that is known to be wrong stays out of them until its correction is published, or its five days are over.
    """
    current = _locked(dispute)
    _move(current, state)
    current.outcome_ru, current.outcome_en, current.closed_at = outcome_ru, outcome_en, at
    current.handled_by_id = by.pk
    current.save(update_fields=["state", "outcome_ru", "outcome_en", "closed_at", "handled_by"])
    event = append(
        kind=EventKind.DISPUTE_CLOSED,
        chamber=current.chamber,
        subject=f"dispute:{current.pk}",
        facts={"dispute": current.pk, "roll_call": current.roll_call, "person": current.person},
        at=at,
    )
    if state is not DisputeState.UPHELD or _was_corrected(current):
        _end_holds(Dispute.objects.filter(pk=current.pk), at)
    return event


def _was_corrected(dispute: Dispute) -> bool:
    """Whether the roll call has been corrected since the report."""
    corrected = Event.objects.filter(kind=EventKind.VOTE_CORRECTED.value, subject=f"roll-call:{dispute.roll_call}")
    return corrected.filter(at__gte=dispute.filed_at).exists()


@transaction.atomic
def settle_disputes(*, roll_calls: Collection[int], at: dt.datetime) -> int:
    """End the holds of upheld reports on roll calls whose correction is being published; how many."""
    return _end_holds(Dispute.objects.filter(state=DisputeState.UPHELD.value, roll_call__in=roll_calls), at)


@transaction.atomic
def end_holds(*, at: dt.datetime) -> int:
    """Write into the journal that holds are over whose five working days have passed; how many."""
    return _end_holds(Dispute.objects.filter(held__endswith__lte=at), at)


def _end_holds(disputes: DisputeQuerySet, at: dt.datetime) -> int:
    """End holds by `at`, once each, and say so in the journal, for letters to tell what they left out."""
    wait_for_turn()
    holding = list(disputes.filter(held__isnull=False, is_released=False).select_for_update(of=("self",)))
    for dispute in holding:
        began, ends = dispute.held.lower, dispute.held.upper
        dispute.held, dispute.is_released = DateTimeTZRange(began, max(began, min(ends, at))), True
        dispute.save(update_fields=["held", "is_released"])
    append_all(
        [
            Event(
                kind=EventKind.HOLD_ENDED,
                chamber=dispute.chamber,
                subject=f"roll-call:{dispute.roll_call}",
                facts={"dispute": dispute.pk, "roll_call": dispute.roll_call, "person": dispute.person},
                at=at,
            )
            for dispute in holding
        ]
    )
    return len(holding)
