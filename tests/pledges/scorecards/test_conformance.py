import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from deputies.votes.enums import Position
from pledges.scorecards.conformance import agree, main
from pledges.scorecards.peer_methods import METHODS, NOT_APPLICABLE, reason
from pledges.scorecards.peers import Compared, Figure
from tests import tidy

WHIP = next(name for name in METHODS if name.startswith("Public Whip weighted"))
SIMPLIFIED = next(name for name in METHODS if name.startswith("SimplifiedScore ("))
TWFY_WHIP = next(name for name in METHODS if name.startswith("PublicWhipScore"))
SCORING_EP = next(name for name in METHODS if name.startswith("score=round(100*(sum"))
MASSACHUSETTS = next(name for name in METHODS if name.startswith("score=round(100*plus"))
PAIR = next(name for name in METHODS if name.startswith("pairwise counts (teller"))
LOYALTY = next(name for name in METHODS if name.startswith("member loyalty"))
PARTY = next(name for name in METHODS if name.startswith("party position"))
ACU = "ACU rating, votes cast only"
INDEX = "Agreement Index, rounded 3"
PORTIONS = "weighted %, not voting = half"


def written(folder: Path, *vectors: tuple[str, Any, Any], applicable: str | None = None, **more: Any) -> Path:
    """A file of vectors named v1, v2 ..., with their methods applicable unless said otherwise."""
    rows = [
        {"id": f"v{number}", "method": method, "inputs": inputs, "expected": expected, **more}
        for number, (method, inputs, expected) in enumerate(vectors, 1)
    ]
    names = "\n".join(method for method, *_ in vectors) if applicable is None else applicable
    (folder / "applicable.txt").write_text(names + "\n", encoding="utf-8")
    (folder / "vectors.json").write_text(json.dumps(rows), encoding="utf-8")
    return folder / "vectors.json"


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_every_applicable_number_of_other_projects_is_reproduced() -> None:
    vectors = tidy.real("data", "vectors", "peer_vectors.json")

    done = subprocess.run(
        [sys.executable, "-m", "pledges.scorecards.conformance", vectors], capture_output=True, text=True, env={}
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "96 passed, 0 failed, 183 not applicable"


def test_every_other_method_has_one_reason() -> None:
    path = tidy.real("data", "vectors", "peer_vectors.json")
    applicable = path.with_name("applicable.txt").read_text(encoding="utf-8").splitlines()
    others = {vector["method"] for vector in json.loads(path.read_text(encoding="utf-8"))} - set(applicable)

    assert set(applicable) == set(METHODS)
    assert {reason(method) for method in others} == set(NOT_APPLICABLE)
    assert [[why for why, names in NOT_APPLICABLE.items() if method.startswith(names)] for method in others] == [
        [reason(method)] for method in others
    ]


@pytest.mark.parametrize(
    ("method", "inputs", "expected"),
    [
        (SIMPLIFIED, {"votes_same": {"weak": 9, "strong": 2}, "votes_absent": {"strong": 2}}, {"distance": 0.16}),
        (SIMPLIFIED, {"votes_different": 9, "votes_absent": 2}, {"vectorised": 0.94}),
        (SIMPLIFIED, {"agreements_same": {"strong": 5}, "votes_same": {"strong": 1}}, {"distance": 0}),
        (SIMPLIFIED, {"votes_absent": {"weak": 0, "strong": 3}}, {"distance": -1}),
        (SIMPLIFIED, {"votes_abstain": {"strong": 1}, "agreements_different": {"strong": 3}}, {"distance": 0.875}),
        (TWFY_WHIP, {"votes_same": {"weak": 2}, "votes_absent": {"weak": 3}}, {"if_strong_rule": 0.3}),
        (TWFY_WHIP, {"votes_abstain": {"weak": 1}, "agreements_same": {"strong": 9}}, {"distance": 0.5}),
        (TWFY_WHIP, {}, {"distance": -1}),
        (WHIP, {"same": 1, "absentstrong": 1}, {"total_points": 35, "possible": 60, "distance_b": 0.0}),
        (WHIP, {"absent": 4}, {"agreement": 0.5, "distance_a": 0.5, "distance_b": -1}),
        (WHIP, {}, {"agreement": 2.0, "possible": 0}),
        (MASSACHUSETTS, {"+": 2, "-": 1, "NV": 0, "NVP": 0, "n/a": 1}, {"score": 67, "recordedVotePercentage": 75}),
        (MASSACHUSETTS, {"+": 1, "NVP": 7}, {"score": 13, "recordedVotePercentage": 100}),
        (MASSACHUSETTS, {"n/a": 3}, {"score": None, "recordedVotePercentage": 0}),
        (ACU, {"agreed": 7, "cast": 8, "absent": 2, "scored_votes": 10}, 88),
        (ACU, {"agreed": 0, "disagreed": 0, "absent": 9}, 0),
        (INDEX, {"yes": 2, "no": 2, "abstain": 3, "absent": 90}, 0.143),
        (INDEX, {"pour": 0, "contre": 0, "abst": 0}, None),
        ("Rice index", {"yes": 5, "no": 2}, 0.43),
        (PARTY, {"aye": 1, "no": 2, "abstention": 3}, {"whip_guess": "abstention"}),
        (PARTY, {"aye": 0, "no": 0, "abstention": 0}, {"whip_guess": "unknown"}),
        (PAIR, {"A": "tellaye", "B": "aye (teller)"}, {"same": 1, "differ": 0, "absent": 0, "agreement": 1}),
        (PAIR, {"A": ["absent", "both"], "B": ["absent", "no"]}, {"same": 0, "differ": 1, "absent": 0}),
        (PAIR, {"A": ["aye", None], "B": [None, "no"]}, {"same": 0, "differ": 0, "absent": 0, "distance_b": -1}),
        (LOYALTY, {"with_group": 2, "taken_part": 3}, 67),
        (PORTIONS, {"points": [0.25, 0, 1.5], "possible": [0.5, 2, 1.5]}, 44),
        (
            SCORING_EP,
            {"weights": [0.5, 1.5], "topicweight": 2, "recommendation": [1, -1], "votes": [1, 0]},
            {"score": 63, "contributions": ["+12.5", "±0"]},
        ),
        (
            SCORING_EP,
            {"weights": [3, -1, 0], "recommendation": [1, 1, 1], "votes": [1, 1, -1]},
            {"score": 75, "contributions": ["+37.5", "-12.5", "±0"]},
        ),
        (SCORING_EP, {"weights": [], "recommendation": [], "votes": []}, {"score": 50, "contributions": []}),
    ],
)
def test_numbers_of_the_same_methods(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], method: str, inputs: Any, expected: Any
) -> None:
    code = main([str(written(tmp_path, (method, inputs, expected)))])

    assert (code, lines(capsys)[:2]) == (0, [method, "  1 passed, 0 failed"])


def test_a_wrong_number_fails_by_its_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, (WHIP, {"same": 2, "differ": 3}, {"agreement": 0.4}), (ACU, {"agreed": 1, "cast": 3}, 34))

    assert main([str(path)]) == 1
    out = lines(capsys)
    assert out[2:5] == [ACU, "  0 passed, 1 failed", "  FAILED v2: score: expected 34, got 33.3333 (100/3)"]
    assert out[-1] == "1 passed, 1 failed, 0 not applicable"


@pytest.mark.parametrize(
    ("method", "inputs", "expected", "message"),
    [
        (WHIP, {"same": 1}, {"agreement": 2}, "agreement: expected 2, got 1"),
        (WHIP, {}, {"agreement": 0.5}, "agreement: expected 0.5, got nothing to say"),
        (PARTY, {"aye": 1}, {"whip_guess": "unknown"}, 'whip_guess: expected "unknown", got for'),
        (
            SCORING_EP,
            {"votes": [1, None]},
            {"contributions": ["+50"]},
            'contributions: expected ["+50"], got [50, nothi',
        ),
        (WHIP, {"sane": 1}, {"agreement": 1}, "the inputs cannot be read: no meaning is known for the input sane"),
        (WHIP, {"same": -1}, {"agreement": 1}, "the inputs cannot be read: same = -1 is not a number of votes"),
        (WHIP, {"same": 10**9}, {"agreement": 1}, "the inputs cannot be read: same = 1000000000 is not a number of v"),
        (WHIP, {"same": 1}, {}, "no meaning is known for the result {}"),
        (WHIP, {"same": 1}, {"nearness": 1}, "no meaning is known for the result nearness"),
        (MASSACHUSETTS, {"NV": 1}, {"score": False}, "score: expected false, got 0"),
        (MASSACHUSETTS, {"n/a": 1}, {"score": False}, "score: expected false, got nothing to say"),
        (WHIP, [1], {"agreement": 1}, "the inputs cannot be read: the inputs are not a table of names"),
        (PAIR, {"A": "aye", "B": "nay"}, {"same": 1}, "the inputs cannot be read: nay is not a ballot"),
        (PAIR, {"A": ["aye"], "B": []}, {"same": 1}, "the inputs cannot be read: 1 ballots of A and 0 of B"),
        (ACU, {"agreed": 3, "cast": 2}, 100, "the inputs cannot be read: cast = 2 is not a number of votes"),
        (PORTIONS, {"points": [1], "possible": [3]}, 33, "the inputs cannot be read: 1 of 3 is neither all, half nor"),
        (SCORING_EP, {"votes": [1], "weights": [1, 2]}, {"score": 1}, "the inputs cannot be read: 2 weights for 1 vot"),
    ],
)
def test_failures_say_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], method: str, inputs: Any, expected: Any, message: str
) -> None:
    assert main([str(written(tmp_path, (method, inputs, expected)))]) == 1
    assert lines(capsys)[2].startswith(f"  FAILED v1: {message}")


def test_an_applicable_method_that_is_not_known_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = "this method is not known here: add it to pledges/scorecards/peer_methods.py"

    assert main([str(written(tmp_path, ("Guess", {}, 1), applicable="Guess\nMuse"))]) == 1
    assert lines(capsys)[:6] == [
        *("Guess", "  0 passed, 1 failed", f"  FAILED v1: {unknown}"),
        *("Muse", "  0 passed, 1 failed", f"  FAILED {unknown}"),
    ]


def test_what_is_not_compared_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, (WHIP, {"same": 1}, {"label": "for", "colour": "red"}), ("Wilson", {}, 1), applicable=WHIP)

    assert main([str(path)]) == 0
    assert lines(capsys) == [
        WHIP,
        "  0 passed, 0 failed, 1 with nothing to compare",
        "  not compared: colour, 1 times",
        "  not compared: label (labels are one-sided there, ours are mirror-symmetric), 1 times",
        "",
        "Not applicable:",
        "Wilson (1): ideal points, intervals and posteriors are never shown next to a name here",
        "",
        "0 passed, 0 failed, 1 not applicable",
    ]
    assert reason("Tarot") == "applicable.txt does not name it"


@pytest.mark.parametrize(
    ("own", "theirs", "compared", "tolerance", "expected"),
    [
        (Fraction(1, 3), 0.33, Compared("f"), None, True),
        (Fraction(1, 3), 0.34, Compared("f"), None, False),
        (Fraction(1, 3), 0.3333333333333333, Compared("f"), None, True),
        (Fraction(1, 3), 0.33333333333, Compared("f"), None, False),
        (Fraction(46, 100), 0.5, Compared("f"), None, False),
        (Fraction(96, 100), 1.0, Compared("f"), None, False),
        (Fraction(46, 100), 0.5, Compared("f"), Fraction(5, 100), True),
        (Fraction(1, 8), 13, Compared("f", unit=100), None, True),
        (Fraction(1, 8), 12, Compared("f", unit=100), None, False),
        (Fraction(2, 3), 66.7, Compared("f", unit=100), None, True),
        (Fraction(1, 7), 0.143, Compared("f", decimals=3), None, True),
        (None, -1, Compared("f", no_evidence=(-1,)), None, True),
        (None, None, Compared("f", no_evidence=(-1,)), None, True),
        (None, 0, Compared("f", no_evidence=(-1,)), None, False),
        (Fraction(0), -1, Compared("f", no_evidence=(-1,)), None, False),
        (Fraction(0), None, Compared("f"), None, False),
        (Fraction(0), "none", Compared("f"), None, False),
        (Position.FOR, "aye", Compared("f", words={"aye": Position.FOR}), None, True),
        (Position.FOR, "for", Compared("f"), None, False),
        (3, 3, Compared("f"), None, True),
        (3, 3.2, Compared("f"), None, False),
    ],
)
def test_when_two_numbers_agree(
    own: Figure, theirs: Any, compared: Compared, tolerance: Fraction | None, expected: bool
) -> None:
    assert agree(own, theirs, compared, tolerance) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{", "vectors.json: line 1: not JSON"),
        ("{}", "vectors.json: not a list of vectors"),
        ('[{"id": "v1", "inputs": {}}]', "vectors.json: vector 1: without method, expected. Add it."),
        ("[3]", "vectors.json: vector 1: without id, method, inputs, expected"),
        (
            '[{"id": 1, "method": "m", "inputs": 1, "expected": 1, "tolerance": "small"}]',
            "vector 1: tolerance small is not a number",
        ),
        (
            '[{"id": 1, "method": "m", "inputs": 1, "expected": 1, "tolerance": -0.1}]',
            "vector 1: tolerance -0.1 is below 0",
        ),
        ("[" * 100_000, "vectors.json: nested too deeply"),
    ],
)
def test_a_malformed_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    written(tmp_path).write_text(text)

    assert main([str(tmp_path / "vectors.json")]) == 2
    assert message in capsys.readouterr().err


def test_files_that_begin_with_a_byte_order_mark_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, (WHIP, {"same": 1}, {"agreement": 1}))
    for file in (path, path.with_name("applicable.txt")):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))

    assert main([str(path)]) == 0
    assert lines(capsys)[-1] == "1 passed, 0 failed, 0 not applicable"


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    (tmp_path / "applicable.txt").unlink()

    assert main([str(path)]) == 2
    assert "applicable.txt: No such file or directory. Name a file of vectors" in capsys.readouterr().err
    assert main([]) == 2
    assert main(["--help"]) == 0
