"""The journal's doors for Celery."""

from celery import shared_task
from django.utils import timezone

from deputies.journal import actions


@shared_task
def end_holds() -> int:
    return actions.end_holds(at=timezone.now())
