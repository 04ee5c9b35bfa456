"""Planting an address that only we know, so that a letter to it from anybody else shows that the list has leaked.

Nothing in the database tells it from a reader's: the same actions make it, its dates are those of somebody who
confirmed in the same hour, and no row says what it is.
"""

import datetime as dt

from django.db import transaction

from coalition.digests import sealing
from coalition.digests.actions import signing
from coalition.digests.models import Address, SignUp
from coalition.digests.posting import Post
from coalition.digests.targets import Target


class NotPlanted(Exception):
    """Somebody gets letters at this address, or nobody may write to it."""


class Unsent(Post):
    """Takes a letter and sends nothing."""

    def send(self, *letter: object, **more: object) -> None:
        return


@transaction.atomic
def plant_canary(*, address: str, language: str, target: Target, asked_at: dt.datetime, at: dt.datetime) -> None:
    """A confirmed subscriber who asked at `asked_at` and confirmed at `at`, without a letter.

    Raises NotPlanted, KeyMissing.
    """
    if Address.objects.filter(blind_index__in=sealing.blind_indexes(address)).exists():
        raise NotPlanted
    asked = signing.sign_up(address=address, language=language, targets=[target.key], at=asked_at)
    token = sealing.open_sealed(bytes(asked.sealed)).token
    with Unsent() as post:
        signing.answer(asked, asked_at, post)
    SignUp.objects.filter(pk=asked.pk).delete()
    if not signing.confirm(token=token, at=at):
        raise NotPlanted
