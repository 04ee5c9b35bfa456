"""Taking sign-ups, confirming, leaving.

PostgreSQL is the memory: each step is one short transaction on locked rows, so that two workers never do the same
work and a killed one loses nothing.
"""

import datetime as dt
import logging
from collections.abc import Iterable

from django.db import transaction

from coalition.digests import letters, sealing
from coalition.digests.enums import Purpose, Stage
from coalition.digests.models import Address, Confirmation, SignUp, Subscriber, Subscription
from coalition.digests.posting import NotNow, Post, Refused
from coalition.digests.reports import CONFIRM_WITHIN, latest_event, opened
from coalition.digests.targets import existing
from coalition.digests.weeks import next_letter_after

logger = logging.getLogger(__name__)

CONFIRMATIONS_A_WEEK = 2
BATCH = 500


def sign_up(*, address: str, language: str, targets: Iterable[str], at: dt.datetime) -> SignUp:
    """Keep a request for letters about some targets, sealed, for the mail worker.

    Raises KeyMissing.
    """
    sealed = sealing.seal(address, sealing.new_token())
    return SignUp.objects.create(sealed=sealed, language=language, targets=list(targets), asked_at=at)


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
    sealed = sealing.open_sealed(bytes(asked.sealed))
    subscriber = _subscriber_of(sealed.address, asked.language)
    for target in existing(asked.targets):
        Subscription.objects.get_or_create(subscriber=subscriber, **Subscription.to(target), defaults={"asked_at": at})
    if subscriber.confirmations.filter(sent_at__gt=at - CONFIRM_WITHIN).count() >= CONFIRMATIONS_A_WEEK:
        return
    Confirmation.objects.create(subscriber=subscriber, token_hash=sealing.token_hash(sealed.token), sent_at=at)
    post.send(letters.confirmation(sealed=sealed, language=asked.language))


def _subscriber_of(address: str, language: str) -> Subscriber:
    """Whoever has this address, locked; somebody new and unconfirmed if nobody has."""
    indexes = sealing.blind_indexes(address)
    if known := Subscriber.objects.select_for_update().filter(address__blind_index__in=indexes).first():
        return known
    token = sealing.new_token()
    subscriber = Subscriber.objects.create(
        token_hash=sealing.token_hash(token),
        bounce_hash=sealing.token_hash(sealing.bounce_token(token)),
        language=language,
    )
    Address.objects.create(subscriber=subscriber, sealed=sealing.seal(address, token), blind_index=indexes[0])
    return subscriber


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
        zone = found.pending[0].chamber.zone
        subscriber.stage, subscriber.confirmed_at, subscriber.kept_at = Stage.CONFIRMED.value, at, at
        subscriber.watermark, subscriber.timezone = latest, zone.key
        subscriber.next_digest_at = next_letter_after(at, zone)
        subscriber.save()
    return True


@transaction.atomic
def leave(*, token: str) -> bool:
    """Erase the owner of `token`, what they follow and their deliveries; whether there was one.

    The database erases the address with them: this process may not read it.
    """
    owner = Subscriber.objects.select_for_update().filter(token_hash=sealing.token_hash(token)).first()
    if owner is None:
        return False
    owner.delete()
    return True
