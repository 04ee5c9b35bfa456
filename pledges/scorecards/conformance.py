"""Runs the numbers of other projects through the functions that score this site.

    python -m pledges.scorecards.conformance VECTORS.json

VECTORS.json is a list of {"id", "method", "inputs", "expected"} with an optional "tolerance"; applicable.txt beside it
names the methods that must pass, one to a line. Exit code 0 if they do, 1 if not, 2 if a file cannot be read.
Ratios are compared within the tolerance, else to the digits that are printed (half up); a whole number or a single
decimal must be exact. Labels are never compared.
Source: docs/method.md, section "The method as data".
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

from deputies.votes.enums import Position
from pledges.scorecards.peer_methods import METHODS, reason
from pledges.scorecards.peers import Adapter, Compared, Figure, Json

DUST = Fraction(1, 10**12)  # what a number loses that was computed in floating point
FULL_PRECISION = 9  # decimals from which a printed number is such a one


class BadVectors(Exception):
    """A file is not what it should be; the text says which, where and what to do."""


@dataclass(frozen=True, slots=True)
class Vector:
    id: str
    method: str
    inputs: Json
    expected: Json
    tolerance: Fraction | None


@dataclass(slots=True)
class Outcome:
    """What became of the vectors of one method; `left_out` counts results that were not compared, by name and why."""

    passed: int = 0
    failures: list[str] = field(default_factory=list)
    nothing_compared: int = 0
    left_out: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def read_vectors(path: Path) -> list[Vector]:
    """Raises BadVectors."""
    try:
        rows = json.loads(_text(path))
    except RecursionError:
        raise BadVectors(f"{path}: nested too deeply for a list of vectors. Get the file again.") from None
    except json.JSONDecodeError as error:
        raise BadVectors(f"{path}: line {error.lineno}: not JSON ({error.msg}). Get the file again.") from None
    if not isinstance(rows, list):
        raise BadVectors(f"{path}: not a list of vectors. It must begin with [.")
    return [_vector(row, f"{path}: vector {number}") for number, row in enumerate(rows, 1)]


def _vector(row: Json, place: str) -> Vector:
    missing = [key for key in ("id", "method", "inputs", "expected") if not isinstance(row, dict) or key not in row]
    if missing:
        raise BadVectors(f"{place}: without {', '.join(missing)}. Add it.")
    try:
        tolerance = None if row.get("tolerance") is None else Fraction(str(row["tolerance"]))
    except ValueError:
        raise BadVectors(f"{place}: tolerance {row['tolerance']} is not a number. Correct it.") from None
    if tolerance is not None and tolerance < 0:
        raise BadVectors(f"{place}: tolerance {row['tolerance']} is below 0. Correct it.")
    return Vector(str(row["id"]), str(row["method"]), row["inputs"], row["expected"], tolerance)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadVectors(f"{path}: {error.strerror}. Name a file of vectors with applicable.txt beside it.") from None
    except UnicodeDecodeError:
        raise BadVectors(f"{path}: not UTF-8 text. Get the file again.") from None


def run(adapter: Adapter, vectors: Iterable[Vector]) -> Outcome:
    """Compare every result that the adapter knows with our figure."""
    outcome = Outcome()
    for vector in vectors:
        results = vector.expected if isinstance(vector.expected, dict) else {"": vector.expected}
        for name in results.keys() - adapter.results.keys():
            why = adapter.not_ours.get(name)
            outcome.left_out[f"{name} ({why})" if why else name] += 1
        known = {name: value for name, value in results.items() if name in adapter.results}
        if not known and not results.keys() & adapter.not_ours.keys():
            outcome.failures.append(f"{vector.id}: no meaning is known for the result {', '.join(results) or '{}'}")
            continue
        try:
            figures = adapter.reader.figures(vector.inputs)
        except (ValueError, TypeError, ArithmeticError) as problem:
            outcome.failures.append(f"{vector.id}: the inputs cannot be read: {problem}")
            continue
        wrong = [_difference(figures, adapter.results[name], name, known[name], vector.tolerance) for name in known]
        if any(wrong):
            outcome.failures.append(f"{vector.id}: {'; '.join(filter(None, wrong))}")
        else:
            outcome.passed += bool(known)
            outcome.nothing_compared += not known
    return outcome


def _difference(
    figures: Mapping[str, Figure], compared: Compared, name: str, theirs: Json, tolerance: Fraction | None
) -> str:
    """What differs, in words; empty where they agree."""
    own = figures[compared.figure]
    if agree(own, theirs, compared, tolerance):
        return ""
    return f"{name or compared.figure}: expected {json.dumps(theirs, ensure_ascii=False)}, got {_shown(own, compared)}"


def agree(own: Figure, theirs: Json, compared: Compared, tolerance: Fraction | None = None) -> bool:
    """Whether our figure is what they print; lists are compared one by one."""
    if isinstance(own, list):
        return (
            isinstance(theirs, list)
            and len(own) == len(theirs)
            and all(agree(one, other, compared, tolerance) for one, other in zip(own, theirs, strict=True))
        )
    if isinstance(theirs, bool):
        return False
    if own is None:
        return theirs is None or any(theirs == value for value in compared.no_evidence)
    theirs = compared.words.get(theirs, theirs) if isinstance(theirs, str) else theirs
    if isinstance(own, Position) or isinstance(theirs, Position):
        return own is theirs
    return _close(Fraction(own) * compared.unit, theirs, compared, tolerance)


def _close(own: Fraction, theirs: Json, compared: Compared, tolerance: Fraction | None) -> bool:
    try:
        number = Decimal(str(theirs))
        expected = Fraction(number)
    except (ArithmeticError, ValueError):
        return False  # no number: null, a word, infinite
    if tolerance is not None:
        return abs(own - expected) <= tolerance + DUST
    exponent = number.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    if compared.decimals is not None:
        decimals = compared.decimals
    if decimals >= FULL_PRECISION or (compared.unit == 1 and decimals < 2):
        return abs(own - expected) <= DUST
    return bool(floor(own * 10**decimals + Fraction(1, 2)) == expected * 10**decimals)


def _shown(own: Figure, compared: Compared) -> str:
    if isinstance(own, list):
        return f"[{', '.join(_shown(one, compared) for one in own)}]"
    if own is None or isinstance(own, Position):
        return str(own or "nothing to say")
    exact = Fraction(own) * compared.unit
    return str(exact) if exact.denominator == 1 else f"{float(exact):.6g} ({exact})"


def report(vectors: Sequence[Vector], applicable: Sequence[str]) -> tuple[list[str], bool]:
    """The lines to print, and whether every applicable method passed."""
    by_method: defaultdict[str, list[Vector]] = defaultdict(list)
    for vector in vectors:
        by_method[vector.method].append(vector)
    lines: list[str] = []
    passed = failed = 0
    for method in applicable:
        outcome = run(METHODS[method], by_method[method]) if method in METHODS else Outcome()
        if method not in METHODS:
            unknown = "this method is not known here: add it to pledges/scorecards/peer_methods.py"
            outcome.failures += [f"{vector.id}: {unknown}" for vector in by_method[method]] or [unknown]
        passed, failed = passed + outcome.passed, failed + len(outcome.failures)
        lines += [method, *_about(outcome)]
    others = [method for method in by_method if method not in applicable]
    lines += ["", "Not applicable:"]
    lines += [f"{method} ({len(by_method[method])}): {reason(method)}" for method in others]
    number = sum(len(by_method[method]) for method in others)
    lines += ["", f"{passed} passed, {failed} failed, {number} not applicable"]
    return lines, not failed


def _about(outcome: Outcome) -> list[str]:
    lines = [f"  {outcome.passed} passed, {len(outcome.failures)} failed"]
    if outcome.nothing_compared:
        lines[0] += f", {outcome.nothing_compared} with nothing to compare"
    lines += [f"  FAILED {failure}" for failure in outcome.failures]
    return lines + [f"  not compared: {what}, {number} times" for what, number in sorted(outcome.left_out.items())]


def main(words: Sequence[str]) -> int:
    """Run as a command; `words` are its arguments."""
    if len(words) != 1 or words[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if words and words[0] in ("-h", "--help") else 2
    path = Path(words[0])
    try:
        named = [line.strip() for line in _text(path.with_name("applicable.txt")).splitlines()]
        lines, is_right = report(read_vectors(path), list(dict.fromkeys(filter(None, named))))
    except BadVectors as problem:
        print(problem, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0 if is_right else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
