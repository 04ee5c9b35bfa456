"""Taking sign-ups, confirming, planning, sending, forgetting.

PostgreSQL is the memory: each step is one short transaction on locked rows, so that two workers never do the same
work, a killed one loses nothing, and a letter is sent twice only if the worker dies between the mail server's yes
and the commit; both then carry the same Message-ID.
"""

import datetime as dt
import logging
import secrets
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import override

from coalition.digests import letters, sealing
from coalition.digests.enums import DeliveryState, Purpose, Stage
from coalition.digests.models import Confirmation, Delivery, DeliveryQuerySet, SignUp, Subscriber, Subscription
from coalition.digests.news import news_of
from coalition.digests.posting import NotNow, Post, Refused
from coalition.digests.reports import CONFIRM_WITHIN, latest_event, opened
from coalition.digests.weeks import next_letter_after, period_of
from deputies.people.models import Chamber, Person

logger = logging.getLogger(__name__)

CONFIRMATIONS_A_WEEK = 2
BATCH = 500
PATIENCE = dt.timedelta(minutes=1)  # how long a letter's own task may take before the sweep sends it


def sign_up(*, address: str, language: str, chamber: Chamber, person: Person | None, at: dt.datetime) -> SignUp:
    """Keep a request for letters, sealed, for the mail worker.

    Raises KeyMissing.
    """
    return SignUp.objects.create(
        sealed_address=sealing.seal(address), language=language, chamber=chamber, person=person, asked_at=at
    )


def take_sign_ups(*, at: dt.datetime) -> int:
    """Ask the writers of waiting sign-ups to confirm; how many were taken."""
    ready = list(SignUp.objects.ready(at).order_by("asked_at").values_list("pk", flat=True)[:BATCH])
    with Post() as post:
        return sum(_take_sign_up(pk, at, post) for pk in ready if not post.is_down)


def _take_sign_up(pk: int, at: dt.datetime, post: Post) -> bool:
    try:
        with transaction.atomic():
            asked = SignUp.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if asked is None:
                return False
            _ask(asked, at, post)
            asked.delete()
            return True
    except Refused as refusal:
        logger.warning("sign-up %s dropped: the mail server said %s", pk, refusal)
        SignUp.objects.filter(pk=pk).delete()
    except sealing.KeyMissing:
        raise
    except (NotNow, sealing.CannotOpen) as problem:
        logger.warning("sign-up %s put off: %s", pk, problem)
        for asked in SignUp.objects.filter(pk=pk):
            asked.put_off(at)
    return False


def _ask(asked: SignUp, at: dt.datetime, post: Post) -> None:
    """Note what somebody wants to follow and, at most twice a week, send the letter that asks whether they do."""
    address = sealing.open_sealed(bytes(asked.sealed_address))
    salt = secrets.token_bytes(16)
    subscriber, _ = Subscriber.objects.select_for_update().get_or_create(
        blind_index=sealing.blind_index(address),
        defaults={
            "sealed_address": asked.sealed_address,
            "token_salt": salt,
            "token_hash": sealing.token_hash(sealing.manage_token(salt)),
            "language": asked.language,
        },
    )
    Subscription.objects.get_or_create(
        subscriber=subscriber, chamber=asked.chamber, person=asked.person, defaults={"asked_at": at}
    )
    if subscriber.confirmations.filter(sent_at__gt=at - CONFIRM_WITHIN).count() >= CONFIRMATIONS_A_WEEK:
        return
    token = sealing.confirm_token(asked.pk, asked.asked_at)
    Confirmation.objects.create(subscriber=subscriber, token_hash=sealing.token_hash(token), sent_at=at)
    message_id = sealing.message_id(f"sign-up {asked.pk} {asked.asked_at.timestamp()}")
    post.send(letters.confirmation(address=address, language=asked.language, token=token, message_id=message_id))


@transaction.atomic
def confirm(*, token: str, at: dt.datetime) -> bool:
    """Start the letters that the reader of `token` asked for, from the next event on; whether anything changed."""
    found = opened(token, at)
    if found is None or not found.asks:
        return False
    subscriber = Subscriber.objects.select_for_update().filter(pk=found.subscriber.pk).first()
    if subscriber is None:
        return False
    latest = latest_event()
    subscriber.subscriptions.pending().filter(pk__in=[s.pk for s in found.pending]).update(
        confirmed_at=at, after_event=latest
    )
    if found.purpose is Purpose.CONFIRM:
        subscriber.confirmations.filter(token_hash=sealing.token_hash(token)).update(used_at=at)
    if subscriber.stage == Stage.UNCONFIRMED:
        subscriber.stage, subscriber.confirmed_at, subscriber.watermark = Stage.CONFIRMED.value, at, latest
        subscriber.next_digest_at = next_letter_after(at, found.pending[0].chamber.zone)
        subscriber.save(update_fields=["stage", "confirmed_at", "watermark", "next_digest_at"])
    return True


@transaction.atomic
def leave(*, token: str) -> bool:
    """Erase the owner of `token`, what they follow and their deliveries; whether there was one."""
    owner = Subscriber.objects.select_for_update().filter(token_hash=sealing.token_hash(token)).first()
    if owner is None:
        return False
    owner.delete()
    return True


@transaction.atomic
def forget_unconfirmed(*, at: dt.datetime) -> int:
    """Erase what nobody confirmed within a week; how many subscribers were erased."""
    long_ago = at - CONFIRM_WITHIN
    SignUp.objects.filter(asked_at__lte=long_ago).delete()
    Confirmation.objects.filter(sent_at__lte=long_ago).delete()
    Subscription.objects.pending().filter(asked_at__lte=long_ago, subscriber__stage=Stage.CONFIRMED.value).delete()
    asked_lately = Confirmation.objects.filter(subscriber=OuterRef("pk"))
    forgotten = Subscriber.objects.filter(~Exists(asked_lately), stage=Stage.UNCONFIRMED.value)
    locked = list(forgotten.select_for_update(skip_locked=True).values_list("pk", flat=True))
    _, erased = Subscriber.objects.filter(pk__in=locked).delete()
    return erased.get(Subscriber._meta.label, 0)


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
    due = list(
        Subscriber.objects.due(at).select_for_update(skip_locked=True, of=("self",)).order_by("next_digest_at")[:BATCH]
    )
    latest = latest_event()
    zones = _zones_of(due)
    for zone in set(zones.values()):
        of_zone = [pk for pk, its in zones.items() if its == zone]
        Subscriber.objects.filter(pk__in=of_zone).update(next_digest_at=next_letter_after(at, zone))
    Delivery.objects.bulk_create(
        [
            Delivery(
                subscriber=subscriber,
                period=period_of(subscriber.next_digest_at, zones[subscriber.pk]),
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


def _zones_of(subscribers: Sequence[Subscriber]) -> dict[int, ZoneInfo]:
    """The time zone of the chamber that each followed first."""
    followed = Subscription.objects.filter(subscriber__in=subscribers).order_by("-pk")
    names = dict(followed.values_list("subscriber", "chamber__timezone"))
    return {subscriber.pk: ZoneInfo(names.get(subscriber.pk, "UTC")) for subscriber in subscribers}


def send_waiting(*, at: dt.datetime, among: DeliveryQuerySet, most: int | None = None) -> list[DeliveryState]:
    """Send the waiting letters `among`, oldest first; what became of each. One that fails does not hold up the next."""
    states = []
    with Post() as post:
        for pk in list(among.waiting().order_by("planned_at", "pk").values_list("pk", flat=True)[:most]):
            if post.is_down:
                break
            try:
                state = send_letter(delivery_id=pk, at=at, post=post)
            except sealing.KeyMissing:
                raise
            except Exception:
                logger.exception("letter %s failed", pk)
                state = DeliveryState.PLANNED
                for delivery in Delivery.objects.waiting().filter(pk=pk):
                    delivery.put_off(at)
            if state is not None:
                states.append(state)
    return states


@transaction.atomic
def send_letter(*, delivery_id: int, at: dt.datetime, post: Post) -> DeliveryState | None:
    """Compose one planned letter, send it and mark it; None if it is done or another worker has it.

    The row stays locked while the mail server answers, and the watermark moves in the same transaction.
    """
    delivery = (
        Delivery.objects.waiting()
        .select_related("subscriber")
        .select_for_update(skip_locked=True, of=("self", "subscriber"))
        .filter(pk=delivery_id)
        .first()
    )
    if delivery is None:
        return None
    try:
        sent = _compose_and_send(delivery, post, at)
    except NotNow as problem:
        logger.warning("letter %s put off: %s", delivery_id, problem)
        delivery.put_off(at)
        return DeliveryState.PLANNED
    except Refused as refusal:
        logger.warning("letter %s refused: %s", delivery_id, refusal)
        return _close(delivery, DeliveryState.REFUSED)
    delivery.sent_at = at if sent else None
    Subscriber.objects.filter(pk=delivery.subscriber_id).update(watermark=delivery.until_event)
    return _close(delivery, DeliveryState.SENT if sent else DeliveryState.EMPTY)


def _close(delivery: Delivery, state: DeliveryState) -> DeliveryState:
    delivery.state = state.value
    delivery.save(update_fields=["state", "sent_at"])
    return state


def _compose_and_send(delivery: Delivery, post: Post, at: dt.datetime) -> bool:
    """Whether there was anything to say. Raises NotNow, Refused, CannotOpen, KeyMissing."""
    subscriber = delivery.subscriber
    follows = list(subscriber.subscriptions.confirmed().select_related("chamber", "person").order_by("pk"))
    with override(subscriber.language):
        news = news_of(follows, delivery.after_event, delivery.until_event, at)
    if not news:
        return False
    salt = bytes(subscriber.token_salt)
    post.send(
        letters.weekly(
            address=sealing.open_sealed(bytes(subscriber.sealed_address)),
            language=subscriber.language,
            token=sealing.manage_token(salt),
            message_id=sealing.message_id(f"delivery {salt.hex()} {delivery.period}"),
            news=news,
            follows=follows,
        )
    )
    return True
