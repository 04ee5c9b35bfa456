"""What follows in the invented city from what deputies said: letters, a reply, silence, what was published of it."""

import datetime as dt

from coalition.demo.files import Row, moment, table
from deputies.people.models import Chamber
from pledges.findings.actions import ask, dismiss, publish, sweep, take_up
from pledges.findings.enums import FindingKind, FindingState
from pledges.findings.models import Finding
from pledges.tracker.enums import AnswerKind, AnswerState
from pledges.tracker.models import Answer, Invitation

REVIEWED = dt.timedelta(days=14)  # after the vote, of what crosses a red line
LINK = dt.timedelta(days=60)  # that a personal link works


def follow(chamber: Chamber) -> None:
    """Sweep the record, publish every vote across a red line, and play the handwritten findings to their end.

    Who vouches stands for both persons. What else the sweep raised waits at the desk.
    """
    latest = chamber.roll_calls.filter(published__isnull=False).latest("published__held_at").published
    if latest is None or latest.held_at is None:
        return
    sweep(at=latest.held_at, chamber=chamber)
    crossed = Finding.objects.filter(kind=FindingKind.RED_LINE.value, version__roll_call__chamber=chamber)
    for finding in crossed.select_related("version__roll_call__chamber").order_by("pk"):
        at = (finding.version.held_at or latest.held_at) + REVIEWED
        publish(finding=take_up(finding=finding, by=None, at=at, vouched=True), by=None, at=at, vouched=True)
    for row in table("zarechny/findings"):
        _play(chamber, row)


def _play(chamber: Chamber, row: Row) -> None:
    finding = Finding.objects.get(
        kind=row["kind"],
        person__identifiers__value=row["member_id"],
        link__demand__demand_id=row["demand_id"],
        version__roll_call__vote_id=row["vote_id"],
        version__roll_call__chamber=chamber,
    )
    begun, closed = (moment(chamber, day) if day else None for day in (row["asked_on"], row["closed_on"]))
    at = begun or closed
    if at is None:
        return
    finding = take_up(finding=finding, by=None, at=at, vouched=True)
    if begun is not None:
        finding = ask(finding=finding, by=None, at=begun)
    if row["reply"]:
        _reply(finding, row["reply"], moment(chamber, row["replied_on"]))
    if row["state"] == FindingState.DISMISSED:
        dismiss(finding=finding, reason_ru=row["reason_ru"], reason_en=row["reason_en"])
    elif closed is not None:
        sweep(at=closed, roll_call=finding.version.roll_call)
        publish(finding=finding, by=None, at=closed, vouched=True)


def _reply(finding: Finding, words: str, at: dt.datetime) -> None:
    """The deputy's answer by a personal link, confirmed and published by one who vouched."""
    link = Invitation.objects.create(
        platform=finding.link.demand.platform,
        person=finding.person,
        nonce=f"zarechny-{finding.pk}",
        made_at=at - dt.timedelta(days=1),
        sent_at=at - dt.timedelta(days=1),
        expires_at=at + LINK,
    )
    answer = Answer.objects.create(
        invitation=link,
        kind=AnswerKind.REPLY.value,
        demand=finding.link.demand,
        roll_call=finding.version.roll_call,
        text=words,
        language="ru",
        received_at=at,
    )
    answer.state, answer.confirmed_how, answer.confirmed_at = AnswerState.CONFIRMED.value, "Example.", at
    answer.vouched = True
    answer.save()
    answer.state, answer.published_at = AnswerState.PUBLISHED.value, at
    answer.save()
