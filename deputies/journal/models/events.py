"""Events, what readers saw change; the history of every kept row; and when nothing but corrections is published."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from deputies.journal.enums import EventKind, Operation

OPERATIONS = {
    Operation.ADD.value: _("added"),
    Operation.CHANGE.value: _("changed"),
    Operation.REMOVE.value: _("removed"),
}


class EventQuerySet(models.QuerySet["Event"]):
    def between(self, after: int, until: int) -> "EventQuerySet":
        """Events with `after` < id <= `until`, oldest first."""
        return self.filter(id__gt=after, id__lte=until).order_by("id")

    def votes(self) -> "EventQuerySet":
        """Votes published and corrected."""
        return self.filter(kind__in=[EventKind.VOTE_PUBLISHED.value, EventKind.VOTE_CORRECTED.value])


class Event(models.Model):
    """One change that readers can see. Append-only: the database refuses to change or delete a row.

    Ids follow the order of commits (journal.actions.append takes a lock), so a watermark never misses an event.
    """

    kind = models.CharField(max_length=30, choices={kind.value: kind.value for kind in EventKind})
    chamber = models.SlugField(max_length=60, help_text="Slug of the chamber it happened in.")
    subject = models.CharField(max_length=200, help_text="What it is about, such as roll-call:12.")
    facts = models.JSONField(default=dict, help_text="Ids of the rows that tell the rest; never a person's address.")
    at = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["chamber", "id"], name="journal_event_by_chamber")]

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.subject}"


class History(models.Model):
    """What one statement did to one row. Triggers alone write it, and nobody can change or delete a row.

    A change holds only the columns that differ, an addition or a removal the whole row; stored bytes and secrets never.
    """

    table_name = models.TextField()
    row_id = models.BigIntegerField()
    operation = models.TextField(_("done"), choices=OPERATIONS)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    action = models.TextField()

    class Meta:
        managed = False  # made by SQL; `flush` and the tests' cleaning leave it alone
        verbose_name_plural = "history"

    def __str__(self) -> str:
        return f"{self.id} {self.operation} {self.table_name} {self.row_id}"


class Freeze(models.Model):
    """A time in which only corrections are published, such as the weeks before an election; one open per chamber."""

    chamber = models.SlugField(max_length=60, blank=True, help_text=_("Slug of the chamber; empty: the whole site."))
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason_ru = models.CharField(_("reason, in Russian"), max_length=300, blank=True)
    reason_en = models.CharField(_("reason, in English"), max_length=300, blank=True)
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        default_permissions = ["view"]
        permissions = [("freeze", "Can freeze publishing, and end a freeze")]
        constraints = [
            models.UniqueConstraint(
                fields=["chamber"], condition=models.Q(ended_at=None), name="journal_freeze_one_open"
            ),
            models.CheckConstraint(
                name="journal_freeze_has_reason", condition=~models.Q(reason_ru="") | ~models.Q(reason_en="")
            ),
            models.CheckConstraint(
                name="journal_freeze_ended_after",
                condition=models.Q(ended_at=None, ended_by=None)
                | models.Q(ended_at__gte=models.F("began_at"), ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        of = {"id": self.pk, "chamber": self.chamber or gettext("the whole site")}
        return gettext("freeze %(id)s of %(chamber)s") % of

    @property
    def reason(self) -> str:
        """In the language of whoever works; readers get it marked with its own."""
        own, other = self.reason_en, self.reason_ru
        return (other or own) if (get_language() or "").startswith("ru") else (own or other)
