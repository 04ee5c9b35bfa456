"""What a letter tells its reader, whose link was opened, and how many readers there are."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext

from coalition.digests.enums import DeliveryKind, Rhythm, Stage
from coalition.digests.models import Confirmation, Delivery, Subscriber, Subscription
from coalition.digests.sealing import token_hash
from deputies.journal.models import Event
from deputies.people.models import Chamber

CONFIRM_WITHIN = dt.timedelta(days=7)
FEWEST_SHOWN = 20


def latest_event() -> int:
    """The id of the last event that readers can see; 0 if nothing has happened yet."""
    return Event.objects.aggregate(latest=Max("id"))["latest"] or 0


def latest_event_by(at: dt.datetime) -> int:
    """The id of the last event until `at`; 0 if nothing had happened."""
    return Event.objects.filter(at__lte=at).order_by("-pk").values_list("pk", flat=True).first() or 0


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


LATE = dt.timedelta(hours=26)  # a day, and two hours to send
EARLIEST_ROW = dt.timedelta(days=33)  # a digest of every rhythm falls into so many days


@dataclass(frozen=True, slots=True)
class Unheard:
    """How many readers wait for events older than 26 hours that should have reached them: nobody, if all is well.

    `behind` get a digest a day that left events out; `due` should have been planned a digest, and `waiting` letters
    were planned and have not left.
    """

    behind: int
    due: int
    waiting: int

    @property
    def words(self) -> list[str]:
        """One sentence for each kind of trouble, without telling a small number."""
        sentences = [
            (
                self.behind,
                gettext("Readers of a daily digest who were not told of events older than 26 hours: %(count)s."),
            ),
            (self.due, gettext("Readers whose digest has been due for more than 26 hours: %(count)s.")),
            (self.waiting, gettext("Letters that have waited for more than 26 hours to be sent: %(count)s.")),
        ]
        return [sentence % {"count": few(_rounded(count))} for count, sentence in sentences if count]


def unheard(at: dt.datetime) -> Unheard:
    """What the worker, the clock or the mail server has left undone.

    Whoever changed to a daily digest is not behind before the first one is due.
    """
    awake = Subscriber.objects.filter(stage=Stage.CONFIRMED.value, paused_until=None)
    digests = Delivery.objects.filter(subscriber=OuterRef("pk"), kind=DeliveryKind.DIGEST.value)
    had_a_day = Exists(digests.filter(planned_at__gt=at - 2 * LATE, period__regex=r"^\d{4}-\d\d-\d\d$"))
    had_nothing = Q(~Exists(digests.filter(planned_at__gt=at - EARLIEST_ROW)), confirmed_at__lt=at - EARLIEST_ROW)
    daily = awake.filter(rhythm=Rhythm.DAILY.value, watermark__lt=latest_event_by(at - LATE))
    late = at - LATE
    return Unheard(
        behind=daily.filter(had_a_day | had_nothing).count(),
        due=awake.filter(~Exists(digests.waiting()), next_digest_at__lte=late).count(),
        waiting=Delivery.objects.waiting().filter(planned_at__lte=late).count(),
    )


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


def few(at_least: int | None) -> str:
    """A rounded count in words."""
    if at_least is None:
        return gettext("fewer than %(count)d") % {"count": FEWEST_SHOWN}
    return gettext("%(count)d or more") % {"count": at_least}


def _rounded(count: int) -> int | None:
    return None if count < FEWEST_SHOWN else count // 10 * 10
