"""manage.py sealing status|rotate|destroy|purge"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from coalition.digests import keyfiles
from coalition.digests.actions import rotating
from coalition.digests.reports import FEWEST_SHOWN
from coalition.digests.sealing import INDEX, PRIVATE, PUBLIC, KeyMissing

DESTROYED = """Nobody can read an address in this database, or in any backup of it, unless a copy of the keys is
elsewhere: destroy that too. Disks and file systems may keep what was overwritten: destroy the disk if it may be seized.
Restart the worker, whose memory may still hold the keys. The site and the desk go on; what the form takes from now on
nobody can read, and it is erased in a week. `manage.py sealing purge` erases the rows too, `rotate` makes new keys."""


class Command(BaseCommand):
    help = (
        "The keys that readers' addresses are sealed with. status: which there are, and how much needs each. rotate:"
        " make a new key pair, seal every address for it and drop the old one; with --index the same for the key by"
        " which addresses are found; the first time, make the keys. Killed, it goes on when it is run again. destroy:"
        " overwrite and remove the private key and the index key, so that no address can ever be read again. purge:"
        " destroy, then erase every subscriber and letter."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=["status", "rotate", "destroy", "purge"])
        parser.add_argument("--index", action="store_true", help="rotate the index key")
        parser.add_argument(
            "--wait",
            type=float,
            default=60,
            metavar="SECONDS",
            help="how long others may go on with the key they read; copy the public key to other machines meanwhile",
        )
        parser.add_argument("--i-am-sure", action="store_true", help="destroy and purge cannot be undone")

    def handle(self, *args: Any, **options: Any) -> None:
        step = options["step"]
        if step in ("destroy", "purge") and not options["i_am_sure"]:
            raise CommandError(f"This cannot be undone: nobody will get a letter again. Add --i-am-sure to {step}.")
        try:
            getattr(self, step)(options)
        except (KeyMissing, keyfiles.OutOfNumbers, rotating.NotNow) as problem:
            raise CommandError(str(problem)) from None
        except OSError as error:
            raise CommandError(
                f"{error.filename or 'A key file'}: {error.strerror}. The folder of the keys must be writable here."
            ) from error
        except OperationalError as error:
            raise CommandError("The database is busy or gone. Run this again: it goes on where it stopped.") from error

    def status(self, options: dict[str, Any]) -> None:
        """Numbers of keys, and how many rows were made with each; small ones are not told."""
        for setting in (PUBLIC, PRIVATE, INDEX):
            numbers = ", ".join(map(str, keyfiles.present(setting))) or "none"
            self.stdout.write(f"{keyfiles.file_of(setting)}: {numbers}")
        if not keyfiles.public_fits():
            self.stdout.write("What is sealed now cannot be opened: the public key is not that of the private key.")
        for setting, kind in ((PRIVATE, "sealing"), (INDEX, "index")):
            for model, counts in rotating.rows_by_key(setting):
                for digits, count in sorted(counts.items()):
                    told = count // 10 * 10 if count >= FEWEST_SHOWN else f"fewer than {FEWEST_SHOWN}"
                    self.stdout.write(f"{kind} key {int(digits, 16)}: {told} {model._meta.verbose_name_plural}")

    def rotate(self, options: dict[str, Any]) -> None:
        rotate = rotating.rotate_index if options["index"] else rotating.rotate_sealing
        seconds = options["wait"]

        def wait() -> None:
            self.stdout.write(f"Waiting {seconds:g} seconds for whoever read the key before.")
            time.sleep(seconds)

        if kept := rotate(say=self.stdout.write, wait=wait):
            numbers = ", ".join(map(str, kept))
            self.stdout.write(
                f"Still needed and kept, because `sealing status` counts what is made with it: {numbers}."
            )
        else:
            self.stdout.write("Done: no older key is left here. Destroy your copies of those there were.")

    def destroy(self, options: dict[str, Any]) -> None:
        for file in rotating.destroy_keys():
            self.stdout.write(f"Overwritten and removed: {file}")
        self.stdout.write(DESTROYED)

    def purge(self, options: dict[str, Any]) -> None:
        self.destroy(options)
        rotating.erase_letters()
        self.stdout.write("Every subscriber, sign-up and letter is erased here; backups expire as you set them.")
