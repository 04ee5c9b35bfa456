"""The calendars of a chamber's sittings and of its coming votes."""

import datetime as dt
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from coalition.pages.home import house_or_404
from coalition.pages.public import public
from coalition.pages.sheets import absolute, notices_of
from coalition.pages.typesetting import drawable
from deputies.votes.enums import AgendaState
from deputies.votes.models import AgendaItem
from deputies.votes.reports.houses import House
from deputies.votes.reports.sittings import Meeting, meetings_of
from pledges.findings.reports.upcoming import announced_in


@require_safe
@public()
def sittings_calendar(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    name = _("Sittings: %(chamber)s") % {"chamber": house.chamber.name}
    return _calendar("Sittings", name, house, [_event(meeting, house) for meeting in meetings_of(house.chamber)])


@require_safe
@public()
def upcoming_calendar(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    """Every vote that was announced in the latest term: one that was moved or taken off says so to who has it."""
    house = house_or_404(chamber)
    name = _("Coming votes: %(chamber)s") % {"chamber": house.chamber.name}
    return _calendar("Coming votes", name, house, [_vote(item, at, house) for item, at in announced_in(house)])


def _calendar(kind: str, name: str, house: House, events: Iterable[Event]) -> HttpResponse:
    calendar = Calendar()
    calendar.add("prodid", f"-//Nakaz//{kind}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", drawable(name))
    calendar.add("x-wr-timezone", house.chamber.timezone)
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")


def _event(meeting: Meeting, house: House) -> Event:
    """A sitting from its beginning to its end where the record states them, else the whole day."""
    zone, event = house.chamber.zone, Event()
    path = reverse("vote_list", args=[get_language(), house.chamber.slug])
    votes = ngettext("%(n)s recorded vote", "%(n)s recorded votes", meeting.votes) % {"n": meeting.votes}
    title = _("Sitting %(number)s") % {"number": meeting.number} if meeting.number else _("Sitting")
    event.add("uid", f"{house.chamber.slug}-{meeting.key}@nakaz")
    event.add("summary", drawable(f"{title} · {house.chamber.name}"))
    event.add("description", "\n".join([votes, *notices_of(house)]))
    event.add("url", absolute(path))
    event.add("dtstamp", meeting.changed_at)
    event.add("last-modified", meeting.changed_at)
    event.add("sequence", meeting.revision)
    event.add("dtstart", meeting.began_at.astimezone(zone) if meeting.began_at else meeting.day)
    if meeting.ended_at:
        event.add("dtend", meeting.ended_at.astimezone(zone))
    elif meeting.began_at is None:
        event.add("dtend", meeting.day + dt.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    return event


def _vote(item: AgendaItem, changed_at: dt.datetime, house: House) -> Event:
    """A coming vote at its hour, or the whole day; cancelled where it was taken off the agenda."""
    zone, event = house.chamber.zone, Event()
    starts = item.starts_at.astimezone(zone)
    event.add("uid", f"{house.chamber.slug}-upcoming-{item.slug}@nakaz")
    event.add("summary", drawable(f"{item.title} · {house.chamber.name}"))
    event.add("description", "\n".join(notices_of(house)))
    event.add("url", absolute(reverse("upcoming_page", args=[get_language(), house.chamber.slug, item.slug])))
    event.add("status", "CANCELLED" if item.state == AgendaState.WITHDRAWN else "CONFIRMED")
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", item.sequence)
    event.add("x-nakaz-events", " ".join(f"e{pk}" for pk in item.events))  # type: ignore[attr-defined]
    event.add("dtstart", starts.date() if item.is_day_only else starts)
    if item.is_day_only:
        event.add("dtend", starts.date() + dt.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    return event
