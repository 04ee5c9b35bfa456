"""What can be expected of each deputy in a coming vote, and what they did in it."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from deputies.people.enums import Threshold
from deputies.sources.dates import latest_day
from deputies.sources.enums import Basis
from deputies.votes.enums import Position
from deputies.votes.models import AgendaItem, Ballot
from deputies.votes.reports.eligibility import Seated, seated_at
from deputies.votes.reports.houses import house
from pledges.findings.enums import Match, Rung
from pledges.findings.ladder import ASKED, Cast, Ground, Record, expected, match, on_line, on_record, on_word
from pledges.findings.models import AgendaLink, Expectation
from pledges.findings.reports.upcoming import Hits, summed
from pledges.scorecards.enums import PositionClass, Wants
from pledges.scorecards.method import CLASSES
from pledges.scorecards.reports.evidence import Line, lines, links_of, recorded
from pledges.scorecards.reports.margins import STATED
from pledges.scorecards.reports.platform import PlatformInForce, platform_of
from pledges.scorecards.standing import Strength
from pledges.tracker.enums import Review, Stance, Status
from pledges.tracker.models import Pledge, PledgeStatus, Signature

Asking = Mapping[int, Wants]  # what each linked demand asks of a vote, by id of the demand
HEARD = (Stance.PROMISED.value, Stance.REFUSED.value, Stance.UNDECIDED.value)  # silence takes no earlier word back
FOR, AGAINST = CLASSES[PositionClass.FOR], CLASSES[PositionClass.AGAINST]


@dataclass(frozen=True, slots=True)
class Row:
    """A deputy who holds a seat when voting begins, what is expected of them, and their ballot once there is one."""

    seated: Seated
    expectation: Expectation
    ballot: Ballot | None = None
    match: Match | None = None  # None where nothing was expected, and before the vote


@dataclass(frozen=True, slots=True)
class Gauge:
    """The votes that are expected as the demand asks, with those whose position is not known, of all seats."""

    for_: int
    unknown: int
    to_win: int
    seats: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """A coming vote in numbers; `strength` is None where no demand is linked, or demands ask opposite results."""

    rows: list[Row]
    strength: Strength | None

    @property
    def for_(self) -> int:
        return self._with(Position.FOR)

    @property
    def against(self) -> int:
        return self._with(Position.AGAINST)

    @property
    def unknown(self) -> int:
        return len(self.rows) - self.for_ - self.against

    @property
    def asked(self) -> dict[str, int]:
        """How many are expected as the demand asks, by their word, by what they did before, by their faction's line."""
        position = ASKED[self.strength.wants] if self.strength else ""
        on = Counter(row.expectation.rung for row in self.rows if row.expectation.position == position)
        word = on[Rung.PLEDGED.value] + on[Rung.SIGNED.value]
        return {"word": word, "record": on[Rung.VOTED_SO.value], "line": on[Rung.FACTION_LINE.value]}

    @property
    def most_short(self) -> int | None:
        """Votes that are missing if nobody of unknown position votes as the demand asks."""
        return self.strength.short_by if self.strength else None

    @property
    def least_short(self) -> int | None:
        """Votes that are missing if everybody of unknown position does."""
        strength = self.strength
        return replace(strength, votes=strength.votes + self.unknown).short_by if strength else None

    @property
    def gauge(self) -> Gauge | None:
        strength = self.strength
        if strength is None or strength.needed is None:
            return None
        return Gauge(strength.votes, self.unknown, strength.needed, strength.seats)

    @property
    def rungs(self) -> list[tuple[Rung, int, int]]:
        """How many are expected for and against on each rung on which anybody stands."""
        counts = Counter((row.expectation.rung, row.expectation.position) for row in self.rows)
        sides = [(rung, counts[rung, Position.FOR], counts[rung, Position.AGAINST]) for rung in Rung]
        return [(rung, for_, against) for rung, for_, against in sides if for_ or against]

    @property
    def hits(self) -> Hits | None:
        """How the expected positions came out; None before the vote."""
        found = [row.match.name.lower() for row in self.rows if row.match]
        return summed([Counter(found)]) if found else None

    def _with(self, position: Position) -> int:
        return sum(row.expectation.position == position for row in self.rows)


def asking_of(links: Iterable[AgendaLink], in_force: PlatformInForce | None) -> Asking:
    """What the demands in force that a vote is linked to ask of it."""
    texts = {text.demand_id for text in in_force.texts} if in_force else set()
    return {link.demand_id: Wants(link.wants) for link in links if link.demand_id in texts}


def expectations_of(item: AgendaItem, at: dt.datetime) -> list[Expectation]:
    """What is to be written down of a vote that begins, unsaved, by district; nine queries."""
    found = house(item.chamber.slug, at, held_at=item.starts_at)
    in_force = platform_of(found) if found else None
    links = item.links.filter(review=Review.PUBLISHED.value)
    asking, seated = asking_of(links, in_force), seated_at(item.chamber, item.starts_at)
    return live(item, in_force, asking, seated)


def forecast_of(item: AgendaItem, in_force: PlatformInForce | None, asking: Asking) -> Forecast:
    """What is expected in a vote by district, as it was written down if voting has begun; at most six queries."""
    seated = seated_at(item.chamber, item.starts_at)
    found = _frozen(item) if item.frozen_at else live(item, in_force, asking, seated)
    told = {one.person_id: one for one in found}
    ballots = _ballots(item)
    rows = [_row(one, told[one.mandate.person_id], ballots) for one in seated if one.mandate.person_id in told]
    wants = set(asking.values())
    if len(wants) != 1:
        return Forecast(rows, None)
    threshold, seats, asked = Threshold(item.threshold), item.chamber.seats, wants.pop()
    votes = sum(row.expectation.position == ASKED[asked] for row in rows)
    return Forecast(rows, Strength(threshold, votes, seats, len(seated), item.threshold_number, wants=asked))


def _row(one: Seated, expectation: Expectation, ballots: Mapping[int, Ballot] | None) -> Row:
    if ballots is None:
        return Row(one, expectation)
    ballot = ballots.get(one.mandate.person_id)
    if not expectation.position:
        return Row(one, expectation, ballot)
    known = ballot is not None and ballot.basis != Basis.INFERRED
    cast = Position(ballot.position) if ballot and known else None
    return Row(one, expectation, ballot, match(Position(expectation.position), cast))


def _ballots(item: AgendaItem) -> dict[int, Ballot] | None:
    """The ballots of the recorded vote by person; None while there is no record that readers see."""
    if item.roll_call is None or item.roll_call.published_id is None:
        return None
    return {ballot.person_id: ballot for ballot in Ballot.objects.filter(version=item.roll_call.published_id)}


def _frozen(item: AgendaItem) -> list[Expectation]:
    rows = item.expectations.select_related("pledge__source", "signature__source", "faction")
    return list(rows.defer("pledge__source__content", "signature__source__content"))


def live(
    item: AgendaItem, in_force: PlatformInForce | None, asking: Asking, seated: Collection[Seated]
) -> list[Expectation]:
    """What is expected of everybody `seated` as of when voting begins, unsaved; four queries, none without a link."""
    if in_force is None or not asking:
        return [_expectation(item, one, None, {}, {}) for one in seated]
    day = item.starts_at.astimezone(item.chamber.zone).date()
    pledges, signatures = _pledges(asking, day), _signatures(asking, day)
    records = _records(item, in_force, asking)
    words: dict[int, list[Ground]] = {}
    for pledge in pledges.values():
        ground = on_word(pledge.demand_id, asking[pledge.demand_id], pledge.pk, Stance(pledge.stance))
        words.setdefault(pledge.person_id or 0, []).extend([ground] if ground else [])
    for one in signatures.values():
        words.setdefault(one.person_id, []).extend(_signed(one, asking))
    rows = []
    for one_seated in seated:
        grounds = [*words.get(one_seated.mandate.person_id, []), *_done(one_seated, records, asking)]
        rows.append(_expectation(item, one_seated, expected(grounds), pledges, signatures))
    return rows


def _signed(signature: Signature, asking: Asking) -> Iterator[Ground]:
    for demand in signature.about:  # type: ignore[attr-defined]
        yield Ground(Rung.SIGNED, ASKED[asking[demand]], demand, signature.pk)


def _done(seated: Seated, records: Mapping[int, Record], asking: Asking) -> Iterator[Ground]:
    person, faction = seated.mandate.person_id, seated.faction_membership and seated.faction_membership.faction_id
    for demand, record in records.items():
        found = [on_record(demand, asking[demand], record.own(person))]
        if faction:
            found.append(on_line(demand, asking[demand], faction, record.lines(faction, person)))
        yield from (ground for ground in found if ground)


def _expectation(
    item: AgendaItem,
    seated: Seated,
    ground: Ground | None,
    pledges: Mapping[int, Pledge],
    signatures: Mapping[int, Signature],
) -> Expectation:
    person, membership = seated.mandate.person, seated.faction_membership
    if ground is None:
        return Expectation(item=item, person=person, rung=Rung.UNKNOWN.value)
    return Expectation(
        item=item,
        person=person,
        rung=ground.rung.value,
        position=ground.position.value,
        demand_id=ground.demand,
        pledge=pledges[ground.evidence] if ground.rung is Rung.PLEDGED else None,
        signature=signatures[ground.evidence] if ground.rung is Rung.SIGNED else None,
        faction=membership.faction if ground.rung is Rung.FACTION_LINE and membership else None,
        votes=ground.votes,
        of_votes=ground.of_votes,
    )


def _pledges(asking: Asking, day: dt.date) -> dict[int, Pledge]:
    """The latest word of each deputy on each demand that is certainly from before the day, by id.

    One that events made void by then is none.
    """
    void = PledgeStatus.objects.filter(review=Review.PUBLISHED.value, status=Status.OVERTAKEN.value, on__lte=day)
    later = Pledge.objects.published().filter(
        person=OuterRef("person"), demand=OuterRef("demand"), stance__in=HEARD, said_on__lt=day,
        said_on__gt=OuterRef("said_on"),
    )  # fmt: skip
    rows = Pledge.objects.published().filter(demand__in=asking, person__isnull=False, stance__in=HEARD, said_on__lt=day)
    rows = rows.filter(~Exists(later), ~Exists(void.filter(pledge=OuterRef("pk"))))
    rows = rows.filter(basis__in=STATED).select_related("source").defer("source__content").order_by("pk")
    return {pledge.pk: pledge for pledge in rows if _is_from_before(pledge.said_on, pledge.said_precision, day)}


def _is_from_before(said_on: dt.date, precision: str, day: dt.date) -> bool:
    latest = latest_day(said_on, precision)
    return latest is not None and latest < day


def _signatures(asking: Asking, day: dt.date) -> dict[int, Signature]:
    """Signatures that stand on the day and were given before it, by id, with the linked demands they are `about`."""
    rows = (
        Signature.objects.annotate(demand_signed=Coalesce("demand", "platform_version__texts__demand"))
        .filter(
            Q(withdrawn_on=None) | Q(withdrawn_on__gt=day),
            demand_signed__in=asking,
            signed_on__lt=day,
            basis__in=STATED,
        )
        .select_related("source")
        .defer("source__content")
        .order_by("pk")
    )
    found: dict[int, Signature] = {}
    for row in rows:
        if not _is_from_before(row.signed_on, row.signed_precision, day):
            continue
        kept = found.setdefault(row.pk, row)
        kept.about = [*getattr(kept, "about", []), row.demand_signed]  # type: ignore[attr-defined]
    return found


def _records(item: AgendaItem, in_force: PlatformInForce, asking: Asking) -> dict[int, Record]:
    """What was done before in the votes that count for the linked demands, by demand; rulings read as they do."""
    links = [link for link in links_of(in_force) if link.demand_id in asking]
    before = [line for line in lines(links, {}, in_force) if line.counts and _is_before(line, item.starts_at)]
    cast: dict[int, list[Ballot]] = {}
    columns = ("version", "person", "faction", "position", "corrected_position", "basis")
    for ballot in Ballot.objects.filter(version__in={line.version.pk for line in before}).only(*columns):
        cast.setdefault(ballot.version_id, []).append(ballot)
    found: dict[int, list[Cast]] = {demand: [] for demand in asking}
    for line in before:
        asked = FOR if line.link.wants == Wants.PASS else AGAINST
        for ballot in cast.get(line.version.pk, []):
            position = recorded(ballot, in_force.rulings.get((line.link.roll_call_id, ballot.person_id))).read_as()
            if position in FOR + AGAINST:
                as_asked = position in asked
                found[line.link.demand_id].append(Cast(line.version.pk, ballot.person_id, ballot.faction_id, as_asked))
    return {demand: Record(ballots) for demand, ballots in found.items()}


def _is_before(line: Line, moment: dt.datetime) -> bool:
    return line.version.held_at is not None and line.version.held_at < moment
