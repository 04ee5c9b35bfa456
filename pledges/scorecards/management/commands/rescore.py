from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pledges.platform.models import Platform
from pledges.scorecards.actions import Difference, differences, rescore

SHOWN = 20


class Command(BaseCommand):
    help = "Count every score again from scratch. With --check, change nothing and fail if a stored score differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; exit 1 if a stored score differs")

    def handle(self, *args: Any, **options: Any) -> None:
        platforms = Platform.objects.filter(published__isnull=False).select_related("published", "coalition__chamber")
        if options["check"]:
            self._check([difference for platform in platforms for difference in differences(platform)])
            return
        for platform in platforms:
            moved = rescore(platform=platform, at=timezone.now())
            self.stdout.write(f"{platform.slug}: {moved} scores changed" if moved else f"{platform.slug}: no change")

    def _check(self, found: list[Difference]) -> None:
        for difference in found[:SHOWN]:
            self.stderr.write(f"{difference.platform}: {difference.key}: stored {difference.stored}, "
                              f"counted {difference.counted}")  # fmt: skip
        if found:
            raise CommandError(f"{len(found)} stored scores differ from a full count; run: manage.py rescore")
        self.stdout.write("Every stored score equals a full count.")
