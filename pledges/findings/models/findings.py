"""Where a published ballot meets the word given or a red line."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Person
from deputies.sources.language import Words, reader_words
from deputies.votes.models import POSITION_CHOICES, RollCallVersion
from pledges.findings.enums import FindingKind, FindingState
from pledges.scorecards.models import Link
from pledges.tracker.models import Answer, Invitation, Pledge, Signature

FINDING_CHOICES = {
    FindingKind.DIFFERS.value: _("Vote differs from pledge"),
    FindingKind.RED_LINE.value: _("Across what the coalition ruled out"),
    FindingKind.AS_PLEDGED.value: _("Voted as pledged, most of the faction did not"),
}
FINDING_STATE_CHOICES = {
    FindingState.DETECTED.value: _("Found by the sweep"),
    FindingState.UNDER_REVIEW.value: _("Under review"),
    FindingState.ASKED.value: _("The deputy was asked"),
    FindingState.ANSWERED.value: _("The deputy replied"),
    FindingState.SILENT.value: _("No reply in time"),
    FindingState.PUBLISHED.value: _("Published"),
    FindingState.DISMISSED.value: _("Dismissed"),
    FindingState.WITHDRAWN.value: _("Withdrawn by a correction"),
}
_UNTAKEN = [FindingState.DETECTED.value, FindingState.DISMISSED.value]
_BEFORE_ASKING = [*_UNTAKEN, FindingState.UNDER_REVIEW.value]
_SEEN = [FindingState.PUBLISHED.value, FindingState.WITHDRAWN.value]
_CLOSED_WITH_REASON = [FindingState.DISMISSED.value, FindingState.WITHDRAWN.value]


class FindingQuerySet(models.QuerySet["Finding"]):
    def published(self) -> "FindingQuerySet":
        """Those that readers see."""
        return self.filter(state=FindingState.PUBLISHED.value)

    def to_ask(self) -> "FindingQuerySet":
        """Those that wait for a first person, or for the letter to the deputy."""
        taken = models.Q(state=FindingState.UNDER_REVIEW.value, kind=FindingKind.DIFFERS.value)
        return self.filter(taken | models.Q(state=FindingState.DETECTED.value))

    def to_publish(self) -> "FindingQuerySet":
        """Those that wait for a second person."""
        settled = models.Q(state__in=[FindingState.ANSWERED.value, FindingState.SILENT.value])
        taken = models.Q(state=FindingState.UNDER_REVIEW.value) & ~models.Q(kind=FindingKind.DIFFERS.value)
        return self.filter(settled | taken)


class Finding(models.Model):
    """One ballot that differs from a pledge or signature, crosses a red line, or keeps a pledge against the faction.

    One that differs is put to the deputy in a neutral letter and published with the reply, or with the silence once
    `reply_until` has passed. Nothing is deleted: what is no finding is dismissed with a reason.
    """

    kind = models.CharField(max_length=10, choices=FINDING_CHOICES)
    person = models.ForeignKey(Person, models.PROTECT, related_name="findings")
    version = models.ForeignKey(RollCallVersion, models.PROTECT, related_name="findings")
    link = models.ForeignKey(Link, models.PROTECT, related_name="findings")
    position = models.CharField(max_length=20, choices=POSITION_CHOICES, help_text=_("As recorded then."))
    pledge = models.ForeignKey(Pledge, models.PROTECT, null=True, blank=True, related_name="findings")
    signature = models.ForeignKey(Signature, models.PROTECT, null=True, blank=True, related_name="findings")
    state = models.CharField(max_length=15, choices=FINDING_STATE_CHOICES, default=FindingState.DETECTED.value)
    detected_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    reply_until = models.DateTimeField(null=True, blank=True)
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, null=True, blank=True, related_name="questions",
        help_text=_("The personal link in the letter."),
    )  # fmt: skip
    reply = models.ForeignKey(Answer, models.PROTECT, null=True, blank=True, related_name="findings")
    settled_at = models.DateTimeField(null=True, blank=True, help_text=_("When the reply came, or the time was over."))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    reason_ru = models.TextField(_("why it was dismissed or withdrawn, in Russian"), blank=True)
    reason_en = models.TextField(_("why it was dismissed or withdrawn, in English"), blank=True)
    vouched = models.BooleanField(default=False, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        permissions = [("review_finding", "Can review, ask about and publish findings")]
        indexes = [models.Index(fields=["person", "state"], name="findings_finding_of_person")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "person", "version", "link"], name="findings_finding_once"),
            models.CheckConstraint(
                name="findings_finding_rests_on_a_word",
                condition=models.Q(kind=FindingKind.RED_LINE.value, pledge=None, signature=None)
                | models.Q(pledge__isnull=False)
                | models.Q(signature__isnull=False),
            ),
            models.CheckConstraint(
                name="findings_finding_taken_by_somebody",
                condition=models.Q(state__in=_UNTAKEN)
                | models.Q(vouched=True)
                | models.Q(taken_by__isnull=False, taken_at__isnull=False),
            ),
            models.CheckConstraint(
                name="findings_finding_asked_with_term",
                condition=~models.Q(kind=FindingKind.DIFFERS.value)
                | models.Q(state__in=_BEFORE_ASKING)
                | models.Q(asked_at__isnull=False, reply_until__isnull=False, reply_until__gt=models.F("asked_at")),
            ),
            models.CheckConstraint(
                name="findings_finding_silent_after_term",
                condition=~models.Q(state=FindingState.SILENT.value)
                | models.Q(settled_at__isnull=False, settled_at__gte=models.F("reply_until")),
            ),
            models.CheckConstraint(
                name="findings_finding_answered_has_reply",
                condition=~models.Q(state=FindingState.ANSWERED.value) | models.Q(reply__isnull=False),
            ),
            models.CheckConstraint(
                name="findings_finding_published_by_two",
                condition=~models.Q(state__in=_SEEN)
                | models.Q(vouched=True)
                | (models.Q(published_by__isnull=False) & ~models.Q(published_by=models.F("taken_by"))),
            ),
            models.CheckConstraint(
                name="findings_finding_published_after_reply",
                condition=~models.Q(kind=FindingKind.DIFFERS.value)
                | ~models.Q(state__in=_SEEN)
                | models.Q(reply__isnull=False)
                | models.Q(settled_at__isnull=False, settled_at__gte=models.F("reply_until")),
            ),
            models.CheckConstraint(
                name="findings_finding_published_has_date",
                condition=~models.Q(state__in=_SEEN) | models.Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="findings_finding_ends_with_reason",
                condition=~models.Q(state__in=_CLOSED_WITH_REASON) | ~models.Q(reason_ru="") | ~models.Q(reason_en=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}, {self.version_id}"

    @property
    def reason(self) -> Words:
        return reader_words(ru=self.reason_ru, en=self.reason_en)
