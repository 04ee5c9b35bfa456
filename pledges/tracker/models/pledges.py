"""A deputy's word on a demand, and how far it has come."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Party, Person
from deputies.people.models.chambers import BASIS_CHOICES, PRECISION_CHOICES
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Basis, Precision
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document
from pledges.platform.models import Demand
from pledges.tracker.enums import UNSETTLED, Review, Stance, Status
from pledges.tracker.models.reviews import Reviewed

STANCE_CHOICES = {
    Stance.PROMISED.value: _("Promised"),
    Stance.REFUSED.value: _("Refused"),
    Stance.UNDECIDED.value: _("Answered neither yes nor no"),
    Stance.SILENT.value: _("Asked, no answer"),
}
STATUS_CHOICES = {
    Status.PROMISED.value: _("Promised"),
    Status.IN_PROGRESS.value: _("In progress"),
    Status.KEPT.value: _("Kept"),
    Status.PARTLY_KEPT.value: _("Kept in part"),
    Status.DIFFERS.value: _("Differs from the pledge"),
    Status.STALLED.value: _("Stalled"),
    Status.OVERTAKEN.value: _("Overtaken by events"),
    Status.NOT_MEASURABLE.value: _("Not measurable"),
}
NOON = dt.time(12, tzinfo=dt.UTC)  # a day is the same day then wherever a chamber sits


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def published(self) -> "PledgeQuerySet":
        """Those that readers see."""
        return self.filter(review=Review.PUBLISHED.value)

    def with_status(self) -> "PledgeQuerySet":
        """Each with `came_to`, the status published for it last; None where there is none yet."""
        published = PledgeStatus.objects.filter(pledge=models.OuterRef("pk"), review=Review.PUBLISHED.value)
        return self.annotate(came_to=models.Subquery(published.order_by("-on", "-pk").values("status")[:1]))

    def overdue(self, day: dt.date) -> "PledgeQuerySet":
        """Published promises whose day lies before `day` and of which nothing final is published."""
        unsettled = models.Q(came_to=None) | models.Q(came_to__in=[status.value for status in UNSETTLED])
        return self.published().with_status().filter(unsettled, due_on__lt=day)


class Pledge(Reviewed):
    """What a deputy, or a party before an election, said of a demand: a promise, a refusal, or that no answer came.

    `words` are theirs, in the language in which they were said, never edited. A promise names a criterion and a day,
    or is not measurable and then never assessed as kept or not. `said_on` of a silence is the last day for answering.
    """

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="pledges")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="pledges")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="pledges")
    stance = models.CharField(_("what was said"), max_length=10, choices=STANCE_CHOICES)
    words = models.TextField(_("in their own words"), max_length=5000, blank=True)
    language = models.CharField(_("language of the words"), max_length=10, blank=True)
    said_on = models.DateField(_("said on"))
    said_precision = models.CharField(max_length=10, choices=PRECISION_CHOICES, default=Precision.DAY.value)
    occasion_ru = models.CharField(_("occasion, in Russian"), max_length=300, blank=True)
    occasion_en = models.CharField(_("occasion, in English"), max_length=300, blank=True)
    basis = models.CharField(max_length=10, choices=BASIS_CHOICES, default=Basis.NAMED.value)
    source = models.ForeignKey(Document, models.PROTECT, related_name="+", help_text=_("Where it can be read."))
    is_measurable = models.BooleanField(_("can be measured"), default=False)
    criterion_ru = models.TextField(_("what would count as kept, in Russian"), blank=True)
    criterion_en = models.TextField(_("what would count as kept, in English"), blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        permissions = [("review_word", "Can publish what another person recorded of deputies' words")]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                name="tracker_pledge_of_one",
                condition=models.Q(person__isnull=False, party=None) | models.Q(person=None, party__isnull=False),
            ),
            models.CheckConstraint(
                name="tracker_pledge_known_stance", condition=models.Q(stance__in=[one.value for one in Stance])
            ),
            models.CheckConstraint(
                name="tracker_pledge_silence_has_no_words",
                condition=~models.Q(stance=Stance.SILENT.value) | models.Q(words=""),
            ),
            models.CheckConstraint(
                name="tracker_pledge_promise_has_words",
                condition=~models.Q(stance=Stance.PROMISED.value) | ~models.Q(words=""),
            ),
            models.CheckConstraint(
                name="tracker_pledge_measurable_says_how",
                condition=models.Q(is_measurable=False, due_on=None, criterion_ru="", criterion_en="")
                | (
                    models.Q(is_measurable=True, stance=Stance.PROMISED.value, due_on__isnull=False)
                    & (~models.Q(criterion_ru="") | ~models.Q(criterion_en=""))
                ),
            ),
            models.CheckConstraint(
                name="tracker_pledge_due_after_said",
                condition=models.Q(due_on=None) | models.Q(due_on__gte=models.F("said_on")),
            ),
            models.UniqueConstraint(
                fields=["demand", "person", "party", "stance", "said_on"],
                condition=~models.Q(review=Review.REJECTED.value),
                name="tracker_pledge_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.party}: {self.demand} {self.said_on} {self.get_stance_display()}"

    @property
    def who(self) -> Words:
        """The name of the deputy or of the party."""
        return self.person.name if self.person else self.party.name  # type: ignore[union-attr]  # one of the two

    @property
    def status(self) -> Status:
        """How far a promise has come, where the query asked `with_status`."""
        return Status(getattr(self, "came_to", None) or Status.PROMISED)

    @property
    def said(self) -> PartialDate:
        return PartialDate(dt.datetime.combine(self.said_on, NOON), Precision(self.said_precision))

    @property
    def occasion(self) -> Words:
        return reader_words(ru=self.occasion_ru, en=self.occasion_en)

    @property
    def criterion(self) -> Words:
        return reader_words(ru=self.criterion_ru, en=self.criterion_en)


class PledgeStatus(Reviewed):
    """That a promise came to a status on a day, by which evidence, as the coalition of its platform assesses it."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="statuses")
    status = models.CharField(max_length=15, choices=STATUS_CHOICES)
    on = models.DateField(_("since"))
    note_ru = models.TextField(_("what happened, in Russian"), blank=True)
    note_en = models.TextField(_("what happened, in English"), blank=True)
    evidence = models.ForeignKey(Document, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("status of a pledge")
        verbose_name_plural = _("statuses of pledges")
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                name="tracker_pledgestatus_known_status",
                condition=models.Q(status__in=[s.value for s in Status if s is not Status.PROMISED]),
            ),
            models.CheckConstraint(
                name="tracker_pledgestatus_says_what", condition=~models.Q(note_ru="") | ~models.Q(note_en="")
            ),
            models.UniqueConstraint(
                fields=["pledge"],
                condition=models.Q(review=Review.PROPOSED.value),
                name="tracker_pledgestatus_one_proposed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id}: {self.get_status_display()} {self.on}"

    @property
    def note(self) -> Words:
        return reader_words(ru=self.note_ru, en=self.note_en)
