"""Lines of text that fit a picture, by the widths that the font file itself states. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from struct import iter_unpack, unpack_from
from unicodedata import category

import font_roboto  # type: ignore[import-untyped]

FILES = {False: font_roboto.font_files["Roboto"], True: font_roboto.font_files["RobotoBold"]}  # by whether it is bold
UNDRAWABLE = frozenset({"Cc", "Cs", "Cn"})  # control characters, surrogates, unassigned: XML refuses most of them


@dataclass(frozen=True, slots=True)
class Face:
    """The advance of every character that a font has, in em."""

    advances: dict[int, float]

    def width(self, text: str, size: float) -> float:
        """A little more than it takes, since kerning is left out; a letter the font lacks is taken as wide as high."""
        return size * sum(self.advances.get(ord(letter), 1.0) for letter in text)

    def lacks(self, text: str) -> bool:
        """Whether some letter would have to come from another font."""
        return any(ord(letter) not in self.advances for letter in text if letter > " ")


@cache
def face(bold: bool) -> Face:
    """The face that pictures are set in: the widths of its glyphs from `hmtx`, through its map of 32-bit characters."""
    font = Path(FILES[bold]).read_bytes()
    (tables,) = unpack_from(">H", font, 4)
    found = {tag: start for tag, _, start, _ in iter_unpack(">4sLLL", font[12 : 12 + 16 * tables])}
    (em,) = unpack_from(">H", font, found[b"head"] + 18)
    (metrics,) = unpack_from(">H", font, found[b"hhea"] + 34)
    widths = [width / em for width, _ in iter_unpack(">Hh", font[found[b"hmtx"] :][: 4 * metrics])]
    (maps,) = unpack_from(">H", font, found[b"cmap"] + 2)
    starts = iter_unpack(">HHL", font[found[b"cmap"] + 4 :][: 8 * maps])
    start = found[b"cmap"] + next(offset for platform, encoding, offset in starts if (platform, encoding) == (3, 10))
    (groups,) = unpack_from(">L", font, start + 12)
    return Face(
        {
            first + n: widths[min(glyph + n, metrics - 1)]
            for first, last, glyph in iter_unpack(">LLL", font[start + 16 :][: 12 * groups])
            for n in range(last - first + 1)
        }
    )


@dataclass(frozen=True, slots=True)
class Block:
    """A text broken into lines at one size, in pixels."""

    lines: list[str]
    size: int

    @property
    def leading(self) -> int:
        return leading(self.size)

    @property
    def height(self) -> int:
        return self.leading * len(self.lines)


def leading(size: int) -> int:
    return round(size * 1.25)


def fitted(text: str, *, sizes: Sequence[int], width: int, height: int, bold: bool = False) -> Block:
    """A text at the first of `sizes` at which all of it fits; at the last one it ends after whole words and "…"."""
    text = drawable(text)
    for size in sizes:
        lines = _broken(text, face(bold), size, width)
        if leading(size) * len(lines) <= height:
            return Block(lines, size)
    kept = lines[: max(1, height // leading(size))]
    return Block([*kept[:-1], _ended(kept[-1], face(bold), size, width)], size)


def drawable(text: str) -> str:
    """A text on one line, without what no font draws."""
    return " ".join(
        "".join(letter for letter in text if letter.isspace() or category(letter) not in UNDRAWABLE).split()
    )


def _broken(text: str, face: Face, size: int, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if face.width(longer, size) <= width:
            lines[-1] = longer
            continue
        lines.append("")
        for letter in word:  # a word that is wider than a line goes on in the next
            if face.width(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]


def _ended(line: str, face: Face, size: int, width: int) -> str:
    while face.width(f"{line}…", size) > width:
        line = line.rpartition(" ")[0] or line[:-1]
    return f"{line.rstrip(' ,.;:–—-')}…"
