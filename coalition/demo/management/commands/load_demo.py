"""`manage.py load_demo`: the invented city of Zarechny and the sourced facts of the Moscow City Duma of 2019."""

import time
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from coalition.demo.drill import load_drill
from coalition.demo.moscow import load_moscow
from coalition.demo.zarechny import load_zarechny
from deputies.people.models import Chamber
from pledges.scorecards.bundles.actions import NothingPublished, build_bundle


class Command(BaseCommand):
    help = "Load the demonstration: two chambers. A chamber that is already there is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing if the site has any chamber")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Chamber.objects.exists():
            self.stdout.write("The site has chambers already: nothing loaded.")
            return
        at = timezone.now()
        for slug, load in (("zarechny", load_zarechny), ("moscow", load_moscow)):
            if Chamber.objects.filter(slug=slug).exists():
                self.stdout.write(f"{slug}: already there, left as it is.")
                continue
            self.stdout.write(f"{slug}: loading ...")
            began = time.monotonic()
            with transaction.atomic():
                load(at=at)
                if slug == "zarechny":
                    load_drill(Chamber.objects.get(slug=slug))
            chamber = Chamber.objects.get(slug=slug)
            self.stdout.write(
                f"{slug}: {chamber.mandates.count()} deputies, {chamber.roll_calls.published().count()} roll calls"
                f" in {time.monotonic() - began:.1f} s."
            )
        with suppress(NothingPublished):
            bundle = build_bundle(at=at)
            self.stdout.write(f"The scores can be checked: bundle {bundle.number}, id {bundle.ident[:12]}.")
