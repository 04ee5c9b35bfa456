"""Bringing findings in line with the published record: raised, settled, and taken back where their ground is gone."""

import datetime as dt

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from deputies.journal.actions import append, wait_for_turn
from deputies.journal.enums import EventKind
from deputies.people.models import Chamber
from deputies.votes.models import RollCall
from pledges.findings.enums import FindingState
from pledges.findings.models import Finding
from pledges.findings.reports.grounds import Ground, Key, grounds_in
from pledges.findings.reports.replies import replies_to
from pledges.scorecards.enums import LinkState
from pledges.scorecards.reports.platform import platforms_in_force

ENDED = (FindingState.DISMISSED.value, FindingState.WITHDRAWN.value)


def sweep(*, at: dt.datetime, chamber: Chamber | None = None, roll_call: RollCall | None = None) -> int:
    """Raise, settle and take back findings everywhere, in a chamber, or of one vote; how many changed.

    What has not changed stays as it is: sweeping again does nothing. Nothing it raises is seen by readers.
    """
    if roll_call is not None:
        chamber = roll_call.chamber
    chambers = [chamber] if chamber else Chamber.objects.filter(coalitions__platforms__published__isnull=False)
    return sum(_sweep(one, roll_call, at) for one in {one.pk: one for one in chambers}.values())


@transaction.atomic
def _sweep(chamber: Chamber, roll_call: RollCall | None, at: dt.datetime) -> int:
    wait_for_turn()  # what is published meanwhile is seen by us, or sees what we do
    grounds = {
        ground.key: ground for platform in platforms_in_force(chamber) for ground in grounds_in(platform, roll_call)
    }
    standing = Finding.objects.filter(version__roll_call__chamber=chamber).exclude(state__in=ENDED)
    if roll_call is not None:
        standing = standing.filter(version__roll_call=roll_call)
    joined = standing.select_related("version__roll_call", "link").select_for_update(of=("self",))
    found = {finding.pk: finding for finding in joined.order_by("pk")}
    gone = [one for one in found.values() if not (ground := grounds.pop(key_of(one), None)) or not ground.carries(one)]
    for finding in gone:
        _take_back(found.pop(finding.pk), at)
    return len(gone) + _raise(list(grounds.values()), at) + _settle(list(found.values()), at)


def key_of(finding: Finding) -> Key:
    """What makes a finding the same, whichever version of the vote and of its link it was found in."""
    about = finding.version.roll_call_id, finding.link.demand_id
    return (finding.kind, finding.person_id, *about, finding.position, finding.link.wants)


def _raise(grounds: list[Ground], at: dt.datetime) -> int:
    """Findings on new grounds; one that ended is not raised again in the same version by the same link."""
    ended = Finding.objects.filter(version__in={ground.line.version.pk for ground in grounds})
    known = set(ended.values_list("kind", "person", "version", "link"))
    new = [
        Finding(
            kind=ground.kind.value,
            person_id=ground.ballot.person_id,
            version=ground.line.version,
            link=ground.line.link,
            position=ground.ballot.position,
            pledge_id=ground.pledge,
            signature_id=ground.signature,
            detected_at=at,
        )
        for ground in grounds
        if (ground.kind.value, ground.ballot.person_id, ground.line.version.pk, ground.line.link.pk) not in known
    ]
    return len(Finding.objects.bulk_create(new, batch_size=1000))


def _take_back(finding: Finding, at: dt.datetime) -> None:
    """Dismiss a finding whose ground is gone, or withdraw it where readers have seen it."""
    was_seen = finding.state == FindingState.PUBLISHED
    finding.state = (FindingState.WITHDRAWN if was_seen else FindingState.DISMISSED).value
    words = _why(finding)
    for language in ("ru", "en"):
        with override(language):
            setattr(finding, f"reason_{language}", str(words))
    finding.save(update_fields=["state", "reason_ru", "reason_en"])
    if was_seen:
        tell(finding, EventKind.FINDING_WITHDRAWN, at)


def _why(finding: Finding) -> Promise:
    published = finding.version.roll_call.published_id
    if published is None:
        return _("The vote was taken out of the record.")
    if published != finding.version_id:
        return _("The record of the vote was corrected, and this no longer follows from it.")
    if finding.link.state != LinkState.PUBLISHED:
        return _("The vote is no longer compared with the demand in this way.")
    return _("By what was decided or learned since, this no longer follows from the record.")


def tell(finding: Finding, kind: EventKind, at: dt.datetime) -> None:
    """Write into the journal that readers see a finding, or that it was withdrawn."""
    facts = {
        "finding": finding.pk,
        "kind": finding.kind,
        "person": finding.person_id,
        "roll_call": finding.version.roll_call_id,
        "demand": finding.link.demand_id,
    }
    chamber = finding.version.roll_call.chamber.slug
    append(kind=kind, chamber=chamber, subject=f"finding:{finding.pk}", facts=facts, at=at)


def _settle(findings: list[Finding], at: dt.datetime) -> int:
    """Join the replies that were published, and note where the time for one is over and none waits for organisers.

    One that came after the silence was published joins it there.
    """
    asked = (FindingState.ASKED, FindingState.SILENT, FindingState.PUBLISHED)
    open_ = [one for one in findings if one.state in asked and one.asked_at and one.reply_id is None]
    replies = replies_to(open_)
    settled = 0
    for finding in open_:
        if reply := replies.published.get(finding.pk):
            finding.reply = reply
            if finding.state != FindingState.PUBLISHED:
                finding.state, finding.settled_at = FindingState.ANSWERED.value, at
        elif _is_over(finding, at) and finding.pk not in replies.waiting:
            finding.state, finding.settled_at = FindingState.SILENT.value, at
        else:
            continue
        finding.save(update_fields=["state", "reply", "settled_at"])
        settled += 1
    return settled


def _is_over(finding: Finding, at: dt.datetime) -> bool:
    return finding.state == FindingState.ASKED and finding.reply_until is not None and finding.reply_until <= at
