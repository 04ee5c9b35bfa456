"""Deputies: the list, one deputy, and one deputy on one demand."""

import datetime as dt
from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coalition.pages.finder import answer_page
from coalition.pages.home import house_or_404
from coalition.pages.public import public
from coalition.pages.records import Asked, Record, record_or_404
from coalition.pages.sheets import deputy_sheet
from deputies.people.models import Faction, Person
from deputies.people.reports import place_kinds
from deputies.votes.reports.seats import Holding, Seat, seats_of
from pledges.platform.enums import COUNTED, Chapter
from pledges.scorecards import wording
from pledges.scorecards.reports.cards import what_ifs
from pledges.scorecards.reports.evidence import with_arithmetic, with_free_votes
from pledges.scorecards.reports.groups import others_of
from pledges.scorecards.reports.history import end_of
from pledges.scorecards.reports.measures import Measure, measures_of
from pledges.scorecards.reports.platform import PlatformInForce, demand_by_slug, platform_of
from pledges.scorecards.reports.promises import promises_of
from pledges.tracker.reports.words import word_on

UNLINKED = 30
PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """Who holds or held a seat, with a measure per chapter; `holding` is None where no source names anybody.

    `is_ordered` is whether a list in the order of a chapter has enough votes to place it.
    """

    seat: Seat
    holding: Holding | None
    measures: list[Measure | None]
    is_ordered: bool = True

    @property
    def person(self) -> Person | None:
        return self.holding.mandate.person if self.holding else None

    @property
    def name(self) -> str:
        """By which it stands among the others, as the reader's language writes it."""
        return self.person.name.casefold().replace("ё", "е") if self.person else ""

    @property
    def faction(self) -> Faction | None:
        return self.holding.membership.faction if self.holding and self.holding.membership else None


@require_safe
@public("term", "page")
def deputy_list(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    if written := request.GET.get("q", "").strip():
        return answer_page(request, lang, house, written)
    in_force = platform_of(house)
    rows = rows_of(seats_of(house), in_force)
    factions = {row.faction.slug: row.faction for row in rows if row.faction}
    faction = factions.get(request.GET.get("faction", ""))
    order = request.GET.get("sort", "") if in_force else ""
    chosen = _in_order([row for row in rows if faction is None or row.faction == faction], order)
    context = {"house": house, "kinds": place_kinds(house.chamber), "in_force": in_force, "order": order}
    context |= {"factions": sorted(factions.values(), key=lambda one: one.name), "faction": faction}
    context["orders"] = [
        ("", _("by district")),
        *((c.value, wording.CHAPTERS[c]) for c in COUNTED),
        ("name", _("by name")),
    ]
    context["page"] = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "deputies/list.html", context)


def rows_of(seats: list[Seat], in_force: PlatformInForce | None) -> list[Row]:
    """The seats with the stored measures of all who held them; one query."""
    measures = measures_of(in_force) if in_force else {}
    nobody: list[Holding | None] = [None]
    return [
        Row(
            seat,
            holding,
            [measures.get((holding.mandate.person_id, chapter)) for chapter in COUNTED] if holding else [],
        )
        for seat in seats
        for holding in seat.holdings or nobody
    ]


def _in_order(rows: list[Row], order: str) -> list[Row]:
    """By district, by name, or by a chapter: then those with too few votes follow, by name."""
    if order not in (*COUNTED, "name"):
        return rows
    named = sorted((row for row in rows if row.person), key=lambda row: row.name)
    if order == "name":
        return named
    place = COUNTED.index(Chapter(order))
    placed = [row for row in named if (measure := row.measures[place]) and measure.may_be_ordered]
    placed.sort(key=lambda row: score if (m := row.measures[place]) and (score := m.score) else 0, reverse=True)
    return placed + [replace(row, is_ordered=False) for row in named if row not in placed]


@require_safe
@public("term")
def deputy_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    record = record_or_404(chamber, slug, request.GET.get("term"))
    in_force, card = record.in_force, record.card
    person = record.mandate.person
    context = {
        "record": record,
        "sheet": deputy_sheet(record),
        "house": record.house,
        "person": person,
        "parts": record.parts(others_of(in_force, person)) if in_force else [],
        "whatifs": what_ifs(in_force, card) if in_force and card and record.has_score else [],
        "strip": record.strip(),
        **_promises(record),
        "asked": _asked(request.GET["on"], record) if "on" in request.GET else None,
        "latest": with_arithmetic(record.latest),
        "unlinked_shown": record.unlinked[:UNLINKED],
    }
    return render(request, "deputies/page.html", context)


def _promises(record: Record) -> dict[str, object]:
    """What the deputy has to do with the platform: membership, signatures, words, and the votes since; one query."""
    if record.in_force is None or record.card is None:
        return {}
    word = word_on(record.in_force.platform, at=record.now, person=record.mandate.person)
    promises = promises_of(record.in_force, record.card, word)
    return {
        "membership": word.membership,
        "spoken": word.spoken,
        "own": [one for one in promises if one.is_of_its_own],
        "others": [one for one in promises if not one.is_of_its_own],
        "versions": [one for one in word.signed if one.number is not None],
    }


def _asked(text: str, record: Record) -> Asked:
    """The chapters as they stood at the end of the day that a reader asked for."""
    text = text.strip()[:20]
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return Asked(text, problem=_("Day: write it as year-month-day, such as 2024-03-15."))
    if day > record.now.astimezone(record.house.chamber.zone).date():
        return Asked(text, problem=_("That day is still to come."))
    if record.in_force is None:
        return Asked(text, problem=_("No platform is published for this chamber: the record is shown without scores."))
    moment = end_of(day, record.house.chamber.zone)
    profile = record.in_force.method_at(moment)
    chapters = [(chapter, Measure(record.tally_at(chapter, moment), profile)) for chapter in COUNTED]
    return Asked(text, day, chapters, profile)


@require_safe
@public("term")
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
