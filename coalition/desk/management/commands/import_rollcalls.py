"""Bring votes.csv and ballots.csv of a folder into the record."""

import sys
import time
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from deputies.journal.actions import Frozen
from deputies.people.models import Chamber
from deputies.sources.tables import BadFile, BadFiles
from deputies.votes.enums import Position
from deputies.votes.imports.run import Imported, Meaning, import_roll_calls
from pledges.scorecards.actions import publish_roll_calls

NOT_VOTING = {"present": Position.PRESENT_NOT_VOTING, "no-mark": Position.NO_MARK}
MISSING = {
    "not-eligible": None,
    "absent": Position.ABSENT,
    "no-mark": Position.NO_MARK,
    "data-missing": Position.DATA_MISSING,
}


class Command(BaseCommand):
    help = (
        "Import votes.csv (vote_id,date,number,title,question,result,yes,no,abstain,not_voting,absent,source_url,notes)"
        " and ballots.csv (vote_id,member_id,option,option_raw,group_at_vote) from a folder, as drafts unless"
        " --publish. Everything is checked first; if something is wrong, nothing is stored. Running it again changes"
        " nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--chamber", required=True, metavar="SLUG")
        parser.add_argument(
            "--publish", action="store_true", help="publish too; you vouch as both persons of the two-person rule"
        )
        parser.add_argument(
            "--not-voting", choices=NOT_VOTING, default="present", help='what the source means by "not voting"'
        )
        parser.add_argument(
            "--missing", choices=MISSING, default="not-eligible", help="what a member without a row for a vote was"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chamber = chamber_called(options["chamber"])
        meaning = Meaning(NOT_VOTING[options["not_voting"]], MISSING[options["missing"]])
        progress, now = Progress(sys.stderr), timezone.now()
        try:
            with transaction.atomic():
                outcome = import_roll_calls(
                    folder=options["folder"], chamber=chamber, meaning=meaning, at=now, tick=progress.tick
                )
                if options["publish"]:
                    progress.tick("votes to publish", len(outcome.drafts))
                    publish_roll_calls(versions=outcome.drafts, by=None, vouched=True, at=now)
        except (BadFile, BadFiles, Frozen) as problem:
            raise CommandError(str(problem)) from problem
        for note in outcome.notes:
            self.stdout.write(f"Note: {note}")
        self.stdout.write(summary(outcome, published=options["publish"]))


def chamber_called(slug: str) -> Chamber:
    """Raises CommandError."""
    chamber = Chamber.objects.filter(slug=slug).first()
    if chamber is None:
        known = ", ".join(Chamber.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise CommandError(f'There is no chamber "{slug}" (known: {known}). Create it with import_people.')
    return chamber


def summary(outcome: Imported, *, published: bool) -> str:
    numbers = {
        "new": outcome.new,
        "drafts replaced": outcome.redrafted,
        "changed at the source": outcome.corrected,
        "unchanged": outcome.unchanged,
    }
    votes = ", ".join(f"{number} {what}" for what, number in numbers.items() if number) or "none"
    done = f"Votes: {votes}; {outcome.ballots} ballots read."
    if not outcome.drafts:
        return f"{done} Nothing changed." if outcome.unchanged else done
    if published:
        return f"{done} {len(outcome.drafts)} published."
    return f"{done} {len(outcome.drafts)} are drafts: publish them at the desk or with --publish."


class Progress:
    """Says on `stream` how far long work is, every two seconds."""

    def __init__(self, stream: TextIO, every: float = 2.0) -> None:
        self.stream, self.every = stream, every
        self._next = time.monotonic() + every

    def tick(self, what: str, number: int) -> None:
        if time.monotonic() >= self._next:
            self.stream.write(f"{number:,} {what} …\n")
            self.stream.flush()
            self._next = time.monotonic() + self.every
