"""What cannot wait for a digest: early warnings, published red-line findings, corrections of something mailed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from coalition.digests.concerns import of_chamber, of_demands, of_seat, of_seats
from coalition.digests.corrections import corrections_by
from coalition.digests.enums import What
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.journal.reports import Row, held_rows
from deputies.people.models import Mandate
from deputies.votes.enums import AgendaState
from deputies.votes.models import AgendaItem, Ballot
from deputies.votes.reports.eligibility import seated_at
from pledges.findings.enums import FindingKind, FindingState
from pledges.findings.models import AgendaLink, Finding
from pledges.scorecards.enums import LinkState
from pledges.scorecards.models import Link
from pledges.tracker.enums import Review

WARNINGS = (EventKind.VOTE_ANNOUNCED.value, EventKind.VOTE_MOVED.value)
FINDINGS = (EventKind.FINDING_PUBLISHED.value, EventKind.FINDING_WITHDRAWN.value)
KINDS = (*WARNINGS, *FINDINGS, EventKind.VOTE_CORRECTED.value)


@dataclass(frozen=True, slots=True)
class Urgent:
    """One event that subscribers who follow one of `keys` are told at once.

    `mailed_by` is the event whose letter it corrects: only who can have been told of that is told of this. After
    `until` it is of no use.
    """

    event: int
    keys: frozenset[str]
    mailed_by: int | None = None
    until: dt.datetime | None = None


def urgent_events(after: int, until: int, at: dt.datetime) -> list[Urgent]:
    """The urgent events with `after` < id <= `until`, oldest first, as of `at`; one query where there are none.

    What is about a disputed row is left to the digests.
    """
    events = list(Event.objects.between(after, until).filter(kind__in=KINDS))
    if not events:
        return []
    held = held_rows(at)
    found = [*_warnings(events, at), *_findings(events, held), *_corrections(events, held)]
    return sorted((one for one in found if one.keys), key=lambda one: one.event)


def _warnings(events: Iterable[Event], at: dt.datetime) -> Iterable[Urgent]:
    """A coming vote once it is linked to a demand, a further demand for those who follow that, and a nearer time."""
    told = [event for event in events if event.kind in WARNINGS and ("link" in event.facts or is_nearer(event))]
    coming = AgendaItem.objects.filter(state=AgendaState.PLANNED.value, frozen_at=None, starts_at__gt=at)
    items = coming.select_related("chamber").in_bulk({event.facts["item"] for event in told})
    links = defaultdict(list)
    published = AgendaLink.objects.filter(item__in=items, review=Review.PUBLISHED.value).select_related("demand")
    for link in published.order_by("reviewed_at", "pk"):
        links[link.item_id].append(link)
    for event in told:
        item = items.get(event.facts["item"])
        if item is not None and (of_item := links[item.pk]):
            further = [link for link in of_item[1:] if link.pk == event.facts.get("link")]
            keys = of_demands(item.chamber_id, [link.demand for link in further or of_item])
            yield Urgent(event.pk, keys if further else keys | concerned_by(item), until=item.starts_at)


def is_nearer(event: Event) -> bool:
    """Whether a vote comes sooner than readers were told last: it was moved forward, or put on the agenda again."""
    facts = event.facts
    if "before" in facts:
        return dt.datetime.fromisoformat(facts["starts_at"]) < dt.datetime.fromisoformat(facts["before"])
    return bool(facts.get("state") == AgendaState.PLANNED)


def concerned_by(item: AgendaItem) -> frozenset[str]:
    """Who waits for a coming vote whatever it is about: also those who follow somebody who will have a vote in it."""
    seats = of_seats(one.mandate for one in seated_at(item.chamber, item.starts_at))
    return seats | of_chamber(item.chamber_id, What.CHAMBER, What.UPCOMING)


def _findings(events: Iterable[Event], held: set[Row]) -> Iterable[Urgent]:
    """Red lines crossed by a deputy, and findings that were shown and no longer follow from the record."""
    told = [event for event in events if event.kind in FINDINGS]
    rows = Finding.objects.in_bulk([event.facts["finding"] for event in told])
    seats = _seats(rows.values()) if rows else {}
    shown = dict(
        Event.objects.filter(kind=FINDINGS[0], subject__in=[f"finding:{pk}" for pk in rows]).values_list(
            "facts__finding", "pk"
        )
    )
    for event in told:
        finding = rows[event.facts["finding"]]
        keys = of_seat(seats[finding.pk]) if finding.pk in seats else frozenset()
        if event.kind == EventKind.FINDING_WITHDRAWN:
            yield Urgent(event.pk, keys, mailed_by=shown.get(finding.pk))
        elif finding.kind == FindingKind.RED_LINE and _is_shown(finding, event, held):
            yield Urgent(event.pk, keys)


def _is_shown(finding: Finding, event: Event, held: set[Row]) -> bool:
    is_held = (event.facts["roll_call"], finding.person_id) in held
    return finding.state == FindingState.PUBLISHED and not is_held


def _seats(findings: Iterable[Finding]) -> dict[int, Mandate]:
    """The mandate with which each vote was cast."""
    rows = list(findings)
    which = Q(version__in={one.version_id for one in rows}, person__in={one.person_id for one in rows})
    cast = {(b.version_id, b.person_id): b.mandate for b in Ballot.objects.filter(which).select_related("mandate")}
    found = {one.pk: cast.get((one.version_id, one.person_id)) for one in rows}
    return {pk: mandate for pk, mandate in found.items() if mandate}


def _corrections(events: Iterable[Event], held: set[Row]) -> Iterable[Urgent]:
    """For those who follow a deputy whose ballot changed; for everybody who was told of the vote if its result did."""
    corrected = [event for event in events if event.kind == EventKind.VOTE_CORRECTED]
    told = {event.facts["roll_call"]: event for event in corrected}
    found = corrections_by(corrected)
    decisive = [pk for pk, one in found.items() if one.is_of_result]
    everybody = _told_of(decisive) if decisive else {}
    for roll_call, correction in found.items():
        changed = (one for who, one in correction.changes.items() if (roll_call, who) not in held)
        keys = of_seats(change.mandate for change in changed) | everybody.get(roll_call, frozenset())
        yield Urgent(told[roll_call].pk, keys, mailed_by=correction.original)


def _told_of(roll_calls: list[int]) -> dict[int, frozenset[str]]:
    """Whom letters tell of votes: who follows a deputy with a ballot, a linked demand, the chamber of a linked one."""
    keys: dict[int, frozenset[str]] = defaultdict(frozenset)
    versions = Q(version__roll_call__in=roll_calls, version__published_at__isnull=False)
    for ballot in Ballot.objects.filter(versions).select_related("mandate", "version"):
        keys[ballot.version.roll_call_id] |= of_seat(ballot.mandate)
    links = Link.objects.filter(roll_call__in=roll_calls, state=LinkState.PUBLISHED.value)
    for link in links.select_related("demand", "roll_call"):
        chamber = link.roll_call.chamber_id
        keys[link.roll_call_id] |= of_demands(chamber, [link.demand]) | of_chamber(chamber, What.CHAMBER)
    return keys
