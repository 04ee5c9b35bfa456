"""What every way of pasting or uploading a roll call comes to: names with marks, and printed totals. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from deputies.sources.tables import BadFile, BadFiles, Problems
from deputies.votes.checks import HEADINGS, Totals
from deputies.votes.enums import Position

LARGEST = 1_000_000  # bytes
MOST_ROWS = 2_000
LONGEST_NAME, LONGEST_MARK = 200, 100

Words = Mapping[str, Position]  # what each vote word means, in its normal form

TOTAL_OF: Mapping[Position, str] = {own: option for option, (own, _) in HEADINGS.items()}

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
INVISIBLE = re.compile(  # soft hyphens, zero widths, marks of direction
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_DASHES = re.compile(r"[‐‑‒–—―−]")
_INITIAL = r"[А-ЯЁ][а-яё]?\.\s*"
_WORD = r"[А-ЯЁ][А-ЯЁа-яё-]+"
_JOINED = re.compile(  # Latin names such as McDonald or George H. W. Bush are nobody's two names
    rf"[а-яё][А-ЯЁ]|{_WORD}\s+(?:{_INITIAL}){{1,2}}{_WORD}|(?:{_WORD}\s+){{5}}{_WORD}|\sи\s"
    r"|[^\W\d_]{2,}\s+(?:[A-Z]\.\s*){1,2}[A-Z][a-z-]+\s+[A-Z]\."
)


class Said(str):
    """A sentence in English that knows what it was made of, so that it can be said in another language."""

    template: str
    facts: Mapping[str, object]

    def __new__(cls, template: str, **facts: object) -> Self:
        said = super().__new__(cls, template % facts)
        said.template, said.facts = template, facts
        return said


def bad_file(file: str, problem: str, remedy: str, *, line: int | None = None, **facts: object) -> BadFile:
    return BadFile(file, line, Said(problem, **facts), Said(remedy, **facts))


Translate = Callable[[str], str]


def spoken(text: str, translate: Translate) -> str:
    """A note, a problem or a remedy in another language; what is quoted in it stays as it is."""
    return translate(text.template) % text.facts if isinstance(text, Said) else translate(text)


def sentences(refusal: BadFile | BadFiles, translate: Translate) -> list[str]:
    """Each problem with its place and remedy, in another language."""
    said = []
    for each in refusal.problems if isinstance(refusal, BadFiles) else (refusal,):
        place = spoken(each.path, translate) if isinstance(each.path, Said) else each.path
        if each.line is not None:
            place = spoken(Said("%(place)s, line %(line)s", place=place, line=each.line), translate)
        said.append(f"{place}: {spoken(each.problem, translate)}. {spoken(each.remedy, translate)}")
    return said


@dataclass(frozen=True, slots=True)
class Named:
    """One name of the source; `position` is None where it stands without a mark that says one: a person chooses."""

    line: int
    name: str
    mark: str
    position: Position | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One roll call as its source gives it; totals are None where it gives none."""

    rows: tuple[Named, ...]
    totals: Totals
    notes: tuple[str, ...]


def normal(word: str) -> str:
    """The form in which vote words are compared: ё is е, every dash a hyphen, no dot or quotation mark around."""
    return " ".join(_DASHES.sub("-", word).casefold().replace("ё", "е").split()).strip(' .:;,*«»"“”')


def tidy(text: str) -> str:
    """Without what nobody sees and what turns text around: a person must read what is stored."""
    return " ".join(INVISIBLE.sub("", text).split())


def unprintable(text: str) -> str:
    """The first character that no text has, as U+0000; "" if there is none."""
    found = _CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


class Gathering:
    """Names and totals of one roll call as they are found, and all that is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file, self.problems = file, Problems()
        self.rows: list[Named] = []
        self.totals: dict[str, int] = {}
        self.notes: list[str] = []
        self._lines: dict[str, tuple[int, int]] = {}  # of each name: its line and its place among the rows

    def bad(self, line: int | None, problem: str, remedy: str, **facts: object) -> None:
        self.problems.add(bad_file(self.file, problem, remedy, line=line, **facts))

    def note(self, template: str, **facts: object) -> None:
        self.notes.append(Said(template, **facts))

    def name(self, line: int, name: str, mark: str, position: Position | None) -> None:
        """One more name, unless it cannot be one."""
        name, mark = tidy(name), tidy(mark)
        if len(self.rows) >= MOST_ROWS:
            self.bad(line, "more than %(most)s names", "Give the names of one roll call.", most=MOST_ROWS)
            self.problems.refuse()
        first = self._lines.setdefault(re.sub(r"[\s.]", "", normal(name)), (line, len(self.rows)))
        if len(name) > LONGEST_NAME or len(mark) > LONGEST_MARK:
            self.bad(line, "a name or a mark that is too long", "Put each name on its own line.")
        elif code := unprintable(name + mark):
            self.bad(line, "the character %(code)s in a name", "Write the name again by hand.", code=code)
        elif not re.search(r"[^\W\d_]{2}", name) or re.search(r"\d|-$", name):
            self.bad(line, "“%(name)s” is not a name", "Write the surname, or remove the line.", name=name)
        elif _JOINED.search(name):
            self.bad(line, "“%(name)s” may be two names", "Put each on its own line.", name=name)
        elif first != (line, len(self.rows)):
            remedy = "Remove one of the two, or write the names in full."
            self.bad(line, "“%(name)s” is already in line %(first)s", remedy, name=name, first=first[0])
        self.rows.append(Named(line, name, mark, position))

    def total(self, line: int | None, position: Position, word: str, number: int) -> None:
        """A printed total, once for each option that has one."""
        option = TOTAL_OF.get(position)
        if option is None:
            self.note("The number printed beside “%(word)s” is not kept: %(number)s.", word=word, number=number)
        elif option in self.totals:
            self.bad(line, "a second total of “%(word)s”", "Leave only the official one.", word=word)
        else:
            self.totals[option] = number

    def reading(self) -> Reading:
        """All of it. Raises BadFiles if anything was wrong, or if there is nothing."""
        if not self.rows and not self.totals:
            self.bad(None, "neither names nor totals were found", "Give at least one of the two.")
        self.problems.refuse()
        return Reading(tuple(self.rows), Totals(**self.totals), tuple(self.notes))
