"""Search: deputies, demands and votes in which a reader's words occur."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from coalition.pages.answers import unkept
from coalition.pages.home import house_or_404
from deputies.people.models import Chamber, Mandate
from deputies.people.reports import deputies_named, respelled
from deputies.people.wanted import LONGEST, wanted, words_in
from deputies.votes.models import RESULT_CHOICES, RollCallVersion
from deputies.votes.reports.search import Share, ids_of, passages_of, shares_of, titles_like, votes_with
from pledges.platform.enums import Chapter
from pledges.platform.models import DemandText
from pledges.platform.reports import demands_with
from pledges.scorecards import wording
from pledges.scorecards.reports.evidence import linked_calls
from pledges.scorecards.reports.platform import PlatformInForce, platform_of

PER_PAGE = 20
FIRST = 5  # of the deputies and of the demands, beside votes
KINDS = {"deputies": _("Deputies"), "demands": _("Demands"), "votes": _("Votes")}
FACETS = {"kind": _("Kind"), "chapter": _("Chapter of the demand"), "year": _("Year"), "result": _("Result")}
CHAPTERS = {chapter.value: wording.CHAPTERS[chapter] for chapter in Chapter}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader looks for; "" for each choice that was not made."""

    text: str
    kind: str = ""
    year: str = ""
    result: str = ""
    chapter: str = ""

    def address(self, **changed: str) -> str:
        """The query part of the address of the same search with other choices."""
        told = {"q": self.text} | {name: getattr(self, name) for name in FACETS} | changed
        return "?" + urlencode({name: value for name, value in told.items() if value})

    def fits(self, share: Share) -> bool:
        """Whether votes are chosen by every choice."""
        is_of_chapter = not self.chapter or self.chapter in share.chapters
        return is_of_chapter and self.year in ("", str(share.year or "")) and self.result in ("", share.result)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a facet: its words, how many there are, where it leads, and whether it is made."""

    label: object
    count: int
    address: str
    is_made: bool


@dataclass(frozen=True, slots=True)
class Results:
    """All that has a reader's words, before choices are made."""

    deputies: list[Mandate] = field(default_factory=list)
    demands: list[DemandText] = field(default_factory=list)
    votes: "QuerySet[RollCallVersion] | None" = None
    shares: list[Share] = field(default_factory=list)
    query: SearchQuery | None = None
    instead: str = ""  # the spelling that was looked for, where the reader's own has no result

    @property
    def is_empty(self) -> bool:
        return not (self.deputies or self.demands or self.shares)


@require_safe
def search_page(request: HttpRequest, lang: str, chamber: str = "") -> HttpResponse:
    house = house_or_404(chamber) if chamber else None
    given = {name: request.GET.get(name, "").replace("\0", "")[:20] for name in FACETS}
    given["year"] = given["year"] if re.fullmatch("[0-9]{4}", given["year"]) else ""
    asked = Asked(" ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST], **given)
    of = house.chamber if house else None
    results = _results(asked.text, of, platform_of(house) if house else None)
    context = {"house": house, "asked": asked, "results": results, "facets": _facets(asked, results)}
    return unkept(render(request, "search/page.html", context | _shown(asked, results, request.GET.get("page"))))


def _results(text: str, chamber: Chamber | None, in_force: PlatformInForce | None) -> Results:
    """What has the words; where nothing has, what has them as they are spelled here."""
    held = Mandate.objects.filter(**({"chamber": chamber} if chamber else {}))
    mandates = list(held.select_related("person", "district", "chamber").order_by("-held", "pk")) if text else []
    found = _with(text, chamber, in_force, mandates)
    if not found.is_empty or not text:
        return found
    words = words_in(text)
    names = [name for mandate in mandates for name in (mandate.person.name_ru, mandate.person.name_en)]
    titles = [title for text in (in_force.texts if in_force else []) for title in (text.title_ru, text.title_en)]
    known = [*titles_like(words, chamber), *names, *titles]
    instead = " ".join(respelled(words, known))
    return replace(_with(instead, chamber, in_force, mandates), instead=instead) if instead.split() != words else found


def _with(text: str, chamber: Chamber | None, in_force: PlatformInForce | None, mandates: Iterable[Mandate]) -> Results:
    """What has these words; two queries."""
    query = wanted(text)
    if query is None:
        return Results()
    calls = linked_calls(in_force) if in_force else None
    among = {chapter: calls.filter(demand__chapter=chapter) for chapter in CHAPTERS} if calls is not None else {}
    votes = votes_with(query, chamber, among)
    return Results(
        deputies_named(text, mandates), demands_with(query, chamber), votes, shares_of(votes, list(among)), query
    )


def _facets(asked: Asked, results: Results) -> list[tuple[object, list[Choice]]]:
    """The choices that divide what was found, with what each would leave."""
    years = {str(share.year): str(share.year) for share in results.shares if share.year}
    values: dict[str, Mapping[str, object]] = {"kind": KINDS, "chapter": CHAPTERS, "result": RESULT_CHOICES}
    values["year"] = dict(sorted(years.items(), reverse=True))
    total = sum(_counts(replace(asked, kind=""), results).values())
    facets = {
        title: [_choice(asked, results, name, value, label) for value, label in values[name].items()]
        for name, title in FACETS.items()
    }
    return [
        (title, [one for one in choices if one.count or one.is_made])
        for title, choices in facets.items()
        if any(one.is_made or 0 < one.count < total for one in choices)
    ]


def _choice(asked: Asked, results: Results, name: str, value: str, label: object) -> Choice:
    is_made = getattr(asked, name) == value
    left = sum(_counts(replace(asked, **{name: value}), results).values())
    return Choice(label, left, asked.address(**{name: "" if is_made else value}), is_made)


def _counts(asked: Asked, results: Results) -> dict[str, int]:
    """How many of each kind the choices leave; years and results are only of votes."""
    counts = {
        "deputies": 0 if asked.year or asked.result or asked.chapter else len(results.deputies),
        "demands": len(_demands(asked, results)),
        "votes": sum(share.votes for share in results.shares if asked.fits(share)),
    }
    return {kind: count if asked.kind in ("", kind) else 0 for kind, count in counts.items()}


def _demands(asked: Asked, results: Results) -> list[DemandText]:
    if asked.year or asked.result:
        return []
    return [text for text in results.demands if asked.chapter in ("", text.demand.chapter)]


def _shown(asked: Asked, results: Results, number: str | None) -> dict[str, object]:
    """The part of what was found that fits on the page."""
    counts = _counts(asked, results)
    page = Paginator(range(counts["votes"]), PER_PAGE).get_page(number)  # of places in the list, not of rows
    most = PER_PAGE * 5 if asked.kind else FIRST
    others = most if page.number == 1 else 0
    return {
        "counts": counts,
        "total": sum(counts.values()),
        "deputies": results.deputies[: min(others, counts["deputies"])],
        "demands": _demands(asked, results)[: min(others, counts["demands"])],
        "page": page,
        "votes": _votes(asked, results, page.start_index(), page.end_index()),
        "earlier": asked.address(page=str(page.next_page_number())) if page.has_next() else "",
        "later": asked.address(page=str(page.previous_page_number())) if page.has_previous() else "",
    }


def _votes(asked: Asked, results: Results, first: int, last: int) -> list[RollCallVersion]:
    """The votes from the `first` to the `last`, counted from 1; one query, none for no votes."""
    if results.votes is None or results.query is None or not last:
        return []
    ids = ids_of(results.votes, year=asked.year, result=asked.result, chapter=asked.chapter)
    return passages_of(ids[first - 1 : last], results.query)
