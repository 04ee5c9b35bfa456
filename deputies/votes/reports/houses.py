"""A chamber at the moment its pages speak of, with the number of its recorded votes."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from deputies.journal.models import Freeze
from deputies.journal.reports import frozen, open_freezes
from deputies.people.models import Chamber, Term
from deputies.sources.rows import inside, outside
from deputies.votes.models import RollCall


@dataclass(frozen=True, slots=True)
class House:
    """A chamber as its pages open: its latest term, the moment they speak of, and how many votes are on record.

    `at` is the last certain moment of a term that has ended, and now in one that has not. `stop` is the freeze that
    the chamber is in.
    """

    chamber: Chamber
    term: Term | None
    at: dt.datetime
    has_ended: bool
    recorded: int
    stop: Freeze | None


def house(slug: str, at: dt.datetime) -> House | None:
    """The chamber with this slug as it stands at `at`; None if there is none. One query, three without a term."""
    term = (
        Term.objects.filter(Q(held__startswith__lte=at) | Q(held__startswith=None), chamber__slug=slug)
        .select_related("chamber")
        .annotate(recorded=recorded(), stops=stops())
        .order_by("-held")
        .first()
    )
    if term is not None:
        return house_in(term, term.recorded, term.stops, at)
    chamber = Chamber.objects.filter(slug=slug).first()
    return House(chamber, None, at, False, 0, frozen(slug)) if chamber else None


def house_in(term: Term, recorded: int, stops: list[dict[str, Any]], at: dt.datetime) -> House:
    """A chamber in one of its terms."""
    has_ended = term.held.upper is not None and term.held.upper <= at
    moment = term.held.upper - dt.timedelta(microseconds=1) if has_ended else at
    stop = outside(Freeze, stops[0]) if stops else None
    return House(term.chamber, term, moment, has_ended, recorded, stop)


def latest_terms() -> list[Term]:
    """Every chamber's latest term by name, chamber and number of votes included; one query."""
    terms = Term.objects.select_related("chamber").annotate(recorded=recorded()).order_by("chamber__slug", "-held")
    return list(terms.distinct("chamber__slug"))


def stops() -> ArraySubquery:
    """The freezes that the chamber of a row is in, packed in one column, the earliest first."""
    return inside(open_freezes().filter(chamber__in=["", OuterRef("chamber__slug")]))


def recorded() -> Coalesce:
    """The number of published roll calls of the chamber of a row."""
    published = RollCall.objects.filter(chamber=OuterRef("chamber")).published().order_by().values("chamber")
    return Coalesce(Subquery(published.annotate(n=Count("pk")).values("n")), 0)
