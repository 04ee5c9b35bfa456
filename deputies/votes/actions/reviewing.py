"""Two persons: one submits, another approves exactly that, or sends it back."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from deputies.votes.actions.entering import locked, settle
from deputies.votes.actions.publishing import content_hashes
from deputies.votes.enums import EDITABLE, State
from deputies.votes.models import RollCallVersion
from deputies.votes.reports.findings import Finding, differences_of_keying, findings_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class NotReady(Exception):
    """Something still blocks the version, or a warning was not acknowledged; `found` says what."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(", ".join(finding.code for finding in found))
        self.found = found


class NotSecond(Exception):
    """Whoever had a hand in entering a version cannot be the second person who approves it."""


@transaction.atomic
def submit(*, version: RollCallVersion, by: "AbstractBaseUser", seen: str, at: dt.datetime) -> None:
    """Hand a checked version to a second person; from now on nobody can change it. Raises DraftChanged or NotReady."""
    stored = locked(version, EDITABLE, seen)
    found = settle(stored, at=at)
    if stored.state != State.CHECKED:
        raise NotReady([finding for finding in found if finding.is_open])
    stored.entered_by, stored.submitted_at, stored.state = stored.entered_by or by, at, State.SUBMITTED.value  # type: ignore[assignment]
    RollCallVersion.objects.filter(pk=stored.pk).update(entered_by=stored.entered_by, returned="")
    stored.save(update_fields=["submitted_at", "state"])


@transaction.atomic
def take_back(*, version: RollCallVersion, at: dt.datetime) -> None:
    """Make a submitted or approved version a draft again; an approval is gone. Raises DraftChanged."""
    stored = locked(version, (State.SUBMITTED.value, State.REVIEWED.value))
    _clear(stored)
    stored.state = State.DRAFT.value
    stored.save()
    settle(stored, at=at)


@transaction.atomic
def approve(*, version: RollCallVersion, by: "AbstractBaseUser", seen: str, at: dt.datetime) -> None:
    """Approve, as the second person, the content whose hash is `seen`.

    Raises DraftChanged, NotSecond, and NotReady for a key vote that was not keyed again, or differently, and for what
    has come to block it since it was submitted, such as a seat that was entered later.
    """
    stored = locked(version, (State.SUBMITTED.value,), seen)
    if stored.is_by(by.pk):
        raise NotSecond
    refuse_blocked(stored, at=at)
    if stored.is_key and (differing := differences_of_keying(stored)):
        raise NotReady(differing)
    stored.reviewed_by, stored.reviewed_at = by, at  # type: ignore[assignment]
    stored.reviewed_hash, stored.state = content_hashes([stored.pk])[stored.pk], State.REVIEWED.value
    stored.save(update_fields=["reviewed_by", "reviewed_at", "reviewed_hash", "state"])


def refuse_blocked(version: RollCallVersion, *, at: dt.datetime) -> None:
    """Raises NotReady if the record around a version has changed so that it could not be submitted any more."""
    if blocking := [found for found in findings_of(version, at=at) if found.blocking and found.is_open]:
        raise NotReady(blocking)


@transaction.atomic
def send_back(*, version: RollCallVersion, by: "AbstractBaseUser", reason: str) -> None:
    """Give a submitted or approved version back to whoever entered it, with the reason. Raises DraftChanged."""
    stored = locked(version, (State.SUBMITTED.value, State.REVIEWED.value))
    _clear(stored)
    stored.returned, stored.state = reason, State.REJECTED.value
    stored.save()


def _clear(version: RollCallVersion) -> None:
    version.reviewed_by, version.reviewed_at, version.reviewed_hash, version.submitted_at = None, None, "", None
