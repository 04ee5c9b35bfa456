"""Links from demands to roll calls, the stored scores, and the history of their changes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.journal.models import Event
from deputies.people.models import Person
from deputies.sources.language import Words, reader_words
from deputies.votes.models import RollCall
from pledges.platform.models import CHAPTER_CHOICES, Demand, Platform
from pledges.scorecards.enums import Cause, LinkState, Role, Scope, Wants

WANTS_CHOICES = {Wants.PASS.value: _("to be adopted"), Wants.FAIL.value: _("not to be adopted")}
ROLE_CHOICES = {Role.SCORING.value: _("counted"), Role.INFORMATIVE.value: _("listed, not counted")}
SCOPE_CHOICES = {Scope.WHOLE.value: _("the whole text"), Scope.PART.value: _("a part of the text")}
LINK_STATE_CHOICES = {
    LinkState.DRAFT.value: _("Draft"),
    LinkState.PUBLISHED.value: _("Published"),
    LinkState.RETIRED.value: _("Replaced or withdrawn"),
}
CAUSE_CHOICES = {
    Cause.NEW_VOTE.value: _("new vote"),
    Cause.CORRECTION.value: _("correction"),
    Cause.PLATFORM_EDIT.value: _("change of the platform"),
    Cause.METHOD_VERSION.value: _("new version of the method"),
    Cause.MANDATE_CHANGE.value: _("change of a mandate"),
}


class Link(models.Model):
    """Why a roll call counts for a demand, and which result the demand wants; a published version never changes.

    `weight` is in thousandths of a vote: a vote that counts double weighs 2000.
    """

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="links")
    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="links")
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=LINK_STATE_CHOICES, default=LinkState.DRAFT.value)
    wants = models.CharField(_("the demand wants it"), max_length=4, choices=WANTS_CHOICES)
    weight = models.PositiveIntegerField(_("weight in thousandths"), default=1000)
    role = models.CharField(max_length=12, choices=ROLE_CHOICES, default=Role.SCORING.value)
    scope = models.CharField(max_length=5, choices=SCOPE_CHOICES, default=Scope.WHOLE.value)
    reasoning_ru = models.TextField(_("why it counts, in Russian"), blank=True)
    reasoning_en = models.TextField(_("why it counts, in English"), blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    vouched = models.BooleanField(default=False, help_text=_("One caller vouched as author and approver."))
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "roll_call", "version"], name="scorecards_link_version_once"),
            models.UniqueConstraint(
                fields=["demand", "roll_call"],
                condition=models.Q(state=LinkState.PUBLISHED.value),
                name="scorecards_link_one_published",
            ),
            models.CheckConstraint(name="scorecards_link_weight_positive", condition=models.Q(weight__gte=1)),
            models.CheckConstraint(
                name="scorecards_link_known_words",
                condition=models.Q(
                    wants__in=[w.value for w in Wants],
                    role__in=[r.value for r in Role],
                    scope__in=[s.value for s in Scope],
                ),
            ),
            models.CheckConstraint(
                name="scorecards_link_published_by_two",
                condition=models.Q(state=LinkState.DRAFT.value)
                | models.Q(vouched=True)
                | (models.Q(author__isnull=False, approver__isnull=False) & ~models.Q(author=models.F("approver"))),
            ),
            models.CheckConstraint(
                name="scorecards_link_published_has_date",
                condition=models.Q(state=LinkState.DRAFT.value) | models.Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand} <- {self.roll_call}"

    @property
    def reasoning(self) -> Words:
        return reader_words(ru=self.reasoning_ru, en=self.reasoning_en)


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
