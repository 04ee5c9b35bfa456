"""Doors of the worker: each reads the clock and calls one action."""

from celery import shared_task
from django.utils import timezone

from pledges.findings import actions


@shared_task
def sweep() -> int:
    return actions.sweep(at=timezone.now())
