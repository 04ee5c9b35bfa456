"""What a page says when it is passed on: its first sentence, its picture, and its facts for machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from coalition.pages.records import Record
from deputies.people.models import Mandate
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Precision
from deputies.votes.models import RollCall
from deputies.votes.reports.arithmetic import Arithmetic
from deputies.votes.reports.houses import House
from deputies.votes.reports.votes import record_of
from pledges.platform.enums import Chapter
from pledges.platform.models import Coalition, DemandText
from pledges.scorecards import wording
from pledges.scorecards.method import Tally
from pledges.scorecards.reports.cards import Mark
from pledges.scorecards.reports.groups import Group
from pledges.scorecards.reports.links import Linked
from pledges.scorecards.reports.measures import Measure
from pledges.scorecards.reports.platform import PlatformInForce
from pledges.scorecards.standing import Strength

Facts = dict[str, object]  # schema.org, as JSON
ISO = {Precision.MINUTE: "%Y-%m-%dT%H:%M%z", Precision.DAY: "%Y-%m-%d", Precision.MONTH: "%Y-%m", Precision.YEAR: "%Y"}


@dataclass(frozen=True, slots=True)
class Chart:
    """Votes by outcome under a heading: countable squares where there are `marks`, else a bar."""

    head: str
    tally: Tally
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Gauge:
    """Votes for, and how many were needed, of all seats."""

    votes: int
    needed: int
    seats: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page in the words and the picture that stand for it elsewhere; `about` adds to what all have for machines."""

    kind: str
    slug: str
    house: House
    path: str
    title: str
    sentence: str
    about: Facts
    role: str = ""
    note: str = ""
    charts: Sequence[Chart] = ()
    gauge: Gauge | None = None
    chooser: str = ""

    @property
    def facts(self) -> Facts:
        return {"name": self.title, "url": absolute(self.path)} | self.about

    @property
    def shows_scores(self) -> bool:
        """Whether the bundle is told with which they can be checked: a vote has none."""
        return self.kind != "votes"

    @property
    def notices(self) -> list[str]:
        return notices_of(self.house)


def notices_of(house: House) -> list[str]:
    """What stands above everything on a page of the chamber."""
    term = house.term
    invented = [_("Demonstration: this assembly and all its deputies are invented.")]
    ended = [wording.ended_sentence(term.ended, house.chamber.zone)] if term and house.has_ended else []
    return (invented if house.chamber.is_invented else []) + ended


def said(template: str, **context: object) -> str:
    """A part of a page as plain text on one line, so that no surface words it otherwise."""
    return " ".join(unescape(strip_tags(render_to_string(template, context))).split())


def deputy_sheet(record: Record) -> Sheet:
    """A deputy; no query. While a counted vote is disputed the picture is left out, and the sheet says so."""
    house, mandate, card = record.house, record.mandate, record.card
    cards = card.chapters if card and record.has_score else []
    held = {mark.line.link.roll_call_id for one in cards for mark in one.marks}.intersection(mandate.disputes)  # type: ignore[attr-defined]
    note = ngettext(
        "%(count)d counted vote is disputed; the picture is left out until there is an answer.",
        "%(count)d counted votes are disputed; the picture is left out until there is an answer.",
        len(held),
    ) % {"count": len(held)}
    charts = [_chart(one.chapter, one.measure, () if record.as_bars else one.marks) for one in cards]
    of_district = [_("district %(n)s") % {"n": mandate.district.number}] if mandate.district else []
    return Sheet(
        kind="deputies",
        slug=mandate.person.slug,
        house=house,
        path=_path("deputy_page", house, mandate.person.slug),
        title=mandate.person.name,
        sentence=record.sentence,
        about={"@type": "Person", "memberOf": _office(house, mandate)},
        role=" · ".join([_("Deputy"), *of_district]),
        note=note if held else "",
        charts=[] if held else charts,
        chooser=chosen(house, record.in_force, record.linked_votes) if card and card.evidence else "",
    )


def vote_sheet(house: House, vote: RollCall, numbers: Arithmetic, chooser: str) -> Sheet:
    """A vote: how it ended and by how much, and never a person; no query."""
    version = record_of(vote)
    sentence = wording.result_sentence(version.result, numbers)
    held = wording.date_words(version.held, house.chamber.zone)
    dispute = vote.disputes.get(None)  # type: ignore[attr-defined]
    action: Facts = {"@type": "VoteAction", "description": sentence, "agent": _body(house)}
    action |= {"object": {"@type": "CreativeWork", "name": version.title}} | _dated(house, startTime=version.held)
    drawn = numbers.for_ is not None and numbers.needed is not None
    return Sheet(
        kind="votes",
        slug=vote.slug,
        house=house,
        path=_path("vote_page", house, vote.slug),
        title=version.title,
        sentence=sentence,
        about=action,
        role=f"{_('Roll call %(n)s') % {'n': version.question_number}} · {held}" if version.question_number else held,
        note=said("components/disputed.html", dispute=dispute, chamber=house.chamber),
        gauge=Gauge(numbers.for_ or 0, numbers.needed or 0, numbers.seats) if drawn else None,
        chooser=_("Votes chosen by %(who)s.") % {"who": chooser} if chooser else "",
    )


def demand_sheet(
    house: House,
    in_force: PlatformInForce,
    text: DemandText,
    *,
    counts: str,
    chooser: str = "",
    coalition: Group | None = None,
) -> Sheet:
    """A demand, with what the coalition's deputies did on it if any could; no query."""
    platform = in_force.platform
    about: Facts = {"@type": "CreativeWork", "text": text.text}
    if not platform.is_put_to:
        about["author"] = {"@type": "Organization", "name": platform.coalition.name}
    return Sheet(
        kind="demands",
        slug=text.demand.slug,
        house=house,
        path=_path("demand_page", house, text.demand.slug),
        title=text.title,
        sentence=text.text or counts,
        about=about,
        role=f"{wording.CHAPTERS[Chapter(text.demand.chapter)]} · {said('demands/_of.html', platform=platform)}",
        note=counts if text.text else "",
        charts=[_chart(_("the coalition"), coalition.pooled)] if coalition and coalition.pooled.counted else [],
        chooser=chooser,
    )


def coalition_sheet(house: House, coalition: Coalition, strength: Strength, sentence: str) -> Sheet:
    """A coalition: its seats and what it needs; no query."""
    needed = strength.needed
    return Sheet(
        kind="coalition",
        slug=coalition.slug,
        house=house,
        path=_path("coalition_page", house),
        title=coalition.name,
        sentence=sentence,
        about={"@type": "Organization", "description": sentence},
        role=_("Coalition"),
        gauge=None if needed is None else Gauge(strength.votes, needed, strength.seats),
    )


def home_sheet(house: House, sentence: str, chooser: str) -> Sheet:
    """A chamber; no query."""
    path = _path("chamber_page", house)
    search: Facts = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{absolute(path)}search/?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    site: Facts = {"@type": "WebSite", "name": f"{_('Nakaz')}: {house.chamber.name}", "about": _body(house)}
    return Sheet(
        kind="chamber",
        slug=house.chamber.slug,
        house=house,
        path=path,
        title=_("How does your deputy vote?"),
        sentence=sentence,
        about=site | {"inLanguage": get_language(), "potentialAction": search},
        chooser=chooser,
    )


def chosen(house: House, in_force: PlatformInForce | None, linked: Linked) -> str:
    """Who chose the votes, as under every score; "" where nobody did."""
    if in_force is None or not linked.votes:
        return ""
    return said("components/_chosen.html", house=house, in_force=in_force, linked=linked)


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _path(name: str, house: House, *more: str) -> str:
    return reverse(name, args=[get_language(), house.chamber.slug, *more])


def _chart(head: str, measure: Measure, marks: Sequence[Mark] = ()) -> Chart:
    title = str(wording.CHAPTERS.get(head, head))  # type: ignore[call-overload]
    if measure.is_few:
        return Chart(f"{title}: {wording.few_words(measure)}", measure.tally, marks)
    counts = {"a": measure.as_asked, "n": measure.counted}
    counted = _("%(a)s of %(n)s") % counts if measure.counted else _("no counted vote")
    return Chart(f"{title}: {counted}", measure.tally, marks)


def _body(house: House) -> Facts:
    """The chamber, and that it is invented where it is: an example must not be taken for a fact."""
    body: Facts = {"@type": "GovernmentOrganization", "name": house.chamber.name}
    if house.chamber.is_invented:
        body["disambiguatingDescription"] = _("Demonstration: this assembly and all its deputies are invented.")
    return body | {"url": absolute(_path("chamber_page", house))}


def _office(house: House, mandate: Mandate) -> Facts:
    role: Facts = {"@type": "OrganizationRole", "roleName": _("Deputy"), "memberOf": _body(house)}
    return role | _dated(house, startDate=mandate.began, endDate=mandate.ended)


def _dated(house: House, **dates: PartialDate) -> Facts:
    """Dates as exactly as they are known; without those that are not."""
    return {
        name: date.at.astimezone(house.chamber.zone).strftime(ISO[date.precision])
        for name, date in dates.items()
        if date.at and date.precision in ISO
    }
