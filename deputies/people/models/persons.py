"""People, the names sources give them, and their official ids."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _

from deputies.people.models.chambers import Chamber
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document


class PersonQuerySet(models.QuerySet["Person"]):
    def of_chamber(self, chamber: Chamber) -> "PersonQuerySet":
        """People who hold or held a mandate in `chamber`, each once."""
        return self.filter(pk__in=Person.objects.filter(mandates__chamber=chamber).values("pk"))


class Person(models.Model):
    """A person who is or was a deputy. Only what a cited source states; a missing name stays missing."""

    slug = models.SlugField(max_length=120, unique=True)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    sort_key = models.GeneratedField(
        expression=Replace(
            Lower(models.Case(models.When(name_ru="", then=models.F("name_en")), default=models.F("name_ru"))),
            models.Value("ё"),
            models.Value("е"),
        ),
        output_field=models.CharField(max_length=200),
        db_persist=True,
    )
    note_ru = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                name="people_person_has_name", condition=~models.Q(name_ru="") | ~models.Q(name_en="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"

    @property
    def name(self) -> Words:
        return reader_words(ru=self.name_ru, en=self.name_en)

    @property
    def note(self) -> Words:
        return reader_words(ru=self.note_ru, en=self.note_en)


class Identifier(models.Model):
    """The id by which a source knows a person, such as member_id in a chamber's files."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=100, help_text=_("Whose id it is: a chamber's slug, or a source's name."))
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="people_identifier_once")]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class Alias(models.Model):
    """Another spelling under which a source names a person, in a period if it is limited to one.

    Without a source it is for all of them. `picked_by` told it from a list of suggestions, and it is remembered.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    used = DateTimeRangeField(null=True, blank=True)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    picked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    picked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name", "source"], name="people_alias_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="people_alias_picked_by_whom_and_when",
                condition=models.Q(picked_by=None, picked_at=None)
                | models.Q(picked_by__isnull=False, picked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def holds_for(self, origin: str) -> bool:
        """Whether the pages of `origin` (Document.origin) may use it."""
        return self.source is None or self.source.origin == origin

    def holds_at(self, moment: dt.datetime | None) -> bool:
        """Whether it was used at `moment`; at one that is not known it may have been."""
        return self.used is None or moment is None or moment in self.used
