"""Every part of the pages in every state, for those who work on them; only in development."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.pages.pictures import hall
from coalition.pages.public import public
from pledges.scorecards.method import WEIGHT_UNIT, Tally
from pledges.scorecards.profiles import DEFAULT
from pledges.scorecards.reports.measures import Measure

_RECORDS = (
    (10, 0, 0),
    (9, 1, 2),
    (8, 2, 3),
    (5, 5, 0),
    (1, 9, 1),
    (2, 0, 0),
    (3, 0, 0),
    (2, 1, 9),
    (0, 0, 4),
    (31, 9, 4),
)


@require_safe
@public(record=False)
def styleguide(request: HttpRequest, lang: str) -> HttpResponse:
    measures = [Measure(_tally(*record), DEFAULT) for record in _RECORDS]
    return render(request, "components/styleguide.html", {"measures": measures, "hall": hall(45)})


def _tally(with_: int, against: int, missed: int) -> Tally:
    unit = WEIGHT_UNIT
    return Tally(
        with_=with_ * unit,
        against=against * unit,
        missed=missed * unit,
        votes_with=with_,
        votes_against=against,
        votes_missed=missed,
        credit=with_ * unit * 10,
        mass=(with_ + against) * unit * 10,
    )
