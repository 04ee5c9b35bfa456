"""Doors of the worker: each reads the clock and calls one action."""

from celery import shared_task
from django.utils import timezone

from pledges.findings import actions
from pledges.findings.actions.expecting import freeze_due


@shared_task
def sweep() -> int:
    return actions.sweep(at=timezone.now())


@shared_task
def freeze_expectations() -> int:
    return freeze_due(at=timezone.now())
