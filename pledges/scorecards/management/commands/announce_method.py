from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from deputies.journal.actions import Frozen
from pledges.scorecards.actions import SHADOW, announce_method
from pledges.scorecards.management.commands.scores import published_platform
from pledges.scorecards.profiles import PROFILES
from pledges.scorecards.reports.platform import platform_in_force
from pledges.scorecards.reports.shadow import shadow_of


class Command(BaseCommand):
    help = (
        "Announce another method for a platform: it is counted in shadow, readers see who would change, and"
        f" {SHADOW.days} days later a version with it can be published."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--platform", required=True, metavar="SLUG")
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--profile", choices=sorted(PROFILES))
        choice.add_argument("--cancel", action="store_true", help="take the announcement back")

    def handle(self, *args: Any, **options: Any) -> None:
        platform = published_platform(options["platform"])
        if platform.published and options["profile"] == platform.published.profile:
            raise CommandError(f"“{platform.slug}” is counted by “{options['profile']}” already")
        if options["cancel"] and not platform.shadow_profile:
            raise CommandError(f"no method is announced for “{platform.slug}”, so there is nothing to take back")
        profile = None if options["cancel"] else PROFILES[options["profile"]]
        try:
            announce_method(platform=platform, profile=profile, at=timezone.now())
        except Frozen as stop:
            raise CommandError(str(stop)) from stop
        in_force = platform_in_force(platform.coalition.chamber)
        shadow = shadow_of(in_force) if in_force else None
        if shadow is None:
            self.stdout.write(f"{platform.slug}: no method is announced any more.")
            return
        people = len({shift.person.pk for shift in shadow.shifts})
        self.stdout.write(f"{platform.slug}: “{shadow.profile.name}” is in shadow; it would change {people} deputies.")
