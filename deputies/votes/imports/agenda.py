"""The pasted agenda of a sitting: one question on each line, thirty at once. Pure.

A line is free, or has tabs or semicolons between its parts, in this order; only the title must be there:

    1. О бюджете города — принято — 24/11/3/3
    2; О зонинге парка; отклонено; за 12 против 20 возд. 3 не гол. 3
    № 3 О повестке дня

The number has a dot, a bracket or № beside it, or a cell of its own. The parts of a free line are divided by a dash or
by two spaces. Totals are 2 to 5 numbers with slashes (for, against, abstained, present without voting, absent), or
numbers after those words. With tabs or semicolons a first line may name the columns (Номер; Вопрос; Результат; За;
Против; Возд.; Не гол.; Отс.); then a result in any words is kept as it is printed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deputies.votes.checks import Totals
from deputies.votes.enums import Result
from deputies.votes.imports.named import LARGEST, Gathering, Said, normal, tidy, unprintable
from deputies.votes.imports.tidy import read_result

MOST_ITEMS = 300
OPTIONS = ("yes", "no", "abstain", "not_voting", "absent")
COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("№", "№ п/п", "п/п", "номер", "number", "no", "#"), "number"),
    **dict.fromkeys(("вопрос", "наименование", "название", "повестка", "title", "question", "item"), "title"),
    **dict.fromkeys(("результат", "решение", "result"), "result"),
    **dict.fromkeys(("итоги", "голоса", "totals"), "totals"),
}
_WORDS: Mapping[str, re.Pattern[str]] = {
    "yes": re.compile(r"за|for|yes|ayes", re.I),
    "no": re.compile(r"против|against|no|noes", re.I),
    "abstain": re.compile(r"возд[а-я]*\.?|abst[a-z]*\.?", re.I),
    "not_voting": re.compile(r"не ?гол[а-я]*\.?|н/г|not voting", re.I),
    "absent": re.compile(r"отс[а-я]*\.?|absent", re.I),
}
_NUMBER = re.compile(r"(?:№\s*([0-9]{1,4}[а-яa-z]?)\b[.)]?|([0-9]{1,4}(?:\.[0-9]{1,3})*[а-яa-z]?)[.)])\s*")
_OWN_CELL = re.compile(r"№?\s*([0-9]{1,4}(?:\.[0-9]{1,3})*[а-яa-z]?)[.)]?")
_SLASHES = re.compile(r"[0-9]{1,6}(?:\s?/\s?[0-9]{1,6}){1,4}")
_PAIR = re.compile(r"([^\d,;]{1,30}?)[\s:–—-]*([0-9]{1,6})(?:[\s,;.]+|$)")
_DIVIDER = re.compile(r"( [-–—] |  )")

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One question put to the vote; `number` is "" and totals are None where the line gives none."""

    line: int
    number: str
    title: str
    result: Result
    result_text: str
    totals: Totals
    notes: tuple[str, ...] = ()


def read_agenda(text: str) -> list[Item]:
    """The questions in the order of the lines. Raises BadFiles."""
    found = Gathering(Said("pasted agenda"))
    lines = [(at, each) for at, each in enumerate(text[: LARGEST + 1].split("\n"), 1) if each.strip()]
    if len(text) > LARGEST or not 0 < len(lines) <= MOST_ITEMS + 1:
        found.bad(None, "not 1 to %(most)s questions", "Paste the agenda of one sitting.", most=MOST_ITEMS)
        found.problems.refuse()
    items = list(_Agenda(found).items([(line, _spaced(each)) for line, each in lines]))
    found.problems.refuse()
    return items


def _spaced(line: str) -> str:
    return re.sub(r"[^\S\t]{2,}", "  ", re.sub(r"[^\S\t]", " ", line)).strip(" ")


class _Agenda:
    """Lines of an agenda, with what is wrong with them."""

    def __init__(self, found: Gathering) -> None:
        self.found, self._numbers = found, dict[str, int]()

    def items(self, lines: Sequence[tuple[int, str]]) -> Iterator[Item]:
        separator = next((each for each in "\t;" if any(each in text for _, text in lines)), None)
        header = self._header(lines[0][1].split(separator)) if separator else None
        for line, text in lines[1:] if header else lines:
            if code := unprintable(text):
                self.found.bad(line, "the control character %(code)s", "Copy the text again.", code=code)
            elif header:
                yield self._by_header(line, [tidy(cell) for cell in text.split(separator)], header)
            elif separator and separator in text:
                yield self._by_place(line, [tidy(cell) for cell in text.split(separator)])
            else:
                yield self._free(line, text)

    def _header(self, cells: Cells) -> list[str] | None:
        options = ({name for name in OPTIONS if _WORDS[name].fullmatch(tidy(cell))} for cell in cells)
        header = [COLUMNS.get(normal(cell)) or "".join(option) for cell, option in zip(cells, options, strict=True)]
        return header if "title" in header and len(header) > 1 else None

    def _by_header(self, line: int, cells: Cells, header: Cells) -> Item:
        row = {name: cell for name, cell in zip(header, cells, strict=False) if name and cell}
        if any(cells[len(header) :]) or len(set(filter(None, header))) < len([*filter(None, header)]):
            self.found.bad(line, "the cells do not fit the header", "Give each column one name, each cell a column.")
        totals = self._totals(row.get("totals", "")) or {}
        if "totals" in row and not totals:
            self._not_understood(line, row["totals"])
        for option in OPTIONS:
            if option in row and re.fullmatch("[0-9]{1,6}", row[option]):
                totals[option] = int(row[option])
            elif option in row:
                self._not_understood(line, row[option])
        number = _OWN_CELL.fullmatch(row.get("number", ""))
        shown = number[1] if number else row.get("number", "")
        return self._item(line, shown, row.get("title", ""), row.get("result", ""), totals)

    def _by_place(self, line: int, cells: Cells) -> Item:
        number, result, totals = "", "", dict[str, int]()
        if own := _OWN_CELL.fullmatch(cells[0]):
            number, cells = own[1], cells[1:]
        title, *rest = cells or [""]
        for cell in filter(None, rest):
            if not totals and (read := self._totals(cell)):
                totals = read
            elif not result and read_result(cell) is not Result.UNKNOWN:
                result = cell
            else:
                self._not_understood(line, cell)
        return self._item(line, number, title, result, totals)

    def _free(self, line: int, text: str) -> Item:
        parts, result, totals = _DIVIDER.split(text), "", dict[str, int]()
        while len(parts) > 2:
            last = parts[-1].strip(" .")
            if not totals and (read := self._totals(last)):
                totals = read
            elif not result and len(last) <= 60 and read_result(last) is not Result.UNKNOWN:
                result = last
            else:
                break
            parts = parts[:-2]
        return self._item(line, "", "".join(parts), result, totals)

    def _not_understood(self, line: int, cell: str) -> None:
        remedy = "Write a result such as “принято”, totals such as 24/11/3, or a comma instead of the semicolon."
        self.found.bad(line, "“%(cell)s” is neither a result nor totals", remedy, cell=cell[:100])

    def _totals(self, text: str) -> dict[str, int] | None:
        """The totals by option, if `text` is totals and nothing else."""
        if _SLASHES.fullmatch(text):
            return dict(zip(OPTIONS, map(int, text.split("/")), strict=False))
        totals, at = dict[str, int](), 0
        while pair := _PAIR.match(text, at):
            option = next((name for name, word in _WORDS.items() if word.fullmatch(pair[1].strip())), None)
            if option is None or option in totals:
                return None
            totals[option], at = int(pair[2]), pair.end()
        return totals if at == len(text) and totals else None

    def _item(self, line: int, number: str, title: str, result: str, totals: dict[str, int]) -> Item:
        if not number and (printed := _NUMBER.match(title)):
            number, title = printed[1] or printed[2], title[printed.end() :]
        title, notes = tidy(title), list[str]()
        if not title:
            self.found.bad(line, "the title is empty", "Write what is put to the vote.")
        elif len(title) > 1000:
            self.found.bad(line, "the title has %(length)s characters", "Write at most 1,000.", length=len(title))
        elif len(number) > 60 or len(result) > 300:
            self.found.bad(line, "the number or the result is too long", "Write at most 60 and 300 characters.")
        if (first := self._numbers.setdefault(number, line)) != line and number:
            notes.append(Said("Number %(number)s is also in line %(line)s.", number=number, line=first))
        return Item(line, number, title, read_result(result), result, Totals(**totals), tuple(notes))
