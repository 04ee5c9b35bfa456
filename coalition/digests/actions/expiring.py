"""Forgetting whoever did not confirm."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef

from coalition.digests.enums import Stage
from coalition.digests.models import Confirmation, SignUp, Subscriber, Subscription
from coalition.digests.reports import CONFIRM_WITHIN
from coalition.digests.sealing import token_hash

ASKED_TO_KEEP_AFTER = dt.timedelta(days=335)  # eleven months
KEPT_FOR = dt.timedelta(days=365)


@transaction.atomic
def keep(*, token: str, at: dt.datetime) -> bool:
    """Go on for a year from `at` with the letters of the owner of `token`; whether there is one who confirmed."""
    owner = Subscriber.objects.filter(token_hash=token_hash(token), stage=Stage.CONFIRMED.value)
    return bool(owner.update(kept_at=at))


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
