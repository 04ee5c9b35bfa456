"""Changes of people and mandates that readers can see, and the names that are remembered for them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _

from deputies.journal.actions import append
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.people.matching import CHAIR, bears
from deputies.people.models import Alias, Chamber, District, Faction, FactionMembership, Mandate, Person, Term
from deputies.people.names import normal
from deputies.people.slugs import slug_of, unused
from deputies.sources.models import Document

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from django.db.models import QuerySet


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


class NotRemembered(Exception):
    """The spelling cannot be kept as a name of the person; the message says why, and what can be done."""


class RememberedForAnother(NotRemembered):
    """It already names somebody else who can be meant at the same time."""


class MeansSeveral(NotRemembered):
    """It is an office, or a bare surname that others of the chamber bear or bore."""


@transaction.atomic
def remember_pick(
    *, person: Person, name: str, source: Document | None, by: "AbstractBaseUser", at: dt.datetime
) -> Alias:
    """The alias by which the pages of the source's site are to name `person` from now on; again, the same one.

    Raises RememberedForAnother or MeansSeveral; the pick then holds for that one list only.
    """
    written, origin = " ".join(name.split()), source.origin if source else ""
    if CHAIR.fullmatch(normal(written)):
        raise MeansSeveral(_("“%(name)s” is whoever presides on the day; it is not remembered.") % {"name": written})
    chambers = Chamber.objects.filter(pk__in=person.mandates.values("chamber"))
    list(chambers.select_for_update(no_key=True).order_by("pk"))  # of two picks at once, the second sees the first
    _refuse_if_others_have(written, source, person, chambers)
    for alias in person.aliases.select_related("source").defer("source__content"):
        if normal(alias.name) == normal(written) and alias.used is None and alias.holds_for(origin):
            return alias
    kept, _created = Alias.objects.update_or_create(  # one that is there is limited to a period
        person=person, name=written, source=source, defaults={"used": None, "picked_by_id": by.pk, "picked_at": at}
    )
    return kept


def _refuse_if_others_have(
    written: str, source: Document | None, person: Person, chambers: "QuerySet[Chamber]"
) -> None:
    others = Person.objects.filter(mandates__chamber__in=chambers).exclude(pk=person.pk).distinct()
    own = person.mandates.filter(chamber=OuterRef("chamber"), held__overlap=OuterRef("held"))
    at_once = set(Mandate.objects.filter(Exists(own)).values_list("person", flat=True))
    aliases = Alias.objects.select_related("source").defer("source__content")
    for other in others.prefetch_related(Prefetch("aliases", aliases)):
        names = [name for name in (other.name_ru, other.name_en) if name]
        says = {"name": written, "other": other.name}
        if bears(names, written):
            raise MeansSeveral(
                _("“%(name)s” is also the surname of %(other)s; it is not remembered: pick each time.") % says
            )
        names += [alias.name for alias in other.aliases.all() if source is None or alias.holds_for(source.origin)]
        if other.pk in at_once and normal(written) in map(normal, names):
            raise RememberedForAnother(
                _("“%(name)s” already names %(other)s; take that alias away first if it is wrong.") % says
            )
