"""What two persons must stand behind before readers see it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pledges.tracker.enums import Review

REVIEW_CHOICES = {
    Review.PROPOSED.value: _("Waits for a second person"),
    Review.PUBLISHED.value: _("Published"),
    Review.REJECTED.value: _("Sent back"),
}


class Reviewed(models.Model):
    """Something that one organiser proposes and another publishes or sends back; its words never change.

    `vouched` is set when one caller stood for both, as an import does.
    """

    review = models.CharField(max_length=10, choices=REVIEW_CHOICES, default=Review.PROPOSED.value, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    vouched = models.BooleanField(default=False, editable=False)
    rejected_why = models.CharField(max_length=500, blank=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_by_two",
                condition=~models.Q(review=Review.PUBLISHED.value)
                | models.Q(vouched=True)
                | (models.Q(author__isnull=False, reviewer__isnull=False) & ~models.Q(author=models.F("reviewer"))),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_reviewed_has_date",
                condition=models.Q(review=Review.PROPOSED.value) | models.Q(reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_rejected_says_why",
                condition=~models.Q(review=Review.REJECTED.value) | ~models.Q(rejected_why=""),
            ),
        ]
