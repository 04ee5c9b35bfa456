"""Two deputies side by side: the choice, the votes that both could cast, and the same rows as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.pictures import Stretch, shares
from coalition.pages.public import public
from coalition.tables import csv_response
from deputies.people.models import Chamber, Mandate, Person
from deputies.sources.enums import Basis
from deputies.votes.enums import Relation
from deputies.votes.models import RollCallVersion
from deputies.votes.reports.deputies import mandates_of
from deputies.votes.reports.houses import House
from deputies.votes.reports.pairs import Cast, Comparison, Told, compared, told
from deputies.votes.reports.seats import seats_of
from pledges.platform.enums import COUNTED, Chapter
from pledges.scorecards.reports.evidence import links_by_vote
from pledges.scorecards.reports.links import Linked
from pledges.scorecards.reports.measures import Measure, measures_of
from pledges.scorecards.reports.pairs import Row, in_order
from pledges.scorecards.reports.platform import PlatformInForce, platform_of
from pledges.scorecards.wording import iso_words

PER_PAGE = 50
COLUMNS = ("date", "vote", "title", "question", "position_a", "position_b", "relation", "demands")


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one relation on a page; `count` is that of all pages, `page` the first of them."""

    relation: Relation
    count: int
    page: int
    rows: list[tuple[Row, Told]]


@dataclass(frozen=True, slots=True)
class Two:
    """Two deputies with what the record and the platform say of their common votes."""

    house: House
    mandates: list[Mandate]
    comparison: Comparison
    in_force: PlatformInForce | None
    rows: list[Row]
    linked: Linked

    @property
    def people(self) -> list[Person]:
        return [mandate.person for mandate in self.mandates]

    @property
    def camps(self) -> list[Stretch]:
        """Differently, alike and without a vote, as a bar."""
        pair, without = self.comparison.pair, self.comparison.without
        return shares([("different", pair.differ), ("same", pair.same), ("no-vote", without)])

    def parts(self, page: Sequence[Row]) -> list[Part]:
        """The rows of a page under every relation that has any on some page; three queries."""
        full = told([row.vote for row in page], [person.pk for person in self.people])
        relations = [row.vote.relation for row in self.rows]
        return [
            Part(
                relation,
                relations.count(relation),
                relations.index(relation) // PER_PAGE + 1,
                [(row, full[row.vote.version_id]) for row in page if row.vote.relation is relation],
            )
            for relation in Relation
            if relation in relations
        ]

    def scores(self) -> list[tuple[Chapter, list[Measure]]]:
        """Both deputies' chapters, as on their own pages, where both have counted votes; one query."""
        if self.in_force is None:
            return []
        found = measures_of(self.in_force, persons=[person.pk for person in self.people])
        beside = [
            (chapter, [m for p in self.people if (m := found.get((p.pk, chapter.value))) and m.counted])
            for chapter in COUNTED
        ]
        return [(chapter, measures) for chapter, measures in beside if len(measures) == len(self.people)]


def two_or_404(chamber: str, one: str, other: str) -> Two:
    """Two deputies of a chamber; six queries."""
    mandates = mandates_of(chamber, one, other)
    held = [[mandate for mandate in mandates if mandate.person.slug == slug] for slug in (one, other)]
    if not all(held):
        raise Http404("No such deputies.")
    house = house_or_404(chamber)
    comparison, in_force = compared(house.chamber, held), platform_of(house)
    links = links_by_vote(in_force, None) if in_force else {}
    rows = in_order(comparison.votes, links, in_force.texts if in_force else [])
    counted = sum(any(link.is_counted for link, _text in found) for found in links.values())  # type: ignore[attr-defined]
    return Two(house, [mandates[0] for mandates in held], comparison, in_force, rows, Linked(len(links), counted))


@require_safe
@public()
def compare_choice(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    holdings = [holding for seat in seats_of(house) for holding in seat.holdings]
    chosen = [request.GET.get(name, "")[:220] for name in ("a", "b")]
    known = {holding.mandate.person.slug for holding in holdings}
    problem = ""
    if all(chosen):
        problem = _problem(chosen, known)
        if not problem:
            return HttpResponseRedirect(reverse("compare_page", args=[lang, chamber, *chosen]))
    context = {"house": house, "holdings": holdings, "chosen": chosen, "problem": problem}
    return render(request, "compare/choice.html", context)


def _problem(chosen: Sequence[str], known: set[str]) -> str:
    if chosen[0] == chosen[1]:
        return _("That is the same deputy twice. Choose another one for the second.")
    return "" if known.issuperset(chosen) else _("Choose both deputies from the lists.")


@require_safe
@public("page")
def compare_page(request: HttpRequest, lang: str, chamber: str, one: str, other: str) -> HttpResponse:
    if one == other:
        return HttpResponseRedirect(reverse("compare_choice", args=[lang, chamber]) + f"?a={one}&b={other}")
    two = two_or_404(chamber, one, other)
    page = Paginator(two.rows, PER_PAGE).get_page(request.GET.get("page"))
    canonical = reverse("compare_page", args=[lang, chamber, *sorted([one, other])])  # for both orders
    context = {"house": two.house, "two": two, "canonical": canonical, "page": page, "scores": two.scores()}
    return render(request, "compare/page.html", context | {"parts": two.parts(list(page.object_list))})


@require_safe
@public()
def compare_file(request: HttpRequest, lang: str, chamber: str, one: str, other: str) -> HttpResponse:
    two = two_or_404(chamber, one, other)
    return csv_response(f"{chamber}-{one}-{other}.csv", COLUMNS, _lines(two.house.chamber, two.rows))


def _lines(chamber: Chamber, rows: Sequence[Row]) -> Iterator[list[str]]:
    """The rows of every page in their order; words in the reader's language, positions and relations as codes."""
    versions = RollCallVersion.objects.select_related("roll_call").in_bulk([row.vote.version_id for row in rows])
    for row in rows:
        version = versions[row.vote.version_id]
        what = [version.roll_call.slug, version.title, version.question]
        demands = "; ".join(text.title for text in row.texts)
        positions = [_code(cast) for cast in row.vote.casts]
        yield [iso_words(version.held, chamber.zone), *what, *positions, row.vote.relation.value, demands]


def _code(cast: Cast | None) -> str:
    if cast is None:
        return ""
    stated = cast.basis not in (Basis.INFERRED, Basis.DISPUTED)
    return cast.position.value if stated else f"{cast.position.value} ({cast.basis.value})"
