"""Putting letters together from items that their readers share, within the bounds of a letter."""

import datetime as dt
from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Iterable
from functools import cache, lru_cache

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext, ngettext, override

from coalition.digests import sealing
from coalition.digests.enums import DeliveryKind
from coalition.digests.items import HEADINGS, Section
from coalition.digests.labels import Label, labels_of
from coalition.digests.letters import Filling, detailed_subject, letter_of, site_url, subject_of
from coalition.digests.messages import Letter
from coalition.digests.news.spans import News, news_of
from coalition.digests.picking import Followed, Picked, Picking, Reader
from deputies.journal.models import Event
from deputies.journal.reports import Row, held_rows
from deputies.people.models import Chamber
from pledges.scorecards.bundles.reports import latest_bundle

__all__ = ["Composer", "Followed", "Reader"]

MOST_ITEMS, MOST_PARTS = 20, 6
ROOM, ROOM_OF_FOLLOWS = 46_000, 9_000  # bytes of the text and the HTML; encoded for mail a third more
KEPT = 24  # spans
FRESH = dt.timedelta(minutes=1)  # for which what was read may be told
JUDGED = {Section.DEPUTIES, Section.VOTES, Section.CORRECTIONS, Section.SCORES}
Pair = tuple[str, str]  # for the text and for the HTML


class Composer:
    """Writes letters; what they share is worded once and kept for a minute, so one composer is to write many.

    Two readers share what a chamber's journal holds between their events, whichever these are. Not for two threads.
    """

    def __init__(self) -> None:
        self._since: dt.datetime | None = None

    def compose(self, reader: Reader, at: dt.datetime) -> Letter | None:
        """The letter of one reader; None if there is nothing to say. Raises CannotOpen, KeyMissing."""
        words = self.words_for(reader, at)
        return addressed(reader, words, sealing.open_sealed(reader.sealed)) if words else None

    def words_for(self, reader: Reader, at: dt.datetime) -> Filling | None:
        """All of the letter that does not say whose it is; None if there is nothing to say."""
        with override(reader.language):
            return self._filling(reader, at)

    def picked(self, reader: Reader, at: dt.datetime) -> list[Picked]:
        """The items that a reader is told, in the language that is active, which must be theirs."""
        self._renew(at)

        def read(chamber: int, after: int, until: int) -> News | None:
            return self._read(chamber, after, until, reader.language, at)

        return Picking(reader, read, at).picked()

    def _renew(self, at: dt.datetime) -> None:
        """Forget what was read more than a minute before, or after, `at`."""
        if self._since is None or not self._since <= at < self._since + FRESH:
            self._since = at
            self._held: set[Row] = held_rows(at)
            self._chambers = Chamber.objects.in_bulk()
            self._journal: dict[int, tuple[int, int, list[int]]] = {}
            self._news: OrderedDict[tuple[int, int, int, str], News] = OrderedDict()
            self._bundles: dict[str, Pair] = {}
            self._labels: dict[Pair, Label] = {}

    def _filling(self, reader: Reader, at: dt.datetime) -> Filling | None:
        if reader.kind is DeliveryKind.KEEP:
            subject = subject_of(reader.kind, "", 0, reader.language)
            return Filling(subject, {}, {"subject": escape(subject)})
        language, picked = reader.language, self.picked(reader, at)
        if not picked and not (reader.quiet and reader.sign_of_life):
            return None
        body = _body(picked, language)
        bundle = self._bundle(language) if any(one.item.section in JUDGED for one in picked) else ("", "")
        subject = subject_of(reader.kind, reader.rhythm, len(picked), language)
        if picked and not reader.plain_subject:
            subject = detailed_subject(picked[0].item.title, len(picked) - 1)
        follows = self._follows(reader)
        preheader = _preheader(tuple(one.item.section for one in picked), reader.plain_subject, language)
        return Filling(
            subject,
            {"body": body[0] + bundle[0], "follows": follows[0]},
            {
                "body": body[1] + bundle[1],
                "follows": follows[1],
                "subject": escape(subject),
                "preheader": escape(preheader),
            },
        )

    def _read(self, chamber: int, after: int, until: int, language: str, at: dt.datetime) -> News | None:
        """The news of a chamber; None where nothing happened or the chamber is gone."""
        if chamber not in self._chambers or after >= until:
            return None
        low, high, ids = self._journal.get(chamber, (after, after, []))
        if after < low or until > high:
            low, high = min(after, low), max(until, high)
            events = Event.objects.between(low, high).filter(chamber=self._chambers[chamber].slug)
            ids = list(events.values_list("pk", flat=True))
            self._journal[chamber] = low, high, ids
        first, last = bisect_right(ids, after), bisect_right(ids, until)
        if first == last:
            return None
        key = chamber, ids[first] - 1, ids[last - 1], language
        if key not in self._news:
            self._news[key] = news_of(self._chambers[chamber], key[1], key[2], self._held, at)
            if len(self._news) > KEPT:
                self._news.popitem(last=False)
        self._news.move_to_end(key)
        return self._news[key]

    def _bundle(self, language: str) -> Pair:
        """With what the scores can be checked."""
        if language not in self._bundles:
            words = {"bundle": latest_bundle(), "url": site_url("data_page", lang=language)}
            self._bundles[language] = _rendered("_bundle", **words)
        return self._bundles[language]

    def _follows(self, reader: Reader) -> Pair:
        """What is followed, a line for each thing, as far as there is room."""
        language = reader.language
        missing = [one.key for one in reader.follows if (one.key, language) not in self._labels]
        if missing:
            self._labels |= {(key, language): label for key, label in labels_of(missing).items()}
        labels: list[Pair] = []
        room = ROOM_OF_FOLLOWS
        for one in reader.follows:
            label = self._labels[one.key, language]
            room -= label.size
            if room < 0:
                text, html = _more(len(reader.follows) - len(labels), "", language)
                labels.append((text, f"<li>{html}</li>"))
                break
            labels.append((label.text, label.html))
        return "".join(text for text, _ in labels), "".join(html for _, html in labels)


def addressed(reader: Reader, words: Filling, sealed: sealing.Sealed) -> Letter:
    """The letter with these words for whoever the opened seal names."""
    return letter_of(
        kind=reader.kind,
        rhythm=reader.rhythm,
        is_quiet=not words.text.get("body"),
        period=reader.period,
        language=reader.language,
        sealed=sealed,
        filling=words,
    )


def _body(picked: list[Picked], language: str) -> Pair:
    """The items that fit, chamber by chamber, and how many more there are."""
    kept, room = [], ROOM
    for one in picked[:MOST_ITEMS]:
        room -= one.item.said.size + sum(part.said.size for part in one.parts[:MOST_PARTS])
        if room < 0:
            break
        kept.append(one)
    chambers = {one.news.span.chamber.pk: one.news for one in reversed(kept)}
    text, html = [], []
    shown: set[int] = set()
    for chamber in reversed(chambers):
        of_chamber = [one for one in kept if one.news.span.chamber.pk == chamber]
        for words, marked in _chamber(chambers[chamber], of_chamber, shown, language):
            text.append(words)
            html.append(marked)
    if left := len(picked) - len(kept):
        more = _more(left, picked[len(kept)].news.url, language)
        text.append(more[0])
        html.append(f"<p>{more[1]}</p>")
    return "".join(text), "".join(html)


def _chamber(news: News, picked: list[Picked], shown: set[int], language: str) -> Iterable[Pair]:
    yield news.head
    section = None
    for one in picked:
        if one.item.section is not section:
            section = one.item.section
            yield _heading(section, language)
        yield _item(one, shown, language)
    if any(one.item.section in JUDGED for one in picked):
        yield news.chooser


def _item(one: Picked, shown: set[int], language: str) -> Pair:
    """An item with its parts; its HTML names the events that it tells first in this letter."""
    text, html = _with_parts(one, language) if one.parts else (one.item.said.alone, one.item.said.html)
    new = [event for event in one.item.events if event not in shown]
    if not new:
        return text, f"<div>{html}</div>"
    shown.update(new)
    marks = "".join([f'<span id="e{event}"></span>' for event in new[1:]])
    return text, f'<div id="e{new[0]}">{marks}{html}</div>'


def _with_parts(one: Picked, language: str) -> Pair:
    said, parts = one.item.said, [part.said for part in one.parts[:MOST_PARTS]]
    more = ("", "")
    if left := len(one.parts) - len(parts):
        text, html = _more(left, "", language)
        more = text, f"<p>{html}</p>"
    of_parts = "".join([part.text + part.tail for part in parts]) + more[0]
    has_own = any(part.tail for part in parts)  # addresses, before which that of the item itself stands
    text = said.text + (said.tail + of_parts if has_own else of_parts + said.tail) + "\n"
    return text, said.html + "".join([part.html for part in parts]) + more[1]


def _rendered(name: str, **words: object) -> Pair:
    text, html = (render_to_string(f"emails/{name}.{form}", words) for form in ("txt", "html"))
    return text[:], html[:]  # plain strings


@cache
def _heading(section: Section, language: str) -> Pair:
    return _rendered("_section", heading=HEADINGS[section], language=language)


@cache
def _more(count: int, url: str, language: str) -> Pair:
    return _rendered("_more", count=count, url=url, language=language)


@lru_cache(10_000)
def _preheader(sections: tuple[Section, ...], is_plain: bool, language: str) -> str:
    """What a list of letters shows beside the subject: how many of each kind, in neutral words if that is wanted."""
    counts = Counter(sections)
    if not is_plain:
        return " · ".join(f"{HEADINGS[section]}: {count}" for section, count in counts.items())
    coming, corrected = counts[Section.COMING], counts[Section.CORRECTIONS]
    others = len(sections) - coming - corrected
    words = [
        ngettext("%(count)d date", "%(count)d dates", coming) % {"count": coming} if coming else "",
        ngettext("%(count)d piece of news", "%(count)d pieces of news", others) % {"count": others} if others else "",
        gettext("corrections: %(count)d") % {"count": corrected} if corrected else "",
    ]
    return " · ".join(filter(None, words))
