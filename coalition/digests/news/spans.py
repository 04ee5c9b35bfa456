"""All that letters can tell of one chamber in one range of its journal, worded once and found by what is followed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.template.loader import render_to_string

from coalition.digests.holds import End, ends_of
from coalition.digests.items import Item, Span
from coalition.digests.news.changes import platform_items
from coalition.digests.news.coming import coming_items
from coalition.digests.news.scores import score_items
from coalition.digests.news.seats import seat_items
from coalition.digests.news.votes import vote_items
from coalition.digests.news.words import word_items
from deputies.journal.models import Event
from deputies.journal.reports import Row
from deputies.people.models import Chamber
from deputies.votes.reports.houses import house
from pledges.scorecards.reports.platform import platform_of

SUBJECTS = (coming_items, vote_items, score_items, word_items, platform_items, seat_items)


@dataclass(frozen=True)
class News:
    """The items of a span in the order of a letter, with their places `by_key`, and what may be told late."""

    span: Span
    items: list[Item]
    by_key: dict[str, list[int]]
    ends: list[End]

    @cached_property
    def url(self) -> str:
        return self.span.url("chamber_page")

    @cached_property
    def head(self) -> tuple[str, str]:
        """The name of the chamber, for the text and for the HTML; an invented one says so."""
        return self._rendered("_chamber")

    @cached_property
    def chooser(self) -> tuple[str, str]:
        """Who chose the votes and counts them; empty where nobody does."""
        return self._rendered("_chooser") if self.span.in_force else ("", "")

    def _rendered(self, name: str) -> tuple[str, str]:
        words = {"chamber": self.span.chamber, "in_force": self.span.in_force, "url": self.span.url("vote_list")}
        text, html = (render_to_string(f"emails/{name}.{form}", words) for form in ("txt", "html"))
        return text[:], html[:]  # plain strings

    def of(self, keys: Iterable[str]) -> list[Item]:
        """The items for a reader who follows `keys`, in order."""
        return [self.items[place] for place in sorted({place for key in keys for place in self.by_key.get(key, ())})]


def news_of(chamber: Chamber, after: int, until: int, held: set[Row], at: dt.datetime) -> News:
    """What happened with `after` < event <= `until`, in the language that is active, as of `at`."""
    events = list(Event.objects.between(after, until).filter(chamber=chamber.slug))
    term = house(chamber.slug, at)
    span = Span(chamber, term, platform_of(term) if term else None, events, held, at)
    items = sorted((item for subject in SUBJECTS for item in subject(span)), key=lambda item: item.section)
    by_key: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        for key in item.keys:
            by_key[key].append(place)
    return News(span, items, dict(by_key), ends_of(span))
