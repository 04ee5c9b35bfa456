"""What changed between two versions, told in words that were added and removed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledges.platform.differences import Change, Piece, Worded, differences, reworded

texts = st.lists(st.sampled_from(["trams", "run", "Трамвай", " ", ", ", ".", "\n", "ходит", "–", "7"])).map("".join)


@given(texts | st.text(), texts | st.text())
def test_applying_the_pieces_gives_both_texts(old: str, new: str) -> None:
    pieces = reworded(old, new)

    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == new


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert [piece for piece in reworded(text, text) if piece.change is not Change.SAME] == []


def test_words_are_told_and_not_letters() -> None:
    assert reworded("No tram is closed.", "No tram route is ever closed.") == [
        Piece(Change.SAME, "No tram"),
        Piece(Change.ADDED, " route"),
        Piece(Change.SAME, " is"),
        Piece(Change.ADDED, " ever"),
        Piece(Change.SAME, " closed."),
    ]


def test_texts_that_share_little_come_whole() -> None:
    pieces = reworded("Trams for all.", "The city repairs roofs and pipes of old houses.")

    assert [piece.change for piece in pieces] == [Change.REMOVED, Change.ADDED]


def worded(pk: int, title: str, *, chapter: str = "social", ru: str = "") -> Worded:
    return Worded(pk, f"d{pk}", chapter, {("title", "en"): title, ("title", "ru"): ru})


def test_a_version_beside_an_earlier_one() -> None:
    old = [worded(1, "Trams"), worded(2, "Roofs"), worded(3, "Parks"), worded(4, "Votes", chapter="democratic")]
    new = [worded(1, "Trams"), worded(2, "Roofs and pipes"), worded(5, "Clinics"), worded(6, "Votes")]

    found = differences(old, new, lang="en")

    assert found.added == [new[2]]
    assert found.dropped == [old[2]]
    assert [(one, [field.field for field in fields]) for one, fields in found.changed] == [(new[1], ["title"])]
    assert found.moved == [(old[3], new[3])]
    assert found.kept == 1


@pytest.mark.parametrize(("lang", "seen"), [("en", "ru"), ("ru", "ru")])
def test_a_change_of_one_language_alone_is_shown_in_that_language(lang: str, seen: str) -> None:
    old, new = worded(1, "Trams", ru="Трамвай"), worded(1, "Trams", ru="Трамваи")

    ((_, fields),) = differences([old], [new], lang=lang).changed

    assert [field.lang for field in fields] == [seen]
