"""Lines of text that fit a picture, by the widths that the font file itself states. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import category

import font_roboto  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FILES = {False: font_roboto.font_files["Roboto"], True: font_roboto.font_files["RobotoBold"]}  # by whether it is bold
LONGEST = 1_000  # letters; no picture has room for more
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
    """The face that pictures are set in."""
    with TTFont(FILES[bold], lazy=True) as font:
        em, widths = font["head"].unitsPerEm, font["hmtx"]
        return Face({code: widths[glyph][0] / em for code, glyph in font.getBestCmap().items()})


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
    text = drawable(text[:LONGEST])
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
