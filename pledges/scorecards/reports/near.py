"""What in a chamber goes by almost the same address."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import CharField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from deputies.people.models import Chamber, Person
from deputies.sources.language import Words, reader_words
from deputies.votes.models import RollCall
from pledges.scorecards.reports.platform import texts_in_force

LEAST, MOST = 0.3, 5  # the similarity at which PostgreSQL itself calls two texts alike


@dataclass(frozen=True, slots=True)
class Near:
    """A page of a chamber: the name of its address, its slug, and what it is called."""

    page: str
    slug: str
    name: Words


def near(chamber: Chamber, slug: str) -> list[Near]:
    """At most five deputies, published votes and demands in force whose slug is like `slug`; one query."""
    demands = texts_in_force().filter(demand__platform__coalition__chamber=chamber)
    found = _alike(Person.objects.of_chamber(chamber), "deputy_page", slug, "slug", "name").union(
        _alike(RollCall.objects.filter(chamber=chamber).published(), "vote_page", slug, "slug", "published__title"),
        _alike(demands, "demand_page", slug, "demand__slug", "title"),
    )
    rows = found.order_by("-likeness", "address")[:MOST]
    return [Near(row["page"], row["address"], reader_words(ru=row["ru"], en=row["en"])) for row in rows]


def _alike(rows: QuerySet[Any], page: str, slug: str, field: str, name: str) -> QuerySet[Any]:
    likeness = TrigramSimilarity(field, slug)
    told = {"page": Value(page, CharField()), "address": Cast(field, TextField())}
    words = {code: Cast(f"{name}_{code}", TextField()) for code in ("ru", "en")}
    named: QuerySet[Any] = rows.annotate(likeness=likeness, **told, **words).filter(likeness__gte=LEAST)
    return named.order_by().values("page", "address", "ru", "en", "likeness")
