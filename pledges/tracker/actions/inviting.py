"""Personal links for deputies: making them, ending them, and whom a link is for.

A token is the number of a row and a signature over that number and its nonce: the database holds nothing that opens a
link, and the key that does is not in it.
"""

import datetime as dt
import secrets
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.core.signing import BadSignature, Signer
from django.db import transaction

from deputies.people.models import Person
from pledges.platform.models import Platform
from pledges.tracker.models import Invitation

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

_SALT = "pledges.tracker.invitation"


@transaction.atomic
def invite(
    *,
    platform: Platform,
    persons: Collection[Person],
    language: str,
    expires_at: dt.datetime,
    emails: Mapping[int, str],
    by: "AbstractBaseUser | None",
    at: dt.datetime,
) -> list[Invitation]:
    """A link for each of `persons` who has none that works; `emails` by person, for those whose letter is not printed.

    Of two who invite the same people at once, one does.
    """
    Platform.objects.select_for_update(of=("self",)).get(pk=platform.pk)
    have = set(Invitation.objects.working(at).filter(platform=platform).values_list("person", flat=True))
    return [
        open_link(
            platform=platform,
            person=person,
            language=language,
            expires_at=expires_at,
            email=emails.get(person.pk, ""),
            by=by,
            at=at,
        )
        for person in persons
        if person.pk not in have
    ]


def open_link(
    *,
    platform: Platform,
    person: Person,
    language: str,
    expires_at: dt.datetime,
    email: str,
    by: "AbstractBaseUser | None",
    at: dt.datetime,
) -> Invitation:
    """A link of its own for one letter, whatever other links the deputy has."""
    return Invitation.objects.create(
        platform=platform,
        person=person,
        nonce=secrets.token_urlsafe(16),
        email=email,
        language=language,
        made_by=by,  # type: ignore[misc]
        made_at=at,
        expires_at=expires_at,
    )


@transaction.atomic
def revoke(*, invitation: Invitation, at: dt.datetime) -> bool:
    """End a link now and forget the address its letter would go to; whether it worked until now."""
    current = Invitation.objects.working(at).select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if current is None:
        return False
    current.revoked_at, current.email = at, ""
    current.save(update_fields=["revoked_at", "email"])
    return True


def token_of(invitation: Invitation) -> str:
    """The token of a link, the same whenever it is asked for."""
    signed = Signer(salt=_SALT, sep=".").signature(f"{invitation.pk}.{invitation.nonce}")
    return f"{invitation.pk}.{signed}"


def opened(token: str, at: dt.datetime) -> Invitation | None:
    """Whose link it is; None for one that is forged, over or revoked, which nobody can tell apart. One query."""
    number, _, signed = token.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    rows = Invitation.objects.working(at).select_related("person", "platform__coalition__chamber")
    invitation = rows.filter(pk=number).first()
    if invitation is None:
        return None
    try:
        Signer(salt=_SALT, sep=".").unsign(f"{invitation.pk}.{invitation.nonce}.{signed}")
    except BadSignature:
        return None
    return invitation
