"""Making the first login."""

import secrets

from django.contrib.auth.models import Group
from django.db import transaction

from coalition.accounts import second_factor
from coalition.accounts.models import MemberOrganisation, User

FIRST = "organiser"
SECOND = "reviewer"


class AlreadyThere(Exception):
    """There are users: the first login is not for making another."""


@transaction.atomic
def make_first_organiser() -> str:
    """Create the superuser `organiser`; its password, which is kept nowhere. Raises AlreadyThere."""
    if User.objects.exists():
        raise AlreadyThere
    password = secrets.token_urlsafe(15)
    User.objects.create_superuser(FIRST, password=password, display_name="First organiser")
    return password


@transaction.atomic
def make_reviewer() -> str:
    """Create the second person of a drill, who reviews, links and publishes; its password, which is kept nowhere.

    In an invented chamber the two speak for two member organisations, so that they can agree on links.
    """
    password = secrets.token_urlsafe(15)
    user = User.objects.create_user(SECOND, password=password, display_name="Second person", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=("Reviewers", "Linkers", "Publishers")))
    invented = MemberOrganisation.objects.filter(coalition__chamber__is_invented=True).order_by("pk")
    for name, organisation in zip((FIRST, SECOND), invented[:2], strict=False):
        User.objects.filter(username=name).update(organisation=organisation)
    return password


@transaction.atomic
def reset_first_organiser() -> str:
    """A new password for `organiser`, without its old second factor. Raises User.DoesNotExist."""
    user = User.objects.select_for_update().get(username=FIRST)
    password = secrets.token_urlsafe(15)
    user.set_password(password)
    user.is_active = user.is_staff = user.is_superuser = True
    user.save()
    second_factor.forget(user)
    return password
