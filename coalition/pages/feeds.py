"""Atom beside the pages it follows, from the reports of those pages."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from coalition.pages import entries
from coalition.pages.entries import BEGINNING, MOST, Entry
from coalition.pages.home import house_or_404
from coalition.pages.public import public
from coalition.pages.sheets import absolute, notices_of, said
from coalition.pages.typesetting import drawable
from deputies.journal.reports import events_about, held_rows
from deputies.votes.reports.arithmetic import arithmetics_of
from deputies.votes.reports.changes import corrections, news_of
from deputies.votes.reports.deputies import mandates_of
from deputies.votes.reports.houses import House, house_in
from deputies.votes.reports.seats import holdings_of
from deputies.votes.reports.votes import record_of, votes_of
from pledges.findings.reports.news import latest_words
from pledges.findings.reports.upcoming import notices_of as notices_of_votes
from pledges.platform.enums import COUNTED, Chapter
from pledges.scorecards import wording
from pledges.scorecards.reports.history import with_moved
from pledges.scorecards.reports.platform import demand_by_slug, platform_of

EVENT = "event"  # categories of this scheme hold the ids of the journal's events that an entry tells


@require_safe
@public()
def chamber_feed(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    told = []
    for news in news_of(house, most=MOST):
        version, result = news.version, wording.result_sentence(news.version.result, news.arithmetic)
        if news.corrected_at is None:
            told.append(entries.vote(version, result))
        else:
            told.append(entries.corrected(version, f"{wording.own_half(version.reason)} {result}"))
    told += [entries.announced(notice) for notice in notices_of_votes(house.chamber, most=MOST)]
    in_force = platform_of(house)
    words = latest_words(house, in_force.texts, held_rows(timezone.now()), most=MOST) if in_force else []
    return _feed(request, "chamber_page", house, [*told, *(entries.word(one, house) for one in words)])


@require_safe
@public()
def votes_feed(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    versions = [record_of(vote) for vote in votes_of(house.chamber)[:MOST]]
    numbers = arithmetics_of(versions)
    told = [entries.vote(one, wording.result_sentence(one.result, numbers[one.pk])) for one in versions]
    return _feed(request, "vote_list", house, told, of=_("Votes"))


@require_safe
@public()
def upcoming_feed(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    told = [entries.announced(notice) for notice in notices_of_votes(house.chamber, most=MOST)]
    return _feed(request, "upcoming_list", house, told, of=_("Coming votes"))


@require_safe
@public()
def deputy_feed(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    mandates, now = mandates_of(chamber, slug), timezone.now()
    if not mandates:
        raise Http404("No such deputy.")
    latest = mandates[0]
    house = house_in(latest.term, latest, now)
    told = entries.of_people(house, platform_of(house), [latest.person], now)
    return _feed(request, "deputy_page", house, told, slug, of=latest.person.name)


@require_safe
@public()
def district_feed(request: HttpRequest, lang: str, chamber: str, number: int) -> HttpResponse:
    """What is told of whoever holds its mandates now, or held them at the end of the term, and who came and left."""
    house = house_or_404(chamber)
    held = [one for one in holdings_of(house) if one.mandate.district and one.mandate.district.number == number]
    if not held and not house.chamber.districts.filter(number=number).exists():
        raise Http404("No such district.")
    people = [one.mandate.person for one in held if one.stayed]
    told = entries.of_people(house, platform_of(house), people, timezone.now(), seat=[one.mandate for one in held])
    return _feed(request, "district_page", house, told, str(number), of=_("District %(n)s") % {"n": number})


@require_safe
@public("term")
def demand_feed(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    text = demand_by_slug(in_force, slug)
    if in_force is None or text is None:
        raise Http404("No such demand.")
    told = entries.of_demands(house, in_force, [text])
    return _feed(request, "demand_page", house, told, slug, of=text.title)


@require_safe
@public("term")
def chapter_feed(request: HttpRequest, lang: str, chamber: str, chapter: str) -> HttpResponse:
    house = house_or_404(chamber, request.GET.get("term"))
    in_force = platform_of(house)
    if in_force is None or chapter not in COUNTED:
        raise Http404("No such chapter.")
    told = entries.of_demands(house, in_force, in_force.of_chapter(Chapter(chapter)))
    return _feed(request, "platform_page", house, told, of=str(wording.CHAPTERS[Chapter(chapter)]))


@require_safe
@public()
def corrections_feed(request: HttpRequest, lang: str) -> HttpResponse:
    told = [
        entries.corrected(made.version, said("method/_correction.html", correction=made, moved=moved))
        for made, moved in with_moved(corrections(most=MOST))
    ]
    return _feed(request, "corrections_page", None, told, of=_("Corrections"))


class Feed(Atom1Feed):
    """Atom that says when something last happened, not when it was asked, and which events each entry tells."""

    def latest_post_date(self) -> dt.datetime:
        return max((item["updateddate"] for item in self.items), default=BEGINNING)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, object]) -> None:
        super().add_item_elements(handler, item)
        scheme = f"{self.feed['tag']}{EVENT}"
        for pk in item["events"]:  # type: ignore[attr-defined]
            handler.addQuickElement("category", "", {"term": f"e{pk}", "scheme": scheme})


def _feed(
    request: HttpRequest, page: str, house: House | None, told: Iterable[Entry], *more: str, of: str = ""
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
        tag=tag,
    )
    latest = sorted(told, key=lambda entry: (entry.at, entry.ident), reverse=True)[:MOST]
    found = events_about({entry.about for entry in latest if entry.about})
    for entry in latest:
        title = _("Corrected: %(title)s") % {"title": entry.title} if entry.is_correction else entry.title
        feed.add_item(
            title=drawable(title),
            link=absolute(entry.path),
            description=escape(drawable(entry.words)),
            unique_id=f"{tag}{lang}/{entry.ident}",
            updateddate=entry.at,
            categories=["correction"] if entry.is_correction else [],
            events=[*entry.events, *found.get(entry.about, ())],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=Feed.content_type)
