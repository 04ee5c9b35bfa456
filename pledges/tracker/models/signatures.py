"""Who signed what, when."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Chamber, Person
from deputies.people.models.chambers import BASIS_CHOICES, PRECISION_CHOICES
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Basis, Precision
from deputies.sources.models import Document
from pledges.platform.models import Demand, PlatformVersion


class Signature(models.Model):
    """A deputy signed one version of a platform, or one demand, on a day; a withdrawal is dated, never a deletion."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="signatures")
    platform_version = models.ForeignKey(
        PlatformVersion, models.PROTECT, null=True, blank=True, related_name="signatures"
    )
    demand = models.ForeignKey(Demand, models.PROTECT, null=True, blank=True, related_name="signatures")
    signed_on = models.DateField()
    signed_precision = models.CharField(max_length=10, choices=PRECISION_CHOICES, default=Precision.DAY.value)
    withdrawn_on = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=10, choices=BASIS_CHOICES, default=Basis.OFFICIAL.value)
    source = models.ForeignKey(
        Document, models.PROTECT, related_name="+", help_text=_("Where the signature can be seen.")
    )

    withdrawn_source = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Where the withdrawal is read.")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tracker_signature_withdrawal_has_day",
                condition=models.Q(withdrawn_source=None) | models.Q(withdrawn_on__isnull=False),
            ),
            models.CheckConstraint(
                name="tracker_signature_of_one_thing",
                condition=models.Q(platform_version__isnull=False, demand=None)
                | models.Q(platform_version=None, demand__isnull=False),
            ),
            models.CheckConstraint(
                name="tracker_signature_withdrawn_after",
                condition=models.Q(withdrawn_on=None) | models.Q(withdrawn_on__gte=models.F("signed_on")),
            ),
            models.UniqueConstraint(
                fields=["person", "platform_version", "demand"],
                condition=models.Q(withdrawn_on=None),
                name="tracker_signature_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        signed = {"person": self.person, "what": self.platform_version or self.demand}
        return gettext("%(person)s signed %(what)s") % signed

    @property
    def chamber(self) -> Chamber:
        """Whose platform it was signed for."""
        platform = self.platform_version.platform if self.platform_version else self.demand.platform  # type: ignore[union-attr]
        return platform.coalition.chamber

    @property
    def signed(self) -> PartialDate:
        """At noon UTC, which is the same day wherever a chamber sits."""
        return PartialDate(dt.datetime.combine(self.signed_on, dt.time(12), dt.UTC), Precision(self.signed_precision))
