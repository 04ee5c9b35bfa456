"""The numbers readers see, and the evidence under each: page, letter, file and picture take them from here."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Person
from deputies.sources.enums import Basis
from deputies.votes.enums import Kind, Position
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic, arithmetics_of
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import CoalitionMembership, Demand, DemandText, Platform
from pledges.scorecards.enums import Cause, Label, LinkState, Outcome, Role, Wants
from pledges.scorecards.labels import label, shown_percent
from pledges.scorecards.method import (
    WEIGHT_UNIT,
    Conflict,
    Percent,
    Profile,
    Pull,
    Reading,
    Tally,
    column,
    once,
    percent_on_page,
    read,
)
from pledges.scorecards.models import Link, Score, ScoreChange
from pledges.scorecards.profiles import profile_of
from pledges.tracker.models import Signature

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Measure:
    """A tally as a page words it: counts first, then per cent, then the label."""

    tally: Tally
    profile: Profile

    @property
    def label(self) -> Label:
        return label(self.tally, self.profile)

    @property
    def percent(self) -> Percent | None:
        """The percentage a page may print; None without a score, and where less than half is covered."""
        return shown_percent(self.tally, self.profile)

    @property
    def score(self) -> Fraction | None:
        return self.profile.score(self.tally)

    @property
    def as_asked(self) -> int:
        """Votes that went as the platform asks, each once."""
        return self.tally.votes_with

    @property
    def counted(self) -> int:
        return self.tally.counted

    @property
    def missed(self) -> int:
        return self.tally.votes_missed

    @property
    def low(self) -> Percent | None:
        return None if self.tally.low is None else percent_on_page(self.tally.low)

    @property
    def high(self) -> Percent | None:
        return None if self.tally.high is None else percent_on_page(self.tally.high)

    @property
    def is_weighted(self) -> bool:
        """Whether some votes weigh more than others, so that the percentage differs from the counts."""
        t = self.tally
        weights = (t.with_, t.against, t.half, t.missed)
        votes = (t.votes_with, t.votes_against, t.votes_half, t.votes_missed)
        return any(weight != WEIGHT_UNIT * n for weight, n in zip(weights, votes, strict=True))


@dataclass(frozen=True, slots=True)
class PlatformInForce:
    """A chamber's published platform: who chose, by which method, in which words."""

    platform: Platform
    profile: Profile
    texts: list[DemandText]  # in the platform's order

    def of_chapter(self, chapter: Chapter) -> list[DemandText]:
        return [text for text in self.texts if text.demand.chapter == chapter]

    def text_of(self, demand_id: int) -> DemandText:
        return next(text for text in self.texts if text.demand_id == demand_id)


def platform_in_force(chamber: Chamber) -> PlatformInForce | None:
    """The first published platform of a chamber, with its texts; None if there is none."""
    platform = (
        Platform.objects.filter(coalition__chamber=chamber, published__isnull=False)
        .select_related("published__source", "coalition")
        .defer("published__source__content")
        .order_by("pk")
        .first()
    )
    if platform is None or platform.published is None:
        return None
    texts = platform.published.texts.select_related("demand", "source").defer("source__content")
    texts = texts.order_by("demand__chapter", "order", "pk")
    return PlatformInForce(platform, profile_of(platform.published), list(texts))


@dataclass(frozen=True)
class Line:
    """One vote read for one demand: why it is linked, what the deputy did, what that counts for.

    `ballot` is None when the deputy could not vote then, and `reading` when that position is not eligible.
    """

    link: Link
    text: DemandText
    version: RollCallVersion
    ballot: Ballot | None
    reading: Reading | None
    arithmetic: Arithmetic | None = None

    @property
    def outcome(self) -> Outcome | None:
        return self.reading.outcome if self.reading else None

    @cached_property
    def is_before_in_force(self) -> bool:
        """Whether the vote was held on a day when the demand was not in force."""
        if self.version.held_at is None:
            return False
        zone = self.link.roll_call.chamber.zone
        return not in_force(self.link.demand, self.version.held_at.astimezone(zone).date())

    @property
    def counts(self) -> bool:
        return self.link.role == Role.SCORING and not self.is_before_in_force and self.version.kind == Kind.BY_NAME

    @property
    def is_strong(self) -> bool:
        return self.link.weight > WEIGHT_UNIT

    @property
    def weight(self) -> Fraction:
        """The weight in votes."""
        return Fraction(self.link.weight, WEIGHT_UNIT)

    @property
    def silence_counts(self) -> bool:
        """Whether under this vote's threshold not voting has the effect of a vote against."""
        return Threshold(self.version.threshold).counts_silence


def in_force(demand: Demand, day: dt.date) -> bool:
    """Whether a vote of `day` can count for the demand."""
    return day >= demand.in_force_from and (demand.in_force_until is None or day < demand.in_force_until)


def read_ballot(link: Link, version: RollCallVersion, ballot: Ballot | None, profile: Profile) -> Reading | None:
    """What one ballot counts for under a link; the pure twin of the set-based count."""
    if ballot is None:
        return None
    position = Position.DATA_MISSING if ballot.basis == Basis.INFERRED else Position(ballot.position)
    return read(profile, position, column(Wants(link.wants), Threshold(version.threshold)), link.weight)


def links_of(in_force_now: PlatformInForce, *, demand: Demand | None = None) -> list[Link]:
    """The published links of a platform or of one demand, latest vote first; one query."""
    links = Link.objects.filter(
        demand__platform=in_force_now.platform, state=LinkState.PUBLISHED.value, roll_call__published__isnull=False
    ).select_related("demand", "roll_call__chamber", "roll_call__published__source", "roll_call__published__roll_call")
    links = links.defer("roll_call__published__source__content")  # pages cite a document, they do not read its bytes
    if demand is not None:
        links = links.filter(demand=demand)
    return sorted(links, key=_latest_first)


def _latest_first(link: Link) -> tuple[float, str]:
    held_at = _version(link).held_at
    return (-held_at.timestamp() if held_at else float("inf"), link.roll_call.slug)


def _version(link: Link) -> RollCallVersion:
    version = link.roll_call.published
    if version is None:
        raise ValueError(f"{link} is read although its roll call is not published")
    version.roll_call = link.roll_call
    return version


def lines(
    links: Iterable[Link],
    ballots: dict[int, Ballot],
    in_force_now: PlatformInForce,
) -> list[Line]:
    """The evidence of one deputy on `links`; `ballots` by id of the version."""
    return [
        Line(
            link,
            in_force_now.text_of(link.demand_id),
            version,
            ballots.get(version.pk),
            read_ballot(link, version, ballots.get(version.pk), in_force_now.profile),
        )
        for link in links
        for version in [_version(link)]
    ]


def with_arithmetic(evidence: Collection[Line]) -> list[Line]:
    """The same lines with the numbers of their votes; one query, so ask for the lines that will be shown."""
    numbers = arithmetics_of({line.version.pk: line.version for line in evidence}.values())
    return [replace(line, arithmetic=numbers[line.version.pk]) for line in evidence]


@dataclass(frozen=True, slots=True)
class Mark:
    """One square of a score picture."""

    outcome: Outcome
    position: Position
    is_strong: bool
    line: Line


@dataclass(frozen=True, slots=True)
class Card:
    """A score with its picture: of a chapter, or of one demand (then `text` is set)."""

    measure: Measure
    marks: list[Mark]
    chapter: str = ""
    text: DemandText | None = None
    conflicting: int = 0  # votes left out because the demands of the chapter want opposite results

    @property
    def missed_by_kind(self) -> list[tuple[Position, int]]:
        """How many votes have no vote recorded, by what the record says instead, most frequent first."""
        return Counter(m.position for m in self.marks if m.outcome is Outcome.MISSED).most_common()


_ORDER = {
    outcome: place
    for place, outcome in enumerate(
        (Outcome.WITH, Outcome.HALF, Outcome.MISSED, Outcome.AGAINST, Outcome.NEUTRAL, Outcome.EXCUSED, Outcome.GAP)
    )
}


def marks_of(evidence: Collection[Line]) -> tuple[list[Mark], int]:
    """The squares of some evidence, each vote once with its largest weight, and the number of conflicting votes."""
    counting = [line for line in evidence if line.counts and line.reading is not None]
    chosen = once(Pull(line.version.pk, Wants(line.link.wants), line.link.weight) for line in counting)
    marks = []
    for line in counting:
        pull = chosen.get(line.version.pk)
        if isinstance(pull, Pull) and pull.weight == line.link.weight and line.ballot and line.outcome:
            marks.append(Mark(line.outcome, Position(line.ballot.position), line.is_strong, line))
            del chosen[line.version.pk]
    marks.sort(key=lambda mark: _ORDER[mark.outcome])
    return marks, sum(isinstance(pull, Conflict) for pull in chosen.values())


def card(
    in_force_now: PlatformInForce,
    tally: Tally,
    evidence: Collection[Line],
    *,
    chapter: str = "",
    text: DemandText | None = None,
) -> Card:
    """A score with the squares of its evidence."""
    marks, conflicting = marks_of(evidence)
    return Card(Measure(tally, in_force_now.profile), marks, chapter, text, conflicting)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A deputy's whole card: the two chapters side by side, then the demands, then the evidence."""

    chapters: list[Card]
    demands: list[Card]
    evidence: list[Line]


def scorecard(
    in_force_now: PlatformInForce,
    person: Person,
    links: list[Link],
    ballots: dict[int, Ballot],
) -> Scorecard:
    """The stored scores of a deputy with their evidence; one query."""
    evidence = lines(links, ballots, in_force_now)
    stored = {
        (score.demand_id, score.chapter): score.tally
        for score in Score.objects.filter(platform=in_force_now.platform, person=person)
    }
    nothing = Tally()
    chapters = [
        card(
            in_force_now,
            stored.get((None, chapter.value), nothing),
            [line for line in evidence if line.text.demand.chapter == chapter],
            chapter=chapter.value,
        )
        for chapter in COUNTED
    ]
    demands = [
        card(
            in_force_now,
            stored.get((text.demand_id, ""), nothing),
            [line for line in evidence if line.link.demand_id == text.demand_id],
            chapter=text.demand.chapter,
            text=text,
        )
        for text in in_force_now.texts
    ]
    return Scorecard(chapters, demands, evidence)


def measures_of(
    in_force_now: PlatformInForce, *, demand: Demand | None = None, persons: Collection[int] | None = None
) -> dict[tuple[int, str], Measure]:
    """Stored scores by (person id, chapter): of the chapters, or of `demand` (chapter ""); one query."""
    scores = Score.objects.filter(platform=in_force_now.platform, demand=demand)
    if persons is not None:
        scores = scores.filter(person__in=persons)
    return {(score.person_id, score.chapter): Measure(score.tally, in_force_now.profile) for score in scores}


def linked_calls(in_force_now: PlatformInForce) -> "QuerySet[Link, int]":
    """Ids of the recorded votes that the coalition compared with its demands, each once."""
    published = Link.objects.filter(demand__platform=in_force_now.platform, state=LinkState.PUBLISHED.value)
    return published.exclude(roll_call__published=None).values_list("roll_call", flat=True).distinct()


def links_by_vote(
    in_force_now: PlatformInForce, roll_calls: Collection[RollCall]
) -> dict[int, list[tuple[Link, DemandText]]]:
    """The published links of some votes with the words of their demands, by id of the roll call; one query."""
    links = Link.objects.filter(
        demand__platform=in_force_now.platform, state=LinkState.PUBLISHED.value, roll_call__in=roll_calls
    ).select_related("demand")
    found: dict[int, list[tuple[Link, DemandText]]] = {}
    for link in links.order_by("demand__chapter", "demand_id"):
        found.setdefault(link.roll_call_id, []).append((link, in_force_now.text_of(link.demand_id)))
    return found


def demand_by_slug(in_force_now: PlatformInForce | None, slug: str) -> DemandText | None:
    """The words of a demand of the platform in force; None if it has no such demand."""
    return next((text for text in in_force_now.texts if text.demand.slug == slug), None) if in_force_now else None


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a chapter's score, with its cause."""

    chapter: str
    before: Measure
    after: Measure
    change: ScoreChange


def moves_of(in_force_now: PlatformInForce, person: Person, *, most: int = 30) -> list[Move]:
    """How the chapters of a deputy moved, the latest move first; one query."""
    changes = (
        ScoreChange.objects.filter(platform=in_force_now.platform, person=person, demand=None)
        .exclude(chapter="")
        .select_related("roll_call__published")
        .order_by("-event", "chapter")
    )
    profile = in_force_now.profile
    return [
        Move(change.chapter, Measure(Tally(**change.before), profile), Measure(Tally(**change.after), profile), change)
        for change in changes[:most]
    ]


def membership_of(in_force_now: PlatformInForce, person: Person) -> CoalitionMembership | None:
    """The latest membership of a deputy in the coalition; None if no source states one."""
    memberships = CoalitionMembership.objects.filter(coalition=in_force_now.platform.coalition, person=person)
    return memberships.select_related("source").order_by("-held").first()


def members_at(in_force_now: PlatformInForce, moment: dt.datetime | None) -> set[int]:
    """Ids of the coalition's deputies at `moment`; of everybody who ever was one where it is not known."""
    memberships = CoalitionMembership.objects.filter(coalition=in_force_now.platform.coalition)
    if moment is not None:
        memberships = memberships.filter(held__contains=moment)
    return set(memberships.values_list("person", flat=True))


def signed_by(in_force_now: PlatformInForce, demands: Collection[int], on: dt.date | None) -> set[int]:
    """Ids of those whose signature to the platform or to one of `demands` stood on that day."""
    signatures = Signature.objects.filter(Q(platform_version__platform=in_force_now.platform) | Q(demand__in=demands))
    if on is not None:
        signatures = signatures.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on), signed_on__lte=on)
    return set(signatures.values_list("person", flat=True))


def moved_by_corrections(roll_calls: Collection[int]) -> dict[int, int]:
    """How many chapter scores the corrections of each vote moved, by id of the roll call; one query."""
    changes = ScoreChange.objects.filter(roll_call__in=roll_calls, cause=Cause.CORRECTION.value, demand=None)
    counted = changes.exclude(chapter="").values("roll_call").annotate(n=Count("pk")).order_by()
    return {row["roll_call"]: row["n"] for row in counted}


def outcomes_of(
    in_force_now: PlatformInForce, links: Collection[Link], version: RollCallVersion, ballots: Iterable[Ballot]
) -> dict[int, Outcome]:
    """What each ballot of a vote counts for, by person; empty where nothing is linked or links pull both ways."""
    if len({link.wants for link in links}) != 1:
        return {}
    strongest = max(links, key=lambda link: link.weight)
    readings = ((b.person_id, read_ballot(strongest, version, b, in_force_now.profile)) for b in ballots)
    return {person: reading.outcome for person, reading in readings if reading is not None}
