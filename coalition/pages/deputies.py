"""Deputies: the list, one deputy, and one deputy on one demand."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from deputies.people.enums import Left
from deputies.people.models import Mandate
from deputies.sources.enums import Basis
from deputies.votes.enums import Position
from deputies.votes.models import Ballot
from deputies.votes.reports.deputies import ballots_of, mandates_of
from deputies.votes.reports.houses import House, house_in
from deputies.votes.reports.seats import Seat, seats_of
from pledges.platform.enums import COUNTED
from pledges.scorecards import wording
from pledges.scorecards.reports.cards import Card, Scorecard, scorecard
from pledges.scorecards.reports.evidence import Line, links_of, with_arithmetic
from pledges.scorecards.reports.history import Move, moves_of
from pledges.scorecards.reports.measures import Measure, measures_of
from pledges.scorecards.reports.platform import PlatformInForce, demand_by_slug, membership_of, platform_in_force

LATEST = 6
UNLINKED = 30
SQUARES = 38
RECENT = dt.timedelta(days=30)
LATIN = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
)


@dataclass(frozen=True, slots=True)
class Row:
    """A seat in the list, with a measure per chapter for each who held it."""

    seat: Seat
    measures: dict[int, list[Measure | None]]  # by person id


@require_safe
def deputy_list(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    query = request.GET.get("q", "").strip()[:100]
    seats = [seat for seat in seats_of(house) if not query or _matches(seat, query)]
    people = {holding.mandate.person.slug for seat in seats for holding in seat.holdings}
    if query and len(people) == 1:
        return HttpResponseRedirect(reverse("deputy_page", args=[lang, chamber, *people]))
    in_force = platform_in_force(house.chamber)
    context = {"house": house, "query": query, "rows": _rows(seats, in_force), "in_force": in_force}
    return render(request, "deputies/list.html", context)


def _rows(seats: list[Seat], in_force: PlatformInForce | None) -> list[Row]:
    measures = measures_of(in_force) if in_force else {}
    return [
        Row(
            seat,
            {
                holding.mandate.person_id: [measures.get((holding.mandate.person_id, chapter)) for chapter in COUNTED]
                for holding in seat.holdings
            },
        )
        for seat in seats
    ]


def _matches(seat: Seat, query: str) -> bool:
    """Whether a district number, an area or part of a name, in either alphabet, is what the reader wrote."""
    wanted = _folded(query)
    if wanted.isdecimal():
        return seat.district is not None and seat.district.number == int(wanted)
    texts = [seat.district.areas_ru, seat.district.areas_en] if seat.district else []
    for holding in seat.holdings:
        texts += [holding.mandate.person.name_ru, holding.mandate.person.name_en]
    return any(wanted in _folded(text) for text in texts)


def _folded(text: str) -> str:
    """How a name sounds in Latin letters: "Семёнов", "Semyonov" and "Semenov" are one."""
    latin = text.casefold().translate(LATIN)
    return latin.replace("ye", "e").replace("yo", "e").replace("yy", "y").replace("iy", "y").replace("y", "i")


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

    @property
    def mandate(self) -> Mandate:
        return self.mandates[0]

    @property
    def left_early(self) -> bool:
        upper = self.mandate.held.upper
        return upper is not None and upper <= self.now and self.mandate.left != Left.TERM_ENDED

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

    @property
    def unlinked(self) -> list[Ballot]:
        linked = {line.version.pk for line in self.card.evidence} if self.card else set()
        return [ballot for ballot in self.ballots if ballot.version_id not in linked]

    @property
    def linked_votes(self) -> int:
        return len({line.version.pk for line in self.card.evidence}) if self.card else 0

    @property
    def recent(self) -> list[Move]:
        """Moves within thirty days."""
        return [move for move in self.moves if move.before.counted and self.now - move.change.at < RECENT]


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


def record_or_404(chamber: str, slug: str) -> Record:
    """A deputy's record; ten queries."""
    now = timezone.now()
    mandates = mandates_of(chamber, slug)
    if not mandates:
        raise Http404("No such deputy.")
    latest = mandates[0]
    ballots = ballots_of(latest.person, latest.chamber)
    in_force = platform_in_force(latest.chamber)
    card, moves = None, []
    if in_force is not None:
        links = links_of(in_force, person=latest.person)
        card = scorecard(in_force, latest.person, links, {b.version_id: b for b in ballots})
        moves = moves_of(in_force, latest.person)
    recorded: int = latest.recorded  # type: ignore[attr-defined]
    return Record(house_in(latest.term, recorded, now), mandates, ballots, in_force, card, moves, now)


@require_safe
def deputy_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    record = record_or_404(chamber, slug)
    membership = membership_of(record.in_force, record.mandate.person) if record.in_force else None
    context = {
        "record": record,
        "house": record.house,
        "person": record.mandate.person,
        "membership": membership,
        "latest": with_arithmetic(record.latest),
        "unlinked_shown": record.unlinked[:UNLINKED],
    }
    return render(request, "deputies/page.html", context)


@require_safe
def deputy_demand_page(request: HttpRequest, lang: str, chamber: str, slug: str, demand: str) -> HttpResponse:
    record = record_or_404(chamber, slug)
    text = demand_by_slug(record.in_force, demand)
    if text is None or record.card is None:
        raise Http404("No such demand.")
    card: Card = next(card for card in record.card.demands if card.text == text)
    evidence = with_arithmetic([line for line in record.card.evidence if line.link.demand_id == text.demand_id])
    context = {
        "record": record,
        "house": record.house,
        "person": record.mandate.person,
        "text": text,
        "card": card,
        "counted": [line for line in evidence if line.counts and line.reading],
        "listed": [line for line in evidence if not (line.counts and line.reading)],
    }
    return render(request, "deputies/demand.html", context)
