"""What readers change of their letters: each time one short transaction on their locked row, known by a token.

Every action returns whether the token is of a reader; done twice, the second time changes nothing more.
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models.functions import Greatest

from coalition.digests.enums import Rhythm
from coalition.digests.models import Subscriber
from coalition.digests.reports import latest_event, opened
from coalition.digests.rhythms import next_due

CHOICES = ("language", "rhythm", "timezone", "at_once", "sign_of_life", "plain_subject")
MONTH = dt.timedelta(days=30)


@transaction.atomic
def choose(*, token: str, choices: Mapping[str, str | bool], at: dt.datetime) -> bool:
    """Write down some of CHOICES; what has not been told yet is told when the next digest then comes."""
    reader = _reader(token, at)
    if reader is None:
        return False
    for name in CHOICES:
        setattr(reader, name, choices.get(name, getattr(reader, name)))
    _save(reader, at)
    return True


@transaction.atomic
def pause(*, token: str, months: int, at: dt.datetime) -> bool:
    """Send nothing for some months; with 0 go on at once, from the next event on."""
    reader = _reader(token, at)
    if reader is None:
        return False
    if reader.paused_until and not months:
        Subscriber.objects.filter(pk=reader.pk).update(watermark=Greatest("watermark", latest_event()))
    reader.paused_until = at + months * MONTH if months else None
    _save(reader, at)
    return True


@transaction.atomic
def stop_following(*, token: str, subscription: int, at: dt.datetime) -> bool:
    """Forget that the reader follows one thing; nobody else's is touched."""
    reader = _reader(token, at)
    if reader is None:
        return False
    reader.subscriptions.filter(pk=subscription).delete()
    return True


def _reader(token: str, at: dt.datetime) -> Subscriber | None:
    """The confirmed subscriber whose link `token` is, locked."""
    found = opened(token, at)
    if found is None or not found.is_owner:
        return None
    return Subscriber.objects.select_for_update().filter(pk=found.subscriber.pk).first()


def _save(reader: Subscriber, at: dt.datetime) -> None:
    """Save what was changed, and the time of the next digest that follows from it; never the watermark."""
    begin = max(at, reader.paused_until or at)
    reader.next_digest_at = next_due(Rhythm(reader.rhythm), begin, reader.zone)
    reader.save(update_fields=[*CHOICES, "paused_until", "next_digest_at"])
