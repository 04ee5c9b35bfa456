import csv
import datetime as dt
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pledges.platform.models import Platform
from pledges.scorecards.bundles.reports import latest_bundle
from pledges.scorecards.counting import Key
from pledges.scorecards.export import HEADER, member_ids, score_rows
from pledges.scorecards.method import Profile, Tally
from pledges.scorecards.profiles import PROFILES
from pledges.scorecards.reports.history import end_of, scores_at
from pledges.scorecards.reports.platform import platform_by_id


class Command(BaseCommand):
    help = "Write the scores of a platform as CSV, under its own method or another one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--platform", required=True, metavar="SLUG")
        parser.add_argument("--profile", choices=sorted(PROFILES), help="method (default: the platform's own)")
        parser.add_argument(
            "--at", metavar="DATE", help="as the scores stood at the end of that day where the chamber sits"
        )
        parser.add_argument("--csv", type=Path, metavar="FILE", help="file to write (default: standard output)")

    def handle(self, *args: Any, **options: Any) -> None:
        platform = published_platform(options["platform"])
        profile, scores = self._asked(platform, options)
        rows = score_rows(platform, profile, member_ids(platform.coalition.chamber), scores)
        if options["csv"] is None:
            self._write(sys.stdout, rows)
            return
        try:
            with options["csv"].open("w", newline="", encoding="utf-8") as file:
                number = self._write(file, rows)
        except OSError as error:
            raise CommandError(
                f"{options['csv']}: {error.strerror}. Name a file in a folder you can write to."
            ) from None
        which = in_bundle() if scores is None else f", as at the end of {options['at']}"
        self.stdout.write(f"{options['csv']}: {number} rows, method {profile.name} version {profile.version}{which}")

    def _asked(self, platform: Platform, options: dict[str, Any]) -> tuple[Profile, dict[Key, Tally] | None]:
        """The method, and the scores of the day asked for; None for those of now."""
        profile = PROFILES[options["profile"] or platform.published.profile]  # type: ignore[union-attr]
        if options["at"] is None:
            return profile, None
        if options["profile"]:
            raise CommandError("--at writes what was shown then, by the method of then: leave --profile out")
        moment = end_of(past_day(options["at"], platform), platform.coalition.chamber.zone)
        then = platform_by_id(platform.pk)
        assert then is not None
        return then.method_at(moment), scores_at(then, moment)

    def _write(self, file: TextIO, rows: Iterable[list[str]]) -> int:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        return sum(1 for row in rows if writer.writerow(row))


def published_platform(slug: str) -> Platform:
    """The published platform of that name. Raises CommandError."""
    platform = Platform.objects.select_related("published", "coalition__chamber").filter(slug=slug).first()
    if platform is None:
        known = ", ".join(Platform.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"there is no platform “{slug}”; known: {known}")
    if platform.published is None:
        raise CommandError(f"platform “{slug}” is a draft: publish it first (import_platform --publish, or the admin)")
    return platform


def past_day(text: str, platform: Platform) -> dt.date:
    """A day that has begun where the chamber sits. Raises CommandError."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is not a day like 2024-06-30") from None
    if day > timezone.localdate(timezone=platform.coalition.chamber.zone):
        raise CommandError(f"{day} has not begun yet: nobody knows the scores of that day")
    return day


def in_bundle() -> str:
    """With which bundle the scores can be checked, as the end of a sentence; empty while there is none."""
    bundle = latest_bundle()
    if bundle is None:
        return ""
    behind = "" if bundle.covers_everything else "; the latest change is not in it yet"
    return f", bundle {bundle.number} id {bundle.short}{behind}"
