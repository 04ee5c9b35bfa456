"""What the published record gives a finding to stand on: votes across a red line, and votes beside a word given."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from deputies.sources.dates import latest_day
from deputies.sources.enums import Precision
from deputies.votes.enums import Position
from deputies.votes.models import Ballot, RollCall
from pledges.findings.enums import FindingKind
from pledges.findings.models import Finding
from pledges.scorecards.enums import Column, Outcome, PositionClass
from pledges.scorecards.method import CLASSES
from pledges.scorecards.reports.evidence import CAST, Line, lines, links_of
from pledges.scorecards.reports.margins import STATED
from pledges.scorecards.reports.platform import PlatformInForce
from pledges.scorecards.reports.redlines import crossings_of
from pledges.scorecards.standing import SILENT
from pledges.tracker.enums import Review, Stance, Status
from pledges.tracker.models import Pledge, PledgeStatus, Signature

VOTED = CAST | frozenset(CLASSES[PositionClass.ABSTAIN])
FEWEST_OTHERS = 3  # of the faction who voted, for "most of the faction" to be said
Key = tuple[str, int, int, int, str, str]  # kind, person, roll call, demand, recorded position, what the demand wants


@dataclass(frozen=True, slots=True)
class Word:
    """A promise or a signature; it stands from the day after `since` until the day before `until`."""

    since: dt.date
    until: dt.date | None = None
    pledge: int | None = None
    signature: int | None = None

    def stands_on(self, day: dt.date) -> bool:
        return self.since < day and (self.until is None or self.until > day)


@dataclass(frozen=True, slots=True)
class Ground:
    """One ballot, read for one demand, of which something is to be said; `words` are those that stood then."""

    kind: FindingKind
    line: Line
    ballot: Ballot
    words: tuple[Word, ...] = ()

    @property
    def key(self) -> Key:
        link = self.line.link
        return (
            self.kind.value, self.ballot.person_id, link.roll_call_id, link.demand_id, self.ballot.position, link.wants,
        )  # fmt: skip

    @property
    def pledge(self) -> int | None:
        """The latest promise."""
        return next((word.pledge for word in reversed(self.words) if word.pledge), None)

    @property
    def signature(self) -> int | None:
        return next((word.signature for word in self.words if word.signature), None)

    def carries(self, finding: Finding) -> bool:
        """Whether the words that a finding names are still among those that stood."""
        pledges, signatures = {word.pledge for word in self.words}, {word.signature for word in self.words}
        return finding.pledge_id in {None, *pledges} and finding.signature_id in {None, *signatures}


@dataclass(frozen=True, slots=True)
class Others:
    """How the others of a deputy's faction voted who cast a vote then: `otherwise` of `voted` not as asked."""

    voted: int
    otherwise: int

    @property
    def are_apart(self) -> bool:
        return self.voted >= FEWEST_OTHERS and self.otherwise * 2 > self.voted


def grounds_in(in_force: PlatformInForce, roll_call: RollCall | None = None) -> list[Ground]:
    """Every ground that the record gives under a platform, or that one vote gives; five queries.

    Only what was recorded of a deputy by name raises one: never absence, an excuse, silence of the record, or what was
    worked out or is disputed; and silence only where in that vote it has the effect of a vote against.
    """
    texts = {text.demand_id for text in in_force.texts}
    links = [link for link in links_of(in_force, roll_call=roll_call) if link.demand_id in texts]
    linked = lines(links, {}, in_force)
    crossed = crossings_of(in_force, [line for line in linked if line.is_red_line and _is_dated(line)])
    return [
        *(Ground(FindingKind.RED_LINE, line, line.ballot) for of in crossed.values() for line in of if line.ballot),
        *_beside_words(in_force, [line for line in linked if line.counts and _is_dated(line)]),
    ]


def _is_dated(line: Line) -> bool:
    return line.day is not None and line.version.held_precision in (Precision.MINUTE, Precision.DAY)


def _beside_words(in_force: PlatformInForce, counted: list[Line]) -> list[Ground]:
    """Ballots not as asked of those who promised or signed it, and as asked where most of the faction's were not."""
    words = words_given(in_force)
    found = []
    for ballot, of_vote in _each_ballot(counted, {person for person, _ in words}):
        standing = [
            (line, then)
            for line in of_vote
            if line.day and (then := _standing(words.get((ballot.person_id, line.link.demand_id), ()), line.day))
        ]
        if len({line.link.wants for line, _ in standing}) > 1:
            continue  # whatever they did is beside one of their words: as in the platform's total, it says nothing
        read = [(_read(in_force, line, ballot), then) for line, then in standing]
        found += [Ground(kind, line, ballot, then) for line, then in read if (kind := _kind(line))]
    others = others_of(in_force, [ground.line for ground in found if ground.kind is FindingKind.AS_PLEDGED])
    return [one for one in found if one.kind is FindingKind.DIFFERS or others[_of(one.line)].are_apart]


def _standing(words: Iterable[Word], day: dt.date) -> tuple[Word, ...]:
    return tuple(word for word in words if word.stands_on(day))


def _kind(line: Line) -> FindingKind | None:
    """What a recorded vote or silence says of a word that was given; None if nothing."""
    is_silent = line.ballot is not None and Position(line.ballot.position) in SILENT
    if line.outcome is Outcome.AGAINST and (not is_silent or line.column is Column.ASKED_STRONG):
        return FindingKind.DIFFERS
    return FindingKind.AS_PLEDGED if line.outcome is Outcome.WITH and not is_silent else None


def _each_ballot(counted: Iterable[Line], people: Collection[int]) -> Iterator[tuple[Ballot, list[Line]]]:
    """Every ballot of some people that can raise a ground, with the lines of its vote; one query."""
    by_version = defaultdict(list)
    for line in counted:
        by_version[line.version.pk].append(line)
    can_raise = Ballot.objects.filter(position__in=[p.value for p in CAST | SILENT], basis__in=STATED)
    for ballot in can_raise.filter(version__in=by_version, person__in=people).order_by("version", "person"):
        yield ballot, by_version[ballot.version_id]


def _read(in_force: PlatformInForce, line: Line, ballot: Ballot) -> Line:
    return replace(line, ballot=ballot, ruling=in_force.rulings.get((line.link.roll_call_id, ballot.person_id)))


def _of(line: Line) -> tuple[int, int]:
    return line.link.pk, line.ballot.person_id if line.ballot else 0


def others_of(in_force: PlatformInForce, told: Collection[Line]) -> dict[tuple[int, int], Others]:
    """How the rest of each deputy's faction voted, by link and person; one query, none without lines."""
    factions = {(line.version.pk, line.ballot.faction_id) for line in told if line.ballot}
    cast = Ballot.objects.filter(
        version__in={version for version, _ in factions},
        faction__in={faction for _, faction in factions if faction},
        position__in=[position.value for position in VOTED],
        basis__in=STATED,
    )
    by_faction = defaultdict(list)
    for ballot in cast if told else ():
        by_faction[ballot.version_id, ballot.faction_id].append(ballot)
    found = {}
    for line in told:
        own = line.ballot
        rest = [b for b in by_faction[line.version.pk, own.faction_id] if b.person_id != own.person_id] if own else []
        outcomes = Counter(_read(in_force, line, ballot).outcome for ballot in rest)
        found[_of(line)] = Others(len(rest), outcomes[Outcome.AGAINST])
    return found


def words_given(in_force: PlatformInForce) -> dict[tuple[int, int], list[Word]]:
    """The published promises of deputies and their signatures, by person and demand, oldest first; two queries.

    A signature under a version of the platform is one under each demand that the version has. A date of which the day
    is not known is taken as late as it can be, and a word of no known date stands before no vote. A promise that events
    made void stands until that day.
    """
    found: defaultdict[tuple[int, int], list[Word]] = defaultdict(list)
    promised = Pledge.objects.published().filter(
        demand__platform=in_force.platform, person__isnull=False, stance=Stance.PROMISED.value, basis__in=STATED
    )
    void = PledgeStatus.objects.filter(
        pledge=OuterRef("pk"), review=Review.PUBLISHED.value, status=Status.OVERTAKEN.value
    )
    for pledge in promised.annotate(void_on=Subquery(void.values("on")[:1])):
        if since := latest_day(pledge.said_on, pledge.said_precision):
            found[pledge.person_id or 0, pledge.demand_id].append(Word(since, pledge.void_on, pledge=pledge.pk))  # type: ignore[attr-defined]
    signed = Signature.objects.filter(
        Q(demand__platform=in_force.platform) | Q(platform_version__platform=in_force.platform), basis__in=STATED
    )
    for one in signed.annotate(of=Coalesce(F("demand"), F("platform_version__texts__demand"))):
        if since := latest_day(one.signed_on, one.signed_precision):
            found[one.person_id, one.of].append(Word(since, one.withdrawn_on, signature=one.pk))
    return {of: sorted(words, key=lambda word: word.since) for of, words in found.items()}
