"""docs/method.md is read by people; every word and number of it comes from the records that count."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest
from django.utils import translation

from pledges.scorecards.actions import SHADOW
from pledges.scorecards.enums import Outcome, PositionClass
from pledges.scorecards.explained import text
from pledges.scorecards.explained.tables import INVARIANTS, labels, methods, number, particulars, position_rule
from pledges.scorecards.explained.text import markdown, sections
from pledges.scorecards.method import Cap, LabelBands, Profile
from pledges.scorecards.method import Cell as Earned
from pledges.scorecards.profiles import DEFAULT, PROFILES
from tests.tidy import run

DOCS = Path(__file__).parents[3] / "docs"


def row_of(profile: Profile) -> list[str]:
    [row] = methods({profile.name: profile}).rows
    return [cell.text for cell in row]


@pytest.mark.parametrize(("language", "name"), [("en", "method.md"), ("ru", "method.ru.md")])
def test_the_document_is_what_the_code_says(language: str, name: str) -> None:
    remedy = f"manage.py method_text --language {language} > docs/{name}"
    if not (DOCS / name).exists():
        pytest.skip(f"!!! docs/{name} IS NOT WRITTEN YET: {remedy} !!!")

    written = run("method_text", "--language", language)

    assert (DOCS / name).read_text(encoding="utf-8") == written, remedy


def test_the_position_rule_follows_the_table_of_the_profile() -> None:
    neutral = {(group, strong): Earned(0, 10) for group in PositionClass for strong in (False, True)}

    shapes = [cell.shape for row in position_rule(Profile("strict", 1, neutral)).rows for cell in row[1:]]

    assert shapes == [Outcome.AGAINST.value] * 3 * len(PositionClass)


def test_another_bound_is_another_text() -> None:
    bands = LabelBands(consistently=Fraction(9, 10), consistently_from=7, plain_up_to=3)

    bounds = [row[0].text.replace("\N{NO-BREAK SPACE}", " ") for row in labels(bands).rows]

    assert bounds[:2] == ["90 % or more, from 7 votes", "all, from 4 votes"]


def test_another_profile_is_another_row() -> None:
    half = {**DEFAULT.cells, (PositionClass.ABSENT, False): Earned(1, 2)}
    changed = dataclasses.replace(DEFAULT, cells=half, breaks=frozenset({2, 11}))

    assert row_of(DEFAULT) == ["votes-cast", "the rule", "the rule", "outside", "outside", "–"]
    assert row_of(changed) == ["votes-cast", "the rule", "the rule", "0.1 of 0.2", "outside", "2, 11"]


def test_caps_are_told() -> None:
    capped = dataclasses.replace(DEFAULT, caps=(Cap(Fraction(1, 10), absences=4),))

    told = [sentence.replace("\N{NO-BREAK SPACE}", " ") for sentence in particulars(capped)]

    assert told[1:] == ["votes-cast: from 4 absences on, the score stays from 10 % to 90 %."]


def test_another_constant_is_another_text(monkeypatch: pytest.MonkeyPatch) -> None:
    before = markdown()

    monkeypatch.setattr(text, "SMALLEST_GROUP", 9)
    monkeypatch.setattr(text, "SHADOW", SHADOW * 2)

    told = before.replace("at least 6 members", "at least 9 members").replace("at least 28 days", "at least 56 days")
    assert markdown() == told != before


def test_every_invariant_that_a_method_breaks_is_told() -> None:
    assert set().union(*(profile.breaks for profile in PROFILES.values())) == set(INVARIANTS)


def test_anchors_are_one_of_each_and_the_same_in_both_languages() -> None:
    anchors = [section.anchor for section in sections()]

    with translation.override("ru"):
        assert [section.anchor for section in sections()] == anchors
    assert len(set(anchors)) == len(anchors)
    assert {"rule", "score", "labels", "profiles", "mistake"} < set(anchors)


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    assert [number(10), number(5), number(2)] == ["1", "0.5", "0.2"]
    with translation.override("ru"):
        assert [number(10), number(5)] == ["1", "0,5"]


def test_no_text_is_left_with_a_place_to_fill() -> None:
    assert "%(" not in markdown()
