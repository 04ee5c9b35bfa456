"""Changes of the platform, of the method, and of which votes are compared with demands."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coalition.digests.concerns import everybody, of_chamber, of_demands
from coalition.digests.corrections import VOTES
from coalition.digests.enums import What
from coalition.digests.items import Item, Section, Span, Told
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from pledges.platform.models import DemandText
from pledges.platform.reports import Edit, edit_of, versions_of
from pledges.scorecards import wording
from pledges.scorecards.models import Link
from pledges.scorecards.reports.evidence import published_links
from pledges.scorecards.reports.platform import PlatformInForce


def platform_items(span: Span) -> Iterator[Item]:
    """A new version with its demands, demands compared with more votes, another method announced; six queries."""
    in_force = span.in_force
    of_platform = [
        event
        for event in span.of(EventKind.PLATFORM_PUBLISHED.value, EventKind.METHOD_ANNOUNCED.value)
        if in_force and event.facts["platform"] == in_force.platform.pk
    ]
    if in_force is None or not of_platform:
        return
    versions = [e for e in of_platform if e.facts.get("version")]
    if versions:
        yield _version(span, in_force, versions)
    methods = [event for event in of_platform if event.kind == EventKind.METHOD_ANNOUNCED]
    if methods:
        yield Item(
            everybody(span.chamber.pk),
            partial(_method, span, methods[-1].facts["profile"]),
            section=Section.PLATFORM,
            about=("method",),
            events=tuple(event.pk for event in methods),
        )
    yield from _linked(span, in_force, [e for e in of_platform if e.kind == EventKind.PLATFORM_PUBLISHED])


def _version(span: Span, in_force: PlatformInForce, events: list[Event]) -> Item:
    known = versions_of(in_force.platform)
    first = next((n for n, version in enumerate(known) if version.pk == events[0].facts["version"]), 0)
    before = known[first - 1].number if first else 0
    edit = edit_of(known, since=before, until=known[-1].number, lang="en")
    return Item(
        everybody(span.chamber.pk),
        partial(_told_version, span, in_force, edit),
        section=Section.PLATFORM,
        about=("platform",),
        events=tuple(event.pk for event in events),
    )


def _told_version(span: Span, in_force: PlatformInForce, edit: Edit | None) -> Told:
    title = {"title": in_force.platform.published.title if in_force.platform.published else ""}
    if edit is None:
        count = len(in_force.texts)
        demands = ngettext("It has %(count)d demand.", "It has %(count)d demands.", count) % {"count": count}
        return Told(_("The platform is published: %(title)s") % title, (demands,), span.url("platform_page"))
    sentences = [
        label % {"demands": "; ".join(str(text.title) for text in texts)}
        for label, texts in (
            (_("New demands: %(demands)s."), edit.added),
            (_("No longer demanded: %(demands)s."), edit.dropped),
            (_("Reworded: %(demands)s."), [text for text, _rewordings in edit.changed]),
        )
        if texts
    ]
    return Told(_("A new version of the platform: %(title)s") % title, tuple(sentences), span.url("platform_changes"))


def _method(span: Span, profile: str) -> Told:
    if not profile:
        return Told(_("The announced change of the method was taken back."), url=span.url("platform_page"))
    told = {"name": wording.METHODS[profile][0] if profile in wording.METHODS else profile}
    heading = _("Scores are to be counted by another method: “%(name)s”.") % told
    why = _("Nothing changes yet: the page shows whose score would move, and how.")
    return Told(heading, (why,), span.url("method_change_page"))


def _linked(span: Span, in_force: PlatformInForce, events: list[Event]) -> Iterator[Item]:
    """Demands to which votes were linked that readers knew already; new votes say themselves what they are about."""
    at = {event.at: event.pk for event in events}
    told = {event.facts["roll_call"] for event in span.of(*VOTES)}
    links = published_links(in_force).filter(published_at__in=at).exclude(roll_call__in=told)
    texts = {text.demand_id: text for text in in_force.texts}
    by_demand: dict[int, list[Link]] = {}
    for link in links.order_by("demand__chapter", "demand", "pk"):
        by_demand.setdefault(link.demand_id, []).append(link)
    for demand, of_demand in by_demand.items():
        if text := texts.get(demand):
            yield Item(
                of_demands(span.chamber.pk, [text.demand]) | of_chamber(span.chamber.pk, What.CHAMBER),
                partial(_told_linked, span, text, len(of_demand)),
                section=Section.PLATFORM,
                about=("linked", demand),
                events=tuple(sorted({at[link.published_at] for link in of_demand if link.published_at})),
            )


def _told_linked(span: Span, text: DemandText, count: int) -> Told:
    heading = ngettext(
        "%(count)d earlier vote is now compared with the demand “%(demand)s”.",
        "%(count)d earlier votes are now compared with the demand “%(demand)s”.",
        count,
    ) % {"count": count, "demand": text.title}
    return Told(heading, url=span.url("demand_page", slug=text.demand.slug))
