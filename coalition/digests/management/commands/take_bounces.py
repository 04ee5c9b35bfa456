"""manage.py take_bounces [FILE...]"""

import sys
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from coalition.digests.actions.bouncing import note_message
from coalition.digests.bounces import MOST_BYTES

TRY_AGAIN = 75  # what a pipe of a mail server understands: keep the message


class Command(BaseCommand):
    help = (
        "Note letters that came back: one message from standard input, for a pipe of the mail server, or FILEs, which "
        "stay. Holiday replies and other messages are passed over. Nothing of a message is kept but whose letter it "
        "was and why it came back; the worker acts on that within a minute. It empties NAKAZ_BOUNCES_MAILDIR by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE", type=Path, help="messages, one in each file")

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = options["files"]
        now = timezone.now()
        try:
            messages = (_read(file.open("rb")) for file in files) if files else [_read(sys.stdin.buffer)]
            noted = sum(note_message(message, at=now) for message in messages)
        except OSError as error:
            raise CommandError(f"A message cannot be read: {error.strerror}.") from None
        except DatabaseError:
            raise CommandError("The database does not answer; nothing was lost.", returncode=TRY_AGAIN) from None
        self.stdout.write(f"Letters that came back: {noted}.")


def _read(message: BinaryIO) -> bytes:
    """Its beginning; the rest is read too, since a pipe that is shut early is an error to the mail server."""
    with message:
        beginning = message.read(MOST_BYTES)
        while message.read(MOST_BYTES):
            pass
    return beginning
