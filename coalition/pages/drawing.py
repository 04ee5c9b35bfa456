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
from coalition.pages.sheets import Chart, Sheet, said
from coalition.pages.typesetting import FILES, drawable, face, fitted, leading
from deputies.votes.enums import Position
from pledges.scorecards import wording
from pledges.scorecards.bundles.reports import BundleNote
from pledges.scorecards.enums import Outcome
from pledges.scorecards.reports.cards import Mark

LEFT, RIGHT, BOTTOM = 48, 1152, 600
WIDTH, GAP = RIGHT - LEFT, 48
HEADING, BAR, GAUGE = 44, 32, 54
ROLE, SPACE, LEGEND = 26, 12, 36
STEPS, BETWEEN = (48, 40, 33, 27), 5  # from square to square
TALLEST, LEAST = (100, 60), 130  # how high the squares may be, and how much room the words need
KINDS = (Outcome.WITH, Outcome.AGAINST, Outcome.MISSED)
DRAWN = (*KINDS, Outcome.HALF)


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
    top: int = 96  # where the title begins
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

    The foot and the picture have the room they need; title and sentence share what is left.
    """
    canvas = Canvas()
    _head(canvas, sheet)
    above = _foot(canvas, sheet, bundle) - canvas.y - leading(ROLE) * bool(sheet.role) - SPACE * (2 + bool(sheet.note))
    steps = (_step(sheet.charts, tallest) for tallest in TALLEST)
    rooms = ((step, above - _picture_height(sheet, step)) for step in steps)
    step, room = next((pair for pair in rooms if pair[1] >= LEAST), (0, above - _picture_height(sheet, 0)))
    note = fitted(sheet.note, sizes=(24, 22), width=WIDTH, height=60 if room > LEAST else 30) if sheet.note else None
    words = room - (note.height if note else 0)
    canvas.write(sheet.title, (56, 48, 42, 36, 32, 28, 24), min(144, words // 2), bold=True)
    canvas.write(sheet.role, (ROLE,), leading(ROLE), fill="ink-2")
    canvas.y += SPACE
    taken = canvas.y - SPACE - leading(ROLE) * bool(sheet.role) - canvas.top
    canvas.write(sheet.sentence, (38, 34, 30, 26, 22), min(144, words - taken))
    canvas.y += SPACE * bool(sheet.note)
    canvas.write(sheet.note, (24, 22), note.height if note else 0, fill="ink-2")
    canvas.y += SPACE
    _picture(canvas, sheet, step)
    return render_to_string("share/image.svg", {"texts": canvas.texts, "boxes": canvas.boxes})


def digest_of(sheet: Sheet, bundle: BundleNote | None) -> str:
    """The part of its address that says which picture it is: a digest of all that it shows, and of what draws it."""
    day = sheet.house.at.astimezone(sheet.house.chamber.zone).date()
    told: list[object] = [sheet.house.chamber.name, bundle or day, *sheet.notices]
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
    canvas.top = canvas.y


def _picture_height(sheet: Sheet, step: int) -> int:
    rows = max((_rows(chart, step, _column(sheet.charts)) for chart in sheet.charts), default=0)
    drawn = HEADING + (rows * step if step else BAR) + SPACE + LEGEND if sheet.charts else 0
    return drawn or (GAUGE + leading(22) if sheet.gauge else 0)


def _picture(canvas: Canvas, sheet: Sheet, step: int) -> None:
    if sheet.gauge is not None:
        top, gauge = canvas.y, sheet.gauge
        canvas.boxes += [
            Box(LEFT, top + 6, WIDTH, 32, "all"),
            Box(LEFT, top + 6, WIDTH * min(1, gauge.votes / gauge.seats), 32, "held"),
            Box(LEFT + WIDTH * gauge.needed / gauge.seats - 3, top, 6, 44, "line"),
        ]
        canvas.y += GAUGE
        told = {"seats": gauge.seats, "votes": gauge.votes, "needed": gauge.needed}
        words = _("The bar is all %(seats)s seats, filled %(votes)s; the line stands at %(needed)s.")
        canvas.write(words % told, (22,), leading(22), fill="ink-2")
    if sheet.charts:
        width = _column(sheet.charts)
        size = min(fitted(one.head, sizes=(30, 26, 22), width=width, height=38, bold=True).size for one in sheet.charts)
        for nth, chart in enumerate(sheet.charts):
            x = LEFT + nth * (width + GAP)
            head = fitted(chart.head, sizes=(size,), width=width, height=38, bold=True)
            canvas.texts.append(Text(x, canvas.y + 30, size, head.lines[0], 700))
            canvas.boxes += _marks(chart, x, canvas.y + HEADING, width, step)
        canvas.y += _picture_height(sheet, step) - LEGEND
        _legend(canvas)


def _column(charts: Sequence[Chart]) -> int:
    return (WIDTH - GAP * (len(charts) - 1)) // len(charts)


def _step(charts: Sequence[Chart], tallest: int) -> int:
    """From square to square, the largest at which all charts fit; 0 where they are bars."""
    if any(len(chart.marks) > SQUARES for chart in charts) or not any(chart.marks for chart in charts):
        return 0
    fit = (s for s in STEPS if all(_rows(one, s, _column(charts)) * s <= tallest for one in charts))
    return next(fit, 0)


def _rows(chart: Chart, step: int, width: int) -> int:
    return max((row for row, *_ in _places(chart.marks, step, width)), default=0) + 1 if step else 1


def _places(marks: Sequence[Mark], step: int, width: int) -> Iterator[tuple[int, int, int, Mark]]:
    """The row of each square that is drawn, how many are before it there, how many it is wide, and its mark."""
    row, across = 0, 0
    for mark in marks:
        if mark.outcome in DRAWN:
            units = 2 if mark.is_strong else 1
            if (across + units) * step > width + BETWEEN:
                row, across = row + 1, 0
            yield row, across, units, mark
            across += units


def _marks(chart: Chart, x: int, top: int, width: int, step: int) -> Iterator[Box]:
    if not step:
        for one in stretches(chart.tally):
            kind = "missed" if one.kind == "none" else one.kind
            yield Box(x + width * one.start / 100, top, width * one.length / 100, BAR, kind)
        return
    for row, across, units, mark in _places(chart.marks, step, width):
        is_open = mark.outcome is Outcome.MISSED and mark.position is Position.NO_MARK
        kind = "nomark" if is_open else mark.outcome.value
        yield Box(x + across * step, top + row * step, units * step - BETWEEN, step - BETWEEN, kind)


def _legend(canvas: Canvas) -> None:
    x: float = LEFT
    for kind in KINDS:
        words = str(wording.OUTCOMES[kind])
        canvas.boxes.append(Box(x, canvas.y, 20, 20, kind.value))
        canvas.texts.append(Text(x + 28, canvas.y + 17, 22, words, 400, "ink-2"))
        x += 60 + face(False).width(words, 22)
    canvas.y += 28


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
