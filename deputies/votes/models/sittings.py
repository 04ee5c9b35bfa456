"""Sittings of a chamber, with who left them before the end."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Chamber, Person
from deputies.sources.models import Document


class Sitting(models.Model):
    """One meeting of a chamber, from `began_at`; `ended_at` is None where the record does not say.

    A drill is entered for practice from a printed protocol of an invented chamber.
    """

    chamber = models.ForeignKey(Chamber, models.PROTECT, related_name="sittings")
    number = models.CharField(_("number"), max_length=60, blank=True)
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="sittings")
    is_drill = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chamber", "began_at"], name="votes_sitting_once"),
            models.CheckConstraint(
                name="votes_sitting_ends_after_it_begins",
                condition=models.Q(ended_at=None) | models.Q(ended_at__gt=models.F("began_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chamber.name} {self.day}{f', {self.number}' if self.number else ''}"

    @property
    def day(self) -> dt.date:
        """The day it began on, where the chamber sits."""
        return self.began_at.astimezone(self.chamber.zone).date()


class Departure(models.Model):
    """That the record says a deputy left a sitting before its end, and whether and when they came back."""

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="departures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    left_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "person", "left_at"], name="votes_departure_once"),
            models.CheckConstraint(
                name="votes_departure_returns_later",
                condition=models.Q(returned_at=None) | models.Q(returned_at__gt=models.F("left_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} left {self.sitting_id}"
