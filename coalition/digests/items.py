"""What letters are put together from: items that are worded once and shared by everybody they concern."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coalition.digests.letters import site_url
from deputies.journal.models import Event
from deputies.journal.reports import Row
from deputies.people.models import Chamber, Person
from deputies.sources.language import Words
from deputies.votes.reports.houses import House
from pledges.scorecards.reports.platform import PlatformInForce

LONGEST = 300  # characters of a heading or a sentence, so that no item outgrows its letter
MARGIN = "  "
Key = tuple[object, ...]


class Section(IntEnum):
    """The parts of a letter, in their order."""

    COMING = 1
    DEPUTIES = 2
    VOTES = 3
    CORRECTIONS = 4
    SCORES = 5
    WORDS = 6
    PLATFORM = 7
    SEATS = 8


HEADINGS: dict[Section, str | Promise] = {
    Section.COMING: gettext_lazy("Coming votes"),
    Section.DEPUTIES: gettext_lazy("Your deputies"),
    Section.VOTES: gettext_lazy("Votes"),
    Section.CORRECTIONS: gettext_lazy("Corrections"),
    Section.SCORES: gettext_lazy("Scores that changed"),
    Section.WORDS: gettext_lazy("Pledges, and what was ruled out"),
    Section.PLATFORM: gettext_lazy("Platform and method"),
    Section.SEATS: gettext_lazy("Mandates"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """Words in one language: a heading, sentences, the address of the page, other addresses with what is there."""

    heading: str
    sentences: tuple[str, ...] = ()
    url: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Said:
    """The same, ready for both parts of a letter; `tail` is the end of the text, with the addresses."""

    text: str
    tail: str
    html: str

    @cached_property
    def alone(self) -> str:
        """The text of an item without parts."""
        return f"{self.text}{self.tail}\n"

    @cached_property
    def size(self) -> int:
        return sum(len(words.encode()) for words in (self.text, self.tail, self.html))


@dataclass(frozen=True)
class Piece:
    """Words for those who follow one of `keys`; `row` is the row of the record they are about, if it is one."""

    keys: frozenset[str]
    tell: Callable[[], Told] = field(repr=False)
    row: Row | None = None

    @cached_property
    def told(self) -> Told:
        told = self.tell()
        sentences = tuple(short(sentence) for sentence in told.sentences if sentence)
        return Told(short(told.heading), sentences, told.url, told.links)

    @cached_property
    def said(self) -> Said:
        """In the language that is active when it is first asked for."""
        text, html = (render_to_string(f"emails/_item.{kind}", {"told": self.told}) for kind in ("txt", "html"))
        addresses = [("", self.told.url)] if self.told.url else []
        tail = "".join(
            f"{MARGIN}{label}:\n{MARGIN}{url}\n" if label else f"{MARGIN}{url}\n"
            for label, url in [*addresses, *self.told.links]
        )
        return Said(text[:], tail, html[:])  # plain strings, which join faster than safe ones


@dataclass(frozen=True)
class Item(Piece):
    """One thing that a letter tells, the same `about` in whichever range of the journal it is read.

    `events` are those it tells of, `last` the one that makes it new again. `covers` is what a reader of it need not be
    told besides. Of `parts` a reader gets those of what they follow, else `otherwise`. After `until` it is of no use.
    """

    section: Section = Section.VOTES
    about: Key = ()
    events: tuple[int, ...] = ()
    covers: Key = ()
    parts: tuple[Piece, ...] = ()
    otherwise: tuple[Piece, ...] = ()
    until: dt.datetime | None = None
    last: int = 0

    @property
    def title(self) -> str:
        """What a subject can say of it."""
        return self.told.heading

    def was_told(self, told: frozenset[int]) -> bool:
        """Whether a letter that told these events told all that is new in it."""
        return any(event in told and event >= (self.last or self.events[-1]) for event in self.events)


@dataclass(frozen=True, slots=True)
class Span:
    """What happened in a chamber in a range of its journal, as of `at`; `held` rows are not told."""

    chamber: Chamber
    house: House | None
    in_force: PlatformInForce | None
    events: list[Event]
    held: set[Row]
    at: dt.datetime

    def of(self, *kinds: str) -> list[Event]:
        return [event for event in self.events if event.kind in kinds]

    def name(self, person: Person) -> Words:
        """A deputy's name, with the district where another deputy of the chamber has the same name."""
        namesakes = self.house.namesakes if self.house else {}
        if person.pk not in namesakes:
            return person.name
        number = namesakes[person.pk]
        place = _("district %(n)s") % {"n": number} if number else _("district: no source found")
        return Words(f"{person.name} ({place})", person.name.lang)

    def url(self, page: str, **of: object) -> str:
        return site_url(page, lang=get_language(), chamber=self.chamber.slug, **of)


def short(words: str, most: int = LONGEST) -> str:
    """`words` on one line, of at most so many characters."""
    line = " ".join(words.split())
    if len(line) <= most:
        return words
    cut = f"{line[: most - 1].rstrip()}…"
    return Words(cut, words.lang) if isinstance(words, Words) else cut
