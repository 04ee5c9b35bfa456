"""Who stands behind a link and who objects to it, by member organisation; and the votes that were not used."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.sources.language import Words, reader_words
from deputies.votes.models import RollCall
from pledges.platform.models import Demand
from pledges.scorecards.models.judgements import Link


class Stand(models.Model):
    """What one organiser said of a link for a member organisation, which is named as it was called then."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.SlugField(max_length=80)
    organisation_ru = models.CharField(max_length=200, blank=True)
    organisation_en = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def name(self) -> Words:
        """The organisation: the only one whom readers see."""
        return reader_words(ru=self.organisation_ru, en=self.organisation_en)


class Reasoned(models.Model):
    """Something said with a reason that readers see, until it is withdrawn."""

    reason_ru = models.TextField(_("reason, in Russian"), blank=True)
    reason_en = models.TextField(_("reason, in English"), blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def reason(self) -> Words:
        return reader_words(ru=self.reason_ru, en=self.reason_en)


class LinkApproval(Stand):
    """That an organisation stands behind a proposed link; the proposal itself is the first.

    `seal` is a hash of what the link says, written by the database: an approval of other words does not count.
    """

    link = models.ForeignKey(Link, models.CASCADE, related_name="approvals")
    seal = models.CharField(max_length=64, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "organisation"], name="scorecards_linkapproval_once_each"),
            models.UniqueConstraint(fields=["link", "by"], name="scorecards_linkapproval_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} for {self.link_id}"


class LinkVeto(Stand, Reasoned):
    """That an organisation objects to a link, and why; while one stands the link is shown and not counted."""

    link = models.ForeignKey(Link, models.PROTECT, related_name="vetoes")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "organisation"],
                condition=models.Q(withdrawn_at=None),
                name="scorecards_linkveto_once_each",
            ),
            models.CheckConstraint(
                name="scorecards_linkveto_has_reason", condition=~models.Q(reason_ru="") | ~models.Q(reason_en="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} against {self.link_id}"


class Considered(Reasoned):
    """A vote that organisers looked at for a demand and did not use, and why; readers see it."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="considered")
    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="considered")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("vote considered and not used")
        verbose_name_plural = _("votes considered and not used")
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "roll_call"],
                condition=models.Q(withdrawn_at=None),
                name="scorecards_considered_once",
            ),
            models.CheckConstraint(
                name="scorecards_considered_has_reason", condition=~models.Q(reason_ru="") | ~models.Q(reason_en="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand} without {self.roll_call}"
