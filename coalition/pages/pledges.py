"""The pledges of a platform: all with filters, as a file, and one with its timeline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from coalition.tables import csv_response
from deputies.votes.reports.houses import House
from deputies.votes.reports.seats import Holding, seats_of
from pledges.findings.reports.told import findings_of
from pledges.platform.enums import COUNTED, Chapter
from pledges.scorecards import wording
from pledges.scorecards.reports.evidence import lines, links_of
from pledges.scorecards.reports.measures import measures_of
from pledges.scorecards.reports.parties import PartyVote, votes_of_party
from pledges.scorecards.reports.platform import PlatformInForce, platform_of
from pledges.tracker.enums import Stance, Status
from pledges.tracker.models import STANCE_CHOICES, STATUS_CHOICES
from pledges.tracker.reports.words import Given, Word, platform_with, word_on
from pledges.tracker.wording import counts_sentence, statuses_sentence

PER_PAGE = 50
COLUMNS = (
    "pledge", "by", "faction", "demand", "chapter", "stance", "said_on", "words", "language", "occasion", "criterion",
    "due_on", "status", "status_since", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A pledge with the seat of the deputy who gave it; `keys` are its values in the filters, each with its words."""

    given: Given
    holding: Holding | None
    keys: Mapping[str, tuple[str, str]]

    @property
    def faction(self) -> str:
        """The name of the faction that the deputy was last in; "" for parties and where none is stated."""
        return self.keys["faction"][1]


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that narrows the list: the values that the list has, with their words, and the one chosen."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str


def _row(one: Given, holding: Holding | None) -> Row:
    pledge, demand = one.pledge, one.text.demand
    faction = holding.membership.faction if holding and holding.membership else None
    keys: dict[str, tuple[str, str]] = {
        "demand": (demand.slug, one.text.title),
        "chapter": (demand.chapter, str(wording.CHAPTERS[Chapter(demand.chapter)])),
        "stance": (pledge.stance, str(STANCE_CHOICES[pledge.stance])),
        "status": (one.status.value, str(STATUS_CHOICES[one.status.value])) if one.status else ("", ""),
        "faction": (faction.slug, faction.name) if faction else ("", ""),
        "by": (one.by.slug if pledge.person else f"party-{one.by.slug}", one.by.name),
    }
    return Row(one, holding, keys)


def filters_of(rows: Iterable[Row], query: QueryDict) -> list[Filter]:
    """The filters with the values that some row has, in the order of their words."""
    labels = {
        "demand": _("Demand"),
        "chapter": _("Chapter"),
        "stance": _("What was said"),
        "status": _("Assessed as"),
        "faction": _("Faction"),
        "by": _("Deputy or party"),
    }
    order = {name: place for place, name in enumerate([*Stance, *Status, *COUNTED, Chapter.RED_LINE])}
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in labels}
    for row in rows:
        for name, option in row.keys.items():
            found[name].add(option)
    return [
        Filter(
            name,
            label,
            sorted(found[name] - {("", "")}, key=lambda option: (order.get(option[0], 0), option[1])),
            query.get(name, "")[:220],
        )
        for name, label in labels.items()
    ]


def _chosen(rows: Iterable[Row], filters: Iterable[Filter]) -> list[Row]:
    wanted = {one.name: one.chosen for one in filters if one.chosen}
    return [row for row in rows if all(row.keys[name][0] == value for name, value in wanted.items())]


def _rows(house: House) -> tuple[Word | None, list[Row]]:
    """Every pledge on the platform of the term, the latest first; four queries."""
    in_force = platform_of(house)
    if in_force is None:
        return None, []
    word = word_on(in_force.platform, at=house.at)
    seats = {one.mandate.person_id: one for seat in seats_of(house) for one in seat.holdings}
    return word, [_row(one, seats.get(one.pledge.person_id or 0)) for one in word.given]


@require_safe
@public("page", "term")
def pledge_list(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    word, rows = _rows(house)
    filters = filters_of(rows, request.GET)
    chosen = _chosen(rows, filters)
    context = {
        "house": house,
        "has_platform": word is not None,
        "filters": filters,
        "is_filtered": any(one.chosen for one in filters),
        "in_all": len(rows),
        "counts": counts_sentence(row.given for row in chosen),
        "statuses": statuses_sentence(row.given for row in chosen),
        "page": Paginator(chosen, PER_PAGE).get_page(request.GET.get("page")),
        "statements": word.statements if word else [],
    }
    return render(request, "pledges/list.html", context)


@require_safe
@public("term")
def pledge_file(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    """The rows of the list as it is filtered, on one page; codes for machines, words in the reader's language."""
    house = house_or_404(chamber, request.GET.get("term"))
    rows = _rows(house)[1]
    chosen = _chosen(rows, filters_of(rows, request.GET))
    return csv_response(f"{chamber}-pledges.csv", COLUMNS, (_line(row, house) for row in chosen))


def _line(row: Row, house: House) -> list[str]:
    given, pledge = row.given, row.given.pledge
    said = wording.iso_words(pledge.said, house.chamber.zone)
    since = given.latest.on.isoformat() if given.latest else said if given.status else ""
    return [
        str(pledge.pk),
        given.by.name,
        row.faction,
        given.text.title,
        given.text.demand.chapter,
        pledge.stance,
        said,
        pledge.words,
        pledge.language,
        pledge.occasion,
        pledge.criterion,
        pledge.due_on.isoformat() if pledge.due_on else "",
        row.keys["status"][0],
        since,
        pledge.source.url or pledge.source.title,
    ]


@require_safe
@public()
def pledge_page(request: HttpRequest, lang: str, chamber: str, pk: int) -> HttpResponse:
    house = house_or_404(chamber)
    platform = platform_with(house.chamber, pk)
    given = next(iter(word_on(platform, at=house.at, pledge=pk).given), None) if platform else None
    if platform is None or given is None:
        raise Http404("No such pledge.")
    in_force, person = platform_of(house), given.pledge.person
    is_in_force = in_force is not None and any(text.demand_id == given.text.demand_id for text in in_force.texts)
    measures = measures_of(in_force, demand=given.text.demand, persons=[person.pk]) if in_force and person else {}
    context = {
        "house": house,
        "party_votes": _party_votes(in_force, given) if in_force and is_in_force and given.pledge.party else [],
        "findings": findings_of(given.pledge) if person else [],
        "given": given,
        "pledge": given.pledge,
        "person": person,
        "coalition": platform.coalition,
        "is_in_force": is_in_force,
        "measure": measures.get((person.pk, "")) if person else None,
    }
    return render(request, "pledges/page.html", context)


def _party_votes(in_force: PlatformInForce, given: Given) -> list[PartyVote]:
    """What the deputies elected for a party did in the counted votes on the demand it gave its word on; two queries."""
    party = given.pledge.party
    evidence = lines(links_of(in_force, demand=given.text.demand), {}, in_force)
    return votes_of_party(party, evidence, in_force.rulings) if party else []
