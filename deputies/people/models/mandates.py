"""Who held which seat, in which faction, on which side and in which office, when."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deputies.people.enums import Entered, Left, Side
from deputies.people.models.chambers import (
    BASIS_CHOICES,
    Chamber,
    District,
    Faction,
    Party,
    Period,
    Term,
)
from deputies.people.models.persons import Person
from deputies.sources.enums import Basis
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document

ENTERED_CHOICES = {
    Entered.ELECTION.value: _("Election"),
    Entered.BY_ELECTION.value: _("By-election"),
    Entered.SUCCESSION.value: _("Succession"),
}
LEFT_CHOICES = {
    Left.TERM_ENDED.value: _("End of the term"),
    Left.RESIGNED.value: _("Resignation"),
    Left.DIED.value: _("Death"),
    Left.EXPELLED.value: _("Removal from office"),
    Left.OTHER.value: _("Another reason"),
    Left.UNKNOWN.value: _("Reason not known"),
}
SIDE_CHOICES = {
    Side.MAJORITY.value: _("Majority"),
    Side.OPPOSITION.value: _("Opposition"),
    Side.NONE.value: _("Neither side"),
}


class DatedFact(Period):
    """A fact that holds in a period, on a stated basis."""

    basis = models.CharField(max_length=10, choices=BASIS_CHOICES, default=Basis.OFFICIAL.value)
    note_ru = models.TextField(blank=True, help_text=_("How it was worked out, or what the sources disagree on."))
    note_en = models.TextField(blank=True)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def note(self) -> Words:
        return reader_words(ru=self.note_ru, en=self.note_en)


class MandateQuerySet(models.QuerySet["Mandate"]):
    def at(self, moment: dt.datetime) -> "MandateQuerySet":
        """Mandates held at `moment`."""
        return self.filter(held__contains=moment)


class Mandate(DatedFact):
    """A seat held by one person. A district has seats numbered from 1; a mandate may lack a known district."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="mandates")
    chamber = models.ForeignKey(Chamber, models.PROTECT, related_name="mandates")
    term = models.ForeignKey(Term, models.PROTECT, related_name="mandates")
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="mandates")
    seat = models.PositiveSmallIntegerField(default=1, help_text=_("Which seat of a district with several."))
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="mandates")
    nominated_by_ru = models.CharField(max_length=200, blank=True)
    nominated_by_en = models.CharField(max_length=200, blank=True)
    entered = models.CharField(max_length=20, choices=ENTERED_CHOICES, default=Entered.ELECTION.value)
    left = models.CharField(max_length=20, choices=LEFT_CHOICES, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="people_mandate_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("chamber", RangeOperators.EQUAL),
                    ("held", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="people_mandate_one_per_seat",
                expressions=[
                    ("district", RangeOperators.EQUAL),
                    ("seat", RangeOperators.EQUAL),
                    ("held", RangeOperators.OVERLAPS),
                ],
            ),
            # referred to by votes: a ballot's person is the person of its mandate
            models.UniqueConstraint(fields=["id", "person"], name="people_mandate_and_person"),
        ]

    def __str__(self) -> str:
        return gettext("%(person)s in %(chamber)s") % {"person": self.person, "chamber": self.chamber.slug}

    @property
    def nominated_by(self) -> Words:
        return reader_words(ru=self.nominated_by_ru, en=self.nominated_by_en)


class FactionMembership(DatedFact):
    """A deputy's membership of a faction during a mandate; one at a time."""

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="faction_memberships")
    faction = models.ForeignKey(Faction, models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="people_factionmembership_one_at_a_time",
                expressions=[("mandate", RangeOperators.EQUAL), ("held", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.mandate}: {self.faction}"


class SideMembership(DatedFact):
    """The side of the house a deputy stands on during a mandate; one at a time."""

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="side_memberships")
    side = models.CharField(max_length=10, choices=SIDE_CHOICES)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="people_sidemembership_one_at_a_time",
                expressions=[("mandate", RangeOperators.EQUAL), ("held", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.mandate}: {self.side}"


class Office(DatedFact):
    """An office held during a mandate, such as the chair; several may be held at once."""

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="offices")
    title_ru = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    presides = models.BooleanField(default=False, help_text=_("Whether the holder chairs the sittings."))

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="people_office_once_at_a_time",
                expressions=[
                    ("mandate", RangeOperators.EQUAL),
                    ("title_ru", RangeOperators.EQUAL),
                    ("title_en", RangeOperators.EQUAL),
                    ("held", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.mandate}: {self.title}"

    @property
    def title(self) -> Words:
        return reader_words(ru=self.title_ru, en=self.title_en)
