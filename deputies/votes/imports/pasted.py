"""A roll call pasted as text, or read as lines from a file. Pure.

Read are: names under headings («За — 24:», with the names below or on the same line), a name and a mark on each line
(separated by a tab, `;`, `,`, a dash, a colon, two spaces, or with a mark of at least two letters at the end), the same
with the mark first, tables with a first line that says which column is which, names alone, and totals alone
(«За 24, против 11»). Numbers before names fall away. Nothing is guessed: what can be read in two ways is refused.
"""

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from deputies.votes.enums import Position
from deputies.votes.imports.named import (
    INVISIBLE,
    LARGEST,
    LONGEST_NAME,
    MOST_ROWS,
    Gathering,
    Reading,
    Said,
    Words,
    normal,
    tidy,
    unprintable,
)

Line = tuple[int, str]
Cells = tuple[int, list[str]]

NAMES = {"депутат", "фио", "ф. и. о", "ф.и.о", "фамилия", "имя", "отчество", "фамилия и инициалы"} | {
    *("name", "deputy", "member", "councillor", "voter", "voter_name", "surname", "first name", "last name"),
}
MARKS = {"голос", "голосование", "отметка", "позиция", "результат голосования", "vote", "option", "mark", "position"}
NUMBERS = {"№", "№ п/п", "п/п", "номер", "n", "no", "#", "number"}

PASTED = Said("pasted text")

_UNIT = r"(?:(?:чел|депутат|голос)[а-я]*\.?|votes?|members?)?"
_HEAD = re.compile(
    rf"(?:(?:про)?голосовал[иао]?\s+)?[«\"“]?([+−-]|\D*?)[»\"”]?[\s–—(-]*([0-9]{{1,6}})?\s*{_UNIT}[\s).]*", re.I
)
_COUNT = re.compile(rf"([0-9]{{1,6}})\s*{_UNIT}\.?", re.I)
_NOBODY = re.compile(r"(.{1,60}?)\s*[-–—:]\s*(?:нет|никто|none|nobody)\.?", re.I)
_SUM = re.compile(r"(?:итого|всего|total|результаты?(?: голосования)?)\s*:?\s*", re.I)
_PAIR = re.compile(rf"\s*+([^\d,;:\s][^\d,;:]{{0,39}}?)[\s–—:=-]*+([0-9]{{1,6}})\s*{_UNIT}(?:[\s,;.]+|$)", re.I)
_ABOUT = re.compile(r"(?:(вопрос|тема|question|motion|title)|результат|решение|result)\s*:\s*(.+)", re.I)
_NUMBER = re.compile(r"\s*+(?:№\s*+)?[0-9]{1,4}\s*(?:[.)]\s*|\s)")
_BREAK = re.compile(r" +[-–—=] +|: +| *[;\t] *|  +")
_HALF = re.compile(r"[^\W\d_]{2,} [^\W\d_]\.")  # a surname with one initial, the next one being in the next line
_OTHER_HALF = re.compile(r"[^\W\d_]\.\s*(.*)")


class Heading(NamedTuple):
    mark: str
    position: Position
    printed: int | None
    names: str


def read_text(text: str, words: Words, file: str = PASTED) -> Reading:
    """The roll call in `text`. Raises BadFiles."""
    found = Gathering(file)
    if len(text) > LARGEST:
        found.bad(None, "more than 1 MB of text", "Paste one roll call.")
    if code := unprintable(text.replace("\r", "")):
        line = next(at for at, each in enumerate(text.split("\n"), 1) if unprintable(each.replace("\r", "")))
        found.bad(line, "the control character %(code)s", "Copy the text again, as plain text.", code=code)
    found.problems.refuse()
    lines = enumerate(INVISIBLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
    spaced = ((line, re.sub(r"[^\S\t]{2,}", "  ", each.replace("\xa0", " ")).strip(" ")) for line, each in lines)
    return read_lines([(line, each) for line, each in spaced if each.strip()], words, found)


def read_lines(lines: Sequence[Line], words: Words, found: Gathering, *, quoted: bool = True) -> Reading:
    """The roll call in the lines that are not blank; in a line with tabs there may be `quoted` cells."""
    if len(lines) > MOST_ROWS:
        found.bad(None, "more than %(most)s lines", "Give one roll call.", most=MOST_ROWS)
        found.problems.refuse()
    return _Lines(words, found, quoted).read(_whole(lines, words, found))


def _whole(lines: Sequence[Line], words: Words, found: Gathering) -> list[Line]:
    """The lines, with a name that was broken over two of them in one, and a note of it."""
    whole: list[Line] = []
    for line, text in lines:
        above = whole[-1][1] if whole and len(whole[-1][1]) <= LONGEST_NAME else ""  # what is longer is no half a name
        hyphen = re.search(r"[^\W\d_]-$", above) and text[0].isalpha()
        half = _OTHER_HALF.fullmatch(text) if _HALF.fullmatch(_NUMBER.sub("", above)) else None
        if hyphen or (half and (not half[1][:1].isalpha() or normal(half[1]) in words)):
            broken = hyphen and text[0].islower()  # a hyphen that only divides the word falls away
            joined = f"{above[:-1] if broken else above}{'' if hyphen else ' '}{text}"
            found.note(
                "Lines %(first)s and %(line)s are read as one: %(text)s", first=whole[-1][0], line=line, text=joined
            )
            whole[-1] = whole[-1][0], joined
        else:
            whole.append((line, text))
    return whole


class _Lines:
    """Lines of one roll call, sorted into names, marks and totals."""

    def __init__(self, words: Words, found: Gathering, quoted: bool) -> None:
        self.words, self.found, self.quoted = words, found, quoted
        self.about = {"title": "", "result": ""}

    def read(self, lines: list[Line]) -> Reading:
        if self._is_headed(lines):
            self._under_headings(lines)
        else:
            for line, text in lines:
                if (heading := self._heading(text)) and heading.printed is None:
                    remedy = "Write the names under it without marks, or its total beside it."
                    self.found.bad(line, "the heading “%(mark)s” has no names of its own", remedy, mark=heading.mark)
            self._table(self._cells([(line, text) for line, text in lines if not self._aside(line, text)]))
        if unmarked := sum(row.position is None for row in self.found.rows):
            self.found.note("Names without a mark: %(number)s. Choose what each stands for.", number=unmarked)
        return self.found.reading(title=self.about["title"], result=self.about["result"])

    def _position(self, mark: str) -> Position | None:
        return self.words.get(normal(mark))

    def _heading(self, text: str) -> Heading | None:
        if (nobody := _NOBODY.fullmatch(text)) and (position := self._position(nobody[1])):
            return Heading(nobody[1], position, 0, "")
        head, _, names = text.partition(":")
        if (position := self._position(head)) and not _COUNT.fullmatch(names.strip()):
            return Heading(head.strip(), position, None, names.strip())
        found = _HEAD.fullmatch(head.strip()) if len(head) <= 80 else None
        position = self._position(found[1]) if found else None
        if found is None or position is None:
            return None
        printed, names = found[2], names.strip()
        if printed is None and (count := _COUNT.fullmatch(names)):
            printed, names = count[1], ""
        return Heading(found[1].strip(), position, None if printed is None else int(printed), names)

    def _sums(self, text: str) -> list[tuple[str, Position, int]]:
        """The totals of a line with several of them and nothing else."""
        sums, prefix = list[tuple[str, Position, int]](), _SUM.match(text)
        at = prefix.end() if prefix else 0
        while at < len(text):
            pair = _PAIR.match(text, at)
            position = self._position(pair[1]) if pair else None
            if pair is None or position is None:
                return []
            sums.append((pair[1].strip(), position, int(pair[2])))
            at = pair.end()
        return sums if len(sums) > 1 else []

    def _aside(self, line: int, text: str) -> bool:
        """Whether the line is not of names; what it says is kept."""
        if sums := self._sums(text):
            for word, position, number in sums:
                self.found.total(line, position, word, number)
        elif about := _ABOUT.fullmatch(text.strip()):
            self.about["title" if about[1] else "result"] = tidy(about[2])
        elif (heading := self._heading(text)) and not heading.names:
            if heading.printed is not None:
                self.found.total(line, heading.position, heading.mark, heading.printed)
        else:
            return False
        return True

    def _is_headed(self, lines: list[Line]) -> bool:
        """Whether names follow a heading; one that is followed by marks, or by nothing, is only a total."""
        is_open = False
        for _, text in lines:
            if self._sums(text):
                is_open = False
            elif heading := self._heading(text):
                if heading.names:
                    return True
                is_open = True
            elif is_open and not _ABOUT.fullmatch(text):
                cells = re.split("[\t;,]", text)
                if not self._has_mark(self._free(text)) and not self._has_mark(cells) and not _is_header(cells):
                    return True
                is_open = False
        return False

    def _under_headings(self, lines: list[Line]) -> None:
        above: Heading | None = None
        for line, text in lines:
            aside, heading = self._aside(line, text), self._heading(text)
            above = heading or above
            if heading and heading.names and heading.printed is not None:
                self.found.total(line, heading.position, heading.mark, heading.printed)
            if aside:
                continue
            if above is None:
                remedy = "Put it under the heading where it belongs, or remove it."
                self.found.bad(line, "“%(text)s” stands before the first heading", remedy, text=text[:100])
                continue
            for name in re.split("[,;\t]", _NUMBER.sub("", heading.names if heading else text, count=1)):
                self._name_under(above, line, _NUMBER.sub("", name, count=1).strip())

    def _name_under(self, heading: Heading, line: int, name: str) -> None:
        if self._has_mark(self._free(name)):
            remedy = "Write marks beside all names, or put all names under headings."
            problem = "“%(name)s” has a mark of its own under the heading “%(mark)s”"
            self.found.bad(line, problem, remedy, name=name[:100], mark=heading.mark)
        elif name:
            self.found.name(line, name, heading.mark, heading.position)

    def _has_mark(self, cells: Sequence[str]) -> bool:
        return any(self._position(cell) for cell in cells)

    def _free(self, text: str) -> list[str]:
        """A name and a mark in the order in which they stand, or only the name."""
        text = _NUMBER.sub("", text, count=1).strip()
        breaks = [found.span() for found in _BREAK.finditer(text)]
        if breaks and self._position(text[breaks[-1][1] :]):
            return [text[: breaks[-1][0]], text[breaks[-1][1] :]]
        if breaks and self._position(text[: breaks[0][0]]):
            return [text[: breaks[0][0]], text[breaks[0][1] :]]
        for length in (3, 2, 1):
            name, *last = text.rsplit(" ", length)
            mark = " ".join(last)
            if last and self._position(mark) and not (len(normal(mark)) == 1 and mark.isalpha()):  # "Y" is no vote
                return [name, mark]
        return [text]

    def _cells(self, lines: list[Line]) -> list[Cells]:
        """The cells of each line, by the first separator that shows marks or a header."""
        for separator in "\t;,":
            rows = [[cell.strip(' "') for cell in text.split(separator)] for _, text in lines]
            if any(self._has_mark(cells) or _is_header(cells) for cells in rows if len(cells) > 1):
                return [(line, self._split(line, text, separator)) for line, text in lines]
        cells = [(line, text, self._free(text)) for line, text in lines]
        if any(len(free) > 1 for _, _, free in cells) or all(re.search(r"[\t;:]| [-–—=] ", text) for _, text in lines):
            return [(line, free if len(free) > 1 else _broken(text)) for line, text, free in cells]
        for line, text, _ in cells:
            if re.search("[,;\t]", text):
                remedy = "Put each on its own line, or write a mark of the table of vote words beside each."
                self.found.bad(line, "“%(name)s” may be two names", remedy, name=text[:100])
        return [(line, free) for line, _, free in cells]

    def _split(self, line: int, text: str, separator: str) -> list[str]:
        if not self.quoted:
            return text.split(separator)
        try:
            return next(csv.reader([text], delimiter=separator, strict=True))
        except csv.Error:
            self.found.bad(line, "a quotation mark that does not end its cell", "Remove the quotation marks.")
            return []

    def _table(self, rows: list[Cells]) -> None:
        rows = [(line, [tidy(cell) for cell in cells]) for line, cells in rows if any(cells)]
        header = next((at for at, (_, cells) in enumerate(rows[:10]) if _is_header(cells)), None)
        if header is None:
            names, mark = self._unnamed_columns(rows)
        else:
            names, mark = self._named_columns(*rows[header])
            for line, cells in rows[:header]:
                self._above_header(line, cells)
            rows = self._as_wide(rows[header + 1 :], len(rows[header][1]))
        for line, cells in rows if names else []:
            name = " ".join(cells[at] for at in names if at < len(cells))
            said = cells[mark] if mark is not None and mark < len(cells) else ""
            position = self._position(said)
            if said and position is None:
                remedy = "Correct it, or add it to the table of vote words."
                self.found.bad(line, "“%(word)s” is not a known vote word", remedy, word=said[:100])
            self.found.name(line, _NUMBER.sub("", name, count=1), said, position)

    def _above_header(self, line: int, cells: list[str]) -> None:
        text = " ".join(filter(None, cells))
        if sum(map(bool, cells)) > 1:
            self.found.bad(line, "a row above the header", "Put the header above all rows.")
        elif not self.about["title"]:
            self.about["title"] = text
        else:
            self.found.note("Line %(line)s is not read: %(text)s", line=line, text=text[:200])

    def _as_wide(self, rows: list[Cells], width: int) -> list[Cells]:
        for line, cells in rows:
            if any(cells[width:]):
                remedy = "Remove the cell, or put a name with a separator in it into quotation marks."
                self.found.bad(line, "more cells than the header has", remedy)
        return rows

    def _named_columns(self, line: int, cells: list[str]) -> tuple[list[int], int | None]:
        """The columns of the name and that of the mark, by the header."""
        header = [normal(cell) for cell in cells]
        marks = [at for at, cell in enumerate(header) if cell in MARKS]
        if len(marks) > 1:
            self.found.bad(line, "two columns of marks", "Leave only the one of this vote.")
        for cell, shown in zip(header, cells, strict=True):
            if cell and cell not in NAMES | MARKS | NUMBERS:
                self.found.note("The column “%(column)s” is not read.", column=shown[:100])
        return [at for at, cell in enumerate(header) if cell in NAMES], marks[0] if marks else None

    def _unnamed_columns(self, rows: list[Cells]) -> tuple[list[int], int | None]:
        """The same without a header: marks are second, or first if all of that column are marks and no other is."""
        width = max((at for _, cells in rows for at, cell in enumerate(cells, 1) if cell), default=0)
        numbered = width > 1 and all(re.fullmatch(r"№?\s*[0-9]{1,4}[.)]?", cells[0]) for _, cells in rows)
        if width - numbered > 2:
            remedy = "Add a first line that names the columns, such as: Name, Vote, Faction."
            self.found.bad(rows[0][0], "%(width)s columns, and no header", remedy, width=width)
            return [], None
        if width - numbered < 2:
            return [int(numbered)], None
        first, second = ([cells[at] for _, cells in rows if at < len(cells)] for at in (numbered, numbered + 1))
        if all(map(self._position, first)) and len(first) == len(rows):
            if all(map(self._position, second)):
                self.found.bad(rows[0][0], "both columns hold marks", "Put names into one of them.")
            return [numbered + 1], int(numbered)
        return [int(numbered)], numbered + 1


def _is_header(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and any(normal(cell) in NAMES for cell in cells)


def _broken(text: str) -> list[str]:
    """The text in two at its last separator."""
    text = _NUMBER.sub("", text, count=1).strip()
    *_, last = [None, *_BREAK.finditer(text)]
    return [text[: last.start()], text[last.end() :]] if last else [text]
