"""Entering a roll call: its draft, the names of its source, the warnings seen, the blind second entry."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.text import slugify

from deputies.people.actions import remember_pick
from deputies.people.models import Chamber, Person, VotingRule
from deputies.people.slugs import slug_of, unused
from deputies.sources.enums import Basis, Precision
from deputies.sources.tables import is_russian
from deputies.votes.actions.publishing import content_hashes
from deputies.votes.checks import Totals
from deputies.votes.enums import EDITABLE, NameState, Position, State
from deputies.votes.imports.agenda import Item
from deputies.votes.models import Acknowledgement, Ballot, Keying, RollCall, RollCallVersion, Sitting, WrittenName
from deputies.votes.reports.eligibility import Eligible, eligible_at
from deputies.votes.reports.findings import Finding, findings_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


TOTALS = {
    "total_for": "yes",
    "total_against": "no",
    "total_abstain": "abstain",
    "total_not_voting": "not_voting",
    "total_absent": "absent",
}


class DraftChanged(Exception):
    """Somebody saved, submitted, published or discarded the version after this person opened it."""


class NotThatDeputy(Exception):
    """Whoever was picked for a name could not vote then (`mark` is empty), or has another mark, `mark`, already."""

    def __init__(self, person: Person, mark: str) -> None:
        super().__init__(f"{person} {mark}")
        self.person, self.mark = person, mark


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered for one deputy; an empty position means "not entered"."""

    position: str = ""
    excuse: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A name as the source prints it that nobody was taken for: why, and who may be meant (ids of people)."""

    line: int
    name: str
    position: str
    why: str
    suggested: tuple[int, ...] = ()


def locked(version: RollCallVersion, states: Collection[str], seen: str | None = None) -> RollCallVersion:
    """The version as it is stored now, locked until the transaction ends.

    Raises DraftChanged if it is not in one of `states`, or with `seen` if its content is not what was seen.
    """
    rows = RollCallVersion.objects.select_for_update(of=("self",)).select_related("roll_call__chamber")
    stored = rows.filter(pk=version.pk, state__in=states).first()
    if stored is None or (seen is not None and content_hashes([version.pk])[version.pk] != seen):
        raise DraftChanged
    return stored


@transaction.atomic
def start_roll_call(
    *,
    chamber: Chamber,
    vote_id: str,
    version: RollCallVersion,
    by: "AbstractBaseUser | None",
    at: dt.datetime | None,
    sitting: Sitting | None = None,
) -> RollCall:
    """A roll call with its first draft. Without an id of the source it gets one from its day and number."""
    day = version.held_at.astimezone(chamber.zone).date().isoformat() if version.held_at else "undated"
    others = RollCall.objects.filter(chamber=chamber)
    if not vote_id:
        made = slugify(f"{day} {version.question_number}".replace(".", "-")) or day  # 37.2 is not 372
        vote_id = unused(made, set(others.filter(vote_id__startswith=made).values_list("vote_id", flat=True)))
    slug = slug_of(vote_id)
    slug = unused(slug, set(others.filter(slug__startswith=slug).values_list("slug", flat=True)))
    roll_call = RollCall.objects.create(chamber=chamber, vote_id=vote_id, slug=slug, sitting=sitting)
    version.roll_call, version.entered_by, version.opened_at = roll_call, by, at  # type: ignore[assignment]
    version.hands = [by.pk] if by else []
    version.save()
    return roll_call


@transaction.atomic
def start_agenda(
    *, sitting: Sitting, items: Sequence[Item], rule: VotingRule, by: "AbstractBaseUser | None", at: dt.datetime | None
) -> list[RollCall]:
    """A draft for every question of an agenda, in its order, under the voting rule of that day.

    An agenda tells no time of day, so each is dated to the day only. Without `by` nobody has begun on it yet.
    """
    started = []
    for item in items:
        russian = is_russian(item.title)
        version = RollCallVersion(
            held_at=sitting.chamber.midnight(sitting.day),
            held_precision=Precision.DAY.value,
            question_number=item.number,
            title_ru=item.title if russian else "",
            title_en="" if russian else item.title,
            threshold=rule.threshold,
            threshold_number=rule.threshold_number,
            result=item.result.value,
            result_text=item.result_text,
            source=sitting.source,
            **{field: getattr(item.totals, option) for field, option in TOTALS.items()},
        )
        started.append(
            start_roll_call(chamber=sitting.chamber, vote_id="", version=version, by=by, at=at, sitting=sitting)
        )
    RollCallVersion.objects.filter(roll_call__in=started).update(hands=[])  # whoever enters one looks at its header too
    return started


@transaction.atomic
def save_draft(
    *,
    version: RollCallVersion,
    seen: str,
    eligible: Iterable[Eligible],
    entries: Mapping[int, Entry],
    by: "AbstractBaseUser",
    at: dt.datetime,
) -> list[Ballot]:
    """Store the header and what was entered, by id of the mandate; the ballots of those no longer eligible, removed.

    `seen` is the content hash of the draft as it was opened. Raises DraftChanged.
    """
    stored = locked(version, EDITABLE, seen)
    version.entered_by_id, version.hands = stored.entered_by_id or by.pk, stored.hands
    version.state = State.DRAFT.value
    version.save()
    left = _write(version, eligible, entries)
    Ballot.objects.filter(pk__in=[ballot.pk for ballot in left.values()]).delete()
    if content_hashes([version.pk])[version.pk] != seen:
        version.entered_by = by  # type: ignore[assignment]
        _keep_hand(version, by)
    settle(version, at=at)
    seated = {one.mandate.person_id for one in eligible}
    return [ballot for ballot in left.values() if ballot.person_id not in seated]


def _keep_hand(version: RollCallVersion, by: "AbstractBaseUser") -> None:
    """Remember for good that `by` had a hand in it, whoever goes on with it later."""
    version.hands = sorted({*version.hands, by.pk})
    version.save(update_fields=["entered_by", "hands"])


def _write(version: RollCallVersion, eligible: Iterable[Eligible], entries: Mapping[int, Entry]) -> dict[int, Ballot]:
    """Store the entries; the stored ballots of which there is none, by id of the person."""
    left = {ballot.person_id: ballot for ballot in version.ballots.select_related("person")}
    new, changed = [], []
    for one in eligible:
        entry, ballot = entries.get(one.mandate.pk, Entry()), left.get(one.mandate.person_id)
        if not entry.position:
            continue
        left.pop(one.mandate.person_id, None)
        if ballot is None:
            ballot = Ballot(version=version, person_id=one.mandate.person_id)
            new.append(ballot)
        else:
            changed.append(ballot)
        if ballot.position != entry.position:  # read anew by a person: what was worked out or spelt before is gone
            ballot.position, ballot.position_raw, ballot.basis = entry.position, "", Basis.OFFICIAL.value
        membership = one.faction_membership
        ballot.excuse, ballot.mandate = entry.excuse, one.mandate
        ballot.faction_id = membership.faction_id if membership else None
    Ballot.objects.bulk_update(changed, ["position", "position_raw", "basis", "excuse", "mandate", "faction"])
    Ballot.objects.bulk_create(new)
    return left


def settle(version: RollCallVersion, *, at: dt.datetime) -> list[Finding]:
    """Say how far an editable version is by what is found in it now; what is found.

    Matched: nobody is missing and every name of the source is decided. Checked: besides, nothing blocks and every
    warning was acknowledged.
    """
    found = findings_of(version, at=at)
    if any(finding.is_gap for finding in found):
        state = State.DRAFT
    elif any(finding.is_open for finding in found):
        state = State.MATCHED
    else:
        state = State.CHECKED
    version.state = state.value
    RollCallVersion.objects.filter(pk=version.pk).update(state=state.value)
    return found


@transaction.atomic
def acknowledge(
    *, version: RollCallVersion, words: Mapping[str, str], by: "AbstractBaseUser", at: dt.datetime
) -> list[Finding]:
    """Keep that a person saw these warnings, by key with their words as shown; what is still found.

    A key that is no warning of the version as it is now is left out: it lapsed. Raises DraftChanged.
    """
    stored = locked(version, EDITABLE)
    there = {finding.key for finding in findings_of(stored, at=at) if not finding.blocking}
    if there & words.keys():
        _keep_hand(stored, by)
    Acknowledgement.objects.bulk_create(
        [
            Acknowledgement(version=stored, key=key, words=said, by_id=by.pk, at=at)
            for key, said in words.items()
            if key in there
        ],
        ignore_conflicts=True,
    )
    return settle(stored, at=at)


@transaction.atomic
def take_names(
    *,
    version: RollCallVersion,
    seen: str,
    found: Mapping[int, str],
    unmatched: Collection[Named],
    rest: Position | None,
    by: "AbstractBaseUser",
    at: dt.datetime,
    totals: Totals | None = None,
) -> list[str]:
    """Enter what a pasted or uploaded list says: positions by id of the person, and the names nobody was taken for.

    The `totals` that it prints are kept where the header has none.

    Of an earlier paste, names that were decided stay so, others are forgotten. `rest` is for those still empty, a
    deliberate choice that waits until every name is decided. Returns the names of deputies whose mark was another
    before. Raises DraftChanged.
    """
    stored = locked(version, EDITABLE, seen)
    stored.written_names.filter(state=NameState.UNMATCHED.value).delete()
    found, unmatched = _as_decided(stored, found, unmatched)
    WrittenName.objects.bulk_create(
        WrittenName(
            version=stored, line=n.line, name=n.name, position=n.position, why=n.why, suggested=list(n.suggested)
        )
        for n in unmatched
    )
    eligible = eligible_at(stored.roll_call.chamber, stored.held_at)
    marks = {ballot.person_id: ballot.position for ballot in stored.ballots.all()}
    changed = [
        str(one.mandate.person.name)
        for one in eligible
        if found.get(one.mandate.person_id, "") not in ("", marks.get(one.mandate.person_id, ""))
        and one.mandate.person_id in marks
    ]
    entries = {one.mandate.pk: Entry(found[p]) for one in eligible if (p := one.mandate.person_id) in found}
    if rest is not None and not unmatched:
        empty = (one for one in eligible if one.mandate.person_id not in marks and one.mandate.pk not in entries)
        entries |= {one.mandate.pk: Entry(rest.value) for one in empty}
    _write(stored, eligible, entries)
    for field, option in TOTALS.items():
        if totals and getattr(stored, field) is None:
            setattr(stored, field, getattr(totals, option))
    stored.entered_by = by  # type: ignore[assignment]
    stored.save(update_fields=[*TOTALS])
    _keep_hand(stored, by)
    settle(stored, at=at)
    return changed


def _as_decided(
    version: RollCallVersion, found: Mapping[int, str], unmatched: Collection[Named]
) -> tuple[dict[int, str], list[Named]]:
    """What a list says where names mean what a person decided before; two marks for one deputy are decided anew."""
    earlier, found, left = {each.name: each for each in version.written_names.all()}, dict(found), []
    for name in unmatched:
        decided = earlier.get(name.name)
        if decided is None:
            left.append(name)
        elif decided.person_id and found.setdefault(decided.person_id, name.position) != name.position:
            decided.delete()
            left.append(name)
    return found, left


@transaction.atomic
def decide_name(
    *,
    written: WrittenName,
    state: NameState,
    person: Person | None = None,
    remember: bool = False,
    by: "AbstractBaseUser",
    at: dt.datetime,
) -> None:
    """Say who or what a written name is; a deputy who is picked gets the mark that stands beside the name.

    `remember` keeps the spelling for that person. Raises DraftChanged if the version or the name is not open any more,
    NotThatDeputy, and what remember_pick raises.
    """
    stored = locked(written.version, EDITABLE)
    name = WrittenName.objects.select_for_update().filter(pk=written.pk, state=NameState.UNMATCHED.value).first()
    if name is None:
        raise DraftChanged
    name.state, name.person, name.decided_by = state.value, person, by  # type: ignore[assignment]
    name.save()
    if person is not None:
        _mark(stored, person, name.position)
        stored.entered_by = by  # type: ignore[assignment]
    _keep_hand(stored, by)
    if person is not None and remember:
        remember_pick(person=person, name=name.name, source=stored.source, by=by, at=at)
    settle(stored, at=at)


def _mark(version: RollCallVersion, person: Person, position: str) -> None:
    """Enter the mark beside a name for whoever was picked. Raises NotThatDeputy."""
    eligible = eligible_at(version.roll_call.chamber, version.held_at)
    seats = [one for one in eligible if one.mandate.person_id == person.pk]
    ballot = version.ballots.filter(person=person).first()
    if not seats or (ballot and position not in ("", ballot.position)):
        raise NotThatDeputy(person, ballot.position if seats and ballot else "")
    _write(version, seats, {one.mandate.pk: Entry(position) for one in seats})


@transaction.atomic
def key_again(
    *, version: RollCallVersion, positions: Mapping[int, str], by: "AbstractBaseUser", at: dt.datetime
) -> None:
    """Keep the second entry of a key vote, made without seeing the first. Raises DraftChanged."""
    stored = locked(version, (*EDITABLE, State.SUBMITTED.value))
    given = {str(person): position for person, position in positions.items()}
    Keying.objects.update_or_create(version=stored, defaults={"positions": given, "by_id": by.pk, "at": at})


@transaction.atomic
def discard_draft(*, roll_call: RollCall) -> None:
    """Delete the draft; the roll call too if nothing of it was ever published. Raises DraftChanged without a draft."""
    drafts = roll_call.versions.select_for_update().filter(state__in=EDITABLE)
    if not drafts:
        raise DraftChanged
    drafts.delete()
    if not roll_call.versions.exists():
        roll_call.delete()
