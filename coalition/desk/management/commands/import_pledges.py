"""Bring what parties answered before an election into pledges on the demands of a platform."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from coalition.desk.management.commands.import_platform import day
from deputies.journal.actions import Frozen
from deputies.sources.enums import Precision
from deputies.sources.tables import BadFile, BadFiles
from pledges.platform.models import Platform
from pledges.tracker.actions import publish_word
from pledges.tracker.imports import Occasion, import_pledges


class Command(BaseCommand):
    help = (
        "Import answers.csv (question_id,party_id,option,explanation) from a folder as pledges of parties, by the"
        " mapping.csv (demand_id,question_id,promised_by) and parties.csv (party_id,party) of another. They wait for"
        " a second person unless --publish. Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, metavar="DIR")
        parser.add_argument("--platform", required=True, metavar="SLUG")
        parser.add_argument(
            "--said-on", type=day, required=True, metavar="DATE", help="the latest day it can have been"
        )
        parser.add_argument("--precision", choices=["day", "month", "year"], default="day", help="what is known of it")
        parser.add_argument("--source", metavar="ADDRESS", help="where the answers can be read (default: the folder)")
        parser.add_argument("--language", default="", metavar="CODE", help="of the explanations, such as cs")
        parser.add_argument("--occasion", default="", metavar="TEXT", help="in English, such as a questionnaire's name")
        parser.add_argument("--occasion-ru", default="", metavar="TEXT", help="the same in Russian")
        parser.add_argument(
            "--publish", action="store_true", help="publish too; you vouch as both persons of the two-person rule"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        platform = Platform.objects.select_related("coalition__chamber").filter(slug=options["platform"]).first()
        if platform is None:
            raise CommandError(f'There is no platform "{options["platform"]}". Import it with import_platform first.')
        occasion = Occasion(
            options["said_on"],
            Precision(options["precision"]),
            options["source"] or f"Answers of parties: {options['folder'].name}",
            options["language"],
            name_ru=options["occasion_ru"],
            name_en=options["occasion"],
        )
        now = timezone.now()
        try:
            with transaction.atomic():
                outcome = import_pledges(
                    folder=options["folder"], mapping=options["mapping"], platform=platform, occasion=occasion
                )
                if options["publish"]:
                    for pledge in outcome.waiting:
                        publish_word(word=pledge, by=None, at=now, vouched=True)
        except (BadFile, BadFiles, Frozen) as problem:
            raise CommandError(str(problem)) from problem
        for note in outcome.notes:
            self.stdout.write(f"{note}.")
        done = "published" if options["publish"] else "proposed: a second person publishes them at the desk"
        self.stdout.write(f"{len(outcome.waiting)} pledges {done}." if outcome.waiting else "Nothing changed.")
