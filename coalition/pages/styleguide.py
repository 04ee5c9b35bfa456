"""Every part of the pages in every state, for those who work on them; only in development."""

import datetime as dt
from fractions import Fraction

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from coalition.pages.coalition import bench_shares
from coalition.pages.pictures import staircase, strip
from coalition.pages.public import public
from coalition.pages.seating import Seating, rows_of, seating
from coalition.pages.strips import Strip
from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Faction, Mandate, Person
from deputies.sources.enums import Basis
from deputies.sources.language import Words
from deputies.sources.models import Document
from deputies.votes.cohesion import Split
from deputies.votes.enums import Position, Result
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic
from deputies.votes.reports.cohesion import FactionSplits
from deputies.votes.reports.houses import House
from pledges.platform.models import Coalition, Demand, DemandText
from pledges.scorecards.enums import Outcome, Wants
from pledges.scorecards.method import WEIGHT_UNIT, Tally
from pledges.scorecards.models import Link
from pledges.scorecards.profiles import DEFAULT
from pledges.scorecards.reports.coalition import Bench, majorities
from pledges.scorecards.reports.evidence import Line
from pledges.scorecards.reports.margins import Margin
from pledges.scorecards.reports.measures import Measure
from pledges.tracker.enums import Stance, Status
from pledges.tracker.models import Pledge, PledgeStatus
from pledges.tracker.reports.words import Given

_RECORDS = (  # as asked, not as asked, without a vote
    (10, 0, 0), (9, 1, 2), (8, 2, 3), (5, 5, 0), (1, 9, 1), (2, 0, 0), (3, 0, 0), (2, 1, 9), (0, 0, 4), (31, 9, 4),
)  # fmt: skip
LONG = "Maria-Magdalena Featherstonehaugh-Wolfeschlegelsteinhausen X."  # 60 characters
RIGHT_TO_LEFT = "عبد الرحمن بن محمد الحسيني"
WORDY = "On free and safe walking, cycling and public transport within a quarter of an hour of every home. " * 2
CHAMBER = Chamber(id=1, slug="example", name_en="Example", seats=45)
EXAMPLE = House(CHAMBER, None, dt.datetime.now(dt.UTC), False, 45, None)
FACTIONS = [Faction(id=n, name_en=name) for n, name in enumerate(("Labour", LONG, RIGHT_TO_LEFT), 1)]
PEOPLE = [Person(id=n, slug=f"p{n}", name_en=(LONG, RIGHT_TO_LEFT, f"Ada Example {n}")[min(n, 2)]) for n in range(450)]
SIZES = (0, 1, 45, 450)


@require_safe
@public(record=False)
def styleguide(request: HttpRequest, lang: str) -> HttpResponse:
    context = {
        "measures": [Measure(_tally(*record), DEFAULT) for record in _RECORDS],
        "halls": [(size, _hall(size)) for size in (*SIZES[1:], 100)],
        "strips": [(n, Strip(strip([_column(i) for i in range(n)]), n, 0, 0, 0)) for n in SIZES],
        "margins": [_numbers(*given) for given in ((19, 45), (23, 45), (0, 45), (1, 1), (301, 450))],
        "benches": [(size, *_bench(size)) for size in SIZES[1:]],
        "splits": [
            FactionSplits(Words(str(faction.name), "en"), [Split(n % 9, n % 4, n % 2) for n in range(2, 2 + count)])
            for faction, count in zip(FACTIONS, (1, 45, 60), strict=True)
        ],
        "chart": staircase([(now() - dt.timedelta(n), Fraction(n % 5, 5), n == 9) for n in range(20, 0, -1)], now()),
        "evidence": [_line(person) for person in PEOPLE[:2]],
        "given": _given(PEOPLE[1]),
        "coalition": Coalition(name_en=LONG),
        "nothing": {},
        "example": EXAMPLE,
    }
    return render(request, "components/styleguide.html", context)


def _tally(with_: int, against: int, missed: int) -> Tally:
    weights = {"with_": with_ * WEIGHT_UNIT, "against": against * WEIGHT_UNIT, "missed": missed * WEIGHT_UNIT}
    votes = {"votes_with": with_, "votes_against": against, "votes_missed": missed}
    return Tally(**weights, **votes, credit=with_ * WEIGHT_UNIT * 10, mass=(with_ + against) * WEIGHT_UNIT * 10)


def _hall(size: int) -> Seating:
    """Every position in turn, the last two seats vacant and unknown."""
    ballots = [
        Ballot(person=PEOPLE[n], position=list(Position)[n % 20], faction=FACTIONS[n % 3], basis=Basis.OFFICIAL.value)
        for n in range(max(1, size - 2))
    ]
    outcomes = {n: list(Outcome)[n % 7] for n in range(size)}
    rows = rows_of(EXAMPLE, "vote", ballots, outcomes, (), ())
    return seating(size, rows, range(size // 2), vacant=1)


def _column(n: int) -> tuple[str, list[tuple[str, int]]]:
    with_, against, missed = _RECORDS[n % len(_RECORDS)]
    return str(n + 1), [("with", with_ % 9), ("none", missed % 4), ("against", against % 9)]


def _numbers(for_: int, seats: int) -> tuple[Arithmetic, Margin]:
    needed = seats // 2 + 1
    numbers = Arithmetic(for_, 1, 0, 0, 0, Threshold.MEMBERS, needed, seats)
    return numbers, Margin(max(1, abs(for_ - needed)), for_ >= needed, [])


def _bench(size: int) -> tuple[list[Bench], object, object, int, int]:
    seats = [Mandate() for _ in range(size)]
    factions = [Bench(faction, seats[n::7], seats[n + 3 :: 7]) for n, faction in enumerate(FACTIONS)]
    ours, others = (sum(map(len, held)) for held in zip(*((b.members, b.others) for b in factions), strict=True))
    chamber = Chamber(seats=size)
    rows = majorities(chamber, None, votes=ours, filled=ours + others)
    return factions, bench_shares(factions, size), rows, ours, others


def _given(person: Person) -> Given:
    """A promise that came to every status, with a day on which it was due among them."""
    start, source = now().date(), Document(title="Minutes", url="https://example.org/")
    promise = Pledge(
        person=person, stance=Stance.PROMISED.value, said_on=start, is_measurable=True, due_on=start + dt.timedelta(4)
    )
    statuses = [
        PledgeStatus(status=status.value, on=start + dt.timedelta(n), note_en=WORDY, evidence=source)
        for n, status in enumerate(Status)
        if status is not Status.PROMISED
    ]
    return Given(promise, DemandText(title_en=WORDY), statuses)


def _line(person: Person) -> Line:
    """An evidence row with a demand of 200 characters."""
    demand, call = Demand(id=1, slug="demand"), RollCall(id=1, slug="vote", chamber=CHAMBER)
    version = RollCallVersion(
        id=1, roll_call=call, title_en=WORDY, threshold=Threshold.MEMBERS.value, held_at=now(),
        result=Result.REJECTED.value, source=Document(title="A protocol", url="https://example.org/"),
    )  # fmt: skip
    link = Link(demand=demand, roll_call=call, wants=Wants.PASS.value, weight=2 * WEIGHT_UNIT)
    ballot = Ballot(person=person, version=version, position=Position.ABSENT.value, basis=Basis.OFFICIAL.value)
    text, numbers = DemandText(demand=demand, title_en=WORDY), _numbers(19, 45)[0]
    return Line(link, text, version, ballot, DEFAULT, arithmetic=numbers)
