"""Which items one reader is told: by what they follow since when, and by what they were told before."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from coalition.digests.concerns import concerns_of
from coalition.digests.enums import DeliveryKind
from coalition.digests.holds import End, digests_of, untold
from coalition.digests.items import Item, Key, Piece, Section
from coalition.digests.models import Delivery
from coalition.digests.news.spans import News
from deputies.journal.reports import Row

Read = Callable[[int, int, int], News | None]  # the news of a chamber after an event until another


@dataclass(frozen=True, slots=True)
class Followed:
    """A target's key, and the last event before its reader began to follow it."""

    key: str
    after_event: int


@dataclass(frozen=True, slots=True)
class Reader:
    """All that a letter needs to know of whom it goes to and what it covers: events with after < id <= until.

    `told` are the events that a letter sent at once is to tell; for a digest, those that such letters have told since
    the last digest, so that it leaves them out. With `quiet` a reader who wants a sign of life gets one if there is
    nothing to say.
    """

    kind: DeliveryKind
    period: str
    after_event: int
    until_event: int
    told: frozenset[int]
    subscriber: int
    language: str
    rhythm: str
    plain_subject: bool
    sign_of_life: bool
    follows: tuple[Followed, ...]
    sealed: bytes
    quiet: bool = False


@dataclass(slots=True)
class Picked:
    """An item that a reader is told, with the parts of it that are about what they follow."""

    news: News
    item: Item
    parts: list[Piece]


@dataclass(slots=True)
class Picking:
    """The choice for one reader at `at`."""

    reader: Reader
    read: Read
    at: dt.datetime
    started: dict[str, int] = field(default_factory=dict)  # by key: since when it is followed
    digests: list[Delivery] | None = None

    def picked(self) -> list[Picked]:
        """In the order of a letter, each thing once; what is told of a followed deputy is not told as a whole besides.

        Queries only where a hold on a row of a followed deputy has ended.
        """
        found: dict[Key, Picked] = {}
        for (chamber, after), keys in self._spans().items():
            for one in self._of_span(chamber, after, frozenset(keys)):
                known = found.setdefault(one.item.about, one)
                known.parts += [part for part in one.parts if all(part.keys != p.keys for p in known.parts)]
        covered = {one.item.covers for one in found.values()}
        kept = [one for about, one in found.items() if about not in covered]
        return sorted(kept, key=lambda one: one.item.section)

    def _spans(self) -> dict[tuple[int, int], list[str]]:
        """The keys by chamber and by the event after which they are read."""
        spans: dict[tuple[int, int], list[str]] = {}
        for followed in self.reader.follows:
            start = self._first if self._is_at_once else max(self._first, followed.after_event)
            chamber, keys = concerns_of(followed.key)
            spans.setdefault((chamber, start), []).extend(keys)
            for key in keys:
                self.started[key] = min(followed.after_event, self.started.get(key, followed.after_event))
        return spans

    @property
    def _is_at_once(self) -> bool:
        return self.reader.kind is DeliveryKind.AT_ONCE

    @property
    def _first(self) -> int:
        return min(self.reader.told, default=0) - 1 if self._is_at_once else self.reader.after_event

    @property
    def _last(self) -> int:
        return max(self.reader.told, default=0) if self._is_at_once else self.reader.until_event

    def _of_span(self, chamber: int, after: int, keys: frozenset[str]) -> Iterator[Picked]:
        news = self.read(chamber, after, self._last)
        if news is None:
            return
        late: dict[Row, frozenset[str]] = {}
        for end in news.ends if not self._is_at_once else ():
            if concerned := end.keys & keys:
                for one in self._late(chamber, end, concerned):
                    late[end.row] = end.keys
                    yield one
        for item in news.of(keys):
            own = keys & item.keys
            for row, told in late.items():
                own = own - told if item.about == ("corrected", row[0]) else own
            if (parts := self._parts(item, own)) is not None:
                yield Picked(news, item, parts)

    def _late(self, chamber: int, end: End, keys: frozenset[str]) -> Iterator[Picked]:
        """What an earlier digest left out of a row while it was held, and the score that the row moved."""
        if self.digests is None:
            self.digests = digests_of(self.reader.subscriber)
        event = untold(end, self.digests, min(self.started[key] for key in keys))
        news = self.read(chamber, event - 1, self._last) if event else None
        for item in news.of(keys) if news else ():
            is_score = item.section is Section.SCORES and item.about[:2] == ("score", end.row[1])
            parts = [part for part in item.parts if part.row == end.row]
            if news and (is_score or item.row == end.row or parts):
                yield Picked(news, item, parts)

    def _parts(self, item: Item, keys: frozenset[str]) -> list[Piece] | None:
        """The parts of an item for who follows these keys; None if it is not told."""
        told = self.reader.told
        if item.until is not None and item.until <= self.at:
            return None
        if (told.isdisjoint(item.events)) if self._is_at_once else (told and item.was_told(told)):
            return None
        if not keys:
            return None
        return [part for part in item.parts if not part.keys.isdisjoint(keys)] or list(item.otherwise)
