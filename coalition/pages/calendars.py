"""The calendar of a chamber's sittings."""

import datetime as dt

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
from deputies.votes.reports.houses import House
from deputies.votes.reports.sittings import Meeting, meetings_of


@require_safe
@public()
def sittings_calendar(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    calendar = Calendar()
    calendar.add("prodid", "-//Nakaz//Sittings//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", drawable(_("Sittings: %(chamber)s") % {"chamber": house.chamber.name}))
    calendar.add("x-wr-timezone", house.chamber.timezone)
    for meeting in meetings_of(house.chamber):
        calendar.add_component(_event(meeting, house))
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
