"""Lines that fit, by the widths of the font itself."""

import pytest
import resvg_py

from coalition.pages.typesetting import FILES, drawable, face, fitted
from tests.coalition.pages.png import ink, pixels

SIZES = (40, 30, 20)


def drawn(text: str, size: int = 40) -> bytes:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="60"><rect width="600" height="60" fill="#fff"/>'
        f'<text x="10" y="45" font-family="Roboto" font-size="{size}">{text}</text></svg>'
    )
    return resvg_py.svg_to_bytes(svg_string=svg, font_files=list(FILES.values()), skip_system_fonts=True)


@pytest.mark.parametrize("text", ["Геннадий Щёголев", "Wide WAVE and ij", "«№ 12» — 35 %"])
def test_a_line_is_as_wide_as_the_font_says(text: str) -> None:
    width = face(False).width(text, 40)
    found, blank = pixels(drawn(text)), pixels(drawn(""))

    assert ink(found, blank, (10, 0, 10 + width + 2, 60)) > 300
    assert ink(found, blank, (10 + width + 2, 0, 600, 60)) == 0
    assert ink(found, blank, (10 + 0.9 * width, 0, 10 + width, 60)) > 0


def test_letters_of_both_alphabets_are_drawn_and_not_boxes() -> None:
    """A letter that no font has is a box; two of those look alike."""
    box = drawn("\ue000\ue000")

    assert drawn("\ue001\ue001") == box
    assert len({box, drawn("ЖЖ"), drawn("ЯЯ"), drawn("QQ")}) == 4


def test_a_letter_that_the_font_lacks_is_known() -> None:
    assert not face(False).lacks("Щёголев, Q. № 5 — «да»\n")
    assert face(False).lacks("שלום")
    assert face(True).lacks("Ada 山")


def test_a_text_is_set_as_large_as_it_fits() -> None:
    assert fitted("Short", sizes=SIZES, width=400, height=50).size == 40
    assert fitted("A text of some more words that goes on", sizes=SIZES, width=400, height=50).size == 20
    assert fitted("", sizes=SIZES, width=400, height=50).lines == []


def test_a_text_that_never_fits_ends_after_a_whole_word() -> None:
    words = " ".join(f"word{n}," for n in range(60))

    block = fitted(words, sizes=SIZES, width=400, height=50)

    assert (block.size, len(block.lines)) == (20, 2)
    *_, last = block.lines[-1].removesuffix("…").split(" ")
    assert block.lines[-1].endswith("…")
    assert f"{last}," in words.split(" ")


@pytest.mark.parametrize("text", ["Щ" * 300, "word " + "W" * 200 + " end", "Ада " * 90])
def test_no_line_is_wider_than_the_room(text: str) -> None:
    for size in SIZES:
        block = fitted(text, sizes=(size,), width=300, height=120)
        assert max(face(False).width(line, size) for line in block.lines) <= 300
        assert block.height <= 120


def test_what_xml_refuses_is_left_out() -> None:
    assert drawable(" a\x00b\x0b\n c\ud800\ufffe ") == "ab c"
