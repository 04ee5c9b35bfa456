"""Changes of the record: opening a correction and publishing versions.

Readers' scores depend on what is published, so pledges.scorecards.actions is the door that publishes;
these functions are its part on the ground floor.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, TypeVar

from django.db import connection, transaction

from deputies.journal.models import Dispute
from deputies.sources.models import Document
from deputies.votes.enums import WAITING, State
from deputies.votes.models import Ballot, FactionStatement, RollCall, RollCallVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


Copy = TypeVar("Copy", Ballot, FactionStatement)


class NotPublishable(Exception):
    """The version was not approved by a second person, or it is published already."""


class CorrectionOpen(Exception):
    """Another draft of the same roll call is being worked on."""


# Names the columns, so that a column added later does not change old hashes.
_CONTENT = """
SELECT v.id, encode(sha256(convert_to(
    concat_ws(E'\\x1f', r.vote_id, v.held_at AT TIME ZONE 'UTC', v.held_precision, v.question_number, v.title_ru,
        v.title_en, v.question_ru, v.question_en, v.summary_ru, v.summary_en, v.kind, v.threshold, v.threshold_number,
        v.threshold_stated, v.result, v.result_text, coalesce(v.total_for::text, '-'),
        coalesce(v.total_against::text, '-'), coalesce(v.total_abstain::text, '-'),
        coalesce(v.total_not_voting::text, '-'), coalesce(v.total_absent::text, '-'), v.basis, v.note_ru, v.note_en,
        d.url, d.sha256)
    || E'\\x1e' || coalesce(b.lines, '') || CASE WHEN v.withdrawn THEN E'\\x1ewithdrawn' ELSE '' END, 'UTF8')), 'hex')
FROM votes_rollcallversion v
JOIN votes_rollcall r ON r.id = v.roll_call_id
LEFT JOIN sources_document d ON d.id = v.source_id
LEFT JOIN LATERAL (
    SELECT string_agg(
        concat_ws(E'\\x1f', person_id, mandate_id, coalesce(faction_id::text, '-'), position, corrected_position,
            excuse, basis, note_ru, note_en), E'\\x1e' ORDER BY person_id) AS lines
    FROM votes_ballot WHERE version_id = v.id
) b ON true
WHERE v.id = ANY(%s)
"""


def content_hashes(version_ids: Collection[int]) -> dict[int, str]:
    """SHA-256 of header, ballots and source of each version: what a reviewer approves is what is published."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTENT, [list(version_ids)])
        return dict(cursor.fetchall())


@transaction.atomic
def open_correction(
    *,
    roll_call: RollCall,
    by: "AbstractBaseUser | None",
    reason: str,
    evidence: Document | None = None,
    dispute: Dispute | None = None,
    withdraw: bool = False,
    at: dt.datetime | None = None,
) -> RollCallVersion:
    """A draft that copies the published version with its ballots, to be changed and published in its place.

    With `withdraw` it takes the vote out of the record, from where a later correction brings it back. It cannot be
    submitted without `evidence` that shows what was wrong. Raises CorrectionOpen if a draft of the roll
    call exists, NotPublishable if nothing is published yet.
    """
    roll_call = RollCall.objects.select_for_update().get(pk=roll_call.pk)
    old = roll_call.versions.filter(state=State.PUBLISHED.value).first()
    if old is None:
        raise NotPublishable(f"{roll_call} has no published version to correct")
    if roll_call.versions.filter(state__in=WAITING).exists():
        raise CorrectionOpen(f"{roll_call} already has a draft")
    latest = roll_call.versions.order_by("-number").values_list("number", flat=True)[0]
    draft = RollCallVersion.objects.get(pk=old.pk)
    draft.pk = None
    draft._state.adding = True
    draft.number, draft.state, draft.reason = latest + 1, State.DRAFT.value, reason
    draft.entered_by, draft.reviewed_by, draft.published_by, draft.vouched = by, None, None, False  # type: ignore[assignment]
    draft.hands = [by.pk] if by else []
    draft.content_hash = draft.reviewed_hash = draft.returned = ""
    draft.opened_at, draft.submitted_at, draft.reviewed_at, draft.published_at = at, None, None, None
    draft.evidence, draft.dispute, draft.withdrawn = evidence, dispute, withdraw
    draft.save()
    Ballot.objects.bulk_create(_copied(old.ballots.all(), draft))
    FactionStatement.objects.bulk_create(_copied(old.statements.all(), draft))
    return draft


def _copied(rows: Iterable[Copy], draft: RollCallVersion) -> list[Copy]:
    copies = list(rows)
    for row in copies:
        row.pk, row._state.adding, row.version_id = None, True, draft.pk
    return copies


# Locks the drafts, so that what is hashed next is what was reviewed, and makes room for them.
_MAKE_ROOM = """
WITH waiting AS (
    SELECT id FROM votes_rollcallversion WHERE id = ANY(%(ids)s) AND state = ANY(%(states)s) FOR UPDATE
), replaced AS (
    UPDATE votes_rollcallversion SET state = 'corrected'
    WHERE roll_call_id = ANY(%(roll_calls)s) AND state = 'published' RETURNING id
)
SELECT id, true FROM waiting UNION ALL SELECT id, false FROM replaced
"""
_PUBLISH = f"""
WITH content (id, hash) AS ({_CONTENT}), done AS (
    UPDATE votes_rollcallversion v SET state = 'published', content_hash = c.hash, published_at = %s, vouched = %s,
        published_by_id = %s
    FROM content c WHERE v.id = c.id RETURNING v.id, v.roll_call_id, v.content_hash, v.withdrawn
), shown AS (
    UPDATE votes_rollcall r SET published_id = CASE WHEN NOT d.withdrawn THEN d.id END
    FROM done d WHERE r.id = d.roll_call_id
)
SELECT id, content_hash FROM done
"""  # noqa: S608 - statements of ours; arguments are bound


def mark_published(
    *,
    versions: Collection[RollCallVersion],
    by: "AbstractBaseUser | None",
    vouched: bool,
    at: dt.datetime,
) -> list[int]:
    """Make `versions` the ones readers see, each in place of the version before it; returns the ids of those before.

    A version that withdraws its vote leaves readers nothing of it but that notice.
    Approved versions only; with `vouched`, also what nobody reviewed: one caller stands for both persons. Set-based,
    one version per roll call. Must run inside the caller's transaction. Raises NotPublishable; that what is published
    is what the second person approved is a constraint.
    """
    ids = [version.pk for version in versions]
    roll_calls = [version.roll_call_id for version in versions]
    with connection.cursor() as cursor:
        states = list(WAITING) if vouched else [State.REVIEWED.value]
        cursor.execute(_MAKE_ROOM, {"ids": ids, "roll_calls": roll_calls, "states": states})
        found = cursor.fetchall()
        if sum(waits for _, waits in found) != len(ids) or len(set(roll_calls)) != len(ids):
            raise NotPublishable("only what a second person approved can be published, one version of each roll call")
        cursor.execute(_PUBLISH, [ids, at, vouched, by.pk if by else None])
        hashes = dict(cursor.fetchall())
    for version in versions:
        version.state, version.content_hash, version.published_at = State.PUBLISHED.value, hashes[version.pk], at
        version.vouched, version.published_by = vouched, by  # type: ignore[assignment]
    return [pk for pk, waits in found if not waits]
