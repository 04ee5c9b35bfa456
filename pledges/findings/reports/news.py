"""What became of deputies' words, one line each: pledges, statuses, signatures, answers and findings, from events."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.journal.reports import Row
from deputies.people.models import Mandate, Person
from deputies.sources.language import Words
from deputies.votes.reports.houses import House
from pledges.findings.enums import FindingState
from pledges.findings.models import Finding
from pledges.platform.models import DemandText
from pledges.tracker.models import Answer, Pledge, PledgeStatus

FINDINGS = (EventKind.FINDING_PUBLISHED.value, EventKind.FINDING_WITHDRAWN.value)
VOTES = (EventKind.VOTE_PUBLISHED.value, EventKind.VOTE_CORRECTED.value)
WORDS = (EventKind.WORD_GIVEN.value, EventKind.PLEDGE_STATUS.value, *FINDINGS)
Subject = Finding | Pledge | PledgeStatus | Answer


@dataclass(frozen=True, slots=True)
class WordNews:
    """One thing that became of a deputy's word; `demand` is None for one about the whole platform or about a vote."""

    event: Event
    person: Person
    subject: Subject
    demand: Words | None

    @property
    def is_correction(self) -> bool:
        return self.event.kind == EventKind.FINDING_WITHDRAWN

    @property
    def page(self) -> tuple[str, str]:
        """The name of the page on which it is told, and which one of them: of the finding, the pledge or the deputy."""
        if isinstance(self.subject, Finding):
            return "contradiction_page", str(self.subject.pk)
        pledge = self.subject.pk if isinstance(self.subject, Pledge) else self.subject.pledge_id
        return ("pledge_page", str(pledge)) if pledge else ("deputy_page", self.person.slug)


def news_of_words(events: Iterable[Event], texts: Iterable[DemandText], held: Iterable[Row] = ()) -> list[WordNews]:
    """The lines of some events, in their order, in the words of these demands; four queries at most, none without.

    What is of another platform, of a party, or about a row that is held back says nothing; a finding that was
    published and withdrawn among these events neither.
    """
    titles = {text.demand_id: text.title for text in texts}
    kept = [event for event in events if event.facts.get("demand") in {None, *titles} and not _is_held(event, held)]
    new = {event.facts["finding"] for event in kept if event.kind == EventKind.FINDING_PUBLISHED}
    rows = _rows(kept)
    found = []
    for event in kept:
        subject = rows.get(_row_of(event))
        if subject is None or (isinstance(subject, Finding) and _is_over(event, subject, new)):
            continue
        person = subject.invitation.person if isinstance(subject, Answer) else _word(subject).person
        if person is not None:
            found.append(WordNews(event, person, subject, titles.get(event.facts.get("demand") or 0)))
    return found


def latest_words(house: House, texts: Iterable[DemandText], held: Iterable[Row], *, most: int) -> list[WordNews]:
    """The latest lines of a chamber; five queries at most."""
    events = Event.objects.filter(chamber=house.chamber.slug, kind__in=WORDS)
    return news_of_words(events.order_by("-pk")[:most], texts, held)


def events_of(
    house: House, people: Collection[Person], mandates: Collection[Mandate], roll_calls: Collection[int]
) -> QuerySet[Event]:
    """The events of deputies' words, of who holds some mandates, and of some votes, the latest first; one query."""
    wanted = Q(kind__in=WORDS, facts__person__in=[person.pk for person in people])
    wanted |= Q(kind__in=VOTES, facts__roll_call__in=list(roll_calls))
    for mandate in mandates:
        wanted |= Q(kind=EventKind.MANDATE_CHANGED.value, facts__mandates__contains=mandate.pk)
    return Event.objects.filter(wanted, chamber=house.chamber.slug).order_by("-pk")


def _word(subject: Finding | Pledge | PledgeStatus) -> Finding | Pledge:
    return subject.pledge if isinstance(subject, PledgeStatus) else subject


def _is_held(event: Event, held: Iterable[Row]) -> bool:
    return (event.facts.get("roll_call"), event.facts.get("person")) in held


def _is_over(event: Event, finding: Finding, new: Collection[int]) -> bool:
    """Whether it was published and is withdrawn, so that neither is news to who was told of neither."""
    if event.kind == EventKind.FINDING_PUBLISHED:
        return finding.state == FindingState.WITHDRAWN
    return finding.pk in new


def _row_of(event: Event) -> tuple[str, int]:
    """Which row an event is about: the most particular one that it names."""
    name = next((one for one in ("finding", "status", "pledge", "answer") if event.facts.get(one)), "")
    return name, event.facts.get(name) or 0


def _rows(events: Iterable[Event]) -> Mapping[tuple[str, int], Subject]:
    wanted: dict[str, set[int]] = {}
    for name, pk in map(_row_of, events):
        wanted.setdefault(name, set()).add(pk)
    found: dict[tuple[str, int], Subject] = {}
    joined: dict[str, QuerySet[Any]] = {
        "finding": Finding.objects.select_related("person", "reply"),
        "status": PledgeStatus.objects.select_related("pledge__person", "pledge__demand__platform__coalition"),
        "pledge": Pledge.objects.select_related("person"),
        "answer": Answer.objects.select_related("invitation__person"),
    }
    for name, rows in joined.items():
        if name in wanted:
            found |= {(name, row.pk): row for row in rows.filter(pk__in=wanted[name])}
    return found
