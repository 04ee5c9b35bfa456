"""What organisers do that crosses rooms: look ahead at what a change moves, and publish what was approved."""

import datetime as dt
from collections.abc import Callable, Collection

from django.db import transaction

from coalition.accounts.models import User
from deputies.journal.actions import wait_for_turn
from deputies.journal.models import Event
from deputies.journal.reports import open_freezes
from deputies.votes.actions import DraftChanged, approve
from deputies.votes.models import RollCallVersion
from pledges.scorecards.actions import publish_roll_calls
from pledges.scorecards.models import ScoreChange


def publish_approved(*, version: RollCallVersion, by: User, seen: str, at: dt.datetime) -> list[Event]:
    """Publish exactly what was approved. Raises DraftChanged, NotPublishable or IntegrityError (two persons)."""
    with transaction.atomic():
        events = publish_roll_calls(versions=[version], by=by, vouched=False, at=at)
        if version.content_hash != seen:
            raise DraftChanged
    return events


@transaction.atomic
def approve_and_publish(*, version: RollCallVersion, by: User, seen: str, at: dt.datetime) -> list[Event]:
    """Approve as the second person and publish at once. Raises what `approve` and `publish_approved` raise."""
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
