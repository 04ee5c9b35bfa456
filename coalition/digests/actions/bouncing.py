"""What comes back is noted by whoever hears of it, and taken by the mail worker, who alone can tell whose it is.

Noting asks no key and looks nobody up: an unknown token is noted like any other and says nothing to whoever sent it.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Greatest

from coalition.digests import bounces, sealing
from coalition.digests.enums import BounceKind, Stage
from coalition.digests.models import Bounce, Subscriber, Suppression

logger = logging.getLogger(__name__)

SOFT_COUNT_FOR = dt.timedelta(days=30)
MOST_SOFT = 3  # in that time; then nothing is sent for as long, and counting begins anew
PAUSE = dt.timedelta(days=30)
SUPPRESSED_FOR = dt.timedelta(days=365)
BATCH = 500


def note(*, bounce_hash: str, kind: BounceKind, at: dt.datetime) -> None:
    """Keep what was said at `at` of a letter, once however often it is said; needs the right to insert and no other."""
    Bounce.objects.bulk_create([Bounce(bounce_hash=bounce_hash, kind=kind.value, at=at)], ignore_conflicts=True)


def note_message(content: bytes, *, at: dt.datetime) -> bool:
    """Whether a message is one of our letters that came back, and was noted."""
    returned = bounces.read(content)
    if returned:
        note(bounce_hash=sealing.token_hash(returned.token), kind=returned.kind, at=at)
    return returned is not None


def empty_maildir(folder: Path) -> int:
    """Note what came back and erase every message, since messages hold addresses; how many were letters of ours.

    A message is erased once it is noted: one that is read twice has the same time and is noted once.
    """
    noted = 0
    for file in sorted([*folder.glob("new/*"), *folder.glob("cur/*")]):
        try:
            arrived = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
            with file.open("rb") as message:
                noted += note_message(message.read(bounces.MOST_BYTES), at=arrived)
            file.unlink()
        except OSError as error:  # one that cannot be read holds up no other; another worker may have been faster
            logger.warning("a message in the mail folder was left: %s", type(error).__name__)
    return noted


def take_bounces(*, at: dt.datetime) -> int:
    """Act on all that has come back by `at`; how many bounces were taken. Raises KeyMissing."""
    if settings.BOUNCES_MAILDIR:
        empty_maildir(settings.BOUNCES_MAILDIR)
    taken = 0
    while batch := _take_batch(at):
        taken += batch
    return taken


@transaction.atomic
def _take_batch(at: dt.datetime) -> int:
    """Erase whose letters can reach nobody, or are not wanted; count the soft ones and forget the rest."""
    waiting = Bounce.objects.filter(taken_at=None).select_for_update(skip_locked=True).order_by("pk")
    batch = list(waiting[:BATCH])
    soft = [b for b in batch if b.kind == BounceKind.SOFT]
    _erase({b.bounce_hash: b.kind for b in batch if b.kind != BounceKind.SOFT}, at)
    whose = set(
        Subscriber.objects.filter(bounce_hash__in={b.bounce_hash for b in soft}).values_list("bounce_hash", flat=True)
    )
    counted = [b.pk for b in soft if b.bounce_hash in whose and b.at > at - SOFT_COUNT_FOR]
    Bounce.objects.filter(pk__in=[b.pk for b in batch]).exclude(pk__in=counted).delete()
    Bounce.objects.filter(pk__in=counted).update(taken_at=at)
    _pause(whose, at)
    return len(batch)


def _erase(gone: Mapping[str, str], at: dt.datetime) -> None:
    """Erase the subscribers whose letters came back for good, and see that nobody writes to them for a year."""
    lost = Subscriber.objects.filter(bounce_hash__in=gone).select_related("address").select_for_update(of=("self",))
    marks = {}
    for subscriber in lost:
        try:
            address = sealing.open_sealed(bytes(subscriber.address.sealed)).address
            marks[sealing.suppression_mark(address)] = gone[subscriber.bounce_hash]
        except sealing.KeyMissing:
            raise
        except sealing.CannotOpen:
            logger.warning("subscriber %s is erased and not suppressed: the seal cannot be opened", subscriber.pk)
    Suppression.objects.bulk_create(
        [Suppression(mark=mark, reason=reason, until=at + SUPPRESSED_FOR) for mark, reason in marks.items()],
        update_conflicts=True,
        unique_fields=["mark"],
        update_fields=["reason", "until"],
    )
    Subscriber.objects.filter(pk__in=[subscriber.pk for subscriber in lost]).delete()
    Bounce.objects.filter(bounce_hash__in=gone).delete()


def _pause(whose: Iterable[str], at: dt.datetime) -> None:
    """Write nothing for a while to those whose letters came back too often lately."""
    lately = Bounce.objects.filter(bounce_hash__in=whose, kind=BounceKind.SOFT.value, at__gt=at - SOFT_COUNT_FOR)
    often = lately.values("bounce_hash").annotate(times=Count("pk")).filter(times__gte=MOST_SOFT)
    paused = list(often.values_list("bounce_hash", flat=True))
    confirmed = Subscriber.objects.filter(bounce_hash__in=paused, stage=Stage.CONFIRMED.value)
    confirmed.update(paused_until=Greatest("paused_until", at + PAUSE))
    Bounce.objects.filter(bounce_hash__in=paused).delete()
