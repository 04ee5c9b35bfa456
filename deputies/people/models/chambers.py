"""Chambers with their terms, dated voting rules, districts, parties and factions."""

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.enums import Threshold
from deputies.sources.dates import PartialDate, beginning, end
from deputies.sources.enums import Basis, Precision
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document

BASIS_CHOICES = {
    Basis.OFFICIAL.value: _("Official record"),
    Basis.NAMED.value: _("Named in a source"),
    Basis.INFERRED.value: _("Worked out"),
    Basis.DISPUTED.value: _("Sources disagree"),
}
PRECISION_CHOICES = {
    Precision.MINUTE.value: _("to the minute"),
    Precision.DAY.value: _("to the day"),
    Precision.MONTH.value: _("to the month"),
    Precision.YEAR.value: _("to the year"),
    Precision.UNKNOWN.value: _("not known"),
}
THRESHOLD_CHOICES = {
    Threshold.MEMBERS.value: _("Majority of all seats"),
    Threshold.MANDATES.value: _("Majority of filled mandates"),
    Threshold.PRESENT.value: _("Majority of those present"),
    Threshold.VOTING.value: _("More for than against"),
    Threshold.TWO_THIRDS.value: _("Two thirds of all seats"),
    Threshold.FIXED.value: _("A fixed number of votes"),
}

RESERVED_SLUGS = frozenset(
    [
        "method",
        "glossary",
        "corrections",
        "data",
        "subscribe",
        "report",
        "about",
        "privacy",
        "following",
        "search",
        "sources",
        "styleguide",
        "inbox",
        "accounts",
        "admin",
        "api",
        "s",
        "health",
        "metrics",
        "static",
        "en",
        "ru",
    ]
)


def check_timezone(name: str) -> None:
    """Refuse a name that is not in the time zone database."""
    if name == "localtime" or name not in available_timezones():  # that one is whatever a machine is set to
        raise ValidationError(_("“%(name)s” is not a time zone; write one like Europe/Moscow."), params={"name": name})


def check_not_reserved(slug: str) -> None:
    """Refuse a chamber slug that is the address of a site-wide page."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("“%(slug)s” is the address of another page; choose another."), params={"slug": slug})


class Chamber(models.Model):
    """An elected body of `seats` seats, such as a city duma."""

    slug = models.SlugField(max_length=60, unique=True, validators=[check_not_reserved])
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    seats = models.PositiveSmallIntegerField()
    timezone = models.CharField(max_length=60, default="UTC", validators=[check_timezone])
    is_invented = models.BooleanField(default=False, help_text=_("An example: every page of it says so."))

    class Meta:
        constraints = [
            models.CheckConstraint(name="people_chamber_has_seats", condition=models.Q(seats__gte=1)),
            models.CheckConstraint(
                name="people_chamber_has_name", condition=~models.Q(name_ru="") | ~models.Q(name_en="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> Words:
        return reader_words(ru=self.name_ru, en=self.name_en)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def midnight(self, day: dt.date) -> dt.datetime:
        """The first moment of `day` where the chamber sits."""
        return dt.datetime.combine(day, dt.time.min, self.zone)


class VotingRuleQuerySet(models.QuerySet["VotingRule"]):
    def at(self, moment: dt.datetime) -> "VotingRuleQuerySet":
        """The rule in force at `moment`, at most one per chamber."""
        return self.filter(in_force__contains=moment)


class VotingRule(models.Model):
    """What a chamber needs to adopt a text, and what its record marks, in a half-open period."""

    chamber = models.ForeignKey(Chamber, models.CASCADE, related_name="voting_rules")
    in_force = DateTimeRangeField()
    threshold = models.CharField(max_length=20, choices=THRESHOLD_CHOICES)
    threshold_number = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("For a fixed number only."))
    presider_votes = models.BooleanField(default=True)
    marks_not_voting = models.BooleanField(
        default=True, help_text=_("Whether the record tells present without voting from absent.")
    )
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = VotingRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="people_votingrule_one_at_a_time",
                expressions=[("chamber", RangeOperators.EQUAL), ("in_force", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="people_votingrule_number_with_fixed",
                condition=models.Q(threshold=Threshold.FIXED.value, threshold_number__isnull=False)
                | (~models.Q(threshold=Threshold.FIXED.value) & models.Q(threshold_number=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chamber}: {self.get_threshold_display()}"


class Period(models.Model):
    """A half-open period with time of day; the precisions say how exactly its ends are known.

    `held` is the part that is certain.
    """

    held = DateTimeRangeField(help_text=_("The certain part: from the first moment to the first moment after."))
    began_precision = models.CharField(max_length=10, choices=PRECISION_CHOICES, default=Precision.DAY.value)
    ended_precision = models.CharField(max_length=10, choices=PRECISION_CHOICES, default=Precision.DAY.value)

    class Meta:
        abstract = True

    @property
    def began(self) -> PartialDate:
        return beginning(self.held.lower, self.began_precision)

    @property
    def ended(self) -> PartialDate:
        return end(self.held.upper, self.ended_precision)


class Term(Period):
    """A convocation of a chamber, half-open; a missing end means that it has not ended."""

    chamber = models.ForeignKey(Chamber, models.CASCADE, related_name="terms")
    number = models.PositiveSmallIntegerField(default=1)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    held = DateTimeRangeField(help_text=_("From the first moment to the first moment after the term."))
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chamber", "number"], name="people_term_number_once"),
            ExclusionConstraint(
                name="people_term_one_at_a_time",
                expressions=[("chamber", RangeOperators.EQUAL), ("held", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.chamber} {self.number}"

    @property
    def name(self) -> Words:
        return reader_words(ru=self.name_ru, en=self.name_en)


class District(models.Model):
    """A constituency of a chamber; `areas` names what it covers, in the words of its source."""

    chamber = models.ForeignKey(Chamber, models.CASCADE, related_name="districts")
    number = models.PositiveSmallIntegerField()
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    areas_ru = models.TextField(blank=True)
    areas_en = models.TextField(blank=True)
    areas_note = models.CharField(max_length=300, blank=True, help_text=_("On what ground the areas are stated."))
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chamber", "number"], name="people_district_number_once")]

    def __str__(self) -> str:
        return f"{self.chamber.slug} {self.number}"

    @property
    def name(self) -> Words:
        return reader_words(ru=self.name_ru, en=self.name_en)

    @property
    def areas(self) -> Words:
        return reader_words(ru=self.areas_ru, en=self.areas_en)


class Party(models.Model):
    """A party as sources name it."""

    slug = models.SlugField(max_length=80, unique=True)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> Words:
        return reader_words(ru=self.name_ru, en=self.name_en)


class Faction(models.Model):
    """A group of deputies inside one chamber, as the chamber's record names it."""

    chamber = models.ForeignKey(Chamber, models.CASCADE, related_name="factions")
    slug = models.SlugField(max_length=80)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chamber", "slug"], name="people_faction_slug_once"),
            models.CheckConstraint(
                name="people_faction_has_name", condition=~models.Q(name_ru="") | ~models.Q(name_en="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> Words:
        return reader_words(ru=self.name_ru, en=self.name_en)
