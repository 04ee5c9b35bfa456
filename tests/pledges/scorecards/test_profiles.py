import json
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputies.votes.enums import Position
from pledges.scorecards.enums import Column, Outcome
from pledges.scorecards.method import WEIGHT_UNIT, Profile, RuleRow, Tally, percent, read, rule, tally
from pledges.scorecards.profiles import DEFAULT, PROFILES

VECTORS = Path(__file__).parents[4] / "shared" / "data" / "vectors" / "peer_vectors.json"
STRONG = 2 * WEIGHT_UNIT

Ballot = tuple[Position, Column, int]
positions = st.sampled_from([Position.FOR, Position.AGAINST, Position.ABSENT, Position.EXCUSED, Position.NO_MARK])
columns = st.sampled_from(Column)
plain_ballots = st.lists(st.tuples(positions, columns, st.just(WEIGHT_UNIT)), max_size=25)


def summed(profile: Profile, ballots: Iterable[Ballot]) -> Tally:
    readings = [read(profile, position, column, weight) for position, column, weight in ballots]
    return tally(reading for reading in readings if reading is not None)


def score(profile: Profile, ballots: Iterable[Ballot]) -> Fraction | None:
    return profile.score(summed(profile, ballots))


def asked(*, weight: int = WEIGHT_UNIT, **counts: int) -> list[Ballot]:
    """Ballots on votes that a demand wants to pass under "more for than against", by position."""
    names = {"with_": "for"}
    return [
        (Position(names.get(name, name)), Column.ASKED_WEAK, weight) for name, n in counts.items() for _ in range(n)
    ]


def test_the_eight_profiles_have_their_published_names() -> None:
    assert list(PROFILES) == [
        "votes-cast",
        "absence-against",
        "half-credit",
        "abstain-half",
        "twfy-simplified",
        "public-whip",
        "public-whip-au",
        "not-voting-against",
    ]
    assert all(profile.name == name and profile.version == 1 for name, profile in PROFILES.items())
    assert PROFILES["votes-cast"] is DEFAULT


@pytest.mark.parametrize(
    ("name", "expected"),
    [  # 8 with, 2 against, 3 abstained, 2 present without voting, 5 absent, 1 excused
        ("votes-cast", Fraction(8, 10)),
        ("absence-against", Fraction(8, 20)),
        ("half-credit", Fraction(8 + 5, 20)),
        ("abstain-half", Fraction(19, 26)),
        ("twfy-simplified", Fraction(19, 26)),
        ("public-whip", Fraction(80 + 10, 100 + 20)),
        ("public-whip-au", Fraction(80 + 7, 130 + 14)),
        ("not-voting-against", Fraction(8, 15)),
    ],
)
def test_one_record_under_every_profile(name: str, expected: Fraction) -> None:
    ballots = (
        asked(with_=8, against=2, abstain=3, absent=5, excused=1)
        + [(Position.PRESENT_NOT_VOTING, Column.ASKED_WEAK, WEIGHT_UNIT)] * 2
    )

    assert score(PROFILES[name], ballots) == expected


@pytest.mark.parametrize("name", PROFILES)
def test_opposing_exchanges_for_and_against_and_nothing_else(name: str) -> None:
    profile = PROFILES[name]
    credited = {
        position: row and (row.outcome, row.credit, row.mass)
        for position in (Position.FOR, Position.AGAINST)
        for row in [rule(profile, position, Column.OPPOSED, strong=False)]
    }

    assert credited == {Position.FOR: (Outcome.AGAINST, 0, 10), Position.AGAINST: (Outcome.WITH, 10, 10)}


@pytest.mark.parametrize(
    ("name", "position", "strong", "expected"),
    [
        ("absence-against", Position.ABSTAIN, False, (Outcome.AGAINST, 0, 10)),
        ("absence-against", Position.PRESENT_NOT_VOTING, False, (Outcome.AGAINST, 0, 10)),
        ("absence-against", Position.ABSENT, True, (Outcome.AGAINST, 0, 10)),
        ("absence-against", Position.NO_MARK, False, (Outcome.AGAINST, 0, 10)),
        ("absence-against", Position.EXCUSED, False, (Outcome.EXCUSED, 0, 0)),
        ("absence-against", Position.PAIRED_FOR, False, (Outcome.EXCUSED, 0, 0)),
        ("absence-against", Position.DATA_MISSING, False, (Outcome.GAP, 0, 0)),
        ("half-credit", Position.ABSENT, False, (Outcome.HALF, 5, 10)),
        ("abstain-half", Position.PROXY_ABSTAIN, False, (Outcome.HALF, 5, 10)),
        ("abstain-half", Position.NOT_FOR, False, (Outcome.MISSED, 0, 0)),
        ("public-whip", Position.FOR, True, (Outcome.WITH, 50, 50)),
        ("public-whip", Position.ABSTAIN, True, (Outcome.HALF, 25, 50)),
        ("public-whip", Position.ABSENT, False, (Outcome.HALF, 1, 2)),
        ("public-whip-au", Position.ABSTAIN, True, (Outcome.AGAINST, 0, 50)),
        ("not-voting-against", Position.NOT_FOR, False, (Outcome.AGAINST, 0, 10)),
        ("not-voting-against", Position.ABSENT, False, (Outcome.MISSED, 0, 0)),
    ],
)
@pytest.mark.parametrize("column", Column)
def test_cells_that_tell_the_profiles_apart(
    name: str, position: Position, strong: bool, expected: tuple[Outcome, int, int], column: Column
) -> None:
    row = rule(PROFILES[name], position, column, strong=strong)
    if position is Position.FOR and column is Column.OPPOSED:
        expected = (Outcome.AGAINST, 0, expected[2])

    assert row == RuleRow(position, column, strong, *expected)


def test_public_whip_asks_whether_a_vote_is_strong_and_not_how_heavy() -> None:
    double, tenfold = asked(with_=1, weight=STRONG), asked(with_=1, weight=10 * WEIGHT_UNIT)
    against = asked(against=1)

    assert score(PROFILES["public-whip"], double + against) == Fraction(50, 60)
    assert score(PROFILES["public-whip"], tenfold + against) == Fraction(50, 60)


@pytest.mark.parametrize(
    ("with_", "absent", "undivided", "expected"),
    [
        (3, 1, 0, Fraction(1)),
        (9, 2, 0, Fraction(94, 100)),
        (2, 1, 0, Fraction(84, 100)),
        (5, 0, 4, Fraction(1)),
        (5, 0, 5, Fraction(84, 100)),
    ],
)
def test_caps_grow_with_the_share_of_absences(with_: int, absent: int, undivided: int, expected: Fraction) -> None:
    twfy = PROFILES["twfy-simplified"]

    assert twfy.score(summed(twfy, asked(with_=with_, absent=absent)), undivided=undivided) == expected
    assert twfy.score(summed(twfy, asked(against=with_, absent=absent)), undivided=undivided) == 1 - expected


# What docs/method.md promises, by the number of its invariant.


def keeps_mirror(profile: Profile, ballots: list[Ballot]) -> bool:
    exchange = {Position.FOR: Position.AGAINST, Position.AGAINST: Position.FOR}
    here = score(profile, ballots)
    there = score(profile, [(exchange.get(position, position), column, weight) for position, column, weight in ballots])
    return there == (None if here is None else 1 - here)


def keeps_score_without_evidence(profile: Profile, ballots: list[Ballot]) -> bool:
    return all(score(profile, ballots + asked(absent=more, excused=more)) == score(profile, ballots) for more in (1, 3))


def keeps_double_weight(profile: Profile, ballots: list[Ballot]) -> bool:
    rest, head = ballots[1:], ballots[:1]
    doubled = [(position, column, STRONG) for position, column, _ in head]
    return score(profile, rest + doubled) == score(profile, rest + head + head)


def keeps_band(profile: Profile, ballots: list[Ballot]) -> bool:
    result, own = summed(profile, ballots), score(profile, ballots)
    strict = score(PROFILES["absence-against"], ballots)
    inside = own is None or (result.low is not None and result.high is not None and result.low <= own <= result.high)
    return inside and result.low == strict


KEEPS: dict[int, Callable[[Profile, list[Ballot]], bool]] = {
    1: keeps_mirror,
    2: keeps_score_without_evidence,
    4: keeps_double_weight,
    11: keeps_band,
}
EVERY = [(name, number) for name in PROFILES for number in KEEPS]
KEPT = [(name, number) for name, number in EVERY if number not in PROFILES[name].breaks]
BROKEN = [(name, number) for name, number in EVERY if number in PROFILES[name].breaks]
TELLING = [
    asked(with_=3, absent=1),
    asked(with_=1, against=1),
    asked(with_=1, against=2, absent=1),
    asked(with_=2, absent=1),
    asked(with_=98, absent=2),
]


def test_the_default_keeps_every_invariant() -> None:
    assert DEFAULT.breaks == frozenset()


@pytest.mark.parametrize(("name", "number"), KEPT)
@given(ballots=plain_ballots)
def test_a_profile_keeps_the_invariants_it_does_not_name(name: str, number: int, ballots: list[Ballot]) -> None:
    assert KEEPS[number](PROFILES[name], ballots)


@pytest.mark.parametrize(("name", "number"), BROKEN)
def test_a_profile_really_breaks_the_invariants_it_names(name: str, number: int) -> None:
    assert not all(KEEPS[number](PROFILES[name], ballots) for ballots in TELLING)


# Numbers of other projects, from their own tests and from running their code.


def vectors(*methods: str) -> list[Any]:
    """The cases whose method begins with one of `methods`, as parameters named by their id."""
    if not VECTORS.exists():
        reason = "the peer vectors are not beside the project (shared/data/vectors)"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason), id="no-vectors")]
    cases = json.loads(VECTORS.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["id"]) for case in cases if case["method"].startswith(methods)]


def close(own: Fraction | None, expected: float | None, case: dict[str, Any]) -> bool:
    """Whether the scores agree; the peers' words for "no evidence" are -1, 2 and null."""
    if own is None:
        return expected in (-1, 2, None)
    return expected is not None and abs(float(own) - expected) <= (case.get("tolerance") or 1e-9)


def public_whip(inputs: dict[str, int]) -> list[Ballot]:
    weak = asked(with_=inputs["same"], against=inputs["differ"], absent=inputs["absent"])
    strong = {name: inputs.get(f"{name}strong", 0) for name in ("same", "differ", "absent")}
    return weak + asked(weight=STRONG, with_=strong["same"], against=strong["differ"], absent=strong["absent"])


@pytest.mark.parametrize("case", vectors("Public Whip weighted distance", "distance_a", "TVFY 2026"))
@pytest.mark.parametrize("name", ["public-whip", "public-whip-au"])
def test_public_whip_and_they_vote_for_you(name: str, case: dict[str, Any]) -> None:
    own, expected = score(PROFILES[name], public_whip(case["inputs"])), case["expected"]

    if "agreement" in expected:
        assert close(own, expected["agreement"], case)
    elif "distance_a" in expected:
        assert close(None if own is None else 1 - own, expected["distance_a"], case)
    else:
        assert own == Fraction(str(expected["sum_weighted_scores"])) / expected["sum_weights"]


PEER_WORDS = {"same": "with_", "different": "against", "abstain": "abstain", "absent": "absent"}


def divisions(inputs: dict[str, Any], strength: str) -> dict[str, int]:
    """The votes and agreements of one strength, agreements counted as votes."""
    found = dict.fromkeys(PEER_WORDS.values(), 0)
    for key, count in inputs.items():
        found[PEER_WORDS[key.split("_")[1]]] += count[strength] if isinstance(count, dict) else count
    return found


def undivided(inputs: dict[str, Any]) -> int:
    return sum(divisions({key: n for key, n in inputs.items() if key.startswith("agreements")}, "strong").values())


@pytest.mark.parametrize("case", vectors("PublicWhipScore"))
def test_public_whip_as_theyworkforyou_ran_it(case: dict[str, Any]) -> None:
    votes = {key: count for key, count in case["inputs"].items() if key.startswith("votes")}
    ballots = asked(**divisions(votes, "weak")) + asked(weight=STRONG, **divisions(votes, "strong"))
    own = score(PROFILES["public-whip"], ballots)

    assert close(None if own is None else 1 - own, case["expected"]["distance"], case)


@pytest.mark.parametrize("case", vectors("SimplifiedScore"))
def test_theyworkforyou_simplified(case: dict[str, Any]) -> None:
    profile, expected = PROFILES["twfy-simplified"], case["expected"]
    result = summed(profile, asked(**divisions(case["inputs"], "strong")))  # their weak votes are informative
    own = profile.score(result, undivided=undivided(case["inputs"]))

    assert close(None if own is None else 1 - own, expected.get("vectorised", expected.get("distance")), case)


@pytest.mark.parametrize("case", vectors("agreement in percent"))
@pytest.mark.parametrize(
    ("peer", "name", "weight"),
    [
        ("PW weak (UK: abstain=absent)", "public-whip", WEIGHT_UNIT),
        ("PW strong", "public-whip", STRONG),
        ("TWFY simplified (all scoring)", "twfy-simplified", WEIGHT_UNIT),
        ("TVFY-AU weak (abstain=differ)", "public-whip-au", WEIGHT_UNIT),
        ("TVFY-AU strong", "public-whip-au", STRONG),
        ("ProgressiveMass", "absence-against", WEIGHT_UNIT),
    ],
)
def test_the_same_record_through_four_peers(peer: str, name: str, weight: int, case: dict[str, Any]) -> None:
    words = {"with": "with_"}
    counts = {words.get(key, key): count for key, count in case["inputs"].items()}
    own, expected = score(PROFILES[name], asked(weight=weight, **counts)), case["expected"][peer][0]

    if own is None or expected is None:
        assert own is expected
    elif name == "absence-against":
        assert percent(own) == expected
    else:
        assert abs(float(100 * own) - expected) <= case["tolerance"] + 1e-9


@pytest.mark.parametrize("case", vectors("score=round(100*plus/(all but n/a))"))
def test_progressive_massachusetts(case: dict[str, Any]) -> None:
    marks = {"+": "for", "-": "against", "NV": "absent", "NVP": "present-not-voting"}
    ballots = [
        (Position(word), Column.ASKED_WEAK, WEIGHT_UNIT)
        for mark, word in marks.items()
        for _ in range(case["inputs"][mark])
    ]
    own = score(PROFILES["absence-against"], ballots)

    assert (None if own is None else percent(own)) == case["expected"]["score"]


def test_american_conservative_union_counts_votes_cast_only() -> None:
    published = [(8, 2, 15, 80), (13, 6, 1, 68)]  # agreed, disagreed, absent, rating

    ratings = [score(DEFAULT, asked(with_=a, against=d, absent=m)) for a, d, m, _ in published]

    assert [percent(rating) for rating in ratings if rating is not None] == [rating for *_, rating in published]
