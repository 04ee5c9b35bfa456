"""Bring members.csv, memberships.csv and places.csv of a folder into the record."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils import timezone

from deputies.people.enums import Threshold
from deputies.people.imports import ChamberRefused, Wishes, import_people
from deputies.sources.tables import BadFile, BadFiles
from deputies.votes.imports.tidy import read_threshold
from pledges.platform.models import Platform
from pledges.scorecards.actions import rescore
from pledges.scorecards.enums import Cause

LONGEST_NAME = 200


class Command(BaseCommand):
    help = (
        "Import members.csv (member_id,name,party,group,constituency,notes) and, where it is there, memberships.csv "
        "(member_id,body,title,start,end) and places.csv, the streets and areas of districts (number,kind,name_ru,"
        "name_en,part,basis,note_ru,note_en,source_url; kind is area or street, part is yes or no) from a folder. The "
        "chamber is created if it is new. Running it again updates "
        "what changed and removes nobody."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--chamber", required=True, metavar="SLUG")
        parser.add_argument("--name", type=name, help="name of the chamber, and of its body in memberships.csv")
        parser.add_argument("--seats", type=positive)
        parser.add_argument(
            "--threshold", type=threshold, help="members, mandates, present, voting, two-thirds or a number of votes"
        )
        parser.add_argument("--timezone", help="where the chamber sits, such as Europe/Moscow")

    def handle(self, *args: Any, **options: Any) -> None:
        wishes = Wishes(
            name=options["name"],
            seats=options["seats"],
            threshold=options["threshold"],
            timezone=options["timezone"],
        )
        try:
            with transaction.atomic():
                changes = import_people(folder=options["folder"], slug=options["chamber"], wishes=wishes)
                if wishes.timezone:  # it says on which day a vote was held, and so which demands were in force
                    for platform in Platform.objects.filter(coalition__chamber__slug=options["chamber"]):
                        rescore(platform=platform, at=timezone.now(), cause=Cause.PLATFORM_EDIT)
        except (BadFile, BadFiles, ChamberRefused) as problem:
            raise CommandError(str(problem)) from problem
        except IntegrityError as error:
            words = str(error).splitlines()[0]
            raise CommandError(f"The files contradict what is in the record ({words}). Correct one of them.") from error
        for note in changes.notes:
            self.stdout.write(f"Note: {note}")
        for sentence in changes.done:
            self.stdout.write(f"{options['chamber']}: {sentence}.")
        if not changes.done:
            self.stdout.write("Nothing changed.")


def name(text: str) -> str:
    if not 1 <= len(text.strip()) <= LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"a name has 1 to {LONGEST_NAME} characters")
    return text.strip()


def positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 32_767:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number of seats')
    return int(text)


def threshold(text: str) -> tuple[Threshold, int | None]:
    try:
        return read_threshold(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f'"{text}" is none of members, mandates, present, voting, two-thirds or a number of votes'
        ) from error
