"""Write the method for readers as a file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from pledges.scorecards.explained.text import markdown


class Command(BaseCommand):
    help = "Print how scores are counted, from the records that count them: what docs/method.md and method.ru.md hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=["en", "ru"], default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            self.stdout.write(markdown(), ending="")
