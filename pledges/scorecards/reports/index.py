"""Every page that search engines are told of, with the moment of the last change it can show."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from deputies.journal.models import Event
from deputies.people.models import Chamber, Mandate, Term
from deputies.votes.models import AgendaItem, RollCall
from pledges.scorecards.reports.platform import texts_in_force
from pledges.tracker.models import Pledge

OF_SITE = (
    "chamber_list",
    "method_page",
    "about_page",
    "privacy_page",
    "leak_page",
    "following_page",
    "corrections_page",
    "data_page",
    "subscribe",
)
OF_CHAMBER = ("chamber_page", "deputy_list", "vote_list", "upcoming_list")
OF_PLATFORM = ("platform_page", "coalition_page", "contradiction_list", "pledge_list", "platform_changes")


@dataclass(frozen=True, slots=True)
class Indexed:
    """A page by the name of its address, what follows the language in it, and when it last changed, if known."""

    page: str
    args: tuple[str, ...] = ()
    changed_at: dt.datetime | None = None


def of_site() -> list[Indexed]:
    return [Indexed(page) for page in OF_SITE]


def of_chambers() -> list[Indexed]:
    """One query."""
    in_force = texts_in_force().filter(demand__platform__coalition__chamber=OuterRef("pk"))
    chambers = Chamber.objects.filter(Exists(Term.objects.filter(chamber=OuterRef("pk")))).order_by("slug")
    rows = _changed(chambers, "slug").annotate(scored=Exists(in_force)).values_list("slug", "changed_at", "scored")
    return [
        Indexed(page, (slug,), at)
        for slug, at, is_scored in rows
        for page in (*OF_CHAMBER, *(OF_PLATFORM if is_scored else ()))
    ]


def of_deputies() -> list[Indexed]:
    """One query."""
    mandates = _changed(Mandate.objects.order_by("chamber__slug", "person__slug"), "chamber__slug")
    rows = mandates.values_list("chamber__slug", "person__slug", "changed_at").distinct()
    return [Indexed("deputy_page", (chamber, slug), at) for chamber, slug, at in rows]


def of_votes() -> list[Indexed]:
    """One query."""
    votes = RollCall.objects.published().order_by("chamber__slug", "pk")
    rows = votes.values_list("chamber__slug", "slug", "published__published_at")
    return [Indexed("vote_page", (chamber, slug), at) for chamber, slug, at in rows]


def of_agendas() -> list[Indexed]:
    """One query."""
    items = _changed(AgendaItem.objects.order_by("chamber__slug", "pk"), "chamber__slug")
    rows = items.values_list("chamber__slug", "slug", "changed_at")
    return [Indexed("upcoming_page", (chamber, slug), at) for chamber, slug, at in rows]


def of_demands() -> list[Indexed]:
    """One query."""
    chamber = "demand__platform__coalition__chamber__slug"
    texts = _changed(texts_in_force().order_by(chamber, "demand__slug"), chamber)
    rows = texts.values_list(chamber, "demand__slug", "changed_at")
    return [Indexed("demand_page", (slug, demand), at) for slug, demand, at in rows]


def of_pledges() -> list[Indexed]:
    """One query."""
    chamber = "demand__platform__coalition__chamber__slug"
    pledges = Pledge.objects.published().filter(demand__in=texts_in_force().values("demand"))
    rows = _changed(pledges.order_by(chamber, "pk"), chamber).values_list(chamber, "pk", "changed_at")
    return [Indexed("pledge_page", (slug, str(pk)), at) for slug, pk, at in rows]


SECTIONS: dict[str, Callable[[], list[Indexed]]] = {
    "site": of_site, "chambers": of_chambers, "deputies": of_deputies, "votes": of_votes, "demands": of_demands,
    "agendas": of_agendas,
    "pledges": of_pledges,
}  # fmt: skip


def _changed(rows: QuerySet[Any], chamber: str) -> QuerySet[Any]:
    """The rows with the moment of the last event of their chamber: whatever its pages show changed then or before."""
    latest = Event.objects.filter(chamber=OuterRef(chamber)).order_by("-id").values("at")[:1]
    annotated: QuerySet[Any] = rows.annotate(changed_at=Subquery(latest))
    return annotated
