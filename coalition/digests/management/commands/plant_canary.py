"""manage.py plant_canary --chamber SLUG [--deputy SLUG] [--language ru|en] < ADDRESS"""

import datetime as dt
import secrets
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from coalition.digests.actions.canaries import NotPlanted, plant_canary
from coalition.digests.enums import What
from coalition.digests.models.subscribers import LANGUAGE_CHOICES
from coalition.digests.sealing import KeyMissing
from coalition.digests.targets import Target
from deputies.people.models import Chamber, Person

PLANTED = """\
Planted. Note on paper, in a sealed envelope and never in a file: the address, the day ({day:%Y-%m-%d}), and that it
follows {what}. It gets the same letters as any reader.
Look into its box, the folder for spam too, once a month. Anything from anybody but our own sender means that the list
has leaked: do what docs/leak-response.md says. Once a year press "keep me" in its letter, or it is forgotten."""


class Command(BaseCommand):
    help = (
        "Plant an address that nobody else knows among the readers, to learn whether the list has leaked. The address "
        "is read from standard input, so that no list of processes and no history of a shell holds it. Runs where the "
        "worker's keys are. Nothing tells it from a reader afterwards, so it can be found by its address only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chamber", required=True, metavar="SLUG", help="whose news it gets")
        parser.add_argument("--deputy", metavar="SLUG", help="follow this deputy of the chamber only")
        parser.add_argument("--language", choices=sorted(LANGUAGE_CHOICES), default="ru", help="of its letters")

    def handle(self, *args: Any, **options: Any) -> None:
        target, what = _target(options["chamber"], options["deputy"])
        now = timezone.now()
        asked_at = now - dt.timedelta(seconds=60 + secrets.randbelow(2400))
        try:
            plant_canary(address=_address(), language=options["language"], target=target, asked_at=asked_at, at=now)
        except NotPlanted:
            raise CommandError("Letters go to this address already, or nobody may write to it.") from None
        except KeyMissing as missing:
            raise CommandError(str(missing)) from None
        self.stdout.write(PLANTED.format(day=now, what=what))


def _target(chamber_slug: str, deputy_slug: str | None) -> tuple[Target, str]:
    chamber = Chamber.objects.filter(slug=chamber_slug).first()
    if chamber is None:
        raise CommandError(f"There is no chamber “{chamber_slug}”.")
    if deputy_slug is None:
        return Target(What.CHAMBER, chamber.pk), chamber.slug
    person = Person.objects.of_chamber(chamber).filter(slug=deputy_slug).first()
    if person is None:
        raise CommandError(f"There is no deputy “{deputy_slug}” in {chamber.slug}.")
    return Target(What.PERSON, chamber.pk, person.pk), f"{chamber.slug}/{person.slug}"


def _address() -> str:
    name, _at, domain = sys.stdin.readline().strip().rpartition("@")
    try:
        validate_email(address := f"{name}@{domain.lower()}")
    except ValidationError:
        raise CommandError("That is not an e-mail address.") from None
    return address
