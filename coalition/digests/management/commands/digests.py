"""manage.py digests plan|send [--at TIME]"""

import argparse
import datetime as dt
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from coalition.digests.actions.planning import plan_digests
from coalition.digests.actions.sending import send_waiting
from coalition.digests.enums import DeliveryState
from coalition.digests.models import Delivery


class Command(BaseCommand):
    help = (
        "Plan or send the weekly letters, as the schedule does by itself. A letter is due on Tuesday at 7:00 where the "
        "chamber sits; with --at a week ahead everybody is due, and whoever has no news gets no letter. Running it "
        "again does nothing: a reader has one letter for each week, and the next is due on the Tuesday after TIME."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=["plan", "send"], help="plan: only note what is due; send: also send it")
        parser.add_argument("--at", type=moment, help="as if it were this time: 2026-11-24T07:00+03:00 (UTC if bare)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = options["at"] or timezone.now()
        planned = sum(len(batch) for batch in plan_digests(at=at))
        self.stdout.write(f"Planned: {planned}.")
        if options["step"] == "send":
            became = Counter(send_waiting(at=at, among=Delivery.objects.all()))
            self.stdout.write(
                f"Sent: {became[DeliveryState.SENT]}. Nothing to say: {became[DeliveryState.EMPTY]}. "
                f"Refused: {became[DeliveryState.REFUSED]}. To be tried again: {became[DeliveryState.PLANNED]}."
            )
            if became[DeliveryState.PLANNED]:
                raise CommandError("The mail server did not take every letter; run this again, or wait for the worker.")


def moment(words: str) -> dt.datetime:
    """A time in ISO 8601, in UTC if it names no zone."""
    try:
        time = dt.datetime.fromisoformat(words)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{words}” is not a time; write one like 2026-11-24T07:00+03:00") from None
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
