"""Geometry of the pictures, pure: where a seat, a tile and a stretch of a bar go."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, floor, pi, sin

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from deputies.votes.cohesion import Split
from pledges.scorecards.method import Percent, Tally

SPACING = 26  # between neighbours, so that fingers hit one seat at a width of 320 px
INNER = 54
HOLLOW = Fraction(2, 5)  # of the outer radius, kept free for the result
WIDEST = 132  # the radius of a chamber of 45, whose seats are 24 px apart on the narrowest phone


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of the hemicycle, in units of its view box; `angle` from 0 at the right to pi at the left."""

    x: float
    y: float
    angle: float


@dataclass(frozen=True, slots=True)
class Hall:
    """A hemicycle: its places from left to right, and its outer radius."""

    places: list[Place]
    radius: int

    @property
    def has_targets(self) -> bool:
        """Whether a finger can hit one seat at a width of 320 px; else the table of names is the way to a deputy."""
        return self.radius <= WIDEST

    @property
    def scale(self) -> float:
        """How much larger than in a chamber of 45 a text must be to be read."""
        return round(max(1, self.radius / WIDEST), 2)

    @property
    def view_box(self) -> str:
        """Never narrower than for 45 seats, so that few seats are not drawn huge."""
        half, height = (round(max(self.radius, least) + 24 * self.scale) for least in (WIDEST, 0))
        return f"{-half} {-height} {2 * half} {height + 22}"


def hall(seats: int) -> Hall:
    """Rows of seats around one centre: 16, 13, 10 and 6 for a chamber of 45."""
    radii = [INNER]
    while sum(_room(radius) for radius in radii) < seats:
        radii.insert(0, radii[0] + SPACING)
        if radii[-1] < HOLLOW * radii[0]:
            radii.pop()
    places = [place for radius, count in _rows(radii, seats) for place in _row(radius, count)]
    return Hall(sorted(places, key=lambda place: (-round(place.angle, 6), -place.y)), radii[0])


def _room(radius: int) -> int:
    return floor(pi * radius / SPACING) + 1


def _rows(radii: list[int], seats: int) -> Iterator[tuple[int, int]]:
    left, room = seats, sum(_room(radius) for radius in radii)
    for radius in radii:
        count = min(_room(radius), -(-left * _room(radius) // room), left)
        yield radius, count
        left, room = left - count, room - _room(radius)


def _row(radius: int, count: int) -> Iterator[Place]:
    for nth in range(count):
        angle = pi - pi * nth / (count - 1) if count > 1 else pi / 2
        yield Place(round(radius * cos(angle), 1), round(-radius * sin(angle), 1), angle)


def apart(angles: Sequence[float], gap: float) -> list[float]:
    """Angles from left to right, moved as little as keeps each `gap` from the next and all above the ends."""
    moved: list[float] = []
    for angle in angles:
        moved.append(min(angle, moved[-1] - gap) if moved else angle)
    for nth in range(len(moved) - 1, -1, -1):
        lowest = moved[nth + 1] + gap if nth + 1 < len(moved) else 0
        moved[nth] = max(moved[nth], lowest)
    return moved


def tile_rows(numbers: int) -> list[int]:
    """How many tiles each row of the map holds: round for 45 districts, else rows of nine."""
    if numbers == 45:
        return [5, 7, 9, 9, 7, 5, 3]
    return [9] * (numbers // 9) + ([numbers % 9] if numbers % 9 else [])


def tile_columns(numbers: int) -> list[int]:
    """The column of the nine in which a row begins, for its first tile; 0 for a tile that follows another."""
    return [(9 - row) // 2 + 1 if nth == 0 else 0 for row in tile_rows(numbers) for nth in range(row)]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a bar, in per cent of its length."""

    kind: str
    start: float
    length: float


def stretches(tally: Tally) -> list[Stretch]:
    """With, half, no vote recorded, against: by weight, from the left; empty where nothing would count."""
    return shares([("with", tally.with_), ("half", tally.half), ("none", tally.missed), ("against", tally.against)])


def shares(parts: Sequence[tuple[str, int]]) -> list[Stretch]:
    """Parts of a whole from the left, those of nothing left out; empty where there is nothing."""
    whole = sum(weight for _, weight in parts)
    before, found = 0, []
    for kind, weight in parts:
        if weight:
            found.append(Stretch(kind, round(100 * before / whole, 2), round(100 * weight / whole, 2)))
            before += weight
    return found


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of stacked parts in rows: a path for each kind of part, and the size of it all."""

    paths: dict[str, str]
    labels: list[tuple[float, float, str]]
    width: float
    height: float


COLUMN = 30  # the height of a column
FEW = 60  # so many columns have room for a label each
WIDE = 315


def strip(columns: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> Columns:
    """A column for each label and its parts, by share from below; a column of nothing is a dash of the kind "empty".

    Up to 60 stand 15 in a row, each with its label; more stand 45 in a row, and every fifth has one.
    """
    per_row = 15 if len(columns) <= FEW else 45
    pitch, labelled = WIDE / per_row, per_row == 15
    room = COLUMN + 14
    paths: dict[str, list[str]] = {}
    labels: list[tuple[float, float, str]] = []
    for place, (label, parts) in enumerate(columns):
        row, nth = divmod(place, per_row)
        left, width = 12 + nth * pitch, pitch - (7 if labelled else 2)
        for kind, low, high in _stacked(parts):
            bottom = row * room + COLUMN - low
            paths.setdefault(kind, []).append(f"M{left:g} {bottom:g}h{width:g}v{low - high:g}h{-width:g}z")
        if labelled or nth % 5 == 0:
            labels.append((round(left + width / 2, 1), row * room + COLUMN + 10, label))
    rows = -(-len(columns) // per_row)
    return Columns({kind: "".join(found) for kind, found in paths.items()}, labels, WIDE + 12, rows * room)


def _stacked(parts: Sequence[tuple[str, int]]) -> Iterator[tuple[str, float, float]]:
    """Each part with where it begins and ends, in units of a column."""
    whole, low = sum(weight for _, weight in parts), Fraction(0)
    if not whole:
        yield "empty", 0, 2
    for kind, weight in parts:
        if weight:
            high = low + Fraction(COLUMN * weight, whole)
            yield kind, round(float(low), 1), round(float(high), 1)
            low = high


def camp_columns(splits: Sequence[Split]) -> Columns:
    """How a group split, vote by vote: the larger camp below, the rest of those who voted above."""
    paths: dict[str, list[str]] = {"same": [], "different": []}
    for nth, split in enumerate(splits):
        largest = max(split.for_, split.against, split.abstain)
        for kind, low, high in _stacked([("same", largest), ("different", split.voted - largest)]):
            if kind in paths:
                paths[kind].append(f"M{8 * nth} {COLUMN - low:g}h6v{low - high:g}h-6z")
    return Columns({kind: "".join(found) for kind, found in paths.items() if found}, [], 8 * len(splits), COLUMN)


def anchor(percent: Percent) -> str:
    """On which side of its place a percentage is written, so that it stays on the bar."""
    if percent.value < 15:
        return "start"
    return "end" if percent.value > 85 else "middle"


@dataclass(frozen=True, slots=True)
class Staircase:
    """A share through time: an SVG path in a box 1000 wide and 100 high, and where it moved for another reason."""

    path: str
    marks: list[float]
    start: dt.datetime
    end: dt.datetime


def staircase(states: Sequence[tuple[dt.datetime, Fraction | None, bool]], end: dt.datetime) -> Staircase | None:
    """States in the order of time, each with its share and whether to mark it; None with fewer than two shares.

    A state without a share leaves a gap.
    """
    drawn = [moment for moment, share, _ in states if share is not None]
    if len(drawn) < 2 or end <= drawn[0]:
        return None
    start, whole = drawn[0], (end - drawn[0]).total_seconds()
    points = [
        (round(1000 * (at - start).total_seconds() / whole, 1), share, mark)
        for at, share, mark in states
        if at >= start
    ]
    return Staircase(_stairs(points), [x for x, _, mark in points if mark], start, end)


def _stairs(points: Sequence[tuple[float, Fraction | None, bool]]) -> str:
    parts, is_drawing = [], False
    for x, share, _ in points:
        y = None if share is None else round(float(100 * (1 - share)), 1)
        if y is not None:
            parts.append(f"H{x}V{y}" if is_drawing else f"M{x} {y}")
        elif is_drawing:
            parts.append(f"H{x}")
        is_drawing = y is not None
    return "".join([*parts, "H1000"] if is_drawing else parts)


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: an SVG path of its dark modules in a square of `size`, the quiet zone of four modules included."""

    path: str
    size: int


def qr_code(text: str) -> Code:
    """A QR code of a text, drawn here: nobody is asked for it."""
    drawn = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    drawn.add_data(text)
    matrix = drawn.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark)
    return Code("".join(dark), len(matrix))
