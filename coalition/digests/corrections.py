"""What a correction of a vote changed of what readers saw before it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.people.models import Mandate
from deputies.votes.models import Ballot, RollCallVersion

VOTES = (EventKind.VOTE_PUBLISHED.value, EventKind.VOTE_CORRECTED.value)


@dataclass(frozen=True, slots=True)
class Change:
    """A ballot before and after, which differ in position; None where there was none, or is none any more."""

    before: Ballot | None
    now: Ballot | None

    @property
    def mandate(self) -> Mandate:
        ballot = self.now or self.before
        assert ballot
        return ballot.mandate


@dataclass(frozen=True, slots=True)
class Correction:
    """A vote whose version `now` took the place of `before`; `original` is the event that first published it."""

    original: int
    before: RollCallVersion
    now: RollCallVersion
    changes: dict[int, Change]  # by person
    seats: list[Mandate]  # of everybody with a ballot before or after

    @property
    def is_of_result(self) -> bool:
        return (self.before.result, self.before.withdrawn) != (self.now.result, self.now.withdrawn)


def corrections_by(events: Collection[Event]) -> dict[int, Correction]:
    """What some corrections changed together, by id of the roll call; three queries, none without any."""
    in_order = sorted(events, key=lambda event: event.pk)
    last = {event.facts["roll_call"]: event for event in in_order}
    first = {event.facts["roll_call"]: event.pk for event in reversed(in_order)}
    if not last:
        return {}
    about: dict[int, list[Event]] = defaultdict(list)
    told = Event.objects.filter(kind__in=VOTES, subject__in=[f"roll-call:{pk}" for pk in last])
    for event in told.filter(pk__lte=in_order[-1].pk).order_by("pk"):
        about[event.facts["roll_call"]].append(event)
    seen = {pk: [e for e in of_one if e.pk < first[pk]] or of_one[:1] for pk, of_one in about.items()}
    pairs = {pk: (seen[pk][-1].facts["version"], last[pk].facts["version"]) for pk in last}
    ids = {version for pair in pairs.values() for version in pair}
    versions = RollCallVersion.objects.select_related("roll_call__chamber", "roll_call__decision__main").in_bulk(ids)
    cast: dict[int, dict[int, Ballot]] = defaultdict(dict)
    for ballot in Ballot.objects.filter(version__in=ids).select_related("mandate__person").order_by("pk"):
        cast[ballot.version_id][ballot.person_id] = ballot
    return {
        pk: Correction(
            about[pk][0].pk,
            versions[old],
            versions[new],
            _changes(cast[old], cast[new]),
            [ballot.mandate for ballot in (cast[old] | cast[new]).values()],
        )
        for pk, (old, new) in pairs.items()
    }


def _changes(before: dict[int, Ballot], now: dict[int, Ballot]) -> dict[int, Change]:
    pairs = {person: Change(before.get(person), now.get(person)) for person in before | now}
    return {person: one for person, one in pairs.items() if _position(one.before) != _position(one.now)}


def _position(ballot: Ballot | None) -> str:
    return ballot.position if ballot else ""
