"""Whether an organiser has a second factor, and showed it in this session."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from coalition.accounts.models import User


def was_shown(request: HttpRequest) -> bool:
    """Whether a code, a passkey or a recovery code was given after the password in this very session."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def is_set_up(user: User) -> bool:
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))


def forget(user: User) -> int:
    """Remove every second factor of a user who lost it; how many there were. The next sign-in sets up a new one."""
    count, _ = Authenticator.objects.filter(user=user).delete()
    return int(count)
