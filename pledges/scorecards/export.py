"""Scores as rows of a file: exact, with the plain whole percentage."""

from collections.abc import Iterator, Mapping

from deputies.people.models import Chamber, Identifier, Person
from pledges.platform.enums import COUNTED
from pledges.platform.models import Platform
from pledges.scorecards.counting import Key, count
from pledges.scorecards.labels import label
from pledges.scorecards.method import WEIGHT_UNIT, Profile, Tally, percent

HEADER = [
    *("member_id", "demand_id", "with", "against", "half", "missed", "excused", "neutral"),
    *("score_numerator", "score_denominator", "percent", "label"),
]


def member_ids(chamber: Chamber) -> dict[int, str]:
    """How files name a chamber's members, by person id: each by the chamber's own id, or by the slug of their page.

    A slug that is somebody else's own id has "page:" before it, so that no two members have one name.
    """
    slugs = dict(Person.objects.of_chamber(chamber).values_list("pk", "slug"))
    known = Identifier.objects.filter(scheme=chamber.slug, person__in=slugs).order_by("-value")
    own = dict(known.values_list("person", "value"))
    taken = set(own.values())
    return {pk: own.get(pk, f"page:{slug}" if slug in taken else slug) for pk, slug in slugs.items()}


def score_rows(
    platform: Platform, profile: Profile, member_ids: dict[int, str], scores: Mapping[Key, Tally] | None = None
) -> Iterator[list[str]]:
    """One row per member and demand, chapter and platform, members and demands in the order of their ids.

    A red line has no score and so no row.

    `member_ids` are the ids to write, by person id; everyone in it gets every row, without a score where there is
    none. Weights are in votes, as decimals only where a weight is one. `scores` are counted now unless given.
    """
    counted = count(platform, profile) if scores is None else scores
    wanted: list[tuple[str, int | None, str]] = [
        (demand.demand_id, demand.pk, "")
        for demand in platform.demands.filter(chapter__in=COUNTED).order_by("demand_id")
    ]
    wanted += [(f"chapter:{chapter.value}", None, chapter.value) for chapter in COUNTED] + [("platform", None, "")]
    for person_id, member_id in sorted(member_ids.items(), key=lambda item: item[1]):
        for name, demand_id, chapter in wanted:
            yield [member_id, name, *_cells(counted.get(Key(person_id, demand_id, chapter), Tally()), profile)]


def _cells(tally: Tally, profile: Profile) -> list[str]:
    weights = (tally.with_, tally.against, tally.half, tally.missed, tally.excused, tally.neutral)
    return [*(_votes(weight) for weight in weights), *score_cells(tally, profile)]


def score_cells(tally: Tally, profile: Profile) -> list[str]:
    """Numerator, denominator, plain whole percentage and label; the first three are empty without a score."""
    score = profile.score(tally)
    if score is None:
        return ["", "", "", label(tally, profile).value]
    points = tally.fraction_as_points() if score == tally.score else None
    top, bottom = points or (score.numerator, score.denominator)
    return [str(top), str(bottom), str(percent(score)), label(tally, profile).value]


def _votes(weight: int) -> str:
    whole, rest = divmod(weight, WEIGHT_UNIT)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)
