"""What organisers do to the record of a roll call: enter it, save it as a draft, look ahead, publish it."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from coalition.accounts.models import User
from deputies.journal.actions import wait_for_turn
from deputies.journal.models import Event
from deputies.journal.reports import open_freezes
from deputies.people.models import Chamber
from deputies.people.slugs import slug_of, unused
from deputies.sources.enums import Basis
from deputies.votes.actions import content_hashes
from deputies.votes.enums import State
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from deputies.votes.reports.eligibility import Eligible
from pledges.scorecards.actions import publish_roll_calls
from pledges.scorecards.models import ScoreChange


class DraftChanged(Exception):
    """Somebody saved, published or discarded the draft after this organiser opened it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an organiser entered for one deputy; an empty position means "not entered"."""

    position: str = ""
    excuse: str = ""


@transaction.atomic
def start_roll_call(*, chamber: Chamber, vote_id: str, version: RollCallVersion, by: User) -> RollCall:
    """A roll call with its first draft. Without an id of the source it gets one from its day and number."""
    day = version.held_at.astimezone(chamber.zone).date().isoformat() if version.held_at else "undated"
    others = RollCall.objects.filter(chamber=chamber)
    if not vote_id:
        made = slugify(f"{day} {version.question_number}") or day
        vote_id = unused(made, set(others.filter(vote_id__startswith=made).values_list("vote_id", flat=True)))
    slug = slug_of(vote_id)
    slug = unused(slug, set(others.filter(slug__startswith=slug).values_list("slug", flat=True)))
    roll_call = RollCall.objects.create(chamber=chamber, vote_id=vote_id, slug=slug)
    version.roll_call, version.entered_by = roll_call, by
    version.save()
    return roll_call


@transaction.atomic
def save_draft(
    *, version: RollCallVersion, seen: str, eligible: Iterable[Eligible], entries: Mapping[int, Entry], by: User
) -> list[Ballot]:
    """Store the header and what was entered, by id of the mandate; the ballots of those no longer eligible, removed.

    `seen` is the content hash of the draft as it was opened. Raises DraftChanged.
    """
    stored = RollCallVersion.objects.select_for_update().filter(pk=version.pk, state=State.DRAFT.value).first()
    if stored is None or content_hashes([version.pk])[version.pk] != seen:
        raise DraftChanged
    version.entered_by = by
    version.save()
    left = {ballot.person_id: ballot for ballot in version.ballots.select_related("person")}
    new, changed = [], []
    for one in eligible:
        entry, ballot = entries.get(one.mandate.pk, Entry()), left.get(one.mandate.person_id)
        if not entry.position:
            continue
        left.pop(one.mandate.person_id, None)
        faction_id = one.faction_membership.faction_id if one.faction_membership else None
        if ballot is None:
            ballot = Ballot(version=version, person_id=one.mandate.person_id)
            new.append(ballot)
        else:
            changed.append(ballot)
        if ballot.position != entry.position:  # read anew by a person: what was worked out or spelt before is gone
            ballot.position, ballot.position_raw, ballot.basis = entry.position, "", Basis.OFFICIAL.value
        ballot.excuse, ballot.mandate, ballot.faction_id = entry.excuse, one.mandate, faction_id
    Ballot.objects.filter(pk__in=[ballot.pk for ballot in left.values()]).delete()
    Ballot.objects.bulk_update(changed, ["position", "position_raw", "basis", "excuse", "mandate", "faction"])
    Ballot.objects.bulk_create(new)
    seated = {one.mandate.person_id for one in eligible}
    return [ballot for ballot in left.values() if ballot.person_id not in seated]


def publish_draft(*, version: RollCallVersion, seen: str, by: User, vouched: bool, at: dt.datetime) -> list[Event]:
    """Publish exactly what was reviewed. Raises DraftChanged, NotPublishable or IntegrityError (two persons)."""
    with transaction.atomic():
        events = publish_roll_calls(versions=[version], by=by, vouched=vouched, at=at)
        if version.content_hash != seen:
            raise DraftChanged
    return events


class _OnlyALook(Exception):
    """Takes a rehearsal back."""


def foresee(change: Callable[[], Collection[Event]]) -> list[ScoreChange]:
    """The scores that a change would move, by making it and taking it back."""
    moved: list[ScoreChange] = []
    try:
        with transaction.atomic():
            wait_for_turn()
            open_freezes().delete()  # taken back with the rest: looking ahead is free at any time
            changes = ScoreChange.objects.filter(event__in=change())
            moved = list(changes.select_related("person", "platform").order_by("person__sort_key", "pk"))
            raise _OnlyALook
    except _OnlyALook:
        return moved


def rehearse(*, version: RollCallVersion, at: dt.datetime) -> list[ScoreChange]:
    """The scores that publishing a roll call would move."""
    fresh = RollCallVersion.objects.select_related("roll_call__chamber").get(pk=version.pk)
    return foresee(lambda: publish_roll_calls(versions=[fresh], by=None, vouched=True, at=at))


@transaction.atomic
def discard_draft(*, roll_call: RollCall) -> None:
    """Delete the draft; the roll call too if nothing of it was ever published. Raises DraftChanged without a draft."""
    drafts = roll_call.versions.select_for_update().filter(state__in=[State.DRAFT.value, State.REJECTED.value])
    if not drafts:
        raise DraftChanged
    drafts.delete()
    if not roll_call.versions.exists():
        roll_call.delete()
