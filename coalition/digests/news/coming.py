"""Coming votes: announced and linked to a demand, moved, taken off the agenda; never one without a linked demand."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from django.utils.translation import gettext as _

from coalition.digests.concerns import of_demands, of_seat
from coalition.digests.items import Item, Piece, Section, Span, Told
from coalition.digests.news.votes import asked
from coalition.digests.urgent import WARNINGS, concerned_by
from deputies.journal.models import Event
from deputies.people.enums import Threshold
from deputies.sources.dates import PartialDate
from deputies.votes.enums import AgendaState, Position
from deputies.votes.models import AgendaItem
from pledges.findings.enums import Rung
from pledges.findings.models import RUNG_CHOICES, AgendaLink
from pledges.findings.reports.expected import Forecast, Row, asking_of, forecast_of
from pledges.platform.models import DemandText
from pledges.scorecards import wording
from pledges.scorecards.enums import Wants
from pledges.tracker.enums import Review

ASKED_OF = 3  # deputies of unknown position who are named to those who follow none
Asks = list[tuple[AgendaLink, DemandText]]


def coming_items(span: Span) -> Iterator[Item]:
    """One item for each vote that has not begun, the next first; about eight queries for each."""
    by_item: dict[int, list[Event]] = defaultdict(list)
    for event in span.of(*WARNINGS):
        by_item[event.facts["item"]].append(event)
    if not by_item or span.in_force is None:
        return
    texts = {text.demand_id: text for text in span.in_force.texts}
    links = AgendaLink.objects.filter(item__in=by_item, review=Review.PUBLISHED.value, demand__in=texts)
    links = links.filter(reviewed_at__lte=span.events[-1].at)  # a later one is news of a later span
    asks: dict[int, Asks] = defaultdict(list)
    for link in links.order_by("reviewed_at", "pk"):
        asks[link.item_id].append((link, texts[link.demand_id]))
    coming = AgendaItem.objects.filter(pk__in=asks, frozen_at=None, starts_at__gt=span.at).select_related("chamber")
    for item in coming.order_by("starts_at", "number", "pk"):
        yield from _items(span, item, asks[item.pk], by_item[item.pk])


def _items(span: Span, item: AgendaItem, asks: Asks, events: Sequence[Event]) -> Iterator[Item]:
    linked = {event.facts["link"]: event.pk for event in events if "link" in event.facts}
    moves = [event for event in events if "before" in event.facts or "state" in event.facts]
    is_new, is_off = asks[0][0].pk in linked, item.state == AgendaState.WITHDRAWN
    before, was_off = _before(item, moves)
    unchanged = (before, was_off) == (item.starts_at, is_off)
    if (is_new and is_off) or (not linked and (not moves or unchanged)):
        return
    further = [] if is_new or moves else [text.demand for link, text in asks if link.pk in linked]
    keys = of_demands(span.chamber.pk, further or [text.demand for _link, text in asks])
    asking = asking_of([link for link, _text in asks], span.in_force)
    forecast = None if is_off else forecast_of(item, span.in_force, asking)
    rows = [(row, _part(span, row)) for row in forecast.rows] if forecast else []
    yield Item(
        keys if further else keys | concerned_by(item),
        partial(_told, span, item, asks, forecast, None if is_new else (before, was_off)),
        section=Section.COMING,
        about=("coming", item.pk),
        events=tuple(event.pk for event in events),
        parts=tuple(part for _row, part in rows),
        otherwise=tuple([part for row, part in rows if not row.expectation.position][:ASKED_OF]),
        until=item.starts_at,
        last=moves[-1].pk if moves else min(linked.values(), default=0),
    )


def _before(item: AgendaItem, moves: Sequence[Event]) -> tuple[dt.datetime, bool]:
    """When it was to be held, and whether it was off the agenda, before these moves."""
    moment = next((event.facts["before"] for event in moves if "before" in event.facts), None)
    state = next((event.facts["state"] for event in moves if "state" in event.facts), None)
    was_off = state == AgendaState.PLANNED if state else item.state == AgendaState.WITHDRAWN
    return dt.datetime.fromisoformat(moment) if moment else item.starts_at, was_off


def _told(
    span: Span, item: AgendaItem, asks: Asks, forecast: Forecast | None, moved: tuple[dt.datetime, bool] | None
) -> Told:
    url, title = span.url("upcoming_page", slug=item.slug), {"title": item.title}
    demands = tuple(asked(Wants(link.wants), text) for link, text in asks)
    if forecast is None:
        return Told(_("Taken off the agenda: %(title)s") % title, demands, url)
    when = [_("Voting is announced for %(date)s.") % {"date": wording.date_words(item.when, span.chamber.zone)}]
    heading = "%(title)s"
    if moved and moved[1]:
        heading = _("On the agenda again: %(title)s")
    elif moved and moved[0] != item.starts_at:
        heading, before = _("Moved: %(title)s"), PartialDate(moved[0], item.when.precision)
        when.append(
            _("Until now it was announced for %(date)s.") % {"date": wording.date_words(before, span.chamber.zone)}
        )
    calendar = _("In your calendar"), span.url("upcoming_calendar")
    return Told(
        heading % title if moved else item.title, (*when, *demands, *_expected(item, forecast)), url, (calendar,)
    )


def _expected(item: AgendaItem, forecast: Forecast) -> Iterator[str]:
    """What it takes, and what is expected: never that somebody will vote so."""
    label, needed = str(item.get_threshold_display()), forecast.strength.to_pass if forecast.strength else None
    words = {"threshold": label[:1].lower() + label[1:], "count": needed}
    if needed is None or item.threshold == Threshold.VOTING:
        yield _("Needed to adopt it: %(threshold)s.") % words
    else:
        yield _("Needed to adopt it: %(threshold)s, %(count)d.") % words
    counts = {"for": forecast.for_, "against": forecast.against, "unknown": forecast.unknown}
    yield _("Expected: for %(for)d, against %(against)d, position not known %(unknown)d.") % counts


def _part(span: Span, row: Row) -> Piece:
    return Piece(of_seat(row.seated.mandate), partial(_of_deputy, span, row))


def _of_deputy(span: Span, row: Row) -> Told:
    """What is expected of one deputy and on what it rests, and where to ask."""
    person, expected = row.seated.mandate.person, row.expectation
    words = {"name": span.name(person), "rung": RUNG_CHOICES[expected.rung]}
    if expected.rung == Rung.UNKNOWN:
        said = _("%(name)s: position not known.") % words
    else:
        position = wording.POSITIONS[Position(expected.position)]
        said = _("%(name)s: expected %(position)s (%(rung)s).") % (words | {"position": position})
    return Told("", (said,), links=((_("Ask"), span.url("deputy_ask", slug=person.slug)),))
