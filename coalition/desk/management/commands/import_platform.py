"""Bring demands.csv and links.csv of a folder into a platform."""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from coalition.desk.management.commands.import_people import name
from coalition.desk.management.commands.import_rollcalls import chamber_called
from deputies.journal.actions import Frozen
from deputies.people.slugs import slug_of
from deputies.sources.tables import BadFile, BadFiles
from pledges.scorecards.actions import NotInShadow, publish_platform
from pledges.scorecards.imports import ImportedPlatform, Intent, OtherChamber, import_platform
from pledges.scorecards.profiles import PROFILES


class Command(BaseCommand):
    help = (
        "Import demands.csv (demand_id,chapter,title,text,source_url) and links.csv"
        " (demand_id,vote_id,wants,weight,role,reasoning) from a folder, as drafts unless --publish. The votes"
        " must have been imported. Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--chamber", required=True, metavar="SLUG")
        parser.add_argument("--platform", required=True, metavar="SLUG")
        parser.add_argument(
            "--publish", action="store_true", help="publish too; you vouch as both persons of the two-person rule"
        )
        parser.add_argument(
            "--in-force-from",
            type=day,
            metavar="DATE",
            help="of new demands (default: the day of the first linked vote)",
        )
        parser.add_argument("--coalition", type=name, metavar="NAME", help="who made the platform (default: its slug)")
        parser.add_argument("--profile", choices=sorted(PROFILES), help="how adherence is counted")

    def handle(self, *args: Any, **options: Any) -> None:
        chamber, slug, now = chamber_called(options["chamber"]), options["platform"], timezone.now()
        if slug_of(slug, limit=80) != slug:
            raise CommandError(f'"{slug}" cannot be part of an address. Write it like "{slug_of(slug, limit=80)}".')
        profile = PROFILES[options["profile"]] if options["profile"] else None
        intent = Intent(slug, options["coalition"], profile, options["in_force_from"])
        try:
            with transaction.atomic():
                outcome = import_platform(
                    folder=options["folder"],
                    chamber=chamber,
                    intent=intent,
                    today=now.astimezone(chamber.zone).date(),
                    published_votes_only=options["publish"],
                )
                if options["publish"] and outcome.waits:
                    publish(outcome, now)
        except NotInShadow as problem:
            raise CommandError(f"{problem}: manage.py announce_method --platform {slug} --profile NAME") from problem
        except (BadFile, BadFiles, OtherChamber, Frozen) as problem:
            raise CommandError(str(problem)) from problem
        for sentence in outcome.done:
            self.stdout.write(f"{slug}: {sentence}.")
        self.stdout.write(ending(outcome, published=options["publish"]))


def publish(outcome: ImportedPlatform, at: dt.datetime) -> None:
    publish_platform(
        platform=outcome.platform,
        version=outcome.version,
        links=outcome.links,
        retire=outcome.retire,
        vouched=True,
        at=at,
    )


def ending(outcome: ImportedPlatform, *, published: bool) -> str:
    if published and outcome.waits:
        return "Published."
    if not outcome.done:
        return "Nothing changed."
    return "Drafts: publish them at the desk or with --publish."


def day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f'"{text}" is not a day like 2019-09-24') from error
