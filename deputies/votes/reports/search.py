"""Published votes in which a reader's words occur."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Model, Q, QuerySet
from django.db.models.functions import ExtractYear

from deputies.people.models import Chamber
from deputies.people.wanted import highlighted, latin_letters
from deputies.votes.models import RollCallVersion
from deputies.votes.models.rollcalls import TITLES, WORDS

SPELLINGS = 40  # titles per word that are looked through for another spelling
LIKENESS = "0.3"  # of the trigrams of two words that both have; the usual 0.6 loses words with a letter left out
LATEST_FIRST = (F("held_at").desc(nulls_last=True), "-pk")  # those without a date last


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the votes found are of one year and one result, and compared with demands of these chapters."""

    year: int | None
    result: str
    chapters: frozenset[str]
    votes: int


def votes_with(
    query: SearchQuery, chamber: Chamber | None, chapters: "Mapping[str, QuerySet[Model, int]]"
) -> "QuerySet[RollCallVersion]":
    """The published versions that have the words, each with its `year` and whether its id is among `chapters`."""
    found = RollCallVersion.objects.filter(published_of__isnull=False).annotate(words=WORDS).filter(words=query)
    if chamber is not None:
        found = found.filter(published_of__chamber=chamber)
    zone = chamber.zone if chamber else ZoneInfo("UTC")
    among = {
        f"in_{chapter}": ExpressionWrapper(Q(published_of__in=calls), output_field=BooleanField())
        for chapter, calls in chapters.items()
    }
    return found.annotate(year=ExtractYear("held_at", tzinfo=zone), **among)


def shares_of(votes: "QuerySet[RollCallVersion]", chapters: Collection[str]) -> list[Share]:
    """The votes counted by all that they can be chosen by; one query."""
    names = [f"in_{chapter}" for chapter in chapters]
    counted = votes.order_by().values("year", "result", *names).annotate(n=Count("pk"))
    return [
        Share(row["year"], row["result"], frozenset(one for one in chapters if row[f"in_{one}"]), row["n"])
        for row in counted
    ]


def ids_of(
    votes: "QuerySet[RollCallVersion]", *, year: str, result: str, chapter: str
) -> "QuerySet[RollCallVersion, int]":
    """The ids of the votes that are of a year, of a result and of a chapter, where these are not "", the latest first.

    Nothing else than the values of a Share may be asked for.
    """
    asked = {"year": int(year) if year else "", "result": result, f"in_{chapter}": bool(chapter) or ""}
    chosen = votes.filter(**{name: value for name, value in asked.items() if value != ""})
    return chosen.order_by(*LATEST_FIRST).values_list("pk", flat=True)


def passages_of(ids: "QuerySet[RollCallVersion, int]", query: SearchQuery) -> list[RollCallVersion]:
    """The versions with these ids, the latest first, each with its title and its text marked in both languages.

    `highlighted` says how. One query.
    """
    found = RollCallVersion.objects.filter(pk__in=ids).select_related("roll_call__chamber")
    return list(found.annotate(**highlighted(query, "question", "summary")).order_by(*LATEST_FIRST))


def titles_like(words: Collection[str], chamber: Chamber | None) -> list[str]:
    """Titles of published votes with a word spelled much like one of `words`; two queries, none without words."""
    if not words:
        return []
    published = RollCallVersion.objects.filter(published_of__isnull=False).annotate(latin=TITLES)
    if chamber is not None:
        published = published.filter(published_of__chamber=chamber)
    likest = [
        published.filter(latin__trigram_word_similar=word)
        .order_by(TrigramWordSimilarity(word, "latin").desc(), "pk")
        .values_list("title_ru", "title_en")[:SPELLINGS]
        for word in map(latin_letters, words)
    ]
    with connection.cursor() as cursor:  # for this connection, whose only question about likeness follows
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [LIKENESS])
    return [title for titles in likest[0].union(*likest[1:]) for title in titles]
