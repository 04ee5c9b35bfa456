"""What organisers do that crosses rooms: look ahead at what a change moves, and publish what was approved."""

import datetime as dt
from collections.abc import Callable, Collection

from django.db import transaction

from coalition.accounts.models import User
from coalition.demo.drill import put_questions
from deputies.journal.actions import wait_for_turn
from deputies.journal.models import Event
from deputies.journal.reports import open_freezes
from deputies.people.models import Alias
from deputies.votes.actions import DraftChanged, approve, discard_draft, refuse_blocked, take_back
from deputies.votes.enums import EDITABLE
from deputies.votes.models import RollCallVersion, Sitting
from pledges.findings.actions import sweep
from pledges.scorecards.actions import publish_roll_calls
from pledges.scorecards.models import ScoreChange


def publish_approved(*, version: RollCallVersion, by: User, seen: str, at: dt.datetime) -> list[Event]:
    """Publish exactly what was approved. Raises DraftChanged, NotPublishable, NotReady or IntegrityError."""
    with transaction.atomic():
        wait_for_turn()
        refuse_blocked(RollCallVersion.objects.select_related("roll_call__chamber").get(pk=version.pk), at=at)
        events = publish_roll_calls(versions=[version], by=by, vouched=False, at=at)
        if version.content_hash != seen:
            raise DraftChanged
        sweep(at=at, roll_call=version.roll_call)
    return events


@transaction.atomic
def approve_and_publish(*, version: RollCallVersion, by: User, seen: str, at: dt.datetime) -> list[Event]:
    """Approve as the second person and publish at once. Raises what `approve` and `publish_approved` raise.

    The journal's lock comes before that of the version, as for whoever publishes, imports or looks ahead.
    """
    wait_for_turn()
    approve(version=version, by=by, seen=seen, at=at)
    return publish_approved(version=version, by=by, seen=seen, at=at)


class _OnlyALook(Exception):
    """Takes a rehearsal back."""


def foresee(change: Callable[[], Collection[Event]]) -> list[ScoreChange]:
    """The scores that a change would move, by making it and taking it back."""
    moved: list[ScoreChange] = []
    try:
        with transaction.atomic():
            wait_for_turn()
            open_freezes().delete()  # taken back with the rest: looking ahead is free at any time
            changes = ScoreChange.objects.filter(event__in=change())
            moved = list(changes.select_related("person", "platform").order_by("person__sort_key", "pk"))
            raise _OnlyALook
    except _OnlyALook:
        return moved


def rehearse(*, version: RollCallVersion, at: dt.datetime) -> list[ScoreChange]:
    """The scores that publishing a roll call would move."""
    fresh = RollCallVersion.objects.select_related("roll_call__chamber").get(pk=version.pk)
    return foresee(lambda: publish_roll_calls(versions=[fresh], by=None, vouched=True, at=at))


@transaction.atomic
def start_drill(*, sitting: Sitting, by: User, at: dt.datetime) -> None:
    """Give a drill its questions anew, without marks, begun now: whatever was entered and remembered is gone."""
    Sitting.objects.select_for_update().get(pk=sitting.pk, is_drill=True)
    for version in RollCallVersion.objects.filter(roll_call__sitting=sitting).select_related("roll_call"):
        if version.state not in EDITABLE:
            take_back(version=version, at=at)
        discard_draft(roll_call=version.roll_call)
    Alias.objects.filter(source=sitting.source_id, picked_by__isnull=False).delete()
    put_questions(sitting=sitting, by=by, at=at)
