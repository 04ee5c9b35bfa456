"""A chamber at the moment its pages speak of, with the number of its recorded votes."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from deputies.people.models import Chamber, Term
from deputies.votes.models import RollCall


@dataclass(frozen=True, slots=True)
class House:
    """A chamber as its pages open: its latest term, the moment they speak of, and how many votes are on record.

    `at` is the last certain moment of a term that has ended, and now in one that has not.
    """

    chamber: Chamber
    term: Term | None
    at: dt.datetime
    has_ended: bool
    recorded: int


def house(slug: str, at: dt.datetime) -> House | None:
    """The chamber with this slug as it stands at `at`; None if there is none. One query, two without a term."""
    term = (
        Term.objects.filter(Q(held__startswith__lte=at) | Q(held__startswith=None), chamber__slug=slug)
        .select_related("chamber")
        .annotate(recorded=recorded())
        .order_by("-held")
        .first()
    )
    if term is not None:
        return house_in(term, term.recorded, at)
    chamber = Chamber.objects.filter(slug=slug).first()
    return House(chamber, None, at, False, 0) if chamber else None


def house_in(term: Term, recorded: int, at: dt.datetime) -> House:
    """A chamber in one of its terms."""
    has_ended = term.held.upper is not None and term.held.upper <= at
    moment = term.held.upper - dt.timedelta(microseconds=1) if has_ended else at
    return House(term.chamber, term, moment, has_ended, recorded)


def latest_terms() -> list[Term]:
    """Every chamber's latest term by name, chamber and number of votes included; one query."""
    terms = Term.objects.select_related("chamber").annotate(recorded=recorded()).order_by("chamber__slug", "-held")
    return list(terms.distinct("chamber__slug"))


def recorded() -> Coalesce:
    """The number of published roll calls of the chamber of a row."""
    published = RollCall.objects.filter(chamber=OuterRef("chamber")).published().order_by().values("chamber")
    return Coalesce(Subquery(published.annotate(n=Count("pk")).values("n")), 0)
