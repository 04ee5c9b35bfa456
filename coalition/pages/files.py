"""The lists of a chamber as tables: the same votes, seats and counts as on their pages, none left out."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from coalition.pages.deputies import Row, rows_of
from coalition.pages.home import house_or_404
from coalition.pages.public import public
from coalition.tables import csv_response
from deputies.votes.reports.arithmetic import arithmetics_of
from deputies.votes.reports.houses import House
from deputies.votes.reports.seats import seats_of
from deputies.votes.reports.votes import record_of, votes_in
from pledges.platform.enums import COUNTED
from pledges.scorecards.reports.evidence import links_by_vote
from pledges.scorecards.reports.platform import platform_of
from pledges.scorecards.wording import iso_words

TOTALS = ("for", "against", "needed", "seats")
VOTES = ("date", "vote", "number", "title", "question", "result", *TOTALS, "demands")
COUNTS = ("as_asked", "counted", "no_vote")
DEPUTIES = (
    "district",
    "deputy",
    "name",
    "faction",
    "began",
    "ended",
    *(f"{chapter.value}_{name}" for chapter in COUNTED for name in COUNTS),
    "profile",
)


@require_safe
@public("term")
def vote_file(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    return csv_response(f"{chamber}-votes.csv", VOTES, _votes(house))


def _votes(house: House) -> Iterator[list[str]]:
    """The latest first, with the numbers that the record states; words in the reader's language."""
    votes = [(vote, record_of(vote)) for vote in votes_in(house)]
    numbers = arithmetics_of([version for _, version in votes])
    in_force = platform_of(house)
    links = links_by_vote(in_force, None) if in_force else {}
    for vote, version in votes:
        told = numbers[version.pk]
        what = [vote.slug, version.question_number, version.title, version.question, version.result]
        totals = [_number(total) for total in (told.for_, told.against, told.needed, told.seats)]
        demands = "; ".join(text.title for _link, text in links.get(vote.pk, []))
        yield [iso_words(version.held, house.chamber.zone), *what, *totals, demands]


@require_safe
@public("term")
def deputy_file(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    rows = rows_of(seats_of(house), in_force)
    lines = (_deputy(house, row, in_force.profile.name if in_force else "") for row in rows)
    return csv_response(f"{chamber}-deputies.csv", DEPUTIES, lines)


def _deputy(house: House, row: Row, profile: str) -> list[str]:
    """A seat and who holds or held it; without counts where nothing is counted, blank where no source names anybody."""
    district = str(row.seat.district.number) if row.seat.district else ""
    if row.holding is None:
        return [district, *[""] * (len(DEPUTIES) - 1)]
    mandate = row.holding.mandate
    held = [iso_words(date, house.chamber.zone) for date in (mandate.began, mandate.ended)]
    faction = row.faction.name if row.faction else ""
    counts = [_number(n) for m in row.measures for n in ((m.as_asked, m.counted, m.missed) if m else (None,) * 3)]
    return [district, mandate.person.slug, mandate.person.name, faction, *held, *counts, profile if any(counts) else ""]


def _number(number: int | None) -> str:
    return "" if number is None else str(number)
