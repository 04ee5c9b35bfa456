"""The ground of every point: one vote read for one demand, with its link, its rule, its ruling and its source."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, JSONObject

from deputies.people.enums import Threshold
from deputies.people.models import Person
from deputies.sources.enums import Basis
from deputies.sources.prepared import among, prepared
from deputies.sources.rows import Written
from deputies.votes.enums import Kind, Position
from deputies.votes.models import Ballot, FactionStatement, RollCall, RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic, arithmetics_of
from deputies.votes.reports.votes import free_votes_in
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import Demand, DemandText, Platform
from pledges.scorecards.enums import Column, LinkState, Outcome, PositionClass, Role, RulingKind, Silence, Wants
from pledges.scorecards.method import (
    CLASSES,
    WEIGHT_UNIT,
    Profile,
    Pull,
    Reading,
    Recorded,
    Tally,
    column,
    once,
    read,
    tally,
)
from pledges.scorecards.models import Link, Ruling
from pledges.scorecards.reports.platform import PlatformInForce, Rulings
from pledges.tracker.models import Signature

if TYPE_CHECKING:
    from django.db.models import QuerySet

_APPROVED = """
SELECT coalesce(jsonb_agg(jsonb_build_object('ru', s.organisation_ru, 'en', s.organisation_en) ORDER BY s.id), '[]')
FROM scorecards_linkapproval s WHERE s.link_id = {0}
"""
_VETOED = """
SELECT coalesce(jsonb_agg(jsonb_build_object('ru', s.organisation_ru, 'en', s.organisation_en,
    'reason_ru', s.reason_ru, 'reason_en', s.reason_en) ORDER BY s.id), '[]')
FROM scorecards_linkveto s WHERE s.link_id = {0} AND s.withdrawn_at IS NULL
"""


@dataclass(frozen=True)
class Line:
    """One vote read for one demand: why it is linked, what the deputy did, what that counts for.

    `ballot` is None when the deputy could not vote then. `ruling` is on this ballot, `silence` on the whole vote.
    """

    link: Link
    text: DemandText
    version: RollCallVersion
    ballot: Ballot | None
    profile: Profile
    ruling: Ruling | None = None
    silence: Ruling | None = None
    arithmetic: Arithmetic | None = None
    free_vote: FactionStatement | None = None  # that the faction of that moment left its deputies free
    is_flagged: bool = False  # whether a reviewed, published finding says that the deputy crossed the red line

    def read_by(self, profile: Profile) -> Reading | None:
        """What it counts for under a method; None without a ballot, and where the position is not eligible."""
        if self.ballot is None:
            return None
        position = recorded(self.ballot, self.ruling).read_as(as_corrected=profile.as_corrected)
        return read(profile, position, self.column, self.link.weight)

    @cached_property
    def reading(self) -> Reading | None:
        """What it counts for under the platform's own method."""
        return self.read_by(self.profile)

    @property
    def outcome(self) -> Outcome | None:
        return self.reading.outcome if self.reading else None

    @cached_property
    def column(self) -> Column:
        """The column of the position rule."""
        return column(Wants(self.link.wants), Threshold(self.version.threshold), self._silence)

    @property
    def read_as(self) -> Position | None:
        """The position that is counted: the recorded one unless a ruling or the method has it otherwise."""
        if self.ballot is None:
            return None
        return recorded(self.ballot, self.ruling).read_as(as_corrected=self.profile.as_corrected)

    @property
    def is_ruled(self) -> bool:
        """Whether a ruling on the ballot reads it as another position than the recorded one."""
        if self.ballot is None or self.ruling is None:
            return False
        return recorded(self.ballot, self.ruling).read_as() is not recorded(self.ballot, None).read_as()

    @cached_property
    def day(self) -> dt.date | None:
        """The day of the vote where the chamber sits; None where it is not known."""
        held_at = self.version.held_at
        return held_at.astimezone(self.link.roll_call.chamber.zone).date() if held_at else None

    @property
    def is_before_in_force(self) -> bool:
        """Whether the vote was held on a day when the demand was not in force."""
        return self.day is not None and not in_force(self.link.demand, self.day)

    @property
    def is_before_published(self) -> bool:
        """Whether the vote was held before the link to it was published: chosen with the result known."""
        held_at, published_at = self.version.held_at, self.link.published_at
        return held_at is not None and published_at is not None and held_at < published_at

    @property
    def is_chosen_in_advance(self) -> bool:
        """Whether the link is known to have been published before the vote; not so where the day is not known."""
        held_at, published_at = self.version.held_at, self.link.published_at
        return held_at is not None and published_at is not None and held_at >= published_at

    @property
    def main_vote(self) -> RollCall | None:
        """The main vote on the same text, where this vote is another one and so cannot count."""
        decision = self.link.roll_call.decision
        return decision.main if decision and decision.main_id != self.link.roll_call_id else None

    @property
    def is_secondary(self) -> bool:
        """Whether it is one of several votes on a text and not the main one."""
        decision = self.link.roll_call.decision
        return decision is not None and decision.main_id != self.link.roll_call_id

    @property
    def is_signed(self) -> bool:
        """Whether the deputy ever signed the demand or its platform."""
        return getattr(self.link, "is_signed", False)

    @property
    def is_bound(self) -> bool:
        """Whether on the day of the vote the deputy's signature stood, given on an earlier day."""
        return getattr(self.link, "is_bound", False)

    @property
    def signed(self) -> tuple[dt.date, dt.date | None] | None:
        """The days on which the deputy signed the demand or its platform, and withdrew; None without a signature."""
        dates: dict[str, str | None] | None = getattr(self.link, "signature", None)
        if not dates or not dates["signed"]:
            return None
        return dt.date.fromisoformat(dates["signed"]), dt.date.fromisoformat(w) if (w := dates["withdrawn"]) else None

    @property
    def is_divided(self) -> bool:
        """Whether the vote was not unanimous."""
        return getattr(self.link, "is_divided", False)

    @property
    def is_red_line(self) -> bool:
        return self.text.demand.chapter == Chapter.RED_LINE

    @property
    def counts(self) -> bool:
        """Whether it is in a sum."""
        is_chosen = self.link.role == Role.SCORING and not self.is_red_line and not self.is_secondary
        return is_chosen and not self.is_before_in_force and self.version.kind == Kind.BY_NAME

    @property
    def is_looked_at(self) -> bool:
        """Whether a vote on a red line could show that the deputy crossed it."""
        by_name = self.version.kind == Kind.BY_NAME and not self.is_before_in_force and not self.is_secondary
        return self.is_red_line and by_name and self.reading is not None

    @property
    def is_breach(self) -> bool:
        """Whether readers see that the deputy crossed a red line: the record says so, and two persons published it."""
        return self.is_flagged and self.crosses

    @property
    def crosses(self) -> bool:
        """Whether a recorded vote went across a red line; silence and what is worked out or disputed never do."""
        if not self.is_looked_at or self.ballot is None:
            return False
        cast = Position(self.ballot.position) in CAST and self.ballot.basis in (Basis.OFFICIAL, Basis.NAMED)
        return cast and self.outcome is Outcome.AGAINST

    @property
    def is_strong(self) -> bool:
        return self.link.weight > WEIGHT_UNIT

    @property
    def weight(self) -> Fraction:
        """The weight in votes."""
        return Fraction(self.link.weight, WEIGHT_UNIT)

    @property
    def silence_counts(self) -> bool:
        """Whether in this vote not voting has the effect of a vote against."""
        return column(Wants.PASS, Threshold(self.version.threshold), self._silence) is Column.ASKED_STRONG

    @property
    def _silence(self) -> Silence | None:
        return Silence(self.silence.silence) if self.silence else None


CAST = frozenset(CLASSES[PositionClass.FOR] + CLASSES[PositionClass.AGAINST])


def recorded(ballot: Ballot, ruling: Ruling | None) -> Recorded:
    """A ballot as the pure core reads it."""
    corrected = Position(ballot.corrected_position) if ballot.corrected_position else None
    reads_as = Position(ruling.reads_as) if ruling and ruling.reads_as else None
    ruled = (RulingKind(ruling.kind), reads_as) if ruling else None
    return Recorded(Position(ballot.position), corrected, ballot.basis == Basis.INFERRED, ruled)


def in_force(demand: Demand, day: dt.date) -> bool:
    """Whether a vote of `day` can count for the demand."""
    return day >= demand.in_force_from and (demand.in_force_until is None or day < demand.in_force_until)


def line_of(
    link: Link, text: DemandText, version: RollCallVersion, ballot: Ballot | None, profile: Profile, rulings: Rulings
) -> Line:
    """One vote read for one demand, with the rulings on it."""
    ruling = rulings.get((link.roll_call_id, ballot.person_id)) if ballot else None
    return Line(link, text, version, ballot, profile, ruling, rulings.get((link.roll_call_id, None)))


SHOWN = [LinkState.PUBLISHED.value, LinkState.VETOED.value]


def links_of(
    in_force_now: PlatformInForce,
    *,
    demand: Demand | None = None,
    roll_call: RollCall | None = None,
    person: Person | None = None,
    states: Collection[str] = SHOWN[:1],
) -> list[Link]:
    """The published links of a platform, of one demand or of one vote, latest vote first; one query.

    With `person` each link says whether that deputy signed what it is of (`is_signed`) and when (`signature`), had
    done so before the day of the vote (`is_bound`), and whether the vote divided the chamber (`is_divided`).
    """
    platform = in_force_now.platform
    zone = platform.coalition.chamber.timezone
    return sorted(_links_of(platform, list(states), demand, roll_call, person, zone), key=_latest_first)


@prepared
def _links_of(
    platform: Platform,
    states: list[str],
    demand: Demand | None,
    roll_call: RollCall | None,
    person: Person | None,
    zone: str,
) -> "QuerySet[Link]":
    links = Link.objects.filter(
        among("state", states), demand__platform=platform, roll_call__published__isnull=False
    ).select_related("demand", "roll_call__chamber", "roll_call__published__source", "roll_call__decision__main")
    links = links.annotate(**_stands())
    links = links.defer("roll_call__published__source__content")  # pages cite a document, they do not read its bytes
    if demand is not None:
        links = links.filter(demand=demand)
    if roll_call is not None:
        links = links.filter(roll_call=roll_call)
    if person is not None:
        links = dated(links, zone).annotate(**_as_signed_by(person))
    return links


def _stands() -> dict[str, Written]:
    """Who stands behind a link and who objects to it, for `Link.approvers` and `Link.objections`."""
    return {"approved_by": Written(_APPROVED, "pk"), "vetoed_by": Written(_VETOED, "pk")}


def _as_signed_by(person: Person) -> dict[str, Exists | Q | Subquery]:
    signed = Signature.objects.filter(
        Q(demand=OuterRef("demand")) | Q(platform_version__texts__demand=OuterRef("demand")), person=person
    )
    bound = signed.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=OuterRef("day")), signed_on__lt=OuterRef("day"))
    cast = Ballot.objects.filter(version=OuterRef("roll_call__published"))
    divided = Exists(cast.filter(position__in=CLASSES[PositionClass.FOR])) & Exists(
        cast.filter(position__in=CLASSES[PositionClass.AGAINST])
    )
    standing_first = signed.order_by(F("withdrawn_on").desc(nulls_first=True), "signed_on")
    dates = standing_first.values(dates=JSONObject(signed="signed_on", withdrawn="withdrawn_on"))
    return {
        "is_signed": Exists(signed),
        "is_bound": Exists(bound),
        "is_divided": divided,
        "signature": Subquery(dates[:1]),
    }


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
        line_of(
            link,
            in_force_now.text_of(link.demand_id),
            version,
            ballots.get(version.pk),
            in_force_now.profile,
            in_force_now.rulings,
        )
        for link in links
        for version in [_version(link)]
    ]


def with_arithmetic(evidence: Collection[Line]) -> list[Line]:
    """The same lines with the numbers of their votes; one query, so ask for the lines that will be shown."""
    numbers = arithmetics_of({line.version.pk: line.version for line in evidence}.values())
    return [replace(line, arithmetic=numbers[line.version.pk]) for line in evidence]


def with_free_votes(evidence: Collection[Line]) -> list[Line]:
    """The same lines with what the deputy's faction of that moment left free; one query."""
    free = free_votes_in([line.version for line in evidence])
    return [
        replace(line, free_vote=free.get((line.version.pk, line.ballot.faction_id or 0) if line.ballot else (0, 0)))
        for line in evidence
    ]


def linked_calls(in_force_now: PlatformInForce) -> "QuerySet[Link, int]":
    """Ids of the recorded votes that the coalition compared with its demands, each once."""
    return published_links(in_force_now).values_list("roll_call", flat=True).distinct()


def published_links(in_force_now: PlatformInForce) -> "QuerySet[Link]":
    """The published links of a platform to published votes, in no particular order."""
    published = Link.objects.filter(demand__platform=in_force_now.platform, state=LinkState.PUBLISHED.value)
    return published.exclude(roll_call__published=None)


COUNTS = (  # what Line.counts says, of a dated link
    Q(role=Role.SCORING.value, demand__chapter__in=COUNTED, roll_call__published__kind=Kind.BY_NAME.value)
    & (Q(roll_call__decision=None) | Q(roll_call__decision__main=F("roll_call")))
    & (Q(day=None) | Q(day__gte=F("demand__in_force_from")))
    & (Q(day=None) | Q(demand__in_force_until=None) | Q(day__lt=F("demand__in_force_until")))
)


def dated(links: "QuerySet[Link]", zone: str) -> "QuerySet[Link]":
    """The links, each with the day of its vote in a time zone, the chamber's; None where it is not known."""
    name = zone if isinstance(zone, Expression) else Value(zone)  # a prepared question has a place for it
    local = Func(name, F("roll_call__published__held_at"), function="timezone", output_field=DateTimeField())
    return links.annotate(day=Cast(local, DateField()))


def links_by_vote(
    in_force_now: PlatformInForce, roll_calls: Collection[RollCall] | None, *, states: Collection[str] = SHOWN[:1]
) -> dict[int, list[tuple[Link, DemandText]]]:
    """The published links of some votes with the words of their demands, by id of the roll call; one query.

    With None, of every published vote, each with whether it is counted (`is_counted`).
    """
    texts = {text.demand_id: text for text in in_force_now.texts}
    calls = None if roll_calls is None else [call.pk for call in roll_calls]
    found: dict[int, list[tuple[Link, DemandText]]] = {}
    zone = in_force_now.platform.coalition.chamber.timezone
    for link in _links(list(texts), list(states), calls, zone):
        link.demand = texts[link.demand_id].demand
        found.setdefault(link.roll_call_id, []).append((link, texts[link.demand_id]))
    return found


@prepared
def _links(demands: list[int], states: list[str], calls: list[int] | None, zone: str) -> "QuerySet[Link]":
    which = Q(roll_call__published__isnull=False) if calls is None else among("roll_call", calls)
    links = Link.objects.filter(which, among("demand", demands), among("state", states))
    if calls is None:
        links = dated(links, zone).annotate(is_counted=ExpressionWrapper(COUNTS, BooleanField()))
    return links.annotate(**_stands()).order_by("demand__chapter", "demand_id")


def outcomes_of(
    in_force_now: PlatformInForce,
    pairs: Collection[tuple[Link, DemandText]],
    version: RollCallVersion,
    ballots: Iterable[Ballot],
) -> dict[int, Outcome]:
    """What each ballot of a vote counts for, by person; empty where no demand is linked or links pull both ways.

    A red line counts for nothing: who crossed one is shown only once two persons have published it.
    """
    pairs = [pair for pair in pairs if pair[1].demand.chapter != Chapter.RED_LINE]
    if len({link.wants for link, _ in pairs}) != 1:
        return {}
    link, text = max(pairs, key=lambda pair: pair[0].weight)
    read_lines = (line_of(link, text, version, b, in_force_now.profile, in_force_now.rulings) for b in ballots)
    return {line.ballot.person_id: line.outcome for line in read_lines if line.ballot and line.outcome}


def each_once(evidence: Iterable[Line]) -> tuple[list[Line], int]:
    """The lines that are in a sum, each vote once with its largest weight, and the number of conflicting votes."""
    counting = [line for line in evidence if line.counts and line.reading is not None]
    chosen = once(Pull(line.version.pk, Wants(line.link.wants), line.link.weight) for line in counting)
    found = []
    for line in counting:
        pull = chosen.get(line.version.pk)
        if isinstance(pull, Pull) and pull.weight == line.link.weight:
            found.append(line)
            del chosen[line.version.pk]
    return found, len(chosen)


def tally_of(evidence: Iterable[Line], profile: Profile) -> Tally:
    """What some evidence sums to under a method: the same as the set-based count of the same votes."""
    readings = (line.read_by(profile) for line in each_once(evidence)[0])
    return tally(reading for reading in readings if reading is not None)
