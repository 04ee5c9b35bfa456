"""One deputy: mandates and ballots."""

from django.db.models import F, OuterRef, QuerySet

from deputies.journal.models import Dispute
from deputies.people.models import Chamber, FactionMembership, Mandate, Office, Person, SideMembership
from deputies.sources.prepared import among, prepared
from deputies.sources.rows import inside, outside
from deputies.votes.models import Ballot
from deputies.votes.reports.disputes import disputed
from deputies.votes.reports.houses import of_house


def mandates_of(chamber_slug: str, *persons: str) -> list[Mandate]:
    """The mandates of some deputies in a chamber, the latest first, with factions, sides and offices; one query.

    Adds `factions`, `sides` and `offices_held` in their order, what `of_house` says of the term, the deputy's open
    `disputes` by roll call, and `holders`, the mandates of everybody who held the same seat in the term, in their
    order; without a known district only the deputy's own.
    """
    mandates = _mandates_of(chamber_slug, list(persons))
    for mandate in mandates:
        found = [outside(Dispute, row) for row in mandate.dispute_rows]  # type: ignore[attr-defined]
        mandate.disputes = {dispute.roll_call: dispute for dispute in found}  # type: ignore[attr-defined]
        mandate.factions = [outside(FactionMembership, row, "faction", "source") for row in mandate.faction_rows]  # type: ignore[attr-defined]
        mandate.sides = [outside(SideMembership, row, "source") for row in mandate.side_rows]  # type: ignore[attr-defined]
        holders = [outside(Mandate, row, "person") for row in mandate.holder_rows]  # type: ignore[attr-defined]
        mandate.holders = holders or [mandate]  # type: ignore[attr-defined]
        mandate.offices_held = [outside(Office, row, "source") for row in mandate.office_rows]  # type: ignore[attr-defined]
    return mandates


@prepared
def _mandates_of(chamber_slug: str, persons: list[str]) -> QuerySet[Mandate]:
    seat = Mandate.objects.filter(term=OuterRef("term"), seat=OuterRef("seat"), district=OuterRef("district"))
    of_mandate = {"mandate": OuterRef("pk")}
    return (
        Mandate.objects.filter(among("person__slug", persons), chamber__slug=chamber_slug)
        .select_related("person", "chamber", "term__chamber", "district__source", "party", "source")
        .defer("source__content", "district__source__content")
        .annotate(
            **of_house("term"),
            dispute_rows=disputed(person=OuterRef("person")),
            holder_rows=inside(seat.order_by("held"), "person"),
            faction_rows=inside(FactionMembership.objects.filter(**of_mandate).order_by("held"), "faction", "source"),
            side_rows=inside(SideMembership.objects.filter(**of_mandate).order_by("held"), "source"),
            office_rows=inside(Office.objects.filter(**of_mandate).order_by("held"), "source"),
        )
        .order_by("-held")
    )


@prepared
def ballots_of(person: Person, chamber: Chamber) -> QuerySet[Ballot]:
    """What the published record shows of one deputy in a chamber, the latest vote first; one query."""
    return (
        Ballot.objects.filter(person=person, version__published_of__chamber=chamber)
        .select_related("version__roll_call", "version__source", "source", "corrected_source", "proxy")
        .defer("version__question_ru", "version__question_en", "version__summary_ru", "version__summary_en")
        .defer("version__source__content", "source__content", "corrected_source__content")
        .order_by(F("version__held_at").desc(nulls_last=True), "-version__pk")
    )
