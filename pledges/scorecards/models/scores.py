"""The stored scores, the history of their changes, and the bundles of what they rest on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.journal.models import Event
from deputies.people.models import Person
from deputies.votes.models import RollCall
from pledges.platform.enums import Chapter
from pledges.platform.models import CHAPTER_CHOICES, Demand, Platform
from pledges.scorecards.enums import Cause
from pledges.scorecards.method import Tally

CAUSE_CHOICES = {
    Cause.NEW_VOTE.value: _("new vote"),
    Cause.CORRECTION.value: _("correction"),
    Cause.PLATFORM_EDIT.value: _("change of the platform"),
    Cause.METHOD_VERSION.value: _("new version of the method"),
    Cause.MANDATE_CHANGE.value: _("change of a mandate"),
    Cause.RULING.value: _("ruling on a vote"),
    Cause.MAIN_VOTE.value: _("choice of the vote that counts for a text"),
}

# The columns of a stored score, in the order of Tally's fields.
COLUMNS = [
    "with_weight",
    "against_weight",
    "half_weight",
    "missed_weight",
    "excused_weight",
    "neutral_weight",
    "with_votes",
    "against_votes",
    "half_votes",
    "missed_votes",
    "excused_votes",
    "neutral_votes",
    "gap_votes",
    "credit",
    "mass",
]


class Measures(models.Model):
    """The stored sums of one score, as pledges.scorecards.method.Tally names them.

    Weights are in thousandths of a vote; votes are plain counts. `credit` and `mass` are what the platform's own
    profile makes of them. Never a percentage, never a float.
    """

    with_weight = models.PositiveBigIntegerField(default=0)
    against_weight = models.PositiveBigIntegerField(default=0)
    half_weight = models.PositiveBigIntegerField(default=0)
    missed_weight = models.PositiveBigIntegerField(default=0)
    excused_weight = models.PositiveBigIntegerField(default=0)
    neutral_weight = models.PositiveBigIntegerField(default=0)
    with_votes = models.PositiveIntegerField(default=0)
    against_votes = models.PositiveIntegerField(default=0)
    half_votes = models.PositiveIntegerField(default=0)
    missed_votes = models.PositiveIntegerField(default=0)
    excused_votes = models.PositiveIntegerField(default=0)
    neutral_votes = models.PositiveIntegerField(default=0)
    gap_votes = models.PositiveIntegerField(default=0, help_text=_("Data we lack or worked out: outside every sum."))
    credit = models.PositiveBigIntegerField(default=0)
    mass = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def tally(self) -> Tally:
        return Tally(*(getattr(self, column) for column in COLUMNS))


class Score(Measures):
    """How a deputy's record measures up to one demand, one chapter, or (with neither) the whole platform."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="scores")
    person = models.ForeignKey(Person, models.CASCADE, related_name="scores")
    demand = models.ForeignKey(Demand, models.CASCADE, null=True, blank=True, related_name="scores")
    chapter = models.CharField(max_length=20, choices=CHAPTER_CHOICES, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "person", "demand", "chapter"], name="scorecards_score_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="scorecards_score_of_one_thing", condition=models.Q(demand=None) | models.Q(chapter="")
            ),
            models.CheckConstraint(
                name="scorecards_score_never_of_red_lines", condition=~models.Q(chapter=Chapter.RED_LINE.value)
            ),
            models.CheckConstraint(
                name="scorecards_score_at_most_all", condition=models.Q(credit__lte=models.F("mass"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.demand_id or self.chapter or self.platform_id}"


class ScoreChange(models.Model):
    """One move of one score, with its cause; append-only."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="+")
    platform = models.ForeignKey(Platform, models.CASCADE, related_name="score_changes")
    person = models.ForeignKey(Person, models.CASCADE, related_name="score_changes")
    demand = models.ForeignKey(Demand, models.CASCADE, null=True, blank=True, related_name="+")
    chapter = models.CharField(max_length=20, choices=CHAPTER_CHOICES, blank=True)
    roll_call = models.ForeignKey(RollCall, models.PROTECT, null=True, blank=True, related_name="score_changes")
    cause = models.CharField(max_length=20, choices=CAUSE_CHOICES)
    before = models.JSONField(help_text=_("The measures before, by name."))
    after = models.JSONField(help_text=_("The measures after, by name."))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "platform", "person", "demand", "chapter"],
                name="scorecards_scorechange_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="scorecards_scorechange_moves", condition=~models.Q(before=models.F("after"))),
            models.CheckConstraint(
                name="scorecards_scorechange_known_cause", condition=models.Q(cause__in=[c.value for c in Cause])
            ),
        ]
        indexes = [models.Index(fields=["person", "platform", "event"], name="scorecards_change_by_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.cause}"


# --- bundles ----------------------------------------------------------------------------------------------------------


class Bundle(models.Model):
    """One archive of everything the published scores rest on, chained to the one before it; append-only.

    `ident` is a hash over the bundle before, `at`, `event`, `code` and `content`, which is a hash over the files.
    """

    number = models.PositiveIntegerField()
    ident = models.CharField(max_length=64)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    content = models.CharField(max_length=64)
    at = models.DateTimeField(help_text="When the last event that it includes happened.")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", help_text="The last event that it includes.")
    code = models.CharField(max_length=40, help_text="Which version of the counting wrote it.")
    archive = models.BinaryField()
    built_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="scorecards_bundle_number_once"),
            models.UniqueConstraint(fields=["ident"], name="scorecards_bundle_ident_once"),
            models.UniqueConstraint(
                fields=["previous"], name="scorecards_bundle_chain_never_forks", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="scorecards_bundle_only_first_begins",
                condition=models.Q(number=1, previous=None) | models.Q(number__gt=1, previous__isnull=False),
            ),
            models.CheckConstraint(
                name="scorecards_bundle_of_hashes",
                condition=models.Q(ident__regex="^[0-9a-f]{64}$", content__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"bundle {self.number} {self.ident[:12]}"
