"""Coalitions, their platforms in immutable versions, and the demands they make."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Chamber, Person
from deputies.people.models.mandates import DatedFact
from deputies.people.wanted import CONFIG
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document
from pledges.platform.enums import Chapter, PlatformState

CHAPTER_CHOICES = {
    Chapter.DEMOCRATIC.value: _("Democratic demands"),
    Chapter.SOCIAL.value: _("Social demands"),
    Chapter.RED_LINE.value: _("Red lines"),
}
PLATFORM_STATE_CHOICES = {
    PlatformState.DRAFT.value: _("Draft"),
    PlatformState.PUBLISHED.value: _("Published"),
    PlatformState.REPLACED.value: _("Replaced by a later version"),
}


class Coalition(models.Model):
    """Deputies of one chamber, across factions, who were elected on common demands."""

    chamber = models.ForeignKey(Chamber, models.PROTECT, related_name="coalitions")
    slug = models.SlugField(max_length=80)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chamber", "slug"], name="platform_coalition_slug_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> Words:
        return reader_words(ru=self.name_ru, en=self.name_en)


class CoalitionMembership(DatedFact):
    """A deputy's membership of a coalition; one period at a time."""

    coalition = models.ForeignKey(Coalition, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="coalition_memberships")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="platform_coalitionmembership_one_at_a_time",
                expressions=[
                    ("coalition", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("held", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.coalition}: {self.person}"


class Platform(models.Model):
    """What a coalition demands of the deputies elected on it; the texts are in its versions.

    `shadow_profile` is the method announced in place of the present one, counted beside it since `shadow_since`.
    """

    coalition = models.ForeignKey(Coalition, models.PROTECT, related_name="platforms")
    slug = models.SlugField(max_length=80, unique=True)
    chosen_by_ru = models.CharField(
        _("who chose the votes, in Russian"), max_length=200, blank=True, help_text=_("If not the coalition itself.")
    )
    chosen_by_en = models.CharField(_("who chose the votes, in English"), max_length=200, blank=True)
    published = models.OneToOneField(
        "PlatformVersion", models.PROTECT, null=True, blank=True, editable=False, related_name="published_of"
    )
    shadow_profile = models.CharField(max_length=40, blank=True, editable=False)
    shadow_since = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="platform_platform_shadow_has_date",
                condition=models.Q(shadow_profile="", shadow_since=None)
                | (~models.Q(shadow_profile="") & models.Q(shadow_since__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def chooser(self) -> Words:
        """Who chose the votes and answers for it: named under every score."""
        return reader_words(ru=self.chosen_by_ru, en=self.chosen_by_en) or self.coalition.name

    @property
    def is_put_to(self) -> bool:
        """Whether others put these demands to the deputies of the coalition: it is not said to stand behind them."""
        return bool(self.chosen_by_ru or self.chosen_by_en)


class PlatformVersion(models.Model):
    """A platform as adopted at one time; the database refuses to change a published one.

    `profile` is the name of the method by which the coalition chose to have adherence counted.
    """

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(max_length=10, choices=PLATFORM_STATE_CHOICES, default=PlatformState.DRAFT.value)
    title_ru = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    intro_ru = models.TextField(blank=True)
    intro_en = models.TextField(blank=True)
    profile = models.CharField(max_length=40, default="votes-cast")
    profile_version = models.PositiveSmallIntegerField(default=1)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    vouched = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        permissions = [("publish_platformversion", "Can publish versions of platforms")]
        constraints = [
            models.UniqueConstraint(fields=["platform", "number"], name="platform_version_number_once"),
            models.UniqueConstraint(
                fields=["platform"],
                condition=models.Q(state=PlatformState.PUBLISHED.value),
                name="platform_version_one_published",
            ),
            models.CheckConstraint(
                name="platform_version_published_has_date",
                condition=models.Q(state=PlatformState.DRAFT.value) | models.Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} v{self.number}"

    @property
    def title(self) -> Words:
        return reader_words(ru=self.title_ru, en=self.title_en)

    @property
    def intro(self) -> Words:
        return reader_words(ru=self.intro_ru, en=self.intro_en)


class Demand(models.Model):
    """One demand of a platform through all its versions, in force in a half-open period of days."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="demands")
    slug = models.SlugField(max_length=80)
    demand_id = models.CharField(max_length=100, help_text=_("Its id in files."))
    chapter = models.CharField(max_length=20, choices=CHAPTER_CHOICES)
    in_force_from = models.DateField(help_text=_("Votes before this day are listed and never counted."))
    in_force_until = models.DateField(null=True, blank=True, help_text=_("The first day it is no longer in force."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "slug"], name="platform_demand_slug_once"),
            models.UniqueConstraint(fields=["platform", "demand_id"], name="platform_demand_id_once"),
            models.CheckConstraint(  # files of scores call a chapter and the platform so
                name="platform_demand_id_names_no_total",
                condition=~models.Q(demand_id="platform") & ~models.Q(demand_id__startswith="chapter:"),
            ),
            models.CheckConstraint(
                name="platform_demand_known_chapter", condition=models.Q(chapter__in=[c.value for c in Chapter])
            ),
            models.CheckConstraint(
                name="platform_demand_period_forward",
                condition=models.Q(in_force_until=None) | models.Q(in_force_until__gt=models.F("in_force_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform}: {self.demand_id}"


WORDS = SearchVector(  # what readers search; the index and the query must say exactly the same
    "title_ru", "title_en", "text_ru", "text_en", "measured_ru", "measured_en", config=CONFIG
)


class DemandText(models.Model):
    """The words of a demand in one version of its platform."""

    version = models.ForeignKey(PlatformVersion, models.CASCADE, related_name="texts")
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="texts")
    order = models.PositiveSmallIntegerField(default=0)
    title_ru = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    text_ru = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    measured_ru = models.TextField(_("how it is measured, in Russian"), blank=True)
    measured_en = models.TextField(_("how it is measured, in English"), blank=True)
    done_ru = models.TextField(
        _("what would count as done, in Russian"), blank=True, help_text=_("Of a red line: what counts as a breach.")
    )
    done_en = models.TextField(_("what would count as done, in English"), blank=True)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "demand"], name="platform_demandtext_once"),
            models.CheckConstraint(
                name="platform_demandtext_has_title", condition=~models.Q(title_ru="") | ~models.Q(title_en="")
            ),
        ]
        indexes = [GinIndex(WORDS, name="platform_demandtext_words")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> Words:
        return reader_words(ru=self.title_ru, en=self.title_en)

    @property
    def text(self) -> Words:
        return reader_words(ru=self.text_ru, en=self.text_en)

    @property
    def measured(self) -> Words:
        return reader_words(ru=self.measured_ru, en=self.measured_en)

    @property
    def done(self) -> Words:
        return reader_words(ru=self.done_ru, en=self.done_en)
