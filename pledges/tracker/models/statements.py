"""What a group stated together."""

import datetime as dt

from django.db import models

from deputies.people.models.chambers import BASIS_CHOICES, PRECISION_CHOICES
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Basis, Precision
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document
from pledges.platform.models import Demand, Platform
from pledges.tracker.models.pledges import NOON


class Statement(models.Model):
    """What a group of deputies stated or did together on the matter of a demand, where no source names its members.

    It is nobody's own word: no deputy is held to it, and it counts for nothing. Without a demand it is on a matter
    that the platform does not name.
    """

    platform = models.ForeignKey(Platform, models.PROTECT, related_name="statements")
    demand = models.ForeignKey(Demand, models.PROTECT, null=True, blank=True, related_name="statements")
    made_by_ru = models.CharField(max_length=300, blank=True)
    made_by_en = models.CharField(max_length=300, blank=True)
    text_ru = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    note_ru = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    said_on = models.DateField()
    said_precision = models.CharField(max_length=10, choices=PRECISION_CHOICES, default=Precision.DAY.value)
    basis = models.CharField(max_length=10, choices=BASIS_CHOICES, default=Basis.NAMED.value)
    source = models.ForeignKey(Document, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tracker_statement_says_who", condition=~models.Q(made_by_ru="") | ~models.Q(made_by_en="")
            ),
            models.CheckConstraint(
                name="tracker_statement_says_what", condition=~models.Q(text_ru="") | ~models.Q(text_en="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_by}, {self.said_on}: {self.text}"

    @property
    def made_by(self) -> Words:
        return reader_words(ru=self.made_by_ru, en=self.made_by_en)

    @property
    def text(self) -> Words:
        return reader_words(ru=self.text_ru, en=self.text_en)

    @property
    def note(self) -> Words:
        return reader_words(ru=self.note_ru, en=self.note_en)

    @property
    def said(self) -> PartialDate:
        return PartialDate(dt.datetime.combine(self.said_on, NOON), Precision(self.said_precision))
