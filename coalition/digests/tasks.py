"""Doors of the worker: each reads the clock and calls one action. Arguments are ids, never an address."""

import logging
from collections.abc import Sequence
from typing import Any

from celery import Task, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from coalition.digests import invitations, reports
from coalition.digests.actions import bouncing, expiring, planning, sending, signing
from coalition.digests.composing import Composer
from coalition.digests.models import Delivery
from coalition.digests.posting import Post

logger = logging.getLogger(__name__)

SHARE = 200  # letters in one task
composer = Composer()  # of this process: what letters share is put together once for all of its tasks


def ring(task: "Task[Any, Any]", *ids: int) -> None:
    """Wake the worker; when nobody hears, the schedule finds the row a minute later."""
    try:
        task.apply_async(ids, retry=False)
    except OperationalError:
        logger.warning("the broker does not answer; %s waits for the schedule", task.name)


@shared_task
def take_sign_ups() -> int:
    return signing.take_sign_ups(at=timezone.now())


@shared_task
def plan_digests() -> None:
    for planned in planning.plan_letters(at=timezone.now()):
        hand_out(planned)


@shared_task
def send_letters(*delivery_ids: int) -> None:
    among = Delivery.objects.filter(pk__in=delivery_ids)
    sending.send_waiting(at=timezone.now(), among=among, composer=composer)


@shared_task
def ring_again() -> None:
    hand_out(planning.ring_again(at=timezone.now()))


def hand_out(delivery_ids: Sequence[int]) -> None:
    """Ring for letters, so many at once that words they share are put together once."""
    for start in range(0, len(delivery_ids), SHARE):
        ring(send_letters, *delivery_ids[start : start + SHARE])


@shared_task
def check_letters() -> None:
    """Shout if readers wait for what should have reached them."""
    for words in reports.unheard(timezone.now()).words:
        logger.critical("%s", words)


@shared_task
def forget_letters() -> int:
    return planning.forget_letters(at=timezone.now())


@shared_task
def take_bounces() -> int:
    return bouncing.take_bounces(at=timezone.now())


@shared_task
def expire() -> None:
    expiring.expire(at=timezone.now())


@shared_task
def send_invitation(invitation_id: int) -> None:
    with Post() as post:
        invitations.send_invitation(invitation_id=invitation_id, at=timezone.now(), post=post)


@shared_task
def send_invitations() -> int:
    return invitations.send_invitations(at=timezone.now())
