"""A chamber at the moment its pages speak of, in one of its terms, with the number of its votes in that term."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Count, DateTimeField, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from deputies.journal.models import Freeze
from deputies.journal.reports import frozen
from deputies.people.enums import Left
from deputies.people.models import Chamber, Mandate, Term
from deputies.sources.prepared import prepared
from deputies.sources.rows import Written, outside, packed

# {0} is a chamber, {1} when one of its terms held.
_IS_LATER = "EXISTS (SELECT FROM people_term t WHERE t.chamber_id = {0} AND t.held << {1})"
_NEXT_TERM = "SELECT min(lower(t.held)) FROM people_term t WHERE t.chamber_id = {0} AND t.held >> {1}"
_RECORDED = """
SELECT count(*) FROM votes_rollcall r JOIN votes_rollcallversion v ON v.id = r.published_id
WHERE r.chamber_id = {0} AND (v.held_at IS NULL OR (v.held_at >= lower({1})
    OR NOT EXISTS (SELECT FROM people_term t WHERE t.chamber_id = {0} AND t.held << {1})) AND v.held_at < coalesce(
    (SELECT min(lower(t.held)) FROM people_term t WHERE t.chamber_id = {0} AND t.held >> {1}), 'infinity'))
"""
# Who has a name that another deputy of the chamber has too, in either language; the latest district counts.
_NAMESAKES = """
WITH people AS (
    SELECT DISTINCT p.id, p.name_ru, p.name_en
    FROM people_mandate m JOIN people_person p ON p.id = m.person_id WHERE m.chamber_id = {0}
), counted AS (
    SELECT id, name_ru <> '' AND count(*) OVER (PARTITION BY name_ru) > 1
        OR name_en <> '' AND count(*) OVER (PARTITION BY name_en) > 1 AS alike FROM people
)
SELECT coalesce(jsonb_agg(jsonb_build_object('person', m.person_id, 'district', d.number) ORDER BY m.held), '[]')
FROM people_mandate m JOIN counted c ON c.id = m.person_id
LEFT JOIN people_district d ON d.id = m.district_id WHERE m.chamber_id = {0} AND c.alike
"""
_STOPS = f"""
SELECT coalesce(jsonb_agg({packed(Freeze, "f")} ORDER BY f.began_at, f.id), '[]')
FROM journal_freeze f WHERE f.ended_at IS NULL AND f.chamber IN ('', {{0}})
"""  # noqa: S608


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
    for term in _terms(slug, held_at or at, number):
        return house_in(term, term, at)
    if number is not None:
        return None
    if held_at is not None:
        return house(slug, at)
    chamber = Chamber.objects.filter(slug=slug).first()
    return House(chamber, None, at, False, 0, frozen(slug)) if chamber else None


@prepared
def _terms(slug: str, at: dt.datetime, number: int | None) -> QuerySet[Term]:
    begun = Term.objects.filter(Q(held__startswith__lte=at) | Q(held__startswith=None), chamber__slug=slug)
    if number is not None:
        begun = begun.filter(number=number)
    return begun.select_related("chamber").annotate(**of_house()).order_by("-held")[:1]


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


def of_house(term: str = "") -> dict[str, Written]:
    """Annotations for `house_in` of a row with a chamber, whose term is the row itself or its `term`."""
    held = f"{term}__held" if term else "held"
    return {
        "recorded": recorded(term),
        "stops": Written(_STOPS, "chamber__slug"),
        "is_later": Written(_IS_LATER, "chamber", held, output_field=BooleanField()),
        "next_term": Written(_NEXT_TERM, "chamber", held, output_field=DateTimeField()),
        "namesakes": Written(_NAMESAKES, "chamber"),
    }


def recorded(term: str = "") -> Written:
    """The number of published roll calls of the chamber of a row in its term, which is the row itself or its `term`."""
    return Written(_RECORDED, "chamber", f"{term}__held" if term else "held", output_field=IntegerField())
