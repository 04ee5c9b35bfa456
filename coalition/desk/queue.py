"""Which roll call, or which word of a deputy, comes next, for the person at the desk."""

import datetime as dt
from typing import TypeVar

from django.db.models import Q, QuerySet

from coalition.accounts.models import User
from deputies.votes.enums import EDITABLE, State
from deputies.votes.models import RollCallVersion
from pledges.tracker.enums import Review
from pledges.tracker.models import Pledge, PledgeStatus

Word = TypeVar("Word", Pledge, PledgeStatus)


def next_after(version: RollCallVersion) -> RollCallVersion | None:
    """The next question of the same sitting that is still to be entered, after this one or else from the start."""
    sitting = version.roll_call.sitting_id
    if sitting is None:
        return None
    waiting = RollCallVersion.objects.filter(roll_call__sitting=sitting, state__in=EDITABLE).exclude(pk=version.pk)
    rows = waiting.select_related("roll_call").order_by("roll_call")
    return rows.filter(roll_call__gt=version.roll_call_id).first() or rows.first()


def to_review(user: User) -> QuerySet[RollCallVersion]:
    """What waits for a second person, oldest first; what `user` entered is not among it."""
    own = Q(entered_by=user.pk) | Q(hands__contains=[user.pk])
    waiting = RollCallVersion.objects.filter(state=State.SUBMITTED.value).exclude(own)
    return waiting.select_related("roll_call__chamber", "roll_call__sitting", "entered_by").order_by(
        "submitted_at", "pk"
    )


def next_to_review(user: User, version: RollCallVersion) -> RollCallVersion | None:
    """The next version that `user` can review, of the same sitting first."""
    waiting = to_review(user).exclude(pk=version.pk)
    sitting = version.roll_call.sitting_id
    same = waiting.filter(roll_call__sitting=sitting).order_by("roll_call").first() if sitting else None
    return same or waiting.first()


def to_publish() -> QuerySet[RollCallVersion]:
    """What a second person approved and nobody published yet."""
    approved = RollCallVersion.objects.filter(state=State.REVIEWED.value)
    approved = approved.exclude(roll_call__sitting__is_drill=True)
    return approved.select_related("roll_call__chamber", "entered_by").order_by("reviewed_at", "pk")


def drafts_of(user: User) -> QuerySet[RollCallVersion]:
    """What `user` has begun, or was given back, or what nobody has begun that is no drill; the latest first."""
    own = Q(entered_by=user.pk) | Q(entered_by=None)
    rows = RollCallVersion.objects.filter(own, state__in=EDITABLE)
    rows = rows.exclude(entered_by=None, roll_call__sitting__is_drill=True)
    return rows.select_related("roll_call__chamber", "roll_call__sitting").order_by("-pk")


def words_to_review(model: type[Word], user: User) -> QuerySet[Word]:
    """What was recorded of deputies' words by somebody else than `user`, the oldest first."""
    waiting = model._default_manager.filter(review=Review.PROPOSED.value).exclude(author=user)
    of = "pledge__" if model is PledgeStatus else ""
    return waiting.select_related(f"{of}person", f"{of}party", f"{of}demand__platform").order_by("pk")


def overdue_pledges(day: dt.date) -> QuerySet[Pledge]:
    """Promises whose day lies before `day` without a final status, the longest overdue first."""
    return Pledge.objects.overdue(day).select_related("person", "party", "demand").order_by("due_on", "pk")
