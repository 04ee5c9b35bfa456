from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pledges.scorecards.bundles.actions import NothingPublished, build_bundle
from pledges.scorecards.bundles.verify import check


class Command(BaseCommand):
    help = "Write the archive of everything the published scores rest on, or check one with nothing but the archive."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        build = actions.add_parser("build", help="write the latest bundle, a new one if anything changed")
        build.add_argument("file", type=Path, metavar="FILE", help="the zip to write")
        verify = actions.add_parser("verify", help="count every score of a bundle again; exit 1 if anything differs")
        verify.add_argument("file", type=Path, metavar="FILE", help="the zip, or the folder it was unpacked to")
        verify.add_argument("--id", default="", help="the id, or its first 12 characters, that a page printed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "build":
            self._build(options["file"])
        else:
            self._verify(options["file"], options["id"])

    def _build(self, file: Path) -> None:
        try:
            bundle = build_bundle(at=timezone.now())
        except NothingPublished:
            raise CommandError("there is no published platform yet, and so no score to bundle") from None
        try:
            file.write_bytes(bundle.archive)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}. Name a file in a folder you can write to.") from None
        self.stdout.write(f"{file}: bundle {bundle.number}, id {bundle.ident}, {len(bundle.archive)} bytes")

    def _verify(self, file: Path, ident: str) -> None:
        report = check(file, ident)
        if report.findings:
            self.stdout.write(report.text())
            raise CommandError(f"{file} is not verified")
        self.stdout.write(report.text())
