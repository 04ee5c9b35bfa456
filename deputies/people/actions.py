"""Changes of people and mandates that readers can see."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from deputies.journal.actions import append
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.people.models import Chamber, District, Faction, FactionMembership, Mandate, Person, Term
from deputies.people.slugs import slug_of, unused
from deputies.sources.models import Document


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A deputy to be added: in a district, or in none; in a faction, or in none."""

    district: District | None
    name_ru: str
    name_en: str
    faction: Faction | None


@transaction.atomic
def add_deputies(
    *, term: Term, newcomers: Sequence[Newcomer], source: Document | None, at: dt.datetime
) -> list[Mandate]:
    """People with a mandate for the whole of `term`, and one event that names the mandates.

    Raises IntegrityError if a seat is taken by somebody else in that period.
    """
    taken = set(Person.objects.values_list("slug", flat=True))
    mandates = []
    for newcomer in newcomers:
        slug = unused(slug_of(newcomer.name_en or newcomer.name_ru), taken)
        taken.add(slug)
        person = Person.objects.create(slug=slug, name_ru=newcomer.name_ru, name_en=newcomer.name_en, source=source)
        period = {
            "held": term.held,
            "began_precision": term.began_precision,
            "ended_precision": term.ended_precision,
            "source": source,
        }
        mandate = Mandate.objects.create(
            person=person, chamber=term.chamber, term=term, district=newcomer.district, **period
        )
        if newcomer.faction:
            FactionMembership.objects.create(mandate=mandate, faction=newcomer.faction, **period)
        mandates.append(mandate)
    if mandates:
        note_change(chamber=term.chamber, subject=f"term:{term.pk}", mandates=mandates, at=at)
    return mandates


def note_change(*, chamber: Chamber, subject: str, mandates: Iterable[Mandate], at: dt.datetime) -> Event:
    """Journal that these mandates, or who holds them, read differently now; inside the change's transaction."""
    changed = list(mandates)
    facts = {"mandates": [m.pk for m in changed], "people": sorted({m.person_id for m in changed})}
    return append(kind=EventKind.MANDATE_CHANGED, chamber=chamber.slug, subject=subject, facts=facts, at=at)
