"""Which letters are due: one delivery for each subscriber and period."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from coalition.digests.models import Delivery, Subscriber
from coalition.digests.reports import due_subscribers, latest_event
from coalition.digests.weeks import next_letter_after, period_of

BATCH = 500


def plan_digests(*, at: dt.datetime) -> Iterator[list[int]]:
    """Plan the letter of everybody whose time has come by `at`; yields the ids of deliveries, batch by batch."""
    while True:
        claimed, planned = _plan_batch(at)
        if not claimed:
            return
        yield planned


@transaction.atomic
def _plan_batch(at: dt.datetime) -> tuple[int, list[int]]:
    """Claim some due subscribers; how many, and the deliveries planned for them."""
    due = list(due_subscribers(at).select_for_update(skip_locked=True, of=("self",)).order_by("next_digest_at")[:BATCH])
    latest = latest_event()
    for name in {subscriber.timezone for subscriber in due}:
        of_zone = [subscriber for subscriber in due if subscriber.timezone == name]
        next_at = next_letter_after(at, of_zone[0].zone)
        Subscriber.objects.filter(pk__in=[s.pk for s in of_zone]).update(next_digest_at=next_at)
    Delivery.objects.bulk_create(
        [
            Delivery(
                subscriber=subscriber,
                period=period_of(subscriber.next_digest_at, subscriber.zone),
                after_event=subscriber.watermark,
                until_event=max(latest, subscriber.watermark),
                planned_at=at,
            )
            for subscriber in due
            if subscriber.next_digest_at
        ],
        ignore_conflicts=True,
    )
    return len(due), list(Delivery.objects.waiting().filter(subscriber__in=due).values_list("pk", flat=True))
