"""Times of two kinds of work taken in turn, and the table that sets them beside a budget."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], float]  # does its own preparation and returns the seconds of the part that counts


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians in seconds, or in what `unit` says; no ratio without a reference, and no verdict without a budget."""

    work: str
    ours: float
    reference: float | None = None
    budget: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float | None:
        return self.ours / self.reference if self.reference else None

    @property
    def is_over(self) -> bool:
        return self.ratio is not None and self.budget is not None and self.ratio > self.budget

    @property
    def verdict(self) -> str:
        if self.ratio is None or self.budget is None:
            return ""
        return "OVER" if self.is_over else "PASS"


def compare(work: str, ours: Work, reference: Work, *, budget: float | None, times: int) -> Measured:
    """The median of several, in turn with the reference, after one of each to warm up."""
    pairs = [(ours(), reference()) for _ in range(times + 1)][1:]
    result = Measured(
        work, statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs), budget
    )
    say(f"  {work}: {result.ratio or 0:.2f} x, {_time(result.ours)} beside {_time(result.reference)}")
    return result


def _time(value: float | None, unit: str = "s") -> str:
    if value is None:
        return ""
    if unit != "s":
        return f"{value:.1f} {unit}"
    return f"{value * 1000:.2f} ms" if value < 1 else f"{value:.2f} s"


def table(rows: Sequence[Measured]) -> str:
    """One line for each row, in columns."""
    cells = [("work", "budget", "ratio", "ours", "reference", "")]
    for row in rows:
        budget = "" if row.budget is None else f"{row.budget:g} x"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} x"
        times = (_time(row.ours, row.unit), _time(row.reference, row.unit))
        cells.append((row.work, budget, ratio, *times, row.verdict))
    widths = [max(len(line[column]) for line in cells) for column in range(6)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in cells)
