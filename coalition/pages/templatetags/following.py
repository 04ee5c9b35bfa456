"""The part of a page by which its subject is followed: on the device, in a feed reader, in a calendar, by letters."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coalition.digests.enums import What
from coalition.digests.targets import Target
from deputies.people.models import District, Person
from deputies.votes.reports.houses import House
from pledges.platform.models import DemandText

register = template.Library()
Subject = Person | District | DemandText


class Kind(NamedTuple):
    """How a kind of thing is followed: its page, its feed, and the parameter that asks for letters about it."""

    page: str
    feed: str
    parameter: str = ""
    name: str = ""  # in addresses and as the value of the parameter, where there is one of the kind in a chamber
    label: str | Promise = ""


KINDS: Mapping[What, Kind] = {
    What.CHAMBER: Kind("chamber_page", "chamber_feed"),
    What.PERSON: Kind("deputy_page", "deputy_feed", "deputy"),
    What.DISTRICT: Kind("district_page", "district_feed", "district"),
    What.DEMAND: Kind("demand_page", "demand_feed", "demand"),
    What.DEMOCRATIC: Kind("platform_page", "chapter_feed", "chapter", "democratic", _("Democratic demands")),
    What.SOCIAL: Kind("platform_page", "chapter_feed", "chapter", "social", _("Social demands")),
    What.UPCOMING: Kind("upcoming_list", "upcoming_feed", "upcoming", "1", _("Coming votes")),
}
ONE_IN_A_TERM = (What.DEMAND, What.DEMOCRATIC, What.SOCIAL)


@register.inclusion_tag("components/follow.html")
def follow(what: str, house: House, of: Subject | None = None, *, is_closed: bool = False) -> dict[str, object]:
    """Every way to follow something of a chamber; of what `is_closed`, only those that tell corrections."""
    kind = KINDS[What(what)]
    row, name, label = _named(of) if of else (None, kind.name, str(kind.label))
    term = f"?term={house.term.number}" if house.term and not house.is_latest and What(what) in ONE_IN_A_TERM else ""
    asked = {"chamber": house.chamber.slug} | ({kind.parameter: name} if kind.parameter else {})
    is_closed = is_closed or house.has_ended
    return {
        "key": Target(What(what), house.chamber.pk, row).key,
        "label": " · ".join(filter(None, [label, house.chamber.name])),
        "page": _address(kind.page, house, name if of else "") + term,
        "feed": _address(kind.feed, house, "" if kind.name == "1" else name) + term,
        "letters": "" if is_closed else f"{reverse('subscribe', args=[get_language()])}?{urlencode(asked)}",
        "coming": "" if is_closed else _address("upcoming_calendar", house),
        "sittings": "" if is_closed or kind.parameter else _address("sittings_calendar", house),
    }


def _named(of: Subject) -> tuple[int, str, str]:
    """The row of what is followed, its name in addresses, and its words."""
    match of:
        case Person():
            return of.pk, of.slug, of.name
        case District():
            return of.pk, str(of.number), str(_("District %(n)s")) % {"n": of.number}
        case _:
            return of.demand_id, of.demand.slug, of.title


def _address(page: str, house: House, name: str = "") -> str:
    return reverse(page, args=[get_language(), house.chamber.slug, *([name] if name else [])])
