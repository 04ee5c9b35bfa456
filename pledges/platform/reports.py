"""Demands in which a reader's words occur, and the versions of a platform with what changed between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Prefetch

from deputies.people.models import Chamber
from deputies.people.wanted import highlighted
from pledges.platform.differences import Piece, reworded
from pledges.platform.enums import PlatformState
from pledges.platform.models import WORDS, DemandText, Platform, PlatformVersion

FIELDS = ("title", "text", "measured", "done")
LANGUAGES = ("ru", "en")


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
class Rewording:
    """A part of a demand that changed, in the language compared."""

    field: str
    lang: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Edit:
    """A version beside an earlier one, each list in the order of its version.

    `moved` are demands dropped from one chapter and taken up in another in the same words.
    """

    old: PlatformVersion
    new: PlatformVersion
    added: list[DemandText]
    dropped: list[DemandText]
    changed: list[tuple[DemandText, list[Rewording]]]
    moved: list[tuple[DemandText, DemandText]]
    kept: int


def edit_of(versions: Sequence[PlatformVersion], *, since: int, until: int, lang: str) -> Edit | None:
    """What changed from version `since` to version `until`; None where one of them is not among `versions`."""
    numbered = {version.number: version for version in versions}
    if not (since in numbered and until in numbered and since < until):
        return None
    old, new = numbered[since], numbered[until]
    before, after = ({text.demand_id: text for text in texts_of(version)} for version in (old, new))
    gone, come = ([one[pk] for pk in one if pk not in other] for one, other in ((before, after), (after, before)))
    moved = [(was, text) for text in come for was in gone if _words(was) == _words(text)]
    both = [(text, _rewordings(before[pk], text, lang)) for pk, text in after.items() if pk in before]
    changed = [(text, fields) for text, fields in both if fields]
    return Edit(
        old,
        new,
        added=[text for text in come if text not in [taken for _, taken in moved]],
        dropped=[text for text in gone if text not in [left for left, _ in moved]],
        changed=changed,
        moved=moved,
        kept=len(both) - len(changed),
    )


def _words(text: DemandText) -> dict[tuple[str, str], str]:
    return {(field, lang): getattr(text, f"{field}_{lang}") for field in FIELDS for lang in LANGUAGES}


def _rewordings(old: DemandText, new: DemandText, lang: str) -> list[Rewording]:
    """The parts that changed: in the reader's language, else in the other one where only that did."""
    before, after = _words(old), _words(new)
    order = sorted(LANGUAGES, key=lambda one: one != lang)
    differ = {field: [one for one in order if before[field, one] != after[field, one]] for field in FIELDS}
    return [
        Rewording(field, found[0], reworded(before[field, found[0]], after[field, found[0]]))
        for field, found in differ.items()
        if found
    ]
