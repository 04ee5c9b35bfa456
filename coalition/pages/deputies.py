"""Deputies: the list, one deputy, and one deputy on one demand."""

import datetime as dt
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coalition.pages.finder import answer_page
from coalition.pages.home import house_or_404
from coalition.pages.records import Asked, Record, record_or_404
from deputies.people.reports import place_kinds
from deputies.votes.reports.seats import Seat, seats_of
from pledges.platform.enums import COUNTED, Chapter
from pledges.scorecards.counting import Key
from pledges.scorecards.method import Tally
from pledges.scorecards.reports.cards import what_ifs
from pledges.scorecards.reports.evidence import with_arithmetic, with_free_votes
from pledges.scorecards.reports.groups import others_of
from pledges.scorecards.reports.history import end_of, profile_at, scores_at
from pledges.scorecards.reports.measures import Measure, measures_of
from pledges.scorecards.reports.platform import PlatformInForce, demand_by_slug, membership_of, platform_in_force

UNLINKED = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A seat in the list, with a measure per chapter for each who held it."""

    seat: Seat
    measures: dict[int, list[Measure | None]]  # by person id


@require_safe
def deputy_list(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    if written := request.GET.get("q", "").strip():
        return answer_page(request, lang, house, written)
    in_force = platform_in_force(house.chamber)
    rows = rows_of(seats_of(house), in_force)
    context = {"house": house, "kinds": place_kinds(house.chamber), "rows": rows, "in_force": in_force}
    return render(request, "deputies/list.html", context)


def rows_of(seats: list[Seat], in_force: PlatformInForce | None) -> list[Row]:
    """The seats with the stored measures of all who held them; one query."""
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


@require_safe
def deputy_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    record = record_or_404(chamber, slug)
    in_force, card = record.in_force, record.card
    person = record.mandate.person
    context = {
        "record": record,
        "house": record.house,
        "person": person,
        "membership": membership_of(in_force, person) if in_force else None,
        "parts": record.parts(others_of(in_force, person)) if in_force else [],
        "whatifs": what_ifs(in_force, card) if in_force and card and record.has_score else [],
        "asked": _asked(request.GET["on"], record) if "on" in request.GET else None,
        "latest": with_arithmetic(record.latest),
        "unlinked_shown": record.unlinked[:UNLINKED],
    }
    return render(request, "deputies/page.html", context)


def _asked(text: str, record: Record) -> Asked:
    """The chapters as they stood at the end of the day that a reader asked for; two queries."""
    text = text.strip()[:20]
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return Asked(text, problem=_("Day: write it as year-month-day, such as 2024-03-15."))
    if day > record.now.astimezone(record.house.chamber.zone).date():
        return Asked(text, problem=_("That day is still to come."))
    if record.in_force is None:
        return Asked(text, problem=_("No platform is published for this chamber: the record is shown without scores."))
    moment, person = end_of(day, record.house.chamber.zone), record.mandate.person
    scores, profile = scores_at(record.in_force, moment, person), profile_at(record.in_force, moment)
    keys = [(chapter, Key(person.pk, None, chapter.value)) for chapter in COUNTED]
    return Asked(text, day, [(chapter, Measure(scores.get(key, Tally()), profile)) for chapter, key in keys], profile)


@require_safe
def deputy_demand_page(request: HttpRequest, lang: str, chamber: str, slug: str, demand: str) -> HttpResponse:
    record = record_or_404(chamber, slug)
    text = demand_by_slug(record.in_force, demand)
    if text is None or record.card is None:
        raise Http404("No such demand.")
    card = next((card for card in record.card.demands if card.text == text), None)  # a red line has none
    chosen = [line for line in record.card.evidence if line.link.demand_id == text.demand_id]
    evidence = with_free_votes(with_arithmetic(chosen))
    context = {
        "record": record,
        "house": record.house,
        "person": record.mandate.person,
        "text": text,
        "card": card,
        "is_red_line": text.demand.chapter == Chapter.RED_LINE,
        "breaches": [line for line in evidence if line.is_breach],
        "looked_at": len({line.version.pk for line in evidence if line.is_looked_at}),
        "counted": [line for line in evidence if line.counts and line.reading],
        "listed": [line for line in evidence if not (line.counts and line.reading)],
    }
    return render(request, "deputies/demand.html", context)
