"""docs/method.md is read by people; what it says in tables is what the code does."""

import re
from pathlib import Path

from pledges.scorecards.enums import Column
from pledges.scorecards.method import CLASSES, POSITION_RULE, Cell
from pledges.scorecards.profiles import PROFILES

TEXT = (Path(__file__).parents[3] / "docs" / "method.md").read_text(encoding="utf-8")


def cells_of(first: str) -> list[str]:
    """The cells after the first one in the table row that begins with `first`."""
    row = re.search(rf"^\| {re.escape(first)}[^|]*\|(.+)\|$", TEXT, re.MULTILINE)
    assert row is not None, f"no row {first}"
    return [cell.strip() for cell in row[1].split("|")]


def test_the_position_rule_in_the_document_is_the_one_in_the_code() -> None:
    documented = {group: cells_of(f"{group.value} ") for group in CLASSES}

    assert documented == {
        group: [str(POSITION_RULE[positions[0], column]) for column in Column] for group, positions in CLASSES.items()
    }


def test_the_profiles_in_the_document_are_those_in_the_code() -> None:
    def words(cell: Cell | str) -> str:
        if not isinstance(cell, Cell):
            return "position rule"
        if cell.mass == 0:
            return "outside"
        credit = {0: "0", 1: "0.1", 5: "1/2", 10: "1"}[cell.credit]
        return f"{credit} of {'1' if cell.mass == 10 else '0.2'}"

    shown = ("abstain", "not-voting", "absent", "excused")
    documented = {name: cells_of(f"`{name}`")[:4] for name in PROFILES}

    assert documented == {
        name: [words(profile.cells[group, False]) for group in CLASSES if group in shown]
        for name, profile in PROFILES.items()
    }
