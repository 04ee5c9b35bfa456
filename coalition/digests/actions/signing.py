"""Taking sign-ups, confirming, leaving.

PostgreSQL is the memory: each step is one short transaction on locked rows, so that two workers never do the same
work and a killed one loses nothing.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from coalition.digests import letters, sealing
from coalition.digests.enums import Rhythm, Stage
from coalition.digests.messages import Letter
from coalition.digests.models import Address, Confirmation, SignUp, Subscriber, Subscription, Suppression
from coalition.digests.posting import NotNow, Post, Refused
from coalition.digests.reports import CONFIRM_WITHIN, latest_event, opened
from coalition.digests.rhythms import next_due
from coalition.digests.targets import existing

logger = logging.getLogger(__name__)

LETTERS_A_WEEK = 2
BATCH = 500


def sign_up(*, address: str, language: str, targets: Iterable[str], at: dt.datetime) -> SignUp:
    """Keep a request for letters about some targets, or with none for the reader's own link, sealed, for the worker.

    Raises KeyMissing.
    """
    sealed = sealing.seal(address, sealing.new_token())
    return SignUp.objects.create(sealed=sealed, language=language, targets=list(targets), asked_at=at)


def take_sign_ups(*, at: dt.datetime) -> int:
    """Answer waiting sign-ups with the letters they ask for; how many were taken."""
    ready = list(SignUp.objects.ready(at).order_by("asked_at").values_list("pk", flat=True)[:BATCH])
    with Post() as post:
        return sum(_take_sign_up(pk, at, post) for pk in ready if not post.is_down)


def _take_sign_up(pk: int, at: dt.datetime, post: Post) -> bool:
    try:
        with transaction.atomic():
            asked = SignUp.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if asked is None:
                return False
            answer(asked, at, post)
            asked.delete()
            return True
    except Refused as refusal:  # nothing that was asked for is left behind
        logger.warning("sign-up %s dropped: the mail server said %s", pk, refusal)
        SignUp.objects.filter(pk=pk).delete()
    except sealing.KeyMissing:
        raise
    except (NotNow, sealing.CannotOpen) as problem:
        logger.warning("sign-up %s put off: %s", pk, problem)
        for asked in SignUp.objects.filter(pk=pk):
            asked.put_off(at)
    except IntegrityError:  # another worker is writing down the same new address; its words would name the index
        logger.warning("sign-up %s waits for another of the same address", pk)
    return False


def answer(asked: SignUp, at: dt.datetime, post: Post) -> None:
    """Note what somebody wants to follow and, at most twice a week, send the letter that answers, if any does."""
    sealed = sealing.open_sealed(bytes(asked.sealed))
    if Suppression.objects.filter(mark__in=sealing.suppression_marks(sealed.address), until__gt=at).exists():
        return
    subscriber = _known(sealed.address)
    if targets := existing(asked.targets):
        subscriber = subscriber or _new(sealed.address, asked.language)
        for target in targets:
            what = Subscription.to(target)
            Subscription.objects.get_or_create(subscriber=subscriber, **what, defaults={"asked_at": at})
    letter = _letter(asked, sealed, subscriber) if subscriber else None
    if subscriber is None or letter is None:
        return
    if subscriber.confirmations.filter(sent_at__gt=at - CONFIRM_WITHIN).count() >= LETTERS_A_WEEK:
        return
    Confirmation.objects.create(subscriber=subscriber, token_hash=sealing.token_hash(sealed.token), sent_at=at)
    post.send(letter)


def _letter(asked: SignUp, sealed: sealing.Sealed, subscriber: Subscriber) -> Letter | None:
    """The letter that asks to confirm what is new, or tells a reader their link; None for whoever is no reader."""
    own = sealing.open_sealed(bytes(subscriber.address.sealed))
    if asked.targets and subscriber.subscriptions.pending().exists():
        letter = letters.confirmation(sealed=sealed, language=asked.language)
    elif subscriber.stage == Stage.CONFIRMED:
        letter = letters.own_link(sealed=own, language=subscriber.language, name=f"link {asked.pk}")
    else:
        return None
    return replace(letter, bounce=sealing.bounce_token(own.token))


def _known(address: str) -> Subscriber | None:
    """Whoever has this address, locked; also one whose index another key made, while keys are changed."""
    indexes = sealing.blind_indexes(address)
    return Subscriber.objects.select_for_update().filter(address__blind_index__in=indexes).first()


def _new(address: str, language: str) -> Subscriber:
    token = sealing.new_token()
    subscriber = Subscriber.objects.create(
        token_hash=sealing.token_hash(token),
        bounce_hash=sealing.token_hash(sealing.bounce_token(token)),
        language=language,
    )
    sealed, index = sealing.seal(address, token), sealing.blind_index(address)
    Address.objects.create(subscriber=subscriber, sealed=sealed, blind_index=index)
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
    if found.confirmation:
        subscriber.confirmations.filter(pk=found.confirmation.pk).update(used_at=at)
    if subscriber.stage == Stage.UNCONFIRMED:
        zone = found.pending[0].chamber.zone
        subscriber.stage, subscriber.confirmed_at, subscriber.kept_at = Stage.CONFIRMED.value, at, at
        subscriber.watermark, subscriber.timezone = latest, zone.key
        subscriber.next_digest_at = next_due(Rhythm(subscriber.rhythm), at, zone)
        subscriber.save()
    else:  # who asks for more wants to go on
        subscriber.kept_at = at
        subscriber.save(update_fields=["kept_at"])
    return True


@transaction.atomic
def leave(*, token: str) -> bool:
    """Erase the owner of `token`, what they follow and their deliveries; whether there was one.

    A link to confirm does it too: "it was not me". The database erases the address with them: this process may not
    read it.
    """
    hashed = sealing.token_hash(token)
    by_confirmation = Exists(Confirmation.objects.filter(subscriber=OuterRef("pk"), token_hash=hashed))
    owner = Subscriber.objects.select_for_update().filter(Q(token_hash=hashed) | by_confirmation).first()
    if owner is None:
        return False
    owner.delete()
    return True
