"""Whether an organiser has a second factor, and showed it in this session."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from coalition.accounts.models import User

_SET_UP_BY = "second_factor_set_up_by"


def was_shown(request: HttpRequest) -> bool:
    """Whether a code, a passkey or a recovery code was given after the password in this very session."""
    if request.user.is_authenticated and request.session.get(_SET_UP_BY) == request.user.pk:
        return True
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def is_set_up(user: User) -> bool:
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))


def remember_setting_up(request: HttpRequest, user: User, authenticator: Authenticator, **facts: object) -> None:
    """Whoever has just set one up has shown it: allauth took a code of the app, or an answer of the key.

    Sessions from before end: one that knows the password only could otherwise add a factor of its own.
    """
    if authenticator.type in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN):
        request.session[_SET_UP_BY] = user.pk
        end_sessions(user, but=request.session.session_key)


def forget(user: User) -> int:
    """Remove every second factor of a user who lost it, and sign them out; how many there were."""
    count, _ = Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    return int(count)


def end_sessions(user: User, *, but: str | None = None) -> None:
    """Sign a user out everywhere, except in the session with the key `but`. Only organisers have sessions: few rows."""
    sessions = Session.objects.exclude(pk=but or "")
    own = [session.pk for session in sessions if session.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=own).delete()
