"""Doors of the worker: each reads the clock and calls one action. Arguments are ids, never an address."""

import logging
from typing import Any

from celery import Task, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from coalition.digests import invitations
from coalition.digests.actions import bouncing, expiring, planning, sending, signing
from coalition.digests.models import Delivery
from coalition.digests.posting import Post

logger = logging.getLogger(__name__)


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
    for planned in planning.plan_digests(at=timezone.now()):
        for delivery_id in planned:
            ring(send_letter, delivery_id)


@shared_task
def send_letter(delivery_id: int) -> None:
    with Post() as post:
        sending.send_letter(delivery_id=delivery_id, at=timezone.now(), post=post)


@shared_task
def send_waiting() -> None:
    now = timezone.now()
    ready = Delivery.objects.ready(at=now, planned_until=now - sending.PATIENCE)
    sending.send_waiting(at=now, among=ready, most=planning.BATCH)


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
