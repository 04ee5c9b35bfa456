"""What a letter tells its reader, whose link was opened, and how many readers there are."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from coalition.digests.enums import Stage
from coalition.digests.models import Confirmation, Delivery, Subscriber, Subscription
from coalition.digests.sealing import token_hash
from deputies.journal.models import Event
from deputies.people.models import Chamber

CONFIRM_WITHIN = dt.timedelta(days=7)
FEWEST_SHOWN = 20


def latest_event() -> int:
    """The id of the last event that readers can see; 0 if nothing has happened yet."""
    return Event.objects.aggregate(latest=Max("id"))["latest"] or 0


def due_subscribers(at: dt.datetime) -> QuerySet[Subscriber]:
    """Confirmed subscribers whose digest is due and who are not waiting for an earlier letter."""
    waiting = Delivery.objects.waiting().filter(subscriber=OuterRef("pk"))
    return Subscriber.objects.filter(~Exists(waiting), stage=Stage.CONFIRMED.value, next_digest_at__lte=at)


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose link was opened, and what it lets them do; `confirmation` is None for the link of a digest."""

    subscriber: Subscriber
    follows: list[Subscription]
    pending: list[Subscription]
    confirmation: Confirmation | None = None

    @property
    def asks(self) -> bool:
        """Whether there is something left to confirm by this link."""
        return bool(self.pending) and (self.confirmation is None or self.confirmation.used_at is None)

    @property
    def is_owner(self) -> bool:
        """Whether this link shows and changes all that is kept: one that was to confirm does so once it did."""
        return self.subscriber.stage == Stage.CONFIRMED and not (self.confirmation and self.asks)


def opened(token: str, at: dt.datetime) -> Opened | None:
    """What `token` opens at `at`; None for one that is unknown, expired or spent by leaving."""
    hashed = token_hash(token)
    if subscriber := Subscriber.objects.filter(token_hash=hashed).first():
        return Opened(subscriber, *_followed(subscriber))
    confirmation = (
        Confirmation.objects.filter(token_hash=hashed, sent_at__gt=at - CONFIRM_WITHIN)
        .select_related("subscriber")
        .first()
    )
    if confirmation is None:
        return None
    subscriber = confirmation.subscriber
    return Opened(subscriber, *_followed(subscriber), confirmation=confirmation)


def _followed(subscriber: Subscriber) -> tuple[list[Subscription], list[Subscription]]:
    every = list(subscriber.subscriptions.with_labels())
    return [s for s in every if s.confirmed_at], [s for s in every if not s.confirmed_at]


LATE = dt.timedelta(hours=2)


def stopped_since(at: dt.datetime) -> dt.datetime | None:
    """Since when letters that were due have not gone out, so that somebody must look; None while they go.

    They are late when planned or due two hours before `at`. Letters put off by the mail server are not counted.
    """
    waiting = Delivery.objects.ready(at, at - LATE).aggregate(first=Min("planned_at"))["first"]
    unplanned = due_subscribers(at - LATE).aggregate(first=Min("next_digest_at"))["first"]
    return min((moment for moment in (waiting, unplanned) if moment), default=None)


@dataclass(frozen=True, slots=True)
class Readers:
    """How many confirmed readers follow a chamber or one of its deputies, down to the ten; None is fewer than 20."""

    chamber: Chamber
    at_least: int | None


def subscriber_counts() -> list[Readers]:
    """Readers of every chamber, by its slug: all that anybody can learn about subscribers here."""
    pairs: Iterable[tuple[int, int]] = (
        Subscription.objects.confirmed()
        .filter(subscriber__stage=Stage.CONFIRMED.value)
        .values_list("chamber", "subscriber")
        .distinct()
    )
    counts = Counter(chamber for chamber, _ in pairs)
    return [Readers(chamber, _rounded(counts[chamber.pk])) for chamber in Chamber.objects.order_by("slug")]


def _rounded(count: int) -> int | None:
    return None if count < FEWEST_SHOWN else count // 10 * 10
