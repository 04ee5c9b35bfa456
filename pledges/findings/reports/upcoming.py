"""What is on the agenda of a chamber, what was announced when, and how often expected positions were as recorded."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateTimeField, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.people.models import Chamber
from deputies.sources.enums import Basis
from deputies.votes.enums import AgendaState, Position
from deputies.votes.models import AgendaItem, Ballot
from deputies.votes.reports.houses import House
from pledges.findings.enums import Match, Rung
from pledges.findings.ladder import RUNGS, match
from pledges.findings.models import AgendaLink, Expectation
from pledges.tracker.enums import Review

Hits = Counter[str]  # of expected positions: "as_expected", "otherwise" and "no_vote"
KINDS = (EventKind.VOTE_ANNOUNCED.value, EventKind.VOTE_MOVED.value)
PUBLISHED = Q(links__review=Review.PUBLISHED.value)


def _told() -> QuerySet[Event]:
    """The announcements of the item of an outer row, the latest first."""
    subject = Concat(Value("agenda-item:"), Cast(OuterRef("pk"), TextField()))
    return Event.objects.filter(chamber=OuterRef("chamber__slug"), kind__in=KINDS, subject=subject).order_by("-id")


def _moved_from() -> Subquery:
    """When a vote was to be held before it was last moved; None if it never was."""
    before = Cast(KeyTextTransform("before", "facts"), DateTimeField())
    return Subquery(_told().filter(facts__has_key="before").values(before=before)[:1])


def items_of(house: House) -> QuerySet[AgendaItem]:
    """The agenda items of a term in no particular order, each with the ids of the `demands` it is about, and with when
    it was to be held before it was moved (`moved_from`)."""
    demands = ArrayAgg("links__demand", filter=PUBLISHED, default=[], order_by="links__demand")
    rows = AgendaItem.objects.filter(house.when("starts_at"), chamber=house.chamber)
    return rows.select_related("chamber", "roll_call").annotate(demands=demands, moved_from=_moved_from())


def coming(house: House) -> QuerySet[AgendaItem]:
    """The votes that have not begun, the next first; none in a term that has ended."""
    rows = items_of(house).filter(state=AgendaState.PLANNED.value, frozen_at=None, starts_at__gt=house.at)
    return (rows.none() if house.has_ended or not house.is_latest else rows).order_by("starts_at", "number", "pk")


def past(house: House) -> QuerySet[AgendaItem]:
    """The votes that have begun or were taken off the agenda, the latest first."""
    begun = ~Q(state=AgendaState.PLANNED.value) | Q(frozen_at__isnull=False) | Q(starts_at__lte=house.at)
    return items_of(house).filter(begun).order_by("-starts_at", "-number", "-pk")


def item_by_slug(chamber: str, slug: str) -> AgendaItem | None:
    """One item with its published links as `told`, and the roll call that was recorded of it; two queries."""
    links = AgendaLink.objects.filter(review=Review.PUBLISHED.value).order_by("demand__chapter", "demand")
    related = ("chamber", "source", "roll_call__published", "roll_call__chamber")
    rows = AgendaItem.objects.filter(chamber__slug=chamber, slug=slug).select_related(*related)
    rows = rows.annotate(moved_from=_moved_from()).defer("source__content")
    return rows.prefetch_related(Prefetch("links", links, to_attr="told")).first()


def announced_in(house: House) -> list[tuple[AgendaItem, dt.datetime]]:
    """Every vote announced in a term, the earliest first, with when readers last saw its time change; one query.

    Each has the ids of the events that tell of it (`events`), the first one first.
    """
    rows = AgendaItem.objects.filter(house.when("starts_at"), chamber=house.chamber)
    rows = rows.annotate(changed_at=Subquery(_told().values("at")[:1])).order_by("starts_at", "pk")
    rows = rows.annotate(events=ArraySubquery(_told().order_by("id").values("id")))
    return [(item, item.changed_at) for item in rows]


@dataclass(frozen=True, slots=True)
class Notice:
    """That a vote was announced, moved, taken off the agenda or put back; `since` readers can see it so.

    Its `events` are that one, and those by which the item was linked to demands while it stood so.
    """

    event: Event
    item: AgendaItem
    since: dt.datetime
    events: list[int]


def notices_of(chamber: Chamber, *, demands: Collection[int] | None = None, most: int) -> list[Notice]:
    """The latest announcements of a chamber, or of votes about some demands, the latest first; two queries."""
    links = AgendaLink.objects.filter(review=Review.PUBLISHED.value)
    items = AgendaItem.objects.filter(chamber=chamber).select_related("chamber")
    if demands is not None:
        links = links.filter(demand__in=demands).order_by("reviewed_at")
        items = items.filter(pk__in=links.values("item"))
        items = items.annotate(linked_at=Subquery(links.filter(item=OuterRef("pk")).values("reviewed_at")[:1]))
    found, linked = {item.pk: item for item in items}, dict[int, list[int]]()
    told = []
    for event in Event.objects.filter(chamber=chamber.slug, kind__in=KINDS, facts__item__in=list(found)).order_by(
        "-id"
    ):
        item = found[event.facts["item"]]
        if "link" not in event.facts:
            since = max(event.at, getattr(item, "linked_at", event.at))
            told.append(Notice(event, item, since, [event.pk, *linked.pop(item.pk, ())]))
        elif demands is None or event.facts["demand"] in demands:
            linked.setdefault(item.pk, []).append(event.pk)
    return told[:most]


def hits_of(items: Iterable[AgendaItem] | QuerySet[AgendaItem]) -> dict[int, dict[Rung, Hits]]:
    """How the expected positions in held votes came out, by id of the item and by rung; one query, however many."""
    ballots = Ballot.objects.filter(version=OuterRef("item__roll_call__published"), person=OuterRef("person"))
    stated = ballots.exclude(basis=Basis.INFERRED.value).values("position")[:1]
    rows = (
        Expectation.objects.filter(item__in=items, item__roll_call__published__isnull=False)
        .exclude(rung=Rung.UNKNOWN.value)
        .annotate(recorded=Subquery(stated))
        .values("item", "rung", "position", "recorded")
        .annotate(n=Count("pk"))
        .order_by()
    )
    found: dict[int, dict[Rung, Hits]] = {}
    for row in rows:
        cast = Position(row["recorded"]) if row["recorded"] else None
        hits = found.setdefault(row["item"], {}).setdefault(Rung(row["rung"]), Counter())
        hits[match(Position(row["position"]), cast).name.lower()] += row["n"]
    return found


def summed(hits: Iterable[Hits]) -> Hits:
    """Together, with how many were `expected` and how many of those had a `recorded` vote."""
    total: Hits = sum(hits, Counter())
    total["recorded"] = total[Match.AS_EXPECTED.name.lower()] + total[Match.OTHERWISE.name.lower()]
    total["expected"] = total["recorded"] + total[Match.NO_VOTE.name.lower()]
    return total


def by_rung(found: Collection[dict[Rung, Hits]]) -> list[tuple[Rung, Hits]]:
    """What each rung of the ladder came to over all votes, in its order."""
    return [(rung, summed(hits[rung] for hits in found if rung in hits)) for rung in RUNGS]
