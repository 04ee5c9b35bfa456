"""Stopping every letter, and how many may go out in a minute, by all workers together."""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F

from coalition.digests.models import MailRoom

logger = logging.getLogger(__name__)


def stop_letters(*, reason: str, at: dt.datetime) -> None:
    """Let no letter of any kind leave until `resume_letters`; nothing is lost meanwhile."""
    MailRoom.objects.update_or_create(pk=1, defaults={"stopped_at": at, "reason": reason})
    logger.warning("letters are stopped")


def resume_letters() -> bool:
    """Let letters leave again; whether they were stopped."""
    resumed = MailRoom.objects.exclude(stopped_at=None).update(stopped_at=None, reason="")
    logger.warning("letters go out again")
    return resumed > 0


@transaction.atomic
def take_turns(*, wanted: int, at: dt.datetime) -> int:
    """How many of `wanted` letters may go out now; they count as gone until they are given back."""
    if not settings.LETTERS_A_MINUTE:
        return 0 if MailRoom.stopped() else wanted
    MailRoom.objects.get_or_create(pk=1)
    room = MailRoom.objects.select_for_update().get(pk=1)
    minute = at.replace(second=0, microsecond=0)
    if room.minute != minute:
        room.minute, room.taken = minute, 0
    turns = 0 if room.stopped_at else max(0, min(wanted, settings.LETTERS_A_MINUTE - room.taken))
    room.taken += turns
    room.save(update_fields=["minute", "taken"])
    return turns


def give_back(*, turns: int, at: dt.datetime) -> None:
    """Turns of `take_turns` that no letter needed."""
    if turns and settings.LETTERS_A_MINUTE:
        minute = at.replace(second=0, microsecond=0)
        MailRoom.objects.filter(minute=minute).update(taken=F("taken") - turns)
