"""Whom the names of a list can mean in a chamber at a moment, and in words what became of each name."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deputies.people.enums import Matched
from deputies.people.matching import Listed, Match, match_all
from deputies.people.models import Alias, Chamber, Mandate, Person
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Precision
from deputies.sources.models import Document
from deputies.votes.reports.eligibility import eligible_at

REASONS = {
    Matched.EXACT: gettext_lazy("spelled so in the record"),
    Matched.READ: gettext_lazy("the only deputy whose name reads so"),
    Matched.CHAIR: gettext_lazy("presided on that day"),
    Matched.SAME_SURNAME: gettext_lazy("more than one deputy has this surname: %(people)s. Pick one."),
    Matched.SEVERAL: gettext_lazy("this can be more than one deputy: %(people)s. Pick one."),
    Matched.NOT_ELIGIBLE: gettext_lazy("could not vote then: %(people)s. Correct the date, or the name."),
    Matched.NO_CHAIR: gettext_lazy("nobody is recorded as presiding on that day. Add the office, or write the name."),
    Matched.UNKNOWN: gettext_lazy("no deputy of that day has this name. Pick one, or correct the name."),
    Matched.DOUBLED: gettext_lazy("another line names the same deputy, %(people)s. Keep one of the two."),
}


def match_names(
    chamber: Chamber, moment: dt.datetime | None, written: Sequence[str], source: Document | None
) -> list[Match]:
    """A match for each name, in their order; `Match.id` is the person's."""
    return match_all(written, roster(chamber, moment, source))


def roster(chamber: Chamber, moment: dt.datetime | None, source: Document | None) -> list[Listed]:
    """Everyone who ever held a seat in `chamber`, with why some could not vote at `moment`; five queries."""
    presides: dict[int, bool] = defaultdict(bool)  # of those who could vote; whoever sat twice is one person
    for seat in eligible_at(chamber, moment):
        presides[seat.mandate.person_id] |= seat.presides
    mandates: dict[Person, list[Mandate]] = defaultdict(list)
    for mandate in chamber.mandates.select_related("person").order_by("pk"):
        mandates[mandate.person].append(mandate)
    spelled = _aliases(mandates, moment, source)
    return [
        Listed(
            id=person.pk,
            names=tuple(dict.fromkeys(filter(None, (str(person.name), person.name_ru, person.name_en)))),
            aliases=tuple(spelled[person.pk, True]),
            elsewhere=tuple(spelled[person.pk, False]),
            presides=presides.get(person.pk, False),
            unable="" if person.pk in presides or moment is None else _why_not(person, held, moment, chamber.zone),
        )
        for person, held in mandates.items()
    ]


def explain(match: Match) -> str:
    """Why the name was matched, or was not and what to do, in one sentence of the reader's language."""
    people = ", ".join(f"{each.name} ({each.unable})" if each.unable else each.name for each in match.suggestions)
    return f"“{match.written}”: {REASONS[match.reason] % {'people': people}}"


def _aliases(
    people: Iterable[Person], moment: dt.datetime | None, source: Document | None
) -> dict[tuple[int, bool], list[str]]:
    """The aliases by person and by whether `source` may use them at `moment`."""
    origin = source.origin if source else ""
    found = defaultdict(list)
    aliases = Alias.objects.filter(person__in=[person.pk for person in people]).select_related("source").order_by("pk")
    for alias in aliases.only("name", "used", "person_id", "source__url", "source__title"):
        found[alias.person_id, alias.holds_for(origin) and alias.holds_at(moment)].append(alias.name)
    return found


def _why_not(person: Person, mandates: Sequence[Mandate], moment: dt.datetime, zone: ZoneInfo) -> str:
    over = [mandate for mandate in mandates if mandate.held.upper and mandate.held.upper <= moment]
    if over:
        words = _("the mandate of %(name)s ended %(day)s")
        day = _day(max(over, key=lambda mandate: mandate.held.upper).ended, zone)
    else:
        words = _("the mandate of %(name)s began %(day)s")
        day = _day(min(mandates, key=lambda mandate: mandate.held.lower).began, zone)
    return words % {"name": person.name, "day": day}


def _day(known: PartialDate, zone: ZoneInfo) -> str:
    """As much of a date as is known."""
    if known.at is None:
        return _("at a time that is not known")
    shown = {Precision.YEAR: 4, Precision.MONTH: 7}.get(known.precision, 10)
    return known.at.astimezone(zone).date().isoformat()[:shown]
