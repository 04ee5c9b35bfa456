"""What changed between two versions, told in words that were added and removed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledges.platform.differences import Change, Piece, reworded
from pledges.platform.models import Demand, DemandText, PlatformVersion
from pledges.platform.reports import Edit, edit_of

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


def text(pk: int, title: str, *, chapter: str = "social", ru: str = "") -> DemandText:
    return DemandText(pk=pk, demand=Demand(pk=pk, chapter=chapter), title_en=title, title_ru=ru)


def edit(old: list[DemandText], new: list[DemandText], *, lang: str = "en") -> Edit:
    versions = [PlatformVersion(number=number) for number in (1, 2)]
    for version, texts in zip(versions, (old, new), strict=True):
        version.worded = texts  # type: ignore[attr-defined]
    found = edit_of(versions, since=1, until=2, lang=lang)
    assert found is not None
    return found


def test_a_version_beside_an_earlier_one() -> None:
    old = [text(1, "Trams"), text(2, "Roofs"), text(3, "Parks"), text(4, "Votes", chapter="democratic")]
    new = [text(1, "Trams"), text(2, "Roofs and pipes"), text(5, "Clinics"), text(6, "Votes")]

    found = edit(old, new)

    assert found.added == [new[2]]
    assert found.dropped == [old[2]]
    assert [(one, [field.field for field in fields]) for one, fields in found.changed] == [(new[1], ["title"])]
    assert found.moved == [(old[3], new[3])]
    assert found.kept == 1


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_change_of_one_language_alone_is_shown_in_that_language(lang: str) -> None:
    ((_, fields),) = edit([text(1, "Trams", ru="Трамвай")], [text(1, "Trams", ru="Трамваи")], lang=lang).changed

    assert [field.lang for field in fields] == ["ru"]
