"""What deserves a second look in a draft: each check with its neighbour, and how rarely real votes raise any."""

import datetime as dt
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby, repeat
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deputies.people.enums import Threshold, needed
from deputies.sources.enums import Precision
from deputies.votes.checks import House, Problem, Totals, problems
from deputies.votes.doubts import doubts
from deputies.votes.enums import Kind, Position, Result
from deputies.votes.pictures import Context, Other, Past, Picture, Row, lines_of
from tests import tidy

F, A, O, P, X = (  # noqa: E741 - as on the keys of the grid
    Position.FOR,
    Position.AGAINST,
    Position.ABSTAIN,
    Position.PRESENT_NOT_VOTING,
    Position.ABSENT,
)
NOW = dt.datetime(2024, 6, 10, 12, tzinfo=dt.UTC)
HELD = dt.datetime(2024, 6, 5, 12, tzinfo=dt.UTC)  # a Wednesday
SATURDAY = dt.datetime(2024, 6, 8, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
CONTEXT = Context(now=NOW, zone=dt.UTC)
LINES = [F] * 6 + [A] * 6
MOSTLY = {F: A, A: F}
SWAPPED = {"swapped-totals", "swapped-result"}


def rows(positions: Sequence[Position | None], **more: Mapping[int, Any]) -> tuple[Row, ...]:
    """Deputies 1, 2, 3...; the first half is faction 1, the other faction 2; `more` is field, id, value."""
    half = len(positions) / 2
    made = [
        Row(number, f"Deputy {number}", f"deputy{number}", 1 + (number > half), f"F{1 + (number > half)}", position)
        for number, position in enumerate(positions, 1)
    ]
    return tuple(
        replace(row, **{name: values[row.person_id] for name, values in more.items() if row.person_id in values})
        for row in made
    )


def picture(positions: Sequence[Position | None] = LINES, *, more: Any = None, **header: Any) -> Picture:
    made = rows(positions, **(more or {}))
    house = House(Threshold.MEMBERS, None, False, seats=len(made), filled=len(made))
    usual = {"precision": Precision.MINUTE, "kind": Kind.BY_NAME, "result": Result.UNKNOWN, "totals": Totals()}
    return Picture(
        **{"held_at": HELD, "number": "7", "title": "Parks", "house": house, "rows": made, **usual, **header}
    )


def other(positions: Sequence[Position] = (), number: str = "6", title: str = "Roads", pk: int = 1) -> Other:
    return Other(pk, number, title, number, HELD - HOUR, dict(enumerate(positions, 1)))


def past(*votes: Sequence[Position | None], times: int = 25) -> Past:
    cast = [[(row.person_id, row.faction_id, row.position) for row in rows(vote) if row.position] for vote in votes]
    return Past.of(cast * times)


def about(**more: Any) -> Context:
    return replace(CONTEXT, **more)


def but(positions: Sequence[Position | None], **marks: Position | None) -> list[Position | None]:
    """The same, with the marks of some: d3=A."""
    return [marks.get(f"d{number}", position) for number, position in enumerate(positions, 1)]


def codes(of: Picture, within: Context = CONTEXT) -> list[str]:
    return [doubt.code for doubt in doubts(of, within)]


STEADY = past(LINES)
APART, BESIDE = past(LINES), past([F] * 12, [A] * 12, times=13)
EXCUSED = but(LINES, d3=Position.EXCUSED)
LONE = but(LINES, d3=A)
TWO = but(LINES, d3=A, d4=A)
NAMESAKES = {"surname": {3: "lutova", 9: "lutova"}}
SITS = (HELD - HOUR, HELD + HOUR)
CHAIR = {"presides": {1: True}}
FIVE_PRESENT = [F] * 3 + [X] * 3 + [A] * 2 + [X] * 4

Case = tuple[Picture, Context]
TABLE: list[tuple[str, Case, Case]] = [
    (
        "excuse-without-reason",
        (picture(EXCUSED), CONTEXT),
        (picture(EXCUSED, more={"excuse": {3: "illness"}}), CONTEXT),
    ),
    (
        "missing-one",
        (picture(but(LINES, d9=None), totals=Totals(6, 6)), CONTEXT),
        (picture(but(LINES, d9=None), totals=Totals(7, 6)), CONTEXT),  # two totals are short: no telling which
    ),
    ("in-the-future", (picture(held_at=NOW + HOUR), CONTEXT), (picture(held_at=NOW), CONTEXT)),
    (
        "other-hour",
        (picture(), about(period=(HELD + HOUR, None))),
        (picture(), about(period=SITS)),
    ),
    (
        "other-day",
        (picture(held_at=SATURDAY), about(period=SITS)),
        (picture(held_at=HELD - 6 * HOUR, precision=Precision.DAY), about(period=SITS)),  # the hour is not known
    ),
    ("weekend", (picture(held_at=SATURDAY), CONTEXT), (picture(held_at=SATURDAY), about(others=[other()]))),
    (
        "same-number",
        (picture(), about(others=[other(number="7")])),
        (picture(), about(others=[other(number="7"), other(number="7", pk=2)])),  # an agenda's numbers
    ),
    ("same-number", (picture(), about(others=[other(number="7")])), (picture(number=""), about(others=[other()]))),
    (
        "same-vector",
        (picture(), about(others=[other(LINES)])),
        (picture([F] * 12), about(others=[other([F] * 12)])),  # of one mind twice
    ),
    (
        "same-vector",
        (picture([F] * 12, title="Roads"), about(others=[other([F] * 12)])),
        (picture(LONE), about(others=[other(LINES, title="Parks")])),  # one title, two votes
    ),
    (
        "swapped-totals",
        (picture([F] * 4 + [A] * 8, totals=Totals(8, 4)), CONTEXT),
        (picture([F] * 4 + [A] * 8, totals=Totals(4, 8)), CONTEXT),
    ),
    (
        "swapped-result",
        (picture([F] * 8 + [A] * 4, result=Result.REJECTED), CONTEXT),
        (picture([F] * 8 + [A] * 4, result=Result.ADOPTED), CONTEXT),
    ),
    ("faction-apart", (picture(), about(past=BESIDE)), (picture([F] * 12), about(past=BESIDE))),
    ("faction-beside", (picture([F] * 12), about(past=APART)), (picture(), about(past=APART))),
    ("faction-beside", (picture([F] * 12), about(past=APART)), (picture([F] * 12), about(past=past(LINES, times=19)))),
    (
        "adopted-without-names",
        (picture([A] * 6 + [X] * 6, result=Result.ADOPTED), CONTEXT),
        (picture([A] * 6 + [X] * 6, result=Result.REJECTED), CONTEXT),
    ),
    (
        "attendance-with-votes",
        (picture(LINES, kind=Kind.ATTENDANCE), CONTEXT),
        (picture([P] * 9 + [X] * 3, kind=Kind.ATTENDANCE), CONTEXT),
    ),
    ("vote-without-votes", (picture([P] * 9 + [X] * 3), CONTEXT), (picture([P] * 9 + [F] + [X] * 2), CONTEXT)),
    (
        "chair-votes",
        (picture(more=CHAIR), about(presider_votes=False)),
        (picture(but(LINES, d1=Position.CASTING_FOR), more=CHAIR), about(presider_votes=False)),
    ),
    (
        "chair-presides",
        (picture(but(LINES, d1=Position.PRESIDING), more=CHAIR), CONTEXT),
        (picture(but(LINES, d1=Position.PRESIDING), more=CHAIR), about(presider_votes=False)),
    ),
    (
        "voted-after-leaving",
        (picture(), about(left={3: HELD - HOUR})),
        (picture(but(LINES, d3=X)), about(left={3: HELD - HOUR, 4: HELD + HOUR})),
    ),
    (
        "presence-jump",
        (picture(FIVE_PRESENT), about(others=[other([F] * 8 + [X] * 4)])),  # 3 of 12
        (picture(FIVE_PRESENT), about(others=[other([F] * 7 + [X] * 5)])),  # 2 of 12
    ),
    (
        "namesakes",
        (picture(but(LINES, d3=A, d4=A, d9=F, d10=F), more=NAMESAKES), CONTEXT),
        (picture(but(LINES, d3=A, d4=A, d9=A), more=NAMESAKES), CONTEXT),
    ),
    ("alone", (picture(LONE), CONTEXT), (picture(TWO), CONTEXT)),
    ("alone", (picture(LONE), CONTEXT), (picture(but(LONE, d1=X, d2=X, d5=X)), CONTEXT)),  # too few for a line
    ("first-time-different", (picture(TWO), about(past=STEADY)), (picture(TWO), about(past=past(TWO)))),
    ("first-time-different", (picture(TWO), about(past=STEADY)), (picture(TWO), about(past=past(LINES, times=19)))),
]


@pytest.mark.parametrize(("code", "raises", "neighbour"), TABLE)
def test_each_check_raises_and_its_neighbour_does_not(code: str, raises: Case, neighbour: Case) -> None:
    assert codes(*raises) == [code]
    assert code not in codes(*neighbour)


def test_an_ordinary_vote_raises_nothing() -> None:
    earlier = other([F] * 6 + [A] * 5 + [X])

    assert codes(picture(totals=Totals(6, 6)), about(past=STEADY, others=[earlier], period=SITS)) == []


def test_an_unfinished_draft_is_not_called_unlike_the_house() -> None:
    nothing: list[Position | None] = [None] * 12

    assert codes(picture(nothing, result=Result.ADOPTED), about(past=STEADY, others=[other(LINES)])) == []


def test_only_what_is_impossible_blocks() -> None:
    wrong = picture(EXCUSED, held_at=NOW + HOUR)

    assert {d.code: d.blocking for d in doubts(wrong, about(period=SITS))} == {
        "excuse-without-reason": True,
        "in-the-future": True,
        "other-day": True,
    }
    assert [d.blocking for d in doubts(picture(), about(period=(HELD + HOUR, None)))] == [False]


def test_a_doubt_says_who_and_what() -> None:
    assert doubts(picture(LONE), about(past=STEADY)) == [
        Problem("alone-first", people=(3,), facts={"faction": 1, "position": "against"})
    ]
    assert doubts(picture(TWO), about(past=STEADY)) == [
        Problem("first-time-different", people=(3, 4), facts={"faction": 1, "line": "for"})
    ]
    assert doubts(picture(but(LINES, d9=None), totals=Totals(6, 6)), CONTEXT) == [
        Problem("missing-one", people=(9,), facts={"option": "no"})
    ]


def test_of_three_factions_the_one_that_turned_is_named() -> None:
    def cast(sides: str) -> list[tuple[int, int | None, Position]]:
        return [(10 * f + n, f, {"f": F, "a": A}[side]) for f, side in enumerate(sides, 1) for n in range(5)]

    made = tuple(Row(person, "", str(person), faction, "", position) for person, faction, position in cast("afaa"))
    turned = replace(picture(), rows=made)
    before = Past.of([cast("ffff"), cast("aaaa")] * 13)

    assert doubts(turned, about(past=before)) == [
        Problem("faction-apart", facts={"faction": 2, "line": "for", "other": 1, "other_line": "against"})
    ]


def test_questions_of_one_moment_follow_by_number() -> None:
    numbered = [replace(other([F] * 12, number), held_at=HELD, id=pk) for pk, number in enumerate(["9", "10"], 1)]
    emptied = picture([F] * 6 + [X] * 6, number="11", precision=Precision.DAY)

    assert [d.facts for d in doubts(emptied, about(others=numbered[::-1]))] == [{"was": 12, "now": 6, "label": "10"}]


# The canonical shapes of FIELD: the budget votes of a house of 45, and a vote in which not voting is the opposition.


def shape(*counts: int) -> list[Position]:
    """So many for, against, abstained, present without voting."""
    return [position for position, count in zip((F, A, O, P), counts, strict=True) for _ in range(count)]


@pytest.mark.parametrize(
    ("counts", "seats", "threshold", "fits"),
    [
        ((24, 11, 3, 3), 45, Threshold.MEMBERS, True),  # 23; PL's "for > sum/2 + 1" would ask for 24 of 45, and of 41
        ((35, 7, 2, 1), 45, Threshold.TWO_THIRDS, True),  # 30
        ((24, 11, 3, 3), 45, Threshold.TWO_THIRDS, False),
        ((91, 1, 0, 358), 450, Threshold.MEMBERS, False),  # 226
        ((91, 1, 0, 358), 450, Threshold.VOTING, True),
    ],
)
def test_the_canonical_votes_fit_their_threshold(
    counts: tuple[int, ...], seats: int, threshold: Threshold, fits: bool
) -> None:
    positions = shape(*counts)
    named = Totals(*counts)
    house = House(threshold, None, True, seats=seats, filled=len(positions))
    vote = picture(positions, totals=named, result=Result.ADOPTED, house=house)

    found = list(
        problems(totals=named, counts=vote.counts, result=Result.ADOPTED, house=house, eligible=len(positions))
    )

    assert not found if fits else [problem.code for problem in found] == ["result-contradicts"]
    assert [code for code in codes(vote) if code not in ("alone", "faction-apart", "faction-beside")] == []


@pytest.mark.parametrize(
    ("seats", "majority", "two_thirds"),
    [(45, 23, 30), (44, 23, 30), (1, 1, 1), (2, 2, 2), (3, 2, 2), (100, 51, 67), (450, 226, 300)],
)
def test_majority_and_two_thirds_of_the_seats(seats: int, majority: int, two_thirds: int) -> None:
    assert needed(Threshold.MEMBERS, seats=seats) == majority
    assert needed(Threshold.TWO_THIRDS, seats=seats) == two_thirds


def test_four_who_are_not_in_the_record_keep_a_budget_vote_from_being_whole() -> None:
    named: list[Position | None] = [*shape(24, 11, 3, 3), *repeat(None, 4)]

    assert codes(picture(named, result=Result.ADOPTED, totals=Totals(24, 11, 3, 3))) == []
    assert codes(picture(named[:42], totals=Totals(24, 11, 4, 3))) == ["missing-one"]


positions = st.sampled_from([F, A, O, P, X, Position.NO_MARK])


@given(st.lists(positions, min_size=1, max_size=30))
def test_the_line_of_a_faction_is_what_most_did_and_none_in_a_tie(cast: list[Position]) -> None:
    line = lines_of((person, 1, position) for person, position in enumerate(cast)).get(1)

    voted = Counter(position for position in cast if position in (F, A, O))
    winners = [position for position, count in voted.items() if count == max(voted.values())]
    assert line == (winners[0] if len(winners) == 1 and voted.total() >= 4 else None)


@given(st.lists(positions, min_size=12, max_size=12), st.randoms(use_true_random=False))
def test_the_keys_do_not_depend_on_the_order_of_rows(cast: list[Position], chance: Any) -> None:
    house, within = picture(cast, result=Result.ADOPTED), about(past=STEADY, others=[other(cast), other(LINES, "5")])
    mixed = list(house.rows)
    chance.shuffle(mixed)

    keys = [doubt.key for doubt in doubts(house, within)]

    assert [doubt.key for doubt in doubts(replace(house, rows=tuple(mixed)), within)] == keys
    assert len(set(keys)) == len(keys)


def test_a_key_lapses_with_its_facts() -> None:
    keys = [d.key for marks in ({"d3": A}, {"d4": A}, {"d9": F}) for d in doubts(picture(but(LINES, **marks)), CONTEXT)]

    assert len(set(keys)) == 3


def test_a_key_is_the_same_in_every_time_zone() -> None:
    moscow = dt.timezone(3 * HOUR)
    left, late = {3: HELD - HOUR}, (HELD + HOUR, None)

    here = doubts(picture(), about(left=left, period=late))
    there = doubts(picture(held_at=HELD.astimezone(moscow)), about(left={3: left[3].astimezone(moscow)}, period=late))

    assert [doubt.key for doubt in here] == [doubt.key for doubt in there]


@given(st.lists(st.sampled_from([F, A, X]), min_size=4, max_size=12), st.booleans())
def test_ayes_and_noes_exchanged_are_always_noticed(lines: list[Position], has_totals: bool) -> None:
    """By the printed totals, or where none are printed by the announced result, as far as either can tell."""
    truth = [position for line in lines for position in repeat(line, 5)]
    votes_for, votes_against = truth.count(F), truth.count(A)
    assume(votes_for != votes_against)
    house = House(Threshold.VOTING, None, False, seats=len(truth), filled=len(truth))
    result = Result.ADOPTED if votes_for > votes_against else Result.REJECTED
    totals = Totals(votes_for, votes_against) if has_totals else Totals()
    header = {"house": house, "result": result, "totals": totals}

    assert not SWAPPED & {*codes(picture(truth, **header))}
    assert SWAPPED & {*codes(picture([MOSTLY.get(position, position) for position in truth], **header))}


# How often it is raised: a warning that everybody gets is a warning that nobody reads.

MARKS = {"yes": F, "no": A, "abstain": O, "absent": X, "excused": Position.EXCUSED}
RESULTS = {"pass": Result.ADOPTED, "fail": Result.REJECTED}
PERSONAL = {"alone", "alone-first", "first-time-different"}


def real_votes(name: str, not_voting: Position) -> list[tuple[dict[str, str], tuple[Row, ...]]]:
    """The votes by day with the rows of each."""
    folder = tidy.real("data", "rollcalls", name)
    members = {row["member_id"]: (pk, row) for pk, row in enumerate(tidy.read(folder / "members.csv"), 1)}
    factions: dict[str, int] = {}
    cast: dict[str, list[Row]] = {}
    for ballot in tidy.read(folder / "ballots.csv"):
        pk, member = members[ballot["member_id"]]
        group = ballot["group_at_vote"] or member["group"]
        surname = member["name"].partition(",")[0].partition("(")[0].split()[-1]
        position = MARKS.get(ballot["option"], not_voting)
        faction_id = factions.setdefault(group, len(factions) + 1)
        row = Row(pk, member["name"], surname, faction_id, group, position, excuse="stated")
        cast.setdefault(ballot["vote_id"], []).append(row)
    votes = [vote for vote in tidy.read(folder / "votes.csv") if vote["date"] and vote["vote_id"] in cast]
    votes.sort(key=lambda vote: (vote["date"], vote["number"].zfill(9)))
    return [(vote, tuple(cast[vote["vote_id"]])) for vote in votes[:400]]


def raised(name: str, not_voting: Position, threshold: Threshold) -> list[set[str]]:
    """The codes that each real vote raises when it is entered after those before it."""
    recent: deque[Any] = deque(maxlen=60)
    found = []
    for day, votes in groupby(real_votes(name, not_voting), key=lambda pair: pair[0]["date"]):
        held_at, others = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC), list[Other]()
        for pk, (vote, cast) in enumerate(votes):
            total = [int(vote[option]) if vote[option] else None for option in ("yes", "no", "abstain")]
            entered = replace(
                picture(held_at=held_at, precision=Precision.DAY, number=vote["number"], title=vote["title"]),
                result=RESULTS.get(vote["result"].lower(), Result.UNKNOWN),
                totals=Totals(*total),
                house=House(threshold, None, False, len(cast), len(cast)),
                rows=cast,
            )
            found.append(set(codes(entered, about(others=others, past=Past.of(recent)))))
            recent.append([(row.person_id, row.faction_id, row.position) for row in cast])
            others.append(Other(pk, vote["number"], vote["title"], vote["number"], held_at, entered.marks))
    return found


@pytest.mark.parametrize(
    ("name", "not_voting", "threshold"),
    [
        ("us-senate-109", Position.NO_MARK, Threshold.VOTING),
        ("prague-2014", P, Threshold.MEMBERS),
    ],
)
def test_real_votes_raise_few_warnings(name: str, not_voting: Position, threshold: Threshold) -> None:
    found = raised(name, not_voting, threshold)

    shares = {code: count / len(found) for code, count in Counter(c for each in found for c in each).items()}
    print(name, len(found), {code: f"{share:.1%}" for code, share in sorted(shares.items())})
    assert sum(bool(each - PERSONAL) for each in found) / len(found) < 0.15
    assert all(share < 0.25 for share in shares.values())
    assert not {"in-the-future", *SWAPPED, "excuse-without-reason", "everyone-absent"} & shares.keys()
