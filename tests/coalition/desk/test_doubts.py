"""What an organiser reads of a doubt."""

import pytest
from django.utils import translation

from coalition.desk.findings import _WORDS, Names, words_of
from deputies.votes.checks import Problem
from deputies.votes.doubts import doubts
from tests.deputies.votes.test_doubts import APART, BESIDE, LONE, STEADY, TABLE, TWO, Case, about, picture

NEVER = ("rebel", "broke", "missed", "avoided", "should have", "%(", "Proxy", "None")
OF_THE_VOTE_ITSELF = {
    *(
        "nobody-eligible",
        "not-entered",
        "without-seat",
        "unmatched-names",
        "names-in-a-nameless-vote",
        "no-source",
        "no-evidence",
    ),
    *("not-keyed-again", "keyed-differently", "total-differs", "result-contradicts", "result-short"),
    "everyone-absent",
}
CASES = [raises for _, raises, _ in TABLE]


def said(case: Case) -> list[str]:
    rows = case[0].rows
    names = Names({row.person_id: row.name for row in rows}, {row.faction_id or 0: row.faction for row in rows})
    return [words_of(doubt, names) for doubt in doubts(*case)]


@pytest.mark.parametrize("case", CASES)
def test_every_doubt_has_careful_words(case: Case) -> None:
    words = said(case)

    assert words
    assert [bad for each in words for bad in NEVER if bad in each] == []
    assert all(each.endswith((".", "?")) for each in words)


def test_no_sentence_is_without_its_doubt() -> None:
    alone_first = (picture(LONE), about(past=STEADY))
    used = {doubt.code for case in [*CASES, alone_first] for doubt in doubts(*case)}

    assert used == set(_WORDS) - OF_THE_VOTE_ITSELF


def test_the_vote_itself_has_words_too() -> None:
    facts: dict[str, int | str] = {"result": "adopted", "votes_for": 22, "votes_against": 3, "needed": 23}
    found = [
        Problem("unmatched-names", True, {"count": 1}),
        Problem("unmatched-names", True, {"count": 2}),
        Problem("total-differs", True, {"option": "yes", "official": 2, "counted": 3}),
        Problem("result-contradicts", True, facts),
        Problem("keyed-differently", True, people=(1, 2)),
    ]

    assert [words_of(one, Names({1: "Anna"}, {})) for one in found] == [
        "1 name of the source fits nobody yet: decide it.",
        "2 names of the source fit nobody yet: decide them.",
        "For: 3 by name, 2 in the official totals.",
        "The result says “Adopted”, but 22 voted for and 23 were needed.",
        "The two entries differ: Anna, ?. Look at the source.",
    ]


def test_the_words_name_who_and_say_what_to_do() -> None:
    assert said((picture(TWO), about(past=STEADY))) == [
        "Differently from most of “F1” (for), and never so in the latest votes: Deputy 3, Deputy 4. "
        "Look at the source again."
    ]
    assert said((picture(LONE), about())) == [
        "Deputy 3: “Against”, and all others of “F1” who voted are on the other side. Look at the source again."
    ]
    assert said((picture(), about(past=BESIDE))) == [
        "“F1”: for. “F2”: against. In the latest votes they were nearly always on one side. "
        "Are for and against exchanged? Look at the source again."
    ]


def test_a_doubt_reads_in_the_language_of_the_desk() -> None:
    with translation.override("ru"):
        (words,) = said((picture(TWO), about(past=APART)))

    assert "за" in words
