"""A chamber at the moment its pages speak of, in one of its terms, with the number of its votes in that term."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from deputies.journal.models import Freeze
from deputies.journal.reports import frozen, open_freezes
from deputies.people.enums import Left
from deputies.people.models import Chamber, Mandate, Term
from deputies.sources.rows import inside, outside
from deputies.votes.models import RollCall

FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class House:
    """A chamber as its pages open: one of its terms, the moment they speak of, and how many votes are on record.

    `at` is the last certain moment of a term that has ended, and now in one that has not. `stop` is the freeze that
    the chamber is in. A vote belongs to the term that had begun when it was held: from `since` until `until`, None
    where no other term is on that side. `namesakes` are those who share a name with another deputy of the chamber, by
    id, with their district.
    """

    chamber: Chamber
    term: Term | None
    at: dt.datetime
    has_ended: bool
    recorded: int
    stop: Freeze | None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    namesakes: Mapping[int, int | None] = field(default_factory=dict)

    @property
    def is_latest(self) -> bool:
        """Whether no later term has begun."""
        return self.until is None

    @property
    def has_others(self) -> bool:
        """Whether the chamber has another term to look at."""
        return self.since is not None or self.until is not None

    @property
    def votes(self) -> Q:
        """Which published roll calls of the chamber are of the term."""
        return self.when("published__held_at")

    def when(self, held_at: str) -> Q:
        """Whether the moment in a field is in the term; one that is not known is in every term."""
        since = Q(**{f"{held_at}__gte": self.since}) if self.since else Q()
        until = Q(**{f"{held_at}__lt": self.until}) if self.until else Q()
        return (since & until) | Q(**{held_at: None}) if self.has_others else Q()


def house(slug: str, at: dt.datetime, *, number: int | None = None, held_at: dt.datetime | None = None) -> House | None:
    """The chamber with this slug at `at`: in its latest term, in term `number`, or in the term of a vote of `held_at`.

    None if there is no such chamber or term. One query, three without a term.
    """
    begun = Term.objects.filter(Q(held__startswith__lte=held_at or at) | Q(held__startswith=None), chamber__slug=slug)
    if number is not None:
        begun = begun.filter(number=number)
    term = begun.select_related("chamber").annotate(**of_house()).order_by("-held").first()
    if term is not None:
        return house_in(term, term, at)
    if number is not None:
        return None
    if held_at is not None:
        return house(slug, at)
    chamber = Chamber.objects.filter(slug=slug).first()
    return House(chamber, None, at, False, 0, frozen(slug)) if chamber else None


def house_in(term: Term, row: Any, at: dt.datetime) -> House:  # noqa: ANN401 -- annotated columns
    """A chamber in one of its terms; `row` has the columns of `of_house`."""
    has_ended = term.held.upper is not None and term.held.upper <= at
    moment = term.held.upper - dt.timedelta(microseconds=1) if has_ended else at
    stop = outside(Freeze, row.stops[0]) if row.stops else None
    since, alike = term.held.lower if row.is_later else None, {one["person"]: one["district"] for one in row.namesakes}
    until = row.next_term if row.next_term and row.next_term <= at else None
    return House(term.chamber, term, moment, has_ended, row.recorded, stop, since, until, alike)


def terms_of(chamber: Chamber, at: dt.datetime) -> list[House]:
    """A chamber in every term that has begun, the latest first; one query."""
    begun = chamber.terms.filter(Q(held__startswith__lte=at) | Q(held__startswith=None))
    terms = begun.select_related("chamber").annotate(**of_house()).order_by("-held")
    return [house_in(term, term, at) for term in terms]


def latest_terms() -> list[Term]:
    """Every chamber's latest term with its chamber, its votes, and its deputies who did not leave; one query."""
    sat = Mandate.objects.filter(term=OuterRef("pk"), left__in=["", Left.TERM_ENDED.value])
    held = sat.order_by().values("term")
    terms = Term.objects.select_related("chamber").annotate(
        recorded=recorded(), deputies=Coalesce(Subquery(held.annotate(n=Count("person", distinct=True)).values("n")), 0)
    )
    return list(terms.order_by("chamber__slug", "-held").distinct("chamber__slug"))


def of_house(term: str = "") -> dict[str, Any]:
    """Annotations for `house_in` of a row with a chamber, whose term is the row itself or its `term`."""
    own = f"{term}__held" if term else "held"
    others = Term.objects.filter(chamber=OuterRef("chamber"))
    later = others.filter(held__fully_gt=OuterRef(own)).order_by("held")
    return {
        "recorded": recorded(term),
        "stops": stops(),
        "is_later": Exists(others.filter(held__fully_lt=OuterRef(own))),
        "next_term": Subquery(later.values("held__startswith")[:1]),
        "namesakes": _namesakes(),
    }


def _namesakes() -> ArraySubquery:
    """Who has a name in the chamber of a row that another deputy there has too, in either language."""
    ours = Mandate.objects.filter(chamber=OuterRef("chamber"))
    others = Mandate.objects.filter(chamber=OuterRef("chamber")).exclude(person=OuterRef("person"))
    alike = [
        Exists(others.filter(**{name: OuterRef(name)}).exclude(**{name: ""}))
        for name in ("person__name_ru", "person__name_en")
    ]
    told = JSONObject(person="person", district="district__number")
    return ArraySubquery(ours.filter(alike[0] | alike[1]).order_by("held").values(_told=told))


def stops() -> ArraySubquery:
    """The freezes that the chamber of a row is in, packed in one column, the earliest first."""
    return inside(open_freezes().filter(chamber__in=["", OuterRef("chamber__slug")]))


def recorded(term: str = "") -> Coalesce:
    """The number of published roll calls of the chamber of a row in its term, which is the row itself or its `term`."""
    own = f"{term}__held" if term else "held"
    others = Term.objects.filter(chamber=OuterRef(OuterRef("chamber")))
    later = others.filter(held__fully_gt=OuterRef(OuterRef(own))).order_by("held").values("held__startswith")[:1]
    is_first = ~Exists(others.filter(held__fully_lt=OuterRef(OuterRef(own))))
    held_at = "published__held_at"
    published = (
        RollCall.objects.filter(chamber=OuterRef("chamber"))
        .published()
        .filter(Q(**{held_at: None}) | is_first | Q(**{f"{held_at}__gte": OuterRef(f"{own}__startswith")}))
        .filter(Q(**{held_at: None}) | Q(**{f"{held_at}__lt": Coalesce(Subquery(later), Value(FOREVER))}))
    )
    return Coalesce(Subquery(published.order_by().values("chamber").annotate(n=Count("pk")).values("n")), 0)
