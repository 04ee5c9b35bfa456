"""What happened to the things a reader follows, in a range of the journal.

Votes and corrections come from events, moved scores from the history of scores; several events of one vote become
one line, and several moves of one score one line from the first state to the last.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from coalition.digests.enums import What
from coalition.digests.holds import VOTES, Holds, late_rows
from coalition.digests.models import Subscription
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.journal.reports import Row, held_rows
from deputies.people.models import Chamber, Person
from deputies.votes.enums import Position
from deputies.votes.models import Ballot, RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic, arithmetics_of
from deputies.votes.reports.houses import house
from pledges.findings.reports.news import FINDINGS, WORDS, WordNews, news_of_words
from pledges.platform.models import DemandText
from pledges.scorecards.enums import LinkState, Outcome
from pledges.scorecards.method import Tally
from pledges.scorecards.models import Link, ScoreChange
from pledges.scorecards.reports.evidence import line_of
from pledges.scorecards.reports.platform import PlatformInForce, platform_of

Links = dict[int, list[tuple[Link, DemandText]]]  # by roll call
TOLD = (*VOTES, EventKind.HOLD_ENDED.value, *WORDS)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a ballot counts for on one demand."""

    demand: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Cast:
    """How a followed deputy voted; `meanings` is empty for a vote that counts for no demand."""

    person: Person
    position: Position
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class VoteNews:
    """A vote published or corrected; `is_correction` where an earlier letter may have told it differently."""

    version: RollCallVersion
    arithmetic: Arithmetic
    is_correction: bool
    casts: tuple[Cast, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """How a followed deputy's score on one chapter of the platform moved, and why."""

    person: Person
    chapter: str
    before: Tally
    after: Tally
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many deputies' scores moved for one cause, for those who follow a whole chamber."""

    deputies: int
    cause: str


@dataclass(frozen=True, slots=True)
class ChamberNews:
    """What happened in one chamber; `chooser` is the coalition whose platform counts the votes, "" if none does."""

    chamber: Chamber
    chooser: str
    votes: tuple[VoteNews, ...]
    moves: tuple[Move, ...]
    moved: tuple[Moved, ...]
    words: tuple[WordNews, ...] = ()

    @property
    def items(self) -> int:
        return len(self.votes) + len(self.moves) + len(self.moved) + len(self.words)


@dataclass(frozen=True, slots=True)
class Followed:
    """What one reader follows in one chamber, each thing from the event after which it was confirmed."""

    chamber: Chamber
    whole_after: int | None  # None: not the whole chamber
    people: dict[int, int]  # person: the event after which
    subscriptions: dict[int, Subscription]  # by person

    @property
    def earliest(self) -> int:
        return min([*self.people.values(), *([] if self.whole_after is None else [self.whole_after])])


def news_of(subscriptions: Iterable[Subscription], after: int, until: int, at: dt.datetime) -> list[ChamberNews]:
    """What happened with `after` < event <= `until`, chamber by chamber, without what is held at `at`.

    Only chambers with news. Needs chamber and person of the subscriptions of one reader; texts are in the active
    language.
    """
    chambers: dict[int, Followed] = {}
    for subscription in subscriptions:
        start = max(after, subscription.after_event)
        known = chambers.get(subscription.chamber_id) or Followed(subscription.chamber, None, {}, {})
        if subscription.what == What.CHAMBER:
            known = replace(known, whole_after=start)
        elif subscription.person_id is not None:
            known.people[subscription.person_id] = start
            known.subscriptions[subscription.person_id] = subscription
        chambers[subscription.chamber_id] = known
    held = held_rows(at)
    every = (_chamber_news(followed, until, held, at) for followed in chambers.values())
    return [news for news in every if news.items]


def _chamber_news(followed: Followed, until: int, held: set[Row], at: dt.datetime) -> ChamberNews:
    term = house(followed.chamber.slug, at)
    in_force = platform_of(term) if term else None
    events, ends, said = _events(followed, until)
    holds = Holds(held, late_rows(ends, followed.subscriptions))
    moving = replace(followed, people=holds.moves_from(followed.people, events))
    changes = _changes(moving, in_force, until)
    late = [event for of in late_rows(ends, followed.subscriptions, FINDINGS).values() for event in of]
    return ChamberNews(
        chamber=followed.chamber,
        chooser=str(in_force.platform.chooser) if in_force else "",
        votes=tuple(_votes(followed, in_force, events, holds)),
        moves=tuple(_moves(moving, changes)),
        moved=tuple(_moved(moving, changes)),
        words=tuple(news_of_words([*late, *said], in_force.texts, held)) if in_force else (),
    )


def _events(followed: Followed, until: int) -> tuple[dict[int, list[Event]], list[Event], list[Event]]:
    """Publications and corrections of votes, by roll call, the ends of holds, and what became of words."""
    events: dict[int, list[Event]] = defaultdict(list)
    ends, said = [], []
    of_chamber = Event.objects.between(followed.earliest, until).filter(chamber=followed.chamber.slug)
    for event in of_chamber.filter(kind__in=TOLD):
        is_followed = event.pk > followed.people.get(event.facts.get("person") or 0, event.pk)
        if event.kind in VOTES:
            events[event.facts["roll_call"]].append(event)
        elif event.kind == EventKind.HOLD_ENDED:
            ends += [event] if is_followed else []
        elif is_followed or _is_after([event], followed.whole_after):
            said.append(event)
    return events, ends, said


def _votes(
    followed: Followed, in_force: PlatformInForce | None, new: dict[int, list[Event]], holds: Holds
) -> list[VoteNews]:
    """Linked votes of a chamber that is followed whole, and every vote of followed deputies; linked ones first."""
    events = {roll_call: late for (roll_call, _), late in holds.late.items()} | new
    versions = list(RollCallVersion.objects.filter(published_of__in=events).select_related("roll_call__chamber"))
    links = _links(in_force, events) if in_force else {}
    casts = _casts(followed, in_force, versions, events, links, holds)
    told = [
        version
        for version in versions
        if casts[version.pk]
        or (version.roll_call_id in links and _is_after(events[version.roll_call_id], followed.whole_after))
    ]
    told.sort(key=lambda version: (version.roll_call_id not in links, events[version.roll_call_id][0].pk))
    numbers = arithmetics_of(told)
    return [
        VoteNews(
            version=version,
            arithmetic=numbers[version.pk],
            is_correction=all(e.kind == EventKind.VOTE_CORRECTED for e in events[version.roll_call_id]),
            casts=tuple(casts[version.pk]),
        )
        for version in told
    ]


def _links(in_force: PlatformInForce, roll_calls: Collection[int]) -> Links:
    """The published links of some votes to demands of the platform in force."""
    texts = {text.demand_id: text for text in in_force.texts}
    links: Links = defaultdict(list)
    published = Link.objects.filter(
        demand__platform=in_force.platform, roll_call__in=roll_calls, state=LinkState.PUBLISHED.value
    ).select_related("demand")
    for link in published.order_by("pk"):
        if text := texts.get(link.demand_id):
            links[link.roll_call_id].append((link, text))
    return links


def _is_after(events: Iterable[Event], start: int | None) -> bool:
    return start is not None and any(event.pk > start for event in events)


def _casts(
    followed: Followed,
    in_force: PlatformInForce | None,
    versions: Sequence[RollCallVersion],
    events: dict[int, list[Event]],
    links: Links,
    holds: Holds,
) -> dict[int, list[Cast]]:
    """The ballots of followed deputies, by version, in the order of names."""
    casts: dict[int, list[Cast]] = defaultdict(list)
    by_id = {version.pk: version for version in versions}
    ballots = Ballot.objects.filter(version__in=versions, person__in=followed.people).select_related("person")
    for ballot in ballots.order_by("person__sort_key", "person"):
        version = by_id[ballot.version_id]
        row = version.roll_call_id, ballot.person_id
        is_new = row in holds.late or _is_after(events[version.roll_call_id], followed.people[ballot.person_id])
        if is_new and row not in holds.held:
            asked = links.get(version.roll_call_id, []) if in_force else []
            meanings = [
                m for link, text in asked if in_force and (m := _meaning(link, text, version, ballot, in_force))
            ]
            casts[version.pk].append(Cast(ballot.person, Position(ballot.position), tuple(meanings)))
    return casts


def _meaning(
    link: Link, text: DemandText, version: RollCallVersion, ballot: Ballot, in_force: PlatformInForce
) -> Meaning | None:
    """What the ballot counts for on a demand; None where that is nothing."""
    link.roll_call = version.roll_call
    line = line_of(link, text, version, ballot, in_force.profile, in_force.rulings)
    return Meaning(str(text.title), line.outcome) if line.counts and line.outcome else None


def _changes(followed: Followed, in_force: PlatformInForce | None, until: int) -> list[ScoreChange]:
    """Moves of chapter scores in the range, oldest first: of followed deputies, or of all in a whole chamber."""
    if in_force is None or not (followed.people or followed.whole_after is not None):
        return []
    changes = ScoreChange.objects.filter(platform=in_force.platform, event__gt=followed.earliest, event__lte=until)
    changes = changes.exclude(chapter="")
    if followed.whole_after is None:
        changes = changes.filter(person__in=followed.people)
    return list(changes.select_related("person").order_by("event", "pk"))


def _moves(followed: Followed, changes: Iterable[ScoreChange]) -> list[Move]:
    """One line for each deputy and chapter whose score is not what it was."""
    grouped: dict[tuple[int, str], list[ScoreChange]] = defaultdict(list)
    for change in changes:
        if change.person_id in followed.people and change.event_id > followed.people[change.person_id]:
            grouped[change.person_id, change.chapter].append(change)
    moves = [
        Move(
            person=of_one[0].person,
            chapter=of_one[0].chapter,
            before=Tally(**of_one[0].before),
            after=Tally(**of_one[-1].after),
            causes=tuple(dict.fromkeys(str(change.get_cause_display()) for change in of_one)),
        )
        for of_one in grouped.values()
    ]
    moves = [move for move in moves if _shown(move.before) != _shown(move.after)]
    return sorted(moves, key=lambda move: (move.person.sort_key, move.person.pk, move.chapter))


def _moved(followed: Followed, changes: Iterable[ScoreChange]) -> list[Moved]:
    """How many deputies' scores moved for each cause, in the order the causes came up."""
    if followed.whole_after is None:
        return []
    people: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        if change.event_id > followed.whole_after and _shown(Tally(**change.before)) != _shown(Tally(**change.after)):
            people[str(change.get_cause_display())].add(change.person_id)
    return [Moved(len(moved), cause) for cause, moved in people.items()]


def _shown(tally: Tally) -> tuple[int, int, int, int, int]:
    """What a letter shows of a score: an absence more is no news of it."""
    return tally.votes_with, tally.votes_half, tally.counted, tally.credit, tally.mass
