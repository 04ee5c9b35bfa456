"""Events: what changed, in the order in which readers could see it."""

from django.db import models

from deputies.journal.enums import EventKind


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
