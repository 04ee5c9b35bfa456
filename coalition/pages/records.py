"""All that is on record of one deputy, as the pages about that deputy show it."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coalition.pages.pictures import Staircase, staircase
from deputies.people.enums import Left
from deputies.people.models import Mandate
from deputies.sources.enums import Basis
from deputies.votes.enums import Position
from deputies.votes.models import Ballot
from deputies.votes.reports.deputies import ballots_of, mandates_of
from deputies.votes.reports.houses import House, house_in
from deputies.votes.reports.seats import Stretch, stretches_of
from pledges.findings.enums import FindingKind
from pledges.findings.models import Finding
from pledges.findings.reports.told import breaches_of, of_person, with_flags
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import DemandText
from pledges.scorecards import wording
from pledges.scorecards.enums import Cause
from pledges.scorecards.method import Profile, Tally
from pledges.scorecards.reports.cards import Card, Scorecard, scorecard
from pledges.scorecards.reports.evidence import Line, links_of
from pledges.scorecards.reports.groups import Group, Scope, differs
from pledges.scorecards.reports.history import Move, moves_of
from pledges.scorecards.reports.links import Linked
from pledges.scorecards.reports.measures import Measure, measures_of
from pledges.scorecards.reports.platform import PlatformInForce, platform_of

LATEST = 6
SQUARES = 38
MOVES = 60
RECENT = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter of a deputy with what belongs beside it; `others` is None where they are too few to compare with."""

    card: Card
    others: Group | None
    moves: list[Move]  # the latest first
    chart: Staircase | None

    @property
    def differs(self) -> bool:
        return self.others is not None and differs(self.card.measure, self.others.pooled)

    @property
    def shown(self) -> list[Move]:
        """As many moves as fit on a page."""
        return self.moves[:MOVES]


def _chart(moves: list[Move], end: dt.datetime) -> Staircase | None:
    """The percentages that the page could print, until `end` or a later correction; None with fewer than two."""
    states = [
        (move.change.at, wording.percent_of(move.after), move.change.cause != Cause.NEW_VOTE)
        for move in reversed(moves)
    ]
    return staircase(states, max([end, *(moment for moment, _, _ in states)]))


@dataclass(frozen=True, slots=True)
class Asked:
    """The chapters as they stood at the end of the day a reader asked for, or why that cannot be said."""

    text: str  # as the reader wrote it
    day: dt.date | None = None
    chapters: list[tuple[Chapter, Measure]] = field(default_factory=list)
    profile: Profile | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a deputy's page tells."""

    house: House
    mandates: list[Mandate]
    ballots: list[Ballot]
    in_force: PlatformInForce | None
    card: Scorecard | None
    moves: list[Move]
    now: dt.datetime
    findings: list[Finding] = field(default_factory=list)  # published, the latest first

    @property
    def mandate(self) -> Mandate:
        return self.mandates[0]

    @property
    def left_early(self) -> bool:
        upper = self.mandate.held.upper
        return upper is not None and upper <= self.now and self.mandate.left != Left.TERM_ENDED

    @property
    def successor(self) -> Mandate | None:
        """Who held the seat next; None where no source names anybody."""
        later = (m for m in self._holders if m.held.lower and m.held.lower >= (self.mandate.held.upper or self.now))
        return next(later, None)

    @property
    def _holders(self) -> list[Mandate]:
        return self.mandate.holders  # type: ignore[attr-defined, no-any-return]

    def strip(self) -> list[tuple[Stretch, list[tuple[Chapter, Measure | None]]]]:
        """The seat in the term where more than one person held it, with their chapters; one query, none without."""
        people = [mandate.person_id for mandate in self._holders]
        if len(set(people)) < 2:
            return []
        found = measures_of(self.in_force, persons=people) if self.in_force else {}
        return [
            (
                one,
                [(chapter, found.get((one.mandate.person_id, chapter))) for chapter in COUNTED] if one.mandate else [],
            )
            for one in stretches_of(self._holders, self.house.at)
        ]

    @property
    def has_score(self) -> bool:
        return self.card is not None and any(card.marks for card in self.card.chapters)

    @property
    def as_bars(self) -> bool:
        """Whether a chapter has too many votes for countable squares; both are then drawn alike."""
        return self.card is not None and any(len(card.marks) > SQUARES for card in self.card.chapters)

    @property
    def sentence(self) -> str:
        worked_out = [ballot for ballot in self.ballots if ballot.basis == Basis.INFERRED]
        gaps = sum(ballot.position == Position.DATA_MISSING for ballot in self.ballots)
        if worked_out and len(worked_out) + gaps == len(self.ballots):
            return _worked_out_sentence(worked_out)
        if self.card is None or not self.card.evidence:
            return _nothing_linked(self.house.recorded)
        chapters = [card.measure for card in self.card.chapters]
        if any(measure.counted or measure.missed for measure in chapters):
            return wording.chapters_sentence(self.card.chapters)
        return _no_counted(len(self.ballots))

    @property
    def latest(self) -> list[Line]:
        """The latest counted votes, each once."""
        seen: dict[int, Line] = {}
        for line in self.card.evidence if self.card else []:
            if line.counts and line.reading and line.reading.mass:
                seen.setdefault(line.version.pk, line)
        return list(seen.values())[:LATEST]

    def tally_at(self, chapter: Chapter, moment: dt.datetime) -> Tally:
        """A chapter as it stood at `moment`: as the last change until then left it."""
        moves = (move for move in self.moves if move.chapter == chapter and move.change.at <= moment)
        last = next(moves, None)
        return last.after.tally if last else Tally()

    @property
    def ruled_out(self) -> list[DemandText]:
        return self.in_force.of_chapter(Chapter.RED_LINE) if self.in_force else []

    def parts(self, others: Mapping[Scope, Group]) -> list[Part]:
        """The chapters with what belongs beside each; `others` are the rest of the faction by scope."""
        return [
            Part(card, others.get((None, card.chapter)), moves, _chart(moves, self.house.at))
            for card in (self.card.chapters if self.card else [])
            for moves in [[move for move in self.moves if move.chapter == card.chapter]]
        ]

    @property
    def breaches(self) -> list[tuple[Line, Finding]]:
        """Published breaches of a red line: shown with their evidence wherever the chapters are, in no number."""
        return breaches_of(self.card.evidence, self.findings) if self.card else []

    @property
    def beside_words(self) -> list[tuple[Finding, Line]]:
        """What was published of votes beside a pledge or signature, each with its vote, the latest first."""
        by_link = {line.link.matter: line for line in self.card.evidence} if self.card else {}
        found = [one for one in self.findings if one.kind != FindingKind.RED_LINE and one.link.matter in by_link]
        return [(one, by_link[one.link.matter]) for one in found]

    @property
    def unlinked(self) -> list[Ballot]:
        linked = {line.version.pk for line in self.card.evidence} if self.card else set()
        return [ballot for ballot in self.ballots if ballot.version_id not in linked]

    @property
    def linked_votes(self) -> Linked:
        evidence = self.card.evidence if self.card else []
        counted = {line.version.pk for line in evidence if line.counts}
        return Linked(len({line.version.pk for line in evidence}), len(counted))

    @property
    def recent(self) -> list[Move]:
        """Moves within thirty days, counted from midnight to midnight: the page is kept for the day."""
        zone = self.house.chamber.zone
        first = self.now.astimezone(zone).date() - RECENT
        return [move for move in self.moves if move.before.counted and move.change.at.astimezone(zone).date() > first]


def _worked_out_sentence(ballots: Collection[Ballot]) -> str:
    if len(ballots) == 1:
        (ballot,) = ballots
        told = {"position": wording.POSITIONS[Position(ballot.position)], "title": ballot.version.title}
        return _("No recorded vote. One vote worked out from totals: %(position)s, %(title)s.") % told
    return ngettext(
        "No recorded vote. %(count)d vote worked out from totals.",
        "No recorded vote. %(count)d votes worked out from totals.",
        len(ballots),
    ) % {"count": len(ballots)}


def _nothing_linked(recorded: int) -> str:
    if not recorded:
        return _("No roll calls yet.")
    return ngettext(
        "%(count)d roll call recorded; none is linked to the platform.",
        "%(count)d roll calls recorded; none is linked to the platform.",
        recorded,
    ) % {"count": recorded}


def _no_counted(recorded: int) -> str:
    if not recorded:
        return _("No recorded vote.")
    return ngettext(
        "%(count)d vote on record; it counts for no demand.",
        "%(count)d votes on record; none of them counts for a demand.",
        recorded,
    ) % {"count": recorded}


def record_or_404(chamber: str, slug: str, term: str | None = None) -> Record:
    """A deputy's record in their latest term, or in `term`; eight queries."""
    now = timezone.now()
    mandates = sorted(mandates_of(chamber, slug), key=lambda m: term is not None and str(m.term.number) != term)
    if not mandates or (term is not None and str(mandates[0].term.number) != term):
        raise Http404("No such deputy.")
    latest = mandates[0]
    house = house_in(latest.term, latest, now)
    in_force = platform_of(house)
    moves = moves_of(in_force, latest.person) if in_force else []
    return record_in(house, mandates, in_force, moves, now)


def record_in(
    house: House,
    mandates: list[Mandate],
    in_force: PlatformInForce | None,
    moves: list[Move],
    now: dt.datetime,
    *,
    beside_words: bool = True,
) -> Record:
    """The record in a term of the deputy with these mandates, the one it opens with first; four queries.

    Without what was published `beside_words` it is three where no vote goes across a red line.
    """
    person, card, findings = mandates[0].person, None, []
    ballots = ballots_of(person, house.chamber)
    if in_force is not None:
        card = scorecard(in_force, person, links_of(in_force, person=person), {b.version_id: b for b in ballots})
        if beside_words or any(line.crosses for line in card.evidence):
            findings = of_person(in_force, person)
        card = replace(card, evidence=with_flags(card.evidence, findings))
    held = {mandate.pk for mandate in mandates if mandate.term_id == mandates[0].term_id}
    own = [b for b in ballots if b.mandate_id in held]
    return Record(house, mandates, own, in_force, card, moves, now, findings)
