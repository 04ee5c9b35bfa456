"""The pasted agenda of a sitting: one question on each line, thirty at once. Pure.

The parts of a line stand between tabs, semicolons, dashes with spaces or two spaces; only the title must be there:

    1. О бюджете города — принято — 24/11/3/3
    2; О зонинге парка; отклонено; 12/20/3/3
    № 3 О повестке дня

The number has a dot, a bracket or № beside it, or a part of its own. Totals are 2 to 5 numbers with slashes: for,
against, abstained, present without voting, absent.
"""

import re
from dataclasses import dataclass

from deputies.votes.checks import Totals
from deputies.votes.enums import Result
from deputies.votes.imports.named import LARGEST, Gathering, Said, tidy, unprintable
from deputies.votes.imports.tidy import read_result

MOST_ITEMS = 300
LONGEST_RESULT = 60
_DIGITS = r"([0-9]{1,4}(?:\.[0-9]{1,3})*[а-яa-z]?)"
_NUMBER = re.compile(rf"(?:№\s*{_DIGITS}\b[.)]?|{_DIGITS}(?:[.)]|\s*(?=[\t;])))\s*(?:[\t;]\s*)?")
_TOTALS = re.compile(r"[0-9]{1,6}(?:\s?/\s?[0-9]{1,6}){1,4}")
_LAST_PART = re.compile(r"(.*)(\t|;|  | [-–—] )(.*)")


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
    if len(text) > LARGEST or not 0 < len(lines) <= MOST_ITEMS:
        found.bad(None, "not 1 to %(most)s questions", "Paste the agenda of one sitting.", most=MOST_ITEMS)
        found.problems.refuse()
    numbers: dict[str, int] = {}
    items = [_item(line, _spaced(each), numbers, found) for line, each in lines]
    found.problems.refuse()
    return items


def _spaced(line: str) -> str:
    return re.sub(r"[^\S\t]{2,}", "  ", re.sub(r"[^\S\t]", " ", line)).strip(" ")


def _item(line: int, text: str, numbers: dict[str, int], found: Gathering) -> Item:
    """The question of a line; `numbers` holds the lines of the numbers before it."""
    printed = _NUMBER.match(text)
    number = (printed[1] or printed[2]) if printed else ""
    title, result, totals = _parts(line, text[printed.end() :] if printed else text, found)
    if code := unprintable(text):
        found.bad(line, "the control character %(code)s", "Copy the text again.", code=code)
    elif not title:
        found.bad(line, "the title is empty", "Write what is put to the vote.")
    elif len(title) > 1000:
        found.bad(line, "the title has %(length)s characters", "Write at most 1,000.", length=len(title))
    notes: tuple[str, ...] = ()
    if number and (first := numbers.setdefault(number, line)) != line:
        notes = (Said("Number %(number)s is also in line %(line)s.", number=number, line=first),)
    return Item(line, number, title, read_result(result), result, totals, notes)


def _parts(line: int, text: str, found: Gathering) -> tuple[str, str, Totals]:
    """The title, and the result and totals after it; what is neither belongs to the title, except in cells."""
    result, totals = "", Totals()
    while cut := _LAST_PART.fullmatch(text):
        before, divider, last = cut[1], cut[2], tidy(cut[3])
        if totals == Totals() and _TOTALS.fullmatch(last):
            totals = Totals(*map(int, last.split("/")))
        elif not result and len(last) <= LONGEST_RESULT and read_result(last) is not Result.UNKNOWN:
            result = last
        elif last and divider in "\t;":
            remedy = "Write a result such as “принято”, totals such as 24/11/3, or a comma instead of the semicolon."
            found.bad(line, "“%(cell)s” is neither a result nor totals", remedy, cell=last[:100])
        elif last:
            break
        text = before
    return tidy(text), result, totals
