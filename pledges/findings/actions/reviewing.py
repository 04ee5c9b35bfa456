"""How organisers look at findings: one takes up and asks, another publishes, anybody of them dismisses with a reason.

Each step locks the row after the journal, so that of two who act at once one comes too late.
"""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from deputies.journal.actions import wait_unless_frozen
from deputies.journal.enums import EventKind
from pledges.findings.actions.sweeping import tell
from pledges.findings.enums import FindingKind, FindingState
from pledges.findings.models import Finding
from pledges.findings.reports.replies import replies_to
from pledges.scorecards.reports.history import end_of
from pledges.tracker.actions import open_link

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

REPLY_DAYS = 10  # that a deputy has to reply, unless whoever asks gives more or fewer
FEWEST_DAYS, MOST_DAYS = 5, 30
LATE = dt.timedelta(days=60)  # for which the link still opens once the time to reply is over


class CannotMove(Exception):
    """A finding cannot go there: somebody else was faster, a step is missing, or a reply waits. Says which."""


class OwnFinding(Exception):
    """Whoever took it up cannot publish it: a second person must."""


@transaction.atomic
def take_up(*, finding: Finding, by: "AbstractBaseUser | None", at: dt.datetime, vouched: bool = False) -> Finding:
    """Look at a finding as the first of two persons; with `vouched` one caller stands for both.

    Raises CannotMove or Frozen.
    """
    current = _held(finding, FindingState.UNDER_REVIEW)
    current.taken_by, current.taken_at, current.vouched = by, at, vouched  # type: ignore[assignment]
    return _moved(current, FindingState.UNDER_REVIEW, "taken_by", "taken_at", "vouched")


@transaction.atomic
def ask(
    *,
    finding: Finding,
    by: "AbstractBaseUser | None",
    at: dt.datetime,
    days: int = REPLY_DAYS,
    email: str = "",
    language: str = "ru",
) -> Finding:
    """Put a finding to the deputy, who may reply until the end of the last of `days`, by a personal link of its own.

    The letter goes to `email`, the public address of the office, or is printed. The link lasts longer than the days:
    who replies late is published too. Raises CannotMove or Frozen, and ValueError for fewer days than 5 or more
    than 30.
    """
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise ValueError(f"a deputy has {FEWEST_DAYS} to {MOST_DAYS} days to reply, not {days}")
    current = _held(finding, FindingState.ASKED)
    zone = current.version.roll_call.chamber.zone
    current.asked_by, current.asked_at = by, at  # type: ignore[assignment]
    current.reply_until = end_of(at.astimezone(zone).date() + dt.timedelta(days=days), zone)
    current.invitation = open_link(
        platform=current.link.demand.platform,
        person=current.person,
        language=language,
        expires_at=current.reply_until + LATE,
        email=email,
        by=by,
        at=at,
    )
    return _moved(current, FindingState.ASKED, "asked_by", "asked_at", "reply_until", "invitation")


@transaction.atomic
def dismiss(*, finding: Finding, reason_ru: str, reason_en: str) -> Finding:
    """Close a finding that is none, with a reason in one language at least. Raises CannotMove or Frozen."""
    current = _held(finding, FindingState.DISMISSED)
    current.reason_ru, current.reason_en = reason_ru, reason_en
    return _moved(current, FindingState.DISMISSED, "reason_ru", "reason_en")


@transaction.atomic
def publish(*, finding: Finding, by: "AbstractBaseUser | None", at: dt.datetime, vouched: bool = False) -> Finding:
    """Show a finding to readers as the second person, and tell the journal.

    One that differs from a word given must have been answered, or the time for a reply be over with none waiting.
    Raises CannotMove, OwnFinding or Frozen.
    """
    current = _held(finding, FindingState.PUBLISHED)
    if not vouched and (by is None or current.taken_by_id in (None, by.pk)):
        raise OwnFinding(f"{current} needs a second person")
    if current.kind == FindingKind.DIFFERS:
        replies = replies_to([current])
        if current.pk in replies.waiting:
            raise CannotMove(_("A reply has come and waits: publish it or set it aside first."))
        current.reply = replies.published.get(current.pk, current.reply)
    current.published_by, current.published_at = by, at  # type: ignore[assignment]
    current.vouched = vouched
    _moved(current, FindingState.PUBLISHED, "published_by", "published_at", "vouched", "reply")
    tell(current, EventKind.FINDING_PUBLISHED, at)
    return current


def _held(finding: Finding, to: FindingState) -> Finding:
    """The row as it is stored now, locked. Raises Frozen, or CannotMove if it cannot go to `to`."""
    wait_unless_frozen(finding.version.roll_call.chamber.slug)
    rows = Finding.objects.select_related("version__roll_call__chamber", "link__demand__platform").select_for_update(
        of=("self",)
    )
    current = rows.get(pk=finding.pk)
    if not FindingState(current.state).may_become(to, FindingKind(current.kind)):
        raise CannotMove(_("Somebody else was faster, or a step is missing. This is how it is now."))
    return current


def _moved(finding: Finding, to: FindingState, *fields: str) -> Finding:
    finding.state = to.value
    finding.save(update_fields=["state", *fields])
    return finding
