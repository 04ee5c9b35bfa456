"""Signing in, for tests: with the second factor or without."""

import time
from collections.abc import Sequence

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import Group
from django.test import Client

from coalition.accounts.models import MemberOrganisation, User
from coalition.accounts.roles import WORKING

PASSWORD = "correct horse battery"


def organiser(
    name: str = "anna",
    *,
    superuser: bool = False,
    staff: bool = True,
    roles: Sequence[str] = WORKING,
    of: MemberOrganisation | None = None,
) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=staff, is_superuser=superuser, organisation=of)
    if not superuser:
        user.groups.set([Group.objects.get(name=role) for role in roles])
    return user


def signed_in(user: User, *, second_factor: bool = True) -> Client:
    """A client whose session says what allauth would write into it."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    methods = ["password", "mfa"] if second_factor else ["password"]
    session["account_authentication_methods"] = [{"method": method, "at": time.time()} for method in methods]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def code_of(secret: str, *, steps_ago: int = 0) -> str:
    """The six digits that an authenticator app shows now, or showed so many half minutes ago."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 - steps_ago)))


def app_for(user: User) -> str:
    """Set up an authenticator app; its secret."""
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    return secret
