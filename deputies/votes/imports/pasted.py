"""A roll call pasted as text, or read as lines from a file. Pure.

Read are: names under headings («За — 24:», with the names below or on the same line), a name and a mark on each line
(separated by a tab, `;`, `,`, a dash, a colon, two spaces, or with a mark of at least two letters at the end), tables
with a first line that says which column is which, names alone, and totals alone («За 24, против 11»). Numbers before
names fall away. Nothing is guessed: what can be read in two ways is refused.
"""

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from deputies.votes.enums import Position
from deputies.votes.imports.named import (
    INVISIBLE,
    LARGEST,
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

NAMES = {"депутат", "фио", "ф. и. о", "ф.и.о", "фамилия", "имя", "отчество", "фамилия и инициалы"} | {
    *("name", "deputy", "member", "councillor", "voter", "voter_name", "surname", "first name", "last name"),
}
MARKS = {"голос", "голосование", "отметка", "позиция", "результат голосования", "vote", "option", "mark", "position"}
NUMBERS = {"№", "№ п/п", "п/п", "номер", "n", "no", "#", "number"}

PASTED = Said("pasted text")
LINES_ABOVE_HEADER = 10

_UNIT = r"(?:(?:чел|депутат|голос)[а-я]*\.?|votes?|members?)?"
_HEAD = re.compile(
    rf"(?:(?:про)?голосовал[иао]?\s+)?[«\"“]?([+−-]|\D*?)[»\"”]?[\s–—(-]*([0-9]{{1,6}})?\s*{_UNIT}[\s).]*", re.I
)
_COUNT = re.compile(rf"([0-9]{{1,6}})\s*{_UNIT}\.?", re.I)
_NOBODY = re.compile(r"(.{1,60}?)\s*[-–—:]\s*(?:нет|никто|none|nobody)\.?", re.I)
_SUM = re.compile(r"(?:итого|всего|total|результаты?(?: голосования)?)\s*:?\s*", re.I)
_PAIR = re.compile(rf"\s*+([^\d,;:\s][^\d,;:]{{0,39}}?)[\s–—:=-]*+([0-9]{{1,6}})\s*{_UNIT}(?:[\s,;.]+|$)", re.I)
_ABOUT = re.compile(r"(?:вопрос|тема|question|motion|title|результат|решение|result)\s*:\s*.+", re.I)
_NUMBER = re.compile(r"\s*+(?:№\s*+)?[0-9]{1,4}\s*(?:[.);,]\s*|\s)")
_BREAK = re.compile(r" +[-–—=] +|: *| *[;,\t] *|  +")
_CELLS = re.compile("[,;\t]")


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
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if code := unprintable(text):
        line = next(at for at, each in enumerate(text.split("\n"), 1) if unprintable(each))
        found.bad(line, "the control character %(code)s", "Copy the text again, as plain text.", code=code)
    found.problems.refuse()
    lines = enumerate(INVISIBLE.sub("", text).split("\n"), 1)
    spaced = ((line, re.sub(r"[^\S\t]{2,}", "  ", each.replace("\xa0", " ")).strip(" ")) for line, each in lines)
    return read_lines([(line, each) for line, each in spaced if each.strip()], words, found)


def read_lines(lines: Sequence[Line], words: Words, found: Gathering, *, quoted: bool = True) -> Reading:
    """The roll call in the lines that are not blank; in a table of them there may be `quoted` cells."""
    if len(lines) > MOST_ROWS:
        found.bad(None, "more than %(most)s lines", "Give one roll call.", most=MOST_ROWS)
        found.problems.refuse()
    return _Lines(words, found, quoted).read(lines)


class _Lines:
    """Lines of one roll call, sorted into names, marks and totals."""

    def __init__(self, words: Words, found: Gathering, quoted: bool) -> None:
        self.words, self.found, self.quoted = words, found, quoted

    def read(self, lines: Sequence[Line]) -> Reading:
        headers = (at for at, (_, text) in enumerate(lines[:LINES_ABOVE_HEADER]) if _separator(text))
        header = next(headers, None)
        if header is None:
            self._list(lines)
        else:
            for line, text in lines[:header]:
                if not self._aside(line, text):
                    self._not_read(line, text)
            self._table(lines[header], lines[header + 1 :])
        if unmarked := sum(row.position is None for row in self.found.rows):
            self.found.note("Names without a mark: %(number)s. Choose what each stands for.", number=unmarked)
        return self.found.reading()

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
        heading = self._heading(text)
        if sums := self._sums(text):
            for word, position, number in sums:
                self.found.total(line, position, word, number)
        elif _ABOUT.fullmatch(text.strip()):
            self._not_read(line, text)
        elif heading and heading.printed is not None:
            self.found.total(line, heading.position, heading.mark, heading.printed)
            return not heading.names
        else:
            return heading is not None and not heading.names
        return True

    def _list(self, lines: Sequence[Line]) -> None:
        """Names under headings, or each with its mark; never both. A heading before marks is only a total."""
        above: Heading | None = None
        headed, free = list[tuple[int, str, Heading]](), list[Line]()
        for line, text in lines:
            heading = self._heading(text)
            if self._aside(line, text):
                above = heading
            elif heading or (above and not self._is_marked(text)):
                above = heading or above
                assert above
                headed.append((line, heading.names if heading else text, above))
            elif above and (headed or above.printed is None):
                remedy = "Write marks beside all names, or put all names under headings."
                problem = "“%(name)s” has a mark of its own under the heading “%(mark)s”"
                self.found.bad(line, problem, remedy, name=text[:100], mark=above.mark)
            else:
                above = None
                free.append((line, text))
        for line, text in free if headed else ():
            remedy = "Put it under the heading where it belongs, or remove it."
            self.found.bad(line, "“%(text)s” stands before the first heading", remedy, text=text[:100])
        for line, text, heading in headed:
            self._under(line, text, heading)
        if not headed:
            self._marked(free)

    def _under(self, line: int, names: str, heading: Heading) -> None:
        for name in _CELLS.split(_unnumbered(names)):
            if name.strip():
                self.found.name(line, _unnumbered(name), heading.mark, heading.position)

    def _is_marked(self, text: str) -> bool:
        return bool(self._parted(text) or any(map(self._position, _CELLS.split(text))))

    def _parted(self, text: str) -> tuple[str, str] | None:
        """A name and its mark, if the line ends with a known one."""
        name, mark = _broken(text)
        if self._position(mark):
            return name, mark
        for length in (3, 2, 1):
            name, *words = text.rsplit(" ", length)
            mark = " ".join(words)
            if self._position(mark) and not (len(normal(mark)) == 1 and mark.isalpha()):  # "Y" is no vote
                return name, mark
        return None

    def _marked(self, lines: Sequence[Line]) -> None:
        """A name and a mark on each line, or only names, if no line has a mark nor each has what looks like one."""
        texts = [(line, _unnumbered(text)) for line, text in lines]
        looks = all(re.search(r"[\t;:]| [-–—=] ", text) for _, text in texts)
        expected = looks or any(self._parted(text) for _, text in texts)
        for line, text in texts:
            name, mark = self._parted(text) or (_broken(text) if expected else (text, ""))
            if _CELLS.search(name.strip()):
                remedy = "Put each on its own line, or add a first line that names the columns: Name, Vote."
                self.found.bad(line, "“%(name)s” may be two names", remedy, name=tidy(name)[:100])
            elif self._position(name):
                self.found.bad(line, "“%(name)s” is not a name", "Write the name first, then its mark.", name=name)
            else:
                self._name(line, name.strip(' "'), mark.strip(' "'))

    def _name(self, line: int, name: str, mark: str) -> None:
        position = self._position(mark)
        if mark and position is None:
            remedy = "Correct it, or add it to the table of vote words."
            self.found.bad(line, "“%(word)s” is not a known vote word", remedy, word=mark[:100])
        self.found.name(line, name, mark, position)

    def _not_read(self, line: int, text: str) -> None:
        self.found.note("Line %(line)s is not read: %(text)s", line=line, text=tidy(text)[:200])

    def _table(self, header: Line, lines: Sequence[Line]) -> None:
        separator = _separator(header[1])
        shown = self._split(*header, separator)
        columns = [normal(cell) for cell in shown]
        names = [at for at, cell in enumerate(columns) if cell in NAMES]
        marks = [at for at, cell in enumerate(columns) if cell in MARKS]
        if len(marks) > 1:
            self.found.bad(header[0], "two columns of marks", "Leave only the one of this vote.")
        for column, cell in zip(columns, shown, strict=True):
            if column and column not in NAMES | MARKS | NUMBERS:
                self.found.note("The column “%(column)s” is not read.", column=tidy(cell)[:100])
        for line, text in lines:
            if self._aside(line, text):
                continue
            cells = [tidy(cell) for cell in self._split(line, text, separator)]
            if any(cells[len(columns) :]):
                remedy = "Remove the cell, or put a name with a separator in it into quotation marks."
                self.found.bad(line, "more cells than the header has", remedy)
            cells += [""] * len(columns)
            if any(cells):
                name = " ".join(cells[at] for at in names)
                self._name(line, _unnumbered(name), cells[marks[0]] if marks else "")

    def _split(self, line: int, text: str, separator: str) -> list[str]:
        if not self.quoted:
            return text.split(separator)
        try:
            return next(csv.reader([text], delimiter=separator, strict=True))
        except csv.Error:
            self.found.bad(line, "a quotation mark that does not end its cell", "Remove the quotation marks.")
            return []


def _separator(text: str) -> str:
    """That of a line which names the columns of a table; "" if it is none."""
    for separator in "\t;,":
        cells = [normal(cell) for cell in text.split(separator)]
        if len(cells) > 1 and not NAMES.isdisjoint(cells):
            return separator
    return ""


def _broken(text: str) -> tuple[str, str]:
    """The text in two at its last separator."""
    *_, last = [None, *_BREAK.finditer(text)]
    return (text[: last.start()], text[last.end() :]) if last else (text, "")


def _unnumbered(text: str) -> str:
    return _NUMBER.sub("", text, count=1).strip()
