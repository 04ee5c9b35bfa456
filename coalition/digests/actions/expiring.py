"""Forgetting: who did not confirm, who did not say "keep me" for a year, and deputies who have left.

Only the button "keep me" and confirming something new put the year off: pausing, another rhythm or an opened page may
be done in passing, or by a mail scanner.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from coalition.digests.actions.bouncing import SOFT_COUNT_FOR
from coalition.digests.enums import DeliveryKind, Stage, What
from coalition.digests.models import Bounce, Confirmation, Delivery, SignUp, Subscriber, Subscription, Suppression
from coalition.digests.reports import CONFIRM_WITHIN
from coalition.digests.sealing import token_hash
from deputies.people.models import Mandate, Term

ASKED_TO_KEEP_AFTER = dt.timedelta(days=335)  # eleven months
KEPT_FOR = dt.timedelta(days=365)
LEFT_DEPUTIES_FOR = dt.timedelta(days=30)
BATCH = 500


def expire(*, at: dt.datetime) -> None:
    """Forget whatever is to be forgotten at `at`, and ask those whose year is nearly over."""
    forget_unconfirmed(at=at)
    forget_unkept(at=at)
    follow_mandates(at=at)
    Suppression.objects.filter(until__lte=at).delete()
    Bounce.objects.filter(at__lte=at - SOFT_COUNT_FOR).delete()
    plan_keeping(at=at)


@transaction.atomic
def forget_unconfirmed(*, at: dt.datetime) -> int:
    """Erase what nobody confirmed within a week; how many subscribers were erased."""
    long_ago = at - CONFIRM_WITHIN
    SignUp.objects.filter(asked_at__lte=long_ago).delete()
    Confirmation.objects.filter(sent_at__lte=long_ago).delete()
    Subscription.objects.pending().filter(asked_at__lte=long_ago, subscriber__stage=Stage.CONFIRMED.value).delete()
    asked_lately = Confirmation.objects.filter(subscriber=OuterRef("pk"))
    return _erase(Subscriber.objects.filter(~Exists(asked_lately), stage=Stage.UNCONFIRMED.value))


@transaction.atomic
def forget_unkept(*, at: dt.datetime) -> int:
    """Erase whoever has not said to go on for a year, asked or not; how many were erased."""
    return _erase(Subscriber.objects.filter(stage=Stage.CONFIRMED.value, kept_at__lte=at - KEPT_FOR))


def _erase(forgotten: QuerySet[Subscriber]) -> int:
    """Those to whom a letter is just being sent are left for the next time."""
    locked = list(forgotten.select_for_update(skip_locked=True).values_list("pk", flat=True))
    _, erased = Subscriber.objects.filter(pk__in=locked).delete()
    return erased.get(Subscriber._meta.label, 0)


def plan_keeping(*, at: dt.datetime) -> int:
    """Plan the letter that asks whether to go on, once after each time its reader said so; how many were planned."""
    asked = Delivery.objects.filter(
        subscriber=OuterRef("pk"), kind=DeliveryKind.KEEP.value, planned_at__gte=OuterRef("kept_at")
    )
    due = Subscriber.objects.filter(
        ~Exists(asked), stage=Stage.CONFIRMED.value, kept_at__lte=at - ASKED_TO_KEEP_AFTER
    ).order_by("pk")
    planned = 0
    while batch := list(due[:BATCH]):
        Delivery.objects.bulk_create([_question(subscriber, at) for subscriber in batch], ignore_conflicts=True)
        planned += len(batch)
    return planned


def _question(subscriber: Subscriber, at: dt.datetime) -> Delivery:
    """It tells no event and moves no watermark; its period is the day the year began, which no other question has."""
    kept_at, mark = subscriber.kept_at or at, subscriber.watermark
    return Delivery(
        subscriber=subscriber,
        kind=DeliveryKind.KEEP.value,
        period=f"{kept_at:%Y-%m-%d}-keep",
        after_event=mark,
        until_event=mark,
        planned_at=at,
    )


@transaction.atomic
def keep(*, token: str, at: dt.datetime) -> bool:
    """Go on for a year from `at` with the letters of the owner of `token`; whether there is one who confirmed."""
    owner = Subscriber.objects.filter(token_hash=token_hash(token), stage=Stage.CONFIRMED.value)
    kept = owner.update(kept_at=at)
    Delivery.objects.waiting().filter(subscriber__in=owner, kind=DeliveryKind.KEEP.value).delete()
    return bool(kept)


@transaction.atomic
def follow_mandates(*, at: dt.datetime) -> None:
    """End following a deputy thirty days after it was seen that the mandate ended before the term.

    A district is followed on, with whoever holds it next; so is a deputy whose term ended, or who came back.
    """
    deputies = Subscription.objects.filter(what=What.PERSON.value)
    of_deputy = Mandate.objects.filter(person=OuterRef("person"), chamber=OuterRef("chamber"))
    running = Term.objects.filter(held__contains=at)
    sits = Exists(of_deputy.filter(held__contains=at))
    deputies.filter(sits).exclude(ends_at=None).update(ends_at=None)
    left = Exists(of_deputy.filter(held__endswith__lte=at, term__in=running))
    deputies.filter(~sits, left, ends_at=None).update(ends_at=at + LEFT_DEPUTIES_FOR)
    deputies.filter(ends_at__lte=at).delete()
