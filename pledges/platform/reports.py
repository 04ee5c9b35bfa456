"""Demands in which a reader's words occur, and the versions of a platform with what changed between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Prefetch

from deputies.people.models import Chamber
from deputies.people.wanted import highlighted
from deputies.sources.language import Words, reader_words
from pledges.platform.differences import FIELDS, LANGUAGES, Differences, Worded, differences
from pledges.platform.enums import PlatformState
from pledges.platform.models import WORDS, DemandText, Platform, PlatformVersion


def demands_with(query: SearchQuery, chamber: Chamber | None) -> list[DemandText]:
    """The published texts that have the words, marked as `passages_of` marks votes, in their order; one query."""
    texts = DemandText.objects.filter(version__published_of__isnull=False).annotate(words=WORDS).filter(words=query)
    if chamber is not None:
        texts = texts.filter(version__platform__coalition__chamber=chamber)
    found = texts.select_related("demand", "version__platform__coalition__chamber").annotate(
        **highlighted(query, "text", "measured")
    )
    return list(found.order_by("version__platform", "demand__chapter", "order", "pk"))


def versions_of(platform: Platform) -> list[PlatformVersion]:
    """The versions that were ever published, the first one first, each with its words as `worded`; two queries."""
    texts = DemandText.objects.select_related("demand", "source").defer("source__content")
    versions = (
        platform.versions.exclude(state=PlatformState.DRAFT.value)
        .select_related("source")
        .defer("source__content")
        .prefetch_related(Prefetch("texts", texts.order_by("demand__chapter", "order", "pk"), to_attr="worded"))
    )
    return list(versions.order_by("number"))


def texts_of(version: PlatformVersion) -> list[DemandText]:
    """The words of a version that `versions_of` brought."""
    texts: list[DemandText] = version.worded  # type: ignore[attr-defined]
    return texts


@dataclass(frozen=True, slots=True)
class Edit:
    """A version beside an earlier one: what changed, and the demands by id with their newest words of the two."""

    old: PlatformVersion
    new: PlatformVersion
    differences: Differences
    texts: dict[int, DemandText]


def edit_of(versions: Sequence[PlatformVersion], *, since: int, until: int, lang: str) -> Edit | None:
    """What changed from version `since` to version `until`; None where one of them is not among `versions`."""
    numbered = {version.number: version for version in versions}
    old, new = numbered.get(since), numbered.get(until)
    if old is None or new is None or old.number >= new.number:
        return None
    texts = {text.demand_id: text for version in (old, new) for text in texts_of(version)}
    pairs = [[_worded(text) for text in texts_of(version)] for version in (old, new)]
    return Edit(old, new, differences(*pairs, lang=lang), texts)


def _worded(text: DemandText) -> Worded:
    words = {(field, lang): getattr(text, f"{field}_{lang}") for field in FIELDS for lang in LANGUAGES}
    return Worded(text.demand_id, text.demand.slug, text.demand.chapter, words)


def title_of(one: Worded) -> Words:
    """The title of a demand in the reader's language."""
    return reader_words(ru=one.words["title", "ru"], en=one.words["title", "en"])
