"""Composing planned letters and handing them to the mail server.

A letter is sent twice only if the worker dies between the mail server's yes and the commit; both then carry the same
Message-ID.
"""

import datetime as dt
import logging

from django.db import transaction

from coalition.digests import sealing
from coalition.digests.composing import Composer, Followed, Reader
from coalition.digests.enums import DeliveryKind, DeliveryState
from coalition.digests.models import Delivery, DeliveryQuerySet, Subscriber
from coalition.digests.posting import NotNow, Post, Refused

logger = logging.getLogger(__name__)

PATIENCE = dt.timedelta(minutes=1)  # how long a letter's own task may take before the sweep sends it


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
        .select_related("subscriber__address")
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
    letter = Composer().compose(_reader(delivery), at)
    if letter is not None:
        post.send(letter)
    return letter is not None


def _reader(delivery: Delivery) -> Reader:
    subscriber = delivery.subscriber
    follows = subscriber.subscriptions.confirmed().order_by("pk")
    return Reader(
        kind=DeliveryKind(delivery.kind),
        period=delivery.period,
        after_event=delivery.after_event,
        until_event=delivery.until_event,
        told=frozenset(delivery.told),
        subscriber=subscriber.pk,
        language=subscriber.language,
        rhythm=subscriber.rhythm,
        plain_subject=subscriber.plain_subject,
        sign_of_life=subscriber.sign_of_life,
        follows=tuple(Followed(s.target.key, s.after_event) for s in follows),
        sealed=bytes(subscriber.address.sealed),
    )
