"""The pasted agenda of a sitting: every shape of a line, and what is refused."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deputies.sources.tables import BadFiles
from deputies.votes.checks import Totals
from deputies.votes.enums import Result
from deputies.votes.imports.agenda import MOST_ITEMS, Item, read_agenda

ADOPTED = (Result.ADOPTED, "принято")
BUDGET = Item(1, "1", "О бюджете города", *ADOPTED, Totals(24, 11, 3, 3))


@pytest.mark.parametrize(
    "text",
    [
        "1. О бюджете города — принято — 24/11/3/3",
        "1) О бюджете города - принято - 24/11/3/3",
        "№ 1 О бюджете города  принято  24 / 11 / 3 / 3",
        "1. О бюджете города — 24/11/3/3 — принято.".replace("принято.", "принято"),
        "1\tО бюджете города\tпринято\t24/11/3/3",
        "1. О бюджете города;принято;24/11/3/3",
        "1;О\u00a0бюджете  города;24/11/3/3;принято\r\n",
    ],
)
def test_each_shape_says_the_same(text: str) -> None:
    assert read_agenda(text) == [BUDGET]


@pytest.mark.parametrize(
    ("text", "number", "title"),
    [
        ("О повестке дня", "", "О повестке дня"),
        ("12.3. О парке", "12.3", "О парке"),
        ("№ 7а. О парке", "7а", "О парке"),
        ("2020 год: об итогах", "", "2020 год: об итогах"),
        ("3. О том, что принято в 2019 году", "3", "О том, что принято в 2019 году"),
        ("4. О парке — первое чтение", "4", "О парке — первое чтение"),
        ("5. Об отмене постановления 24/11/3", "5", "Об отмене постановления 24/11/3"),
    ],
)
def test_only_the_title_must_be_there(text: str, number: str, title: str) -> None:
    assert read_agenda(text) == [Item(1, number, title, Result.UNKNOWN, "", Totals())]


def test_rejected_in_both_languages() -> None:
    items = read_agenda("1. Parks — rejected — 3/20\n2. О парке — не принято — 3/20")

    assert [(item.result, item.totals) for item in items] == [(Result.REJECTED, Totals(3, 20))] * 2


def test_the_same_number_twice_is_a_note() -> None:
    items = read_agenda("1. О парке\n\n1. О парке, поправка")

    assert [item.notes for item in items] == [(), ("Number 1 is also in line 1.",)]


def test_thirty_questions_at_once() -> None:
    items = read_agenda("\n".join(f"{n}. Вопрос {n} — принято — 24/11/3/{n}" for n in range(1, 31)))

    assert [(item.number, item.totals.not_voting) for item in items] == [(str(n), n) for n in range(1, 31)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1. О парке\n2.", "line 2: the title is empty."),
        ("1;;принято", "line 1: the title is empty."),
        ("1. " + "а" * 1001, "line 1: the title has 1001 characters."),
        ("1;О парке;приянто", "line 1: “приянто” is neither a result nor totals."),
        ("1;О парке;принято;отклонено", "“принято” is neither a result nor totals"),
        ("1\tО парке\tпринято\t24\t11", "“24” is neither a result nor totals"),
        ("1. О парке\n2. О\x00 мосте", "line 2: the control character U+0000."),
        (" \n", "not 1 to 300 questions"),
        ("О парке\n" * (MOST_ITEMS + 2), "not 1 to 300 questions"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(BadFiles) as caught:
        read_agenda(text)

    assert said in str(caught.value)


words = st.text("абвгдежз ", min_size=1).filter(str.strip).map(lambda word: f"О {' '.join(word.split())}")
results = st.sampled_from(["принято", "отклонено", "не принято", "adopted", "rejected"])
counts = st.lists(st.integers(0, 450), min_size=2, max_size=5)


@pytest.mark.parametrize("shape", ["{}. {} — {} — {}", "{}\t{}\t{}\t{}", "{};{};{};{}", "№ {}  {}  {}  {}"])
@settings(deadline=None)
@given(rows=st.lists(st.tuples(words, results, counts), min_size=1, max_size=40))
def test_an_agenda_reads_back_from_each_shape(shape: str, rows: list[tuple[str, str, list[int]]]) -> None:
    lines = [shape.format(n, title, word, "/".join(map(str, told))) for n, (title, word, told) in enumerate(rows, 1)]

    items = read_agenda("\n".join(lines))

    assert [(item.number, item.title, item.result_text, item.totals) for item in items] == [
        (str(n), title, word, Totals(*told)) for n, (title, word, told) in enumerate(rows, 1)
    ]


SCRAPS = ["1.", ";", "\t", " — ", "24/11", "за", "3", "принято", "О", "№", "\n", "Вопрос"]


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(SCRAPS)).map(" ".join)))
def test_any_text_is_an_agenda_or_refused(text: str) -> None:
    with contextlib.suppress(BadFiles):
        assert all(item.title for item in read_agenda(text))
