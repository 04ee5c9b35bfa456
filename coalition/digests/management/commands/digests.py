"""manage.py digests plan|send [--at TIME] · stop REASON · resume · check"""

import argparse
import datetime as dt
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from coalition.digests.actions.planning import plan_letters
from coalition.digests.actions.sending import send_waiting
from coalition.digests.actions.stopping import resume_letters, stop_letters
from coalition.digests.enums import DeliveryState
from coalition.digests.models import Delivery, MailRoom
from coalition.digests.reports import unheard

STEPS = (
    "plan: only note what is due; send: also send it; stop: let no letter of any kind leave; resume: let them leave \
again; check: say whether readers wait for what should have reached them (exit code 1)"
)


class Command(BaseCommand):
    help = (
        "Plan or send the letters that are due, as the schedule does by itself, or stop all of them. A digest is due "
        "at 7:00 where its reader lives, on Tuesdays unless they chose otherwise; with --at a week ahead every weekly "
        "one is due, and whoever has no news gets no letter. Running it again does nothing: a reader has one letter "
        "for each period, and the next is due after TIME."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=["plan", "send", "stop", "resume", "check"], help=STEPS)
        parser.add_argument("reason", nargs="?", default="", help="why all letters are stopped, for the desk to read")
        parser.add_argument("--at", type=moment, help="as if it were this time: 2026-11-24T07:00+03:00 (UTC if bare)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = options["at"] or timezone.now()
        if options["reason"] and options["step"] != "stop":
            raise CommandError("Only `digests stop` takes a reason.")
        match options["step"]:
            case "stop":
                self._stop(options["reason"], at)
            case "resume":
                self.stdout.write("Letters go out again." if resume_letters() else "Letters were not stopped.")
            case "check":
                self._check(at)
            case step:
                self._plan(at, send=step == "send")

    def _plan(self, at: dt.datetime, *, send: bool) -> None:
        planned = sum(len(batch) for batch in plan_letters(at=at))
        self.stdout.write(f"Planned: {planned}.")
        if not send:
            return
        if room := MailRoom.stopped():
            raise CommandError(f"All letters are stopped ({room.reason}): `manage.py digests resume` lets them leave.")
        became = Counter(send_waiting(at=at, among=Delivery.objects.all()))
        self.stdout.write(
            f"Sent: {became[DeliveryState.SENT]}. Nothing to say: {became[DeliveryState.EMPTY]}. "
            f"Refused: {became[DeliveryState.REFUSED]}. To be tried again: {became[DeliveryState.PLANNED]}."
        )
        if became[DeliveryState.PLANNED]:
            raise CommandError("The mail server did not take every letter; run this again, or wait for the worker.")

    def _stop(self, reason: str, at: dt.datetime) -> None:
        if not reason:
            raise CommandError("Say why, for whoever looks at the desk: manage.py digests stop “the key was stolen”.")
        stop_letters(reason=reason, at=at)
        self.stdout.write("No letter leaves until `manage.py digests resume`.")

    def _check(self, at: dt.datetime) -> None:
        if found := unheard(at).words:
            raise CommandError("\n".join(found))
        self.stdout.write("Nobody waits for what happened more than 26 hours ago.")


def moment(words: str) -> dt.datetime:
    """A time in ISO 8601, in UTC if it names no zone."""
    try:
        time = dt.datetime.fromisoformat(words)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{words}” is not a time; write one like 2026-11-24T07:00+03:00") from None
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
