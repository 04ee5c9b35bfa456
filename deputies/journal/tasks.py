"""The journal's doors for Celery."""

from celery import shared_task
from django.db import connection
from django.utils import timezone

from deputies.journal import actions


@shared_task
def end_holds() -> int:
    return actions.end_holds(at=timezone.now())


@shared_task
def clear_editions(most: int = 1000) -> bool:
    """Keep the question after the edition cheap; readers' pages are then made anew once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal_clear_editions(%s)", [most])
        return bool(cursor.fetchone()[0])
