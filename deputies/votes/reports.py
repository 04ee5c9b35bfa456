"""What the record says about a vote: who could vote, what was needed, how far it fell short."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Func, IntegerField, OuterRef, Prefetch, Q, Subquery, When
from django.db.models.functions import Coalesce, JSONObject

from deputies.people.enums import Threshold, needed
from deputies.people.models import (
    Chamber,
    District,
    FactionMembership,
    Mandate,
    Office,
    Person,
    SideMembership,
    Term,
)
from deputies.sources.enums import Basis
from deputies.votes.enums import Position, State
from deputies.votes.models import Ballot, FactionStatement, RollCall, RollCallVersion

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Eligible:
    """A deputy who could vote at a moment, with the mandate and the faction of that moment."""

    mandate: Mandate
    faction_membership: FactionMembership | None
    presides: bool


def eligible_at(chamber: Chamber, moment: dt.datetime | None) -> list[Eligible]:
    """Everyone who held a seat at `moment`, by district and seat; with None, everyone who ever did."""
    mandates = Mandate.objects.filter(chamber=chamber)
    memberships = FactionMembership.objects.select_related("faction")
    offices = Office.objects.filter(presides=True)
    if moment is not None:
        mandates = mandates.at(moment)
        memberships = memberships.filter(held__contains=moment)
        offices = offices.filter(held__contains=moment)
    mandates = (
        mandates.select_related("person", "district", "chamber")
        .prefetch_related(
            Prefetch("faction_memberships", memberships, to_attr="factions_then"),
            Prefetch("offices", offices, to_attr="chairs_then"),
        )
        .order_by("district__number", "seat", "person__sort_key", "pk")
    )
    return [
        Eligible(mandate, next(iter(mandate.factions_then), None), presides=bool(mandate.chairs_then))  # type: ignore[attr-defined]
        for mandate in mandates
    ]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A vote in numbers: official where the record states them, counted from the ballots where it does not.

    `needed` is None where more for than against is enough, and where the number it depends on is unknown.
    `not_in_record` is the number of filled seats that the totals do not cover, None if that cannot be said.
    """

    for_: int | None
    against: int | None
    abstain: int | None
    not_voting: int | None
    absent: int | None
    threshold: Threshold
    needed: int | None
    seats: int
    not_in_record: int | None = None

    @property
    def to_win(self) -> int | None:
        """Votes for that would have carried it, given the votes against where only those decide."""
        if self.threshold is Threshold.VOTING:
            return None if self.against is None else self.against + 1
        return self.needed

    @property
    def short_by(self) -> int | None:
        """Votes for that were missing; 0 if there were enough, None if that cannot be said."""
        return None if self.for_ is None or self.to_win is None else max(0, self.to_win - self.for_)

    @property
    def spare(self) -> int | None:
        """Votes for beyond those needed, as in "passed by 1"; None if that cannot be said."""
        return None if self.for_ is None or self.to_win is None else max(0, self.for_ - self.to_win)


_COUNTED = {
    "for_": (Position.FOR, Position.PROXY_FOR, Position.CASTING_FOR),
    "against": (Position.AGAINST, Position.PROXY_AGAINST, Position.CASTING_AGAINST),
    "abstain": (Position.ABSTAIN, Position.PROXY_ABSTAIN),
    "not_voting": (Position.PRESENT_NOT_VOTING,),
    "absent": (Position.ABSENT, Position.EXCUSED),
}


def arithmetic_of(version: RollCallVersion) -> Arithmetic:
    """The numbers of one vote; use `arithmetics_of` for several."""
    return arithmetics_of([version])[version.pk]


def arithmetics_of(versions: Collection[RollCallVersion]) -> dict[int, Arithmetic]:
    """The numbers of several votes, by id of the version, in one query however many; needs roll_call__chamber."""
    filters = {name: Count("ballots", Q(ballots__position__in=positions)) for name, positions in _COUNTED.items()}
    held_then = Mandate.objects.filter(
        chamber=OuterRef("roll_call__chamber"), held__contains=OuterRef("held_at")
    ).order_by()
    filled = Subquery(held_then.annotate(n=Func(F("pk"), function="count")).values("n"))
    rows = (
        RollCallVersion.objects.filter(pk__in=[version.pk for version in versions])
        .annotate(
            named=Count("ballots"),
            filled=Case(When(threshold=Threshold.MANDATES.value, then=filled), output_field=IntegerField()),
            **filters,
        )
        .values("pk", "named", "filled", *filters)
    )
    counted = {row["pk"]: row for row in rows}
    return {version.pk: _arithmetic(version, counted[version.pk]) for version in versions}


def _arithmetic(version: RollCallVersion, counted: Mapping[str, Any]) -> Arithmetic:
    official = {
        "for_": version.total_for,
        "against": version.total_against,
        "abstain": version.total_abstain,
        "not_voting": version.total_not_voting,
        "absent": version.total_absent,
    }
    named = counted["named"]
    is_whole = named and version.basis == Basis.OFFICIAL  # what another source names may be only some of them
    numbers = {name: counted[name] if value is None and is_whole else value for name, value in official.items()}
    present = [numbers[name] for name in ("for_", "against", "abstain", "not_voting")]
    covered = [value for value in numbers.values() if value is not None]
    seats = version.roll_call.chamber.seats
    threshold = Threshold(version.threshold)
    return Arithmetic(
        **numbers,
        threshold=threshold,
        needed=needed(
            threshold,
            seats=seats,
            filled=counted["filled"],
            present=None if present[0] is None else sum(value or 0 for value in present),
            number=version.threshold_number,
        ),
        seats=seats,
        not_in_record=seats - sum(covered) if not named and len(covered) >= 2 and sum(covered) < seats else None,
    )


@dataclass(frozen=True, slots=True)
class House:
    """A chamber as its pages open: its latest term, the moment they speak of, and how many votes are on record.

    `at` is the last certain moment of a term that has ended, and now in one that has not.
    """

    chamber: Chamber
    term: Term | None
    at: dt.datetime
    has_ended: bool
    recorded: int


def house(slug: str, at: dt.datetime) -> House | None:
    """The chamber with this slug as it stands at `at`; None if there is none. One query, two without a term."""
    term = (
        Term.objects.filter(Q(held__startswith__lte=at) | Q(held__startswith=None), chamber__slug=slug)
        .select_related("chamber")
        .annotate(recorded=_recorded())
        .order_by("-held")
        .first()
    )
    if term is not None:
        return house_in(term, term.recorded, at)
    chamber = Chamber.objects.filter(slug=slug).first()
    return House(chamber, None, at, False, 0) if chamber else None


def house_in(term: Term, recorded: int, at: dt.datetime) -> House:
    """A chamber in one of its terms."""
    has_ended = term.held.upper is not None and term.held.upper <= at
    moment = term.held.upper - dt.timedelta(microseconds=1) if has_ended else at
    return House(term.chamber, term, moment, has_ended, recorded)


def _recorded() -> Coalesce:
    """The number of published roll calls of the chamber of a row."""
    published = RollCall.objects.filter(chamber=OuterRef("chamber")).published().order_by().values("chamber")
    return Coalesce(Subquery(published.annotate(n=Count("pk")).values("n")), 0)


@dataclass(frozen=True, slots=True)
class Holding:
    """A mandate in a list: who, with the faction they were last in."""

    mandate: Mandate
    membership: FactionMembership | None
    has_left: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat with those who held it in the term, the first one first; empty where no source names anybody."""

    district: District | None
    holdings: list[Holding]

    @property
    def holder(self) -> Holding | None:
        return next((holding for holding in self.holdings if not holding.has_left), None)

    @property
    def latest(self) -> Holding | None:
        """Who holds the seat, or held it last."""
        return self.holder or (self.holdings[-1] if self.holdings else None)


def seats_of(of: House) -> list[Seat]:
    """The seats of the latest term by district, then those whose district no source states; three queries."""
    mandates = (
        Mandate.objects.filter(chamber=of.chamber, term=of.term)
        .select_related("person", "district")
        .prefetch_related(
            Prefetch("faction_memberships", FactionMembership.objects.select_related("faction").order_by("held"))
        )
        .order_by("district__number", "seat", "held", "person__sort_key")
    )
    held: dict[tuple[int, int], list[Holding]] = {}
    elsewhere: list[Seat] = []
    for mandate in mandates:
        holding = _holding(mandate, of.at)
        if mandate.district_id is None:
            elsewhere.append(Seat(None, [holding]))
        else:
            held.setdefault((mandate.district_id, mandate.seat), []).append(holding)
    seats = []
    for district in of.chamber.districts.order_by("number"):
        places = sorted(place for place in held if place[0] == district.pk)
        seats += [Seat(district, held[place]) for place in places] or [Seat(district, [])]
    return seats + elsewhere


def _holding(mandate: Mandate, at: dt.datetime) -> Holding:
    upper = mandate.held.upper
    memberships = list(mandate.faction_memberships.all())
    return Holding(mandate, memberships[-1] if memberships else None, upper is not None and upper <= at)


def mandates_of(chamber_slug: str, person_slug: str) -> list[Mandate]:
    """The mandates of one deputy in a chamber, the latest first, with factions, sides and offices; four queries.

    Adds `recorded`, the number of published votes of the chamber, and `successor`, who held the same seat next
    (slug, ru, en), None where nobody is known.
    """
    next_in_seat = Mandate.objects.filter(
        district=OuterRef("district"), seat=OuterRef("seat"), term=OuterRef("term"), held__fully_gt=OuterRef("held")
    ).order_by("held")
    named = JSONObject(slug="person__slug", ru="person__name_ru", en="person__name_en")
    memberships = FactionMembership.objects.select_related("faction", "source").defer("source__content")
    return list(
        Mandate.objects.filter(chamber__slug=chamber_slug, person__slug=person_slug)
        .select_related("person", "chamber", "term__chamber", "district__source", "party", "source")
        .defer("source__content", "district__source__content")
        .annotate(recorded=_recorded(), successor=Subquery(next_in_seat.values(named=named)[:1]))
        .prefetch_related(
            Prefetch("faction_memberships", memberships.order_by("held")),
            Prefetch("side_memberships", SideMembership.objects.select_related("source").defer("source__content")),
            Prefetch("offices", Office.objects.select_related("source").defer("source__content")),
        )
        .order_by("-held")
    )


def ballots_of(person: Person, chamber: Chamber) -> list[Ballot]:
    """What the published record shows of one deputy in a chamber, the latest vote first; one query."""
    return list(
        Ballot.objects.filter(person=person, version__published_of__chamber=chamber)
        .select_related("version__roll_call", "version__source", "source", "corrected_source")
        .defer("version__question_ru", "version__question_en", "version__summary_ru", "version__summary_en")
        .defer("version__source__content", "source__content", "corrected_source__content")
        .order_by(F("version__held_at").desc(nulls_last=True), "-version__pk")
    )


@dataclass(frozen=True, slots=True)
class News:
    """One change that readers can see: a vote, or a vote corrected at a moment."""

    version: RollCallVersion
    arithmetic: Arithmetic
    corrected_at: dt.datetime | None = None


def news_of(chamber: Chamber, *, most: int) -> list[News]:
    """The latest corrections of a chamber, at most two, then its latest votes; three queries."""
    corrected = list(
        RollCallVersion.objects.filter(
            roll_call__chamber=chamber, number__gt=1, state__in=[State.PUBLISHED.value, State.CORRECTED.value]
        )
        .select_related("roll_call__chamber")
        .order_by("-published_at", "-pk")[:2]
    )
    latest = [record_of(vote) for vote in votes_of(chamber)[: most - len(corrected)]]
    numbers = arithmetics_of([*corrected, *latest])
    return [News(version, numbers[version.pk], version.published_at) for version in corrected] + [
        News(version, numbers[version.pk]) for version in latest
    ]


@dataclass(frozen=True, slots=True)
class Correction:
    """A version that took the place of an earlier one, with the ballots in which they differ."""

    version: RollCallVersion
    ballots: list[tuple[Ballot, str]]  # as corrected, and the position before


def corrections(roll_call: RollCall | None = None, *, most: int = 100) -> list[Correction]:
    """Published corrections of one vote or of all, the latest first; two queries."""
    published = [State.PUBLISHED.value, State.CORRECTED.value]
    earlier = RollCallVersion.objects.filter(
        roll_call=OuterRef("roll_call"), number__lt=OuterRef("number"), state__in=published
    ).order_by("-number")
    versions = (
        RollCallVersion.objects.filter(number__gt=1, state__in=published)
        .select_related("roll_call__chamber")
        .annotate(before=Subquery(earlier.values("pk")[:1]))
    )
    if roll_call is not None:
        versions = versions.filter(roll_call=roll_call)
    newest = list(versions.order_by("-published_at", "-pk")[:most])
    ballots = Ballot.objects.filter(version__in={pk for v in newest for pk in (v.pk, v.before)}).select_related(
        "person"
    )
    named: dict[int | None, dict[int, Ballot]] = {}
    for ballot in ballots.order_by("person__sort_key"):
        named.setdefault(ballot.version_id, {})[ballot.person_id] = ballot
    return [Correction(v, _differences(named.get(v.pk, {}), named.get(v.before, {}))) for v in newest]


def _differences(now: dict[int, Ballot], before: dict[int, Ballot]) -> list[tuple[Ballot, str]]:
    pairs = ((ballot, before[person].position if person in before else "") for person, ballot in now.items())
    return [(ballot, old) for ballot, old in pairs if ballot.position != old]


def published_vote(chamber_slug: str, slug: str) -> RollCall | None:
    """A vote that readers see, with its record; None if there is none. One query."""
    return (
        RollCall.objects.filter(chamber__slug=chamber_slug, slug=slug)
        .published()
        .select_related("chamber", "published__source")
        .defer("published__source__content")
        .first()
    )


def record_of(vote: RollCall) -> RollCallVersion:
    """What is recorded of a published vote."""
    if vote.published is None:
        raise ValueError(f"{vote} is read although it is not published")
    vote.published.roll_call = vote
    return vote.published


def named_ballots(version: RollCallVersion) -> list[Ballot]:
    """Every ballot of a vote by district, with the deputy and the faction of that moment; one query."""
    return list(
        Ballot.objects.filter(version=version)
        .select_related("person", "faction", "mandate__district", "corrected_source")
        .defer("corrected_source__content")
        .order_by("mandate__district__number", "mandate__seat", "person__sort_key")
    )


def statements_on(version: RollCallVersion) -> list[FactionStatement]:
    """What sources claim whole factions did; one query."""
    statements = FactionStatement.objects.filter(version=version).select_related("faction", "source")
    return list(statements.defer("source__content").order_by("faction__slug", "pk"))


def votes_of(chamber: Chamber) -> "QuerySet[RollCall]":
    """The votes that readers see, the latest first, those without a date last."""
    return (
        chamber.roll_calls.published()
        .select_related("published", "chamber")
        .order_by(F("published__held_at").desc(nulls_last=True), "-published__question_number", "-pk")
    )


def latest_terms() -> list[Term]:
    """Every chamber's latest term by name, chamber and number of votes included; one query."""
    terms = Term.objects.select_related("chamber").annotate(recorded=_recorded()).order_by("chamber__slug", "-held")
    return list(terms.distinct("chamber__slug"))
