"""Doors of the worker: each reads the clock and calls one action."""

from celery import shared_task
from django.utils import timezone

from pledges.scorecards.bundles.actions import NothingPublished, build_bundle
from pledges.scorecards.bundles.reports import latest_bundle


@shared_task
def keep_bundles() -> int:
    """Put what was published since the last bundle into the next; the number of the latest, 0 if there is none."""
    latest = latest_bundle()
    if latest is not None and latest.covers_everything:
        return latest.number
    try:
        return build_bundle(at=timezone.now()).number
    except NothingPublished:
        return 0
