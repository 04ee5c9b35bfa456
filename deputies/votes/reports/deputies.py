"""One deputy: mandates and ballots."""

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from deputies.journal.models import Dispute
from deputies.people.models import Chamber, FactionMembership, Mandate, Office, Person, SideMembership
from deputies.sources.rows import inside, outside
from deputies.votes.models import Ballot
from deputies.votes.reports.disputes import disputed
from deputies.votes.reports.houses import recorded, stops


def mandates_of(chamber_slug: str, person_slug: str) -> list[Mandate]:
    """The mandates of one deputy in a chamber, the latest first, with factions, sides and offices; one query.

    Adds `factions`, `sides` and `offices_held` in their order, `recorded`, the number of published votes of the
    chamber, `stops`, the freezes it is in, `successor`, who held the same seat next (slug, ru, en), None where nobody
    is known, and the deputy's open `disputes` by roll call.
    """
    next_in_seat = Mandate.objects.filter(
        district=OuterRef("district"), seat=OuterRef("seat"), term=OuterRef("term"), held__fully_gt=OuterRef("held")
    ).order_by("held")
    named = JSONObject(slug="person__slug", ru="person__name_ru", en="person__name_en")
    of_mandate = {"mandate": OuterRef("pk")}
    mandates = list(
        Mandate.objects.filter(chamber__slug=chamber_slug, person__slug=person_slug)
        .select_related("person", "chamber", "term__chamber", "district__source", "party", "source")
        .defer("source__content", "district__source__content")
        .annotate(
            recorded=recorded(),
            stops=stops(),
            dispute_rows=disputed(person=OuterRef("person")),
            successor=Subquery(next_in_seat.values(named=named)[:1]),
            faction_rows=inside(FactionMembership.objects.filter(**of_mandate).order_by("held"), "faction", "source"),
            side_rows=inside(SideMembership.objects.filter(**of_mandate).order_by("held"), "source"),
            office_rows=inside(Office.objects.filter(**of_mandate).order_by("held"), "source"),
        )
        .order_by("-held")
    )
    for mandate in mandates:
        found = [outside(Dispute, row) for row in mandate.dispute_rows]  # type: ignore[attr-defined]
        mandate.disputes = {dispute.roll_call: dispute for dispute in found}  # type: ignore[attr-defined]
        mandate.factions = [outside(FactionMembership, row, "faction", "source") for row in mandate.faction_rows]  # type: ignore[attr-defined]
        mandate.sides = [outside(SideMembership, row, "source") for row in mandate.side_rows]  # type: ignore[attr-defined]
        mandate.offices_held = [outside(Office, row, "source") for row in mandate.office_rows]  # type: ignore[attr-defined]
    return mandates


def ballots_of(person: Person, chamber: Chamber) -> list[Ballot]:
    """What the published record shows of one deputy in a chamber, the latest vote first; one query."""
    return list(
        Ballot.objects.filter(person=person, version__published_of__chamber=chamber)
        .select_related("version__roll_call", "version__source", "source", "corrected_source", "proxy")
        .defer("version__question_ru", "version__question_en", "version__summary_ru", "version__summary_en")
        .defer("version__source__content", "source__content", "corrected_source__content")
        .order_by(F("version__held_at").desc(nulls_last=True), "-version__pk")
    )
