"""The first login of a new site."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from coalition.accounts.actions import (
    FIRST,
    SECOND,
    AlreadyThere,
    make_first_organiser,
    make_reviewer,
    reset_first_organiser,
)
from coalition.accounts.models import User
from deputies.votes.models import Sitting


class Command(BaseCommand):
    help = "Create the first organiser on an empty site and show the login once; it is stored nowhere in clear."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="give it a new password and forget its second factor")

    def handle(self, *, reset: bool, **options: object) -> None:
        try:
            password = reset_first_organiser() if reset else make_first_organiser()
        except AlreadyThere:
            self.stdout.write(
                "There is an organisers' login already. If the first one is lost: manage.py first_organiser --reset"
            )
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user “{FIRST}” to reset. Ask another organiser.") from error
        else:
            self.stdout.write(f"Organisers' login: {FIRST}")
            self.stdout.write(f"Password:          {password}")
            self.stdout.write("Set up your second factor at first sign-in: /admin/")
            if not reset and Sitting.objects.filter(is_drill=True).exists():
                self.stdout.write(f"Second person's login, for the drill: {SECOND}")
                self.stdout.write(f"Password:          {make_reviewer()}")
