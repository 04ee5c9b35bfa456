"""The picture of a sheet: 1200 by 630, laid out by measured widths, drawn to PNG with fonts that we bring."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import resvg_py
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coalition.pages.pictures import stretches
from coalition.pages.public import fingerprint
from coalition.pages.records import SQUARES
from coalition.pages.sheets import Chart, Gauge, Sheet, said
from coalition.pages.typesetting import FILES, drawable, face, fitted, leading
from deputies.votes.enums import Position
from pledges.scorecards import wording
from pledges.scorecards.bundles.reports import BundleNote
from pledges.scorecards.enums import Outcome
from pledges.scorecards.reports.cards import Mark

LEFT, RIGHT, BOTTOM = 48, 1152, 600
WIDTH, GAP = RIGHT - LEFT, 48
HEADING, BAR, GAUGE = 44, 32, 54
SPACE, LEGEND = 12, 28
STEPS, BETWEEN = (48, 40, 33, 27), 5  # from square to square
KINDS = (Outcome.WITH, Outcome.AGAINST, Outcome.MISSED)


@dataclass(frozen=True, slots=True)
class Text:
    """One line, from its baseline."""

    x: float
    y: float
    size: int
    text: str
    weight: int = 400
    fill: str = "ink"
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a kind that has a colour and a hatch or an outline of its own."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(slots=True)
class Canvas:
    """What is drawn so far; `y` is how far down."""

    y: int = 96
    texts: list[Text] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def write(
        self, text: str, sizes: Sequence[int], height: int, *, bold: bool = False, fill: str = "ink", inset: int = 0
    ) -> None:
        """A text below what is there, in at most `height` pixels."""
        if drawable(text):
            block = fitted(text, sizes=sizes, width=WIDTH - 2 * inset, height=height, bold=bold)
            for line in block.lines:
                self.y += block.leading
                baseline = self.y - (block.leading - block.size) / 2 - 0.2 * block.size
                self.texts.append(Text(LEFT + inset, baseline, block.size, line, 700 if bold else 400, fill))


def svg_of(sheet: Sheet, bundle: BundleNote | None) -> str:
    """The picture as SVG; the same sheet gives the same text.

    Head, foot and the smallest picture have the room they need; words share the rest, squares grow in what they leave.
    """
    bundle = bundle if sheet.shows_scores else None
    canvas = Canvas()
    _head(canvas, sheet)
    floor = _foot(canvas, sheet, bundle)
    smallest = HEADING + BAR + SPACE + LEGEND if sheet.charts else GAUGE + leading(22) if sheet.gauge else 0
    _words(canvas, sheet, floor - smallest)
    if sheet.gauge:
        _gauge(canvas, sheet.gauge)
    if sheet.charts:
        _charts(canvas, sheet.charts, floor - SPACE - LEGEND)
    return render_to_string("share/image.svg", {"texts": canvas.texts, "boxes": canvas.boxes})


def digest_of(sheet: Sheet, bundle: BundleNote | None) -> str:
    """The part of its address that says which picture it is: a digest of all that it shows, and of what draws it."""
    day = sheet.house.at.astimezone(sheet.house.chamber.zone).date()
    told: list[object] = [sheet.house.chamber.name, (sheet.shows_scores and bundle) or day, *sheet.notices]
    told += [sheet.title, sheet.role, sheet.sentence, sheet.note, sheet.chooser, sheet.gauge]
    for chart in sheet.charts:
        marks = [(mark.outcome, mark.position, mark.is_strong) for mark in chart.marks]
        told += [chart.head, chart.tally, marks]
    return hashlib.sha256(repr([get_language(), fingerprint(), told]).encode()).hexdigest()[:16]


def png_of(svg: str) -> bytes:
    """The picture as PNG, in about 50 ms.

    Fonts of the machine are asked only for letters that ours lack, so that all else looks alike everywhere.
    """
    ours = not face(False).lacks(svg)
    return resvg_py.svg_to_bytes(svg_string=svg, font_files=list(FILES.values()), skip_system_fonts=ours)


def _head(canvas: Canvas, sheet: Sheet) -> None:
    name = fitted(sheet.house.chamber.name, sizes=(28, 24, 20), width=860, height=35)
    canvas.texts += [
        Text(LEFT, 64, 32, _("Nakaz"), 700),
        Text(RIGHT, 64, name.size, name.lines[0], 400, "ink-2", "end"),
    ]
    if sheet.notices:
        top = canvas.y
        canvas.y += 6
        canvas.write(" ".join(sheet.notices), (24, 22, 20), 60, inset=16)
        canvas.y += 6
        canvas.boxes.append(Box(LEFT, top, WIDTH, canvas.y - top, "notice"))
    canvas.y += SPACE


def _words(canvas: Canvas, sheet: Sheet, until: int) -> None:
    """Title and sentence in equal parts at most, with the role between and a note below."""
    role, note = leading(26) if sheet.role else 0, SPACE + leading(24) if sheet.note else 0
    both = until - canvas.y - role - note - 2 * SPACE
    top = canvas.y
    canvas.write(sheet.title, (56, 48, 42, 36, 32, 28, 24), min(144, both // 2), bold=True)
    left = both - (canvas.y - top)
    canvas.write(sheet.role, (26,), role, fill="ink-2")
    canvas.y += SPACE
    canvas.write(sheet.sentence, (38, 34, 30, 26, 22), min(144, left))
    if sheet.note:
        canvas.y += SPACE
        canvas.write(sheet.note, (24, 22), min(60, until - SPACE - canvas.y), fill="ink-2")
    canvas.y += SPACE


def _gauge(canvas: Canvas, gauge: Gauge) -> None:
    top = canvas.y
    canvas.boxes += [
        Box(LEFT, top + 6, WIDTH, 32, "all"),
        Box(LEFT, top + 6, WIDTH * min(1, gauge.votes / gauge.seats), 32, "held"),
        Box(LEFT + WIDTH * gauge.needed / gauge.seats - 3, top, 6, 44, "line"),
    ]
    canvas.y += GAUGE
    told = {"seats": gauge.seats, "votes": gauge.votes, "needed": gauge.needed}
    words = _("The bar is all %(seats)s seats, filled %(votes)s; the line stands at %(needed)s.")
    canvas.write(words % told, (22,), leading(22), fill="ink-2")


def _charts(canvas: Canvas, charts: Sequence[Chart], floor: int) -> None:
    """Side by side, above what outcomes look like."""
    width = (WIDTH - GAP * (len(charts) - 1)) // len(charts)
    lefts = range(LEFT, RIGHT, width + GAP)
    size = min(fitted(one.head, sizes=(30, 26, 22), width=width, height=38, bold=True).size for one in charts)
    for x, chart in zip(lefts, charts, strict=False):
        head = fitted(chart.head, sizes=(size,), width=width, height=38, bold=True)
        canvas.texts.append(Text(x, canvas.y + 30, size, head.lines[0], 700))
    top = canvas.y + HEADING
    drawn = _squares(charts, lefts, top, width, floor)
    canvas.boxes += drawn or [bar for x, one in zip(lefts, charts, strict=False) for bar in _bar(one, x, top, width)]
    canvas.y = round(max((box.y + box.height for box in canvas.boxes), default=top)) + SPACE
    _legend(canvas)


def _squares(charts: Sequence[Chart], lefts: Sequence[int], top: int, width: int, floor: int) -> list[Box]:
    """Countable squares as large as they fit above `floor`; none where they do not, or are too many to count."""
    if any(len(chart.marks) > SQUARES for chart in charts):
        return []
    for step in STEPS:
        boxes = [box for x, one in zip(lefts, charts, strict=False) for box in _rows(one.marks, x, top, width, step)]
        if all(box.y + box.height <= floor for box in boxes):
            return boxes
    return []


def _rows(marks: Sequence[Mark], left: int, top: int, width: int, step: int) -> Iterator[Box]:
    """The squares of one chart, row by row; a vote that weighs more is twice as wide."""
    x, y = left, top
    for mark in marks:
        if mark.outcome in (*KINDS, Outcome.HALF):
            wide = step * (2 if mark.is_strong else 1)
            if x + wide > left + width + BETWEEN:
                x, y = left, y + step
            is_open = mark.outcome is Outcome.MISSED and mark.position is Position.NO_MARK
            yield Box(x, y, wide - BETWEEN, step - BETWEEN, "nomark" if is_open else mark.outcome.value)
            x += wide


def _bar(chart: Chart, x: int, top: int, width: int) -> Iterator[Box]:
    for one in stretches(chart.tally):
        kind = "missed" if one.kind == "none" else one.kind
        yield Box(x + width * one.start / 100, top, width * one.length / 100, BAR, kind)


def _legend(canvas: Canvas) -> None:
    x: float = LEFT
    for kind in KINDS:
        words = str(wording.OUTCOMES[kind])
        canvas.boxes.append(Box(x, canvas.y, 20, 20, kind.value))
        canvas.texts.append(Text(x + 28, canvas.y + 17, 22, words, 400, "ink-2"))
        x += 60 + face(False).width(words, 22)


def _foot(canvas: Canvas, sheet: Sheet, bundle: BundleNote | None) -> int:
    """Who chose, and which edition this is: at the bottom, whatever is above; where it begins."""
    top = BOTTOM - 20 - SPACE
    at = (bundle.at if bundle else sheet.house.at).astimezone(sheet.house.chamber.zone)
    edition = [said("components/bundle.html", bundle=bundle)] if bundle else []
    last = fitted(" · ".join([wording.day_words(at.date()), *edition]), sizes=(20, 18), width=840, height=25)
    if sheet.chooser:
        who = fitted(sheet.chooser, sizes=(22, 20), width=WIDTH, height=56)
        for nth, line in enumerate(reversed(who.lines)):
            canvas.texts.append(Text(LEFT, BOTTOM - 32 - nth * who.leading, who.size, line))
        top -= who.height
    canvas.texts += [
        Text(LEFT, BOTTOM, last.size, last.lines[0], 400, "ink-2"),
        Text(RIGHT, BOTTOM, 20, urlsplit(settings.SITE_URL).netloc, 400, "ink-2", "end"),
    ]
    return top
