"""Atom beside the pages it follows, from the reports of those pages."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from coalition.pages.records import record_or_404
from coalition.pages.sheets import absolute, notices_of, said
from coalition.pages.templatetags.nakaz import effect
from coalition.pages.typesetting import drawable
from deputies.journal.reports import held_rows
from deputies.sources.dates import PartialDate
from deputies.votes.enums import AgendaState, Position
from deputies.votes.models import RollCallVersion
from deputies.votes.reports.arithmetic import arithmetics_of
from deputies.votes.reports.changes import corrections, news_of, own_changes
from deputies.votes.reports.houses import House
from deputies.votes.reports.votes import record_of, votes_of
from pledges.findings.reports.news import WordNews, latest_words
from pledges.findings.reports.upcoming import Notice
from pledges.findings.reports.upcoming import notices_of as notices_of_votes
from pledges.findings.wording import news_words
from pledges.platform.enums import Chapter
from pledges.scorecards import wording
from pledges.scorecards.enums import Cause, Wants
from pledges.scorecards.reports.evidence import Line, lines, links_of, with_arithmetic
from pledges.scorecards.reports.history import Move, with_moved
from pledges.scorecards.reports.platform import demand_by_slug, platform_of
from pledges.tracker.models import STANCE_CHOICES, STATUS_CHOICES
from pledges.tracker.reports.words import Word, word_on

MOST = 50
BEGINNING = dt.datetime(2019, 9, 8, tzinfo=dt.UTC)  # of a feed in which nothing has happened yet


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `ident` stays the same whatever becomes of it."""

    ident: str
    title: str
    path: str
    words: str
    at: dt.datetime
    is_correction: bool = False


@require_safe
@public()
def chamber_feed(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    entries = []
    for news in news_of(house, most=MOST):
        version, result = news.version, wording.result_sentence(news.version.result, news.arithmetic)
        is_new = news.corrected_at is None
        entries.append(
            _vote(version, result) if is_new else _corrected(version, f"{wording.own_half(version.reason)} {result}")
        )
    entries += [_announced(notice) for notice in notices_of_votes(house.chamber, most=MOST)]
    in_force = platform_of(house)
    words = latest_words(house, in_force.texts, held_rows(timezone.now()), most=MOST) if in_force else []
    return _feed(request, "chamber_page", house, [*entries, *(_word(word, house) for word in words)])


@require_safe
@public()
def votes_feed(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    versions = [record_of(vote) for vote in votes_of(house.chamber)[:MOST]]
    numbers = arithmetics_of(versions)
    entries = [_vote(version, wording.result_sentence(version.result, numbers[version.pk])) for version in versions]
    return _feed(request, "vote_list", house, entries, of=_("Votes"))


@require_safe
@public()
def deputy_feed(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    """Their votes that count, and how their scores moved; neither while a row is held back as disputed."""
    record = record_or_404(chamber, slug)
    person = record.mandate.person
    rows = held_rows(record.now)
    held = {roll_call for roll_call, of in rows if of == person.pk}
    counted = [line for line in (record.card.evidence if record.card else []) if line.counts and line.outcome]
    told = with_arithmetic([line for line in counted if line.link.roll_call_id not in held][:MOST])
    moves = [move for move in record.moves if move.change.roll_call_id not in held][:MOST]
    corrected = [line.link.roll_call_id for line in told if line.version.number > 1]
    changes = own_changes(person, corrected) if corrected else {}
    entries = [_cast(line, changes) for line in told] + [_move(move, record.house, slug) for move in moves]
    if record.in_force:
        words = latest_words(record.house, record.in_force.texts, rows, person=person, most=MOST)
        entries += [_word(word, record.house) for word in words]
    return _feed(request, "deputy_page", record.house, entries, slug, of=person.name)


@require_safe
@public("term")
def demand_feed(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    text = demand_by_slug(in_force, slug)
    if in_force is None or text is None:
        raise Http404("No such demand.")
    links = links_of(in_force, demand=text.demand)[:MOST]
    entries = [_asked(line) for line in with_arithmetic(lines(links, {}, in_force))]
    entries += [_announced(notice) for notice in notices_of_votes(house.chamber, demand=text.demand_id, most=MOST)]
    entries += _words(word_on(in_force.platform, at=house.at, demand=text.demand), house)
    return _feed(request, "demand_page", house, entries, slug, of=text.title)


@require_safe
@public()
def corrections_feed(request: HttpRequest, lang: str) -> HttpResponse:
    entries = [
        _corrected(made.version, said("method/_correction.html", correction=made, moved=moved))
        for made, moved in with_moved(corrections(most=MOST))
    ]
    return _feed(request, "corrections_page", None, entries, of=_("Corrections"))


def _vote(version: RollCallVersion, words: str, *, part: str = "", anchor: str = "") -> Entry:
    """A vote as readers see it now, or a `part` of it of which something else is told."""
    slugs = version.roll_call.chamber.slug, version.roll_call.slug
    path, ident = reverse("vote_page", args=[get_language(), *slugs]), "/votes/".join(slugs)
    return Entry(
        f"{ident}{part}", version.title, f"{path}{anchor}", words, version.published_at or BEGINNING, version.number > 1
    )


def _corrected(version: RollCallVersion, words: str) -> Entry:
    return _vote(version, words, part=f"/corrections/{version.number}", anchor="#corrections")


def _cast(line: Line, changes: Mapping[int, tuple[dt.datetime, bool]]) -> Entry:
    """A deputy's vote, new again only where a correction of it changed what they did."""
    position = wording.POSITIONS[Position(line.ballot.position)] if line.ballot else ""
    entry = _read(line, f"{line.text.title}: {effect(line)} ({position}).")
    if line.link.roll_call_id not in changes:
        return entry
    at, is_correction = changes[line.link.roll_call_id]
    return replace(entry, at=max(at, line.link.published_at or BEGINNING), is_correction=is_correction)


def _asked(line: Line) -> Entry:
    asked = _("To be adopted:") if line.link.wants == Wants.PASS else _("Not to be adopted:")
    return _read(line, f"{asked} {line.text.title}. {line.link.reasoning}")


def _read(line: Line, words: str) -> Entry:
    """A vote read for one demand, from when readers see it as it is now."""
    result = wording.result_sentence(line.version.result, line.arithmetic) if line.arithmetic else ""
    entry = _vote(line.version, f"{words} {result}", part=f"/{line.text.demand.slug}")
    return replace(entry, at=max(entry.at, line.link.published_at or BEGINNING))


def _announced(notice: Notice) -> Entry:
    """That a vote was announced, moved, taken off the agenda or put back, as of then."""
    item, facts, zone = notice.item, notice.event.facts, notice.item.chamber.zone
    path = reverse("upcoming_page", args=[get_language(), item.chamber.slug, item.slug])
    is_off = facts.get("state") == AgendaState.WITHDRAWN
    at = dt.datetime.fromisoformat(facts.get("starts_at", item.starts_at.isoformat()))
    date = wording.date_words(PartialDate(at, item.when.precision), zone)
    words = _("Taken off the agenda.") if is_off else _("Voting is announced for %(date)s.") % {"date": date}
    ident = f"{item.chamber.slug}/upcoming/{item.slug}/{notice.event.pk}"
    return Entry(ident, _("Coming vote: %(title)s") % {"title": item.title}, path, words, notice.since)


def _move(move: Move, house: House, slug: str) -> Entry:
    path = reverse("deputy_page", args=[get_language(), house.chamber.slug, slug])
    title = _("The score moved: %(chapter)s") % {"chapter": wording.CHAPTERS[Chapter(move.chapter)]}
    words = said("deputies/_move.html", move=move, house=house)
    ident = f"{house.chamber.slug}/moves/{move.change.event_id}/{slug}/{move.chapter}"
    return Entry(ident, title, f"{path}#history", words, move.change.at, move.change.cause == Cause.CORRECTION)


def _word(news: WordNews, house: House) -> Entry:
    """What became of a deputy's word, with its page: of the finding, of the pledge, or of the deputy."""
    page, one = news.page
    path = reverse(page, args=[get_language(), house.chamber.slug, one])
    ident = f"{house.chamber.slug}/words/{news.event.pk}"
    return Entry(ident, news.person.name, path, news_words(news), news.event.at, news.is_correction)


def _words(word: Word, house: House) -> list[Entry]:
    """Every pledge as it was said, and every status that it came to."""
    told = []
    for given in word.given:
        pledge, lang, slug = given.pledge, get_language(), house.chamber.slug
        path, ident = reverse("pledge_page", args=[lang, slug, pledge.pk]), f"{slug}/pledges/{pledge.pk}"
        title, by = f"{STANCE_CHOICES[pledge.stance]}: {given.text.title}", given.by.name
        told.append(Entry(ident, title, path, f"{by}. {pledge.words}".strip(), pledge.reviewed_at or BEGINNING))
        for one in given.statuses:
            words = f"{by}. {STATUS_CHOICES[one.status]}. {one.note}"
            told.append(Entry(f"{ident}/{one.pk}", title, f"{path}#timeline", words, one.reviewed_at or BEGINNING))
    return told


class Feed(Atom1Feed):
    """Atom that says when something last happened, not when it was asked."""

    def latest_post_date(self) -> dt.datetime:
        return max((item["updateddate"] for item in self.items), default=BEGINNING)


def _feed(
    request: HttpRequest, page: str, house: House | None, entries: Iterable[Entry], *more: str, of: str = ""
) -> HttpResponse:
    """Entries as Atom, the latest first, under the address of the page they follow."""
    lang, tag = get_language(), f"tag:{urlsplit(settings.SITE_URL).hostname},2026:"
    chamber = house.chamber if house else None
    feed = Feed(
        title=drawable(" · ".join(filter(None, [of, chamber.name if chamber else "", _("Nakaz")]))),
        link=absolute(reverse(page, args=[lang, *([chamber.slug] if chamber else []), *more])),
        description="",
        subtitle=" ".join(notices_of(house)) if house else None,
        language=lang,
        author_name=_("Nakaz"),
        feed_url=absolute(request.path),
        feed_guid=f"{tag}{request.path}",
    )
    for entry in sorted(entries, key=lambda entry: (entry.at, entry.ident), reverse=True)[:MOST]:
        title = _("Corrected: %(title)s") % {"title": entry.title} if entry.is_correction else entry.title
        feed.add_item(
            title=drawable(title),
            link=absolute(entry.path),
            description=escape(drawable(entry.words)),
            unique_id=f"{tag}{lang}/{entry.ident}",
            updateddate=entry.at,
            categories=["correction"] if entry.is_correction else [],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=Feed.content_type)
