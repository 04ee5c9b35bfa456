"""Links from demands to roll calls, the stored scores, and the history of their changes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.journal.models import Event
from deputies.people.models import Person
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document
from deputies.votes.enums import Position
from deputies.votes.models import POSITION_CHOICES, RollCall
from pledges.platform.enums import Chapter
from pledges.platform.models import CHAPTER_CHOICES, Demand, Platform
from pledges.scorecards.enums import Cause, LinkState, Role, RulingKind, Scope, Silence, Wants
from pledges.scorecards.method import Tally

WANTS_CHOICES = {Wants.PASS.value: _("to be adopted"), Wants.FAIL.value: _("not to be adopted")}
ROLE_CHOICES = {Role.SCORING.value: _("counted"), Role.INFORMATIVE.value: _("listed, not counted")}
SCOPE_CHOICES = {Scope.WHOLE.value: _("the whole text"), Scope.PART.value: _("a part of the text")}
LINK_STATE_CHOICES = {
    LinkState.DRAFT.value: _("Draft"),
    LinkState.PUBLISHED.value: _("Published"),
    LinkState.RETIRED.value: _("Replaced or withdrawn"),
}
RULING_CHOICES = {
    RulingKind.SILENCE.value: _("what silence does in this vote"),
    RulingKind.QUORUM.value: _("stayed away to break the quorum"),
    RulingKind.TACTICAL.value: _("tactical vote"),
}
SILENCE_CHOICES = {
    Silence.AGAINST.value: _("has the effect of a vote against"),
    Silence.NOTHING.value: _("has no effect"),
}
CAUSE_CHOICES = {
    Cause.NEW_VOTE.value: _("new vote"),
    Cause.CORRECTION.value: _("correction"),
    Cause.PLATFORM_EDIT.value: _("change of the platform"),
    Cause.METHOD_VERSION.value: _("new version of the method"),
    Cause.MANDATE_CHANGE.value: _("change of a mandate"),
}


class Judgement(models.Model):
    """Something that two persons decided about a vote: a draft, then published, then retired; never changed between."""

    state = models.CharField(max_length=10, choices=LINK_STATE_CHOICES, default=LinkState.DRAFT.value)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    vouched = models.BooleanField(default=False, help_text=_("One caller vouched as author and approver."))
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_by_two",
                condition=models.Q(state=LinkState.DRAFT.value)
                | models.Q(vouched=True)
                | (models.Q(author__isnull=False, approver__isnull=False) & ~models.Q(author=models.F("approver"))),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_has_date",
                condition=models.Q(state=LinkState.DRAFT.value) | models.Q(published_at__isnull=False),
            ),
        ]


class Link(Judgement):
    """Why a roll call counts for a demand, and which result the demand wants.

    `weight` is in thousandths of a vote: a vote that counts double weighs 2000. A vote on a package that only holds
    the demand is informative.
    """

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="links")
    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="links")
    version = models.PositiveSmallIntegerField(default=1)
    wants = models.CharField(_("the demand wants it"), max_length=4, choices=WANTS_CHOICES)
    weight = models.PositiveIntegerField(_("weight in thousandths"), default=1000)
    role = models.CharField(max_length=12, choices=ROLE_CHOICES, default=Role.SCORING.value)
    scope = models.CharField(max_length=5, choices=SCOPE_CHOICES, default=Scope.WHOLE.value)
    reasoning_ru = models.TextField(_("why it counts, in Russian"), blank=True)
    reasoning_en = models.TextField(_("why it counts, in English"), blank=True)

    class Meta:
        permissions = [("approve_link", "Can approve links")]
        constraints = [
            *Judgement.Meta.constraints,
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
                name="scorecards_link_part_is_informative",
                condition=models.Q(scope=Scope.WHOLE.value) | models.Q(role=Role.INFORMATIVE.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand} <- {self.roll_call}"

    @property
    def matter(self) -> tuple[int, ...]:
        """What only one published link can be about."""
        return (self.demand_id, self.roll_call_id)

    @property
    def reasoning(self) -> Words:
        return reader_words(ru=self.reasoning_ru, en=self.reasoning_en)


class Ruling(Judgement):
    """That a platform reads a vote, or one deputy's ballot in it, otherwise than the rule has it, and why.

    A ruling of kind SILENCE is about the whole vote. The others are about one deputy and say which position the
    ballot is read as; the recorded one stays beside it. A quorum action without a public statement of what the deputy
    stood for reads as nothing and is only shown.
    """

    platform = models.ForeignKey(Platform, models.PROTECT, related_name="rulings")
    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="rulings")
    kind = models.CharField(max_length=10, choices=RULING_CHOICES)
    silence = models.CharField(_("silence in this vote"), max_length=10, choices=SILENCE_CHOICES, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="rulings")
    reads_as = models.CharField(max_length=20, choices=POSITION_CHOICES, blank=True)
    reason_ru = models.TextField(_("reason, in Russian"), blank=True)
    reason_en = models.TextField(_("reason, in English"), blank=True)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        permissions = [("publish_ruling", "Can publish and withdraw rulings")]
        constraints = [
            *Judgement.Meta.constraints,
            models.UniqueConstraint(
                fields=["platform", "roll_call", "person"],
                condition=models.Q(state=LinkState.PUBLISHED.value),
                name="scorecards_ruling_one_published",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="scorecards_ruling_of_one_kind",
                condition=models.Q(
                    kind=RulingKind.SILENCE.value,
                    person=None,
                    reads_as="",
                    silence__in=[s.value for s in Silence],
                )
                | models.Q(kind=RulingKind.QUORUM.value, person__isnull=False, silence="")
                | (models.Q(kind=RulingKind.TACTICAL.value, person__isnull=False, silence="") & ~models.Q(reads_as="")),
            ),
            models.CheckConstraint(
                name="scorecards_ruling_reads_as_a_vote",
                condition=models.Q(
                    reads_as__in=["", Position.FOR.value, Position.AGAINST.value, Position.ABSTAIN.value]
                ),
            ),
            models.CheckConstraint(
                name="scorecards_ruling_reads_by_a_source",
                condition=models.Q(reads_as="") | models.Q(source__isnull=False),
            ),
            models.CheckConstraint(
                name="scorecards_ruling_has_reason", condition=~models.Q(reason_ru="") | ~models.Q(reason_en="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} on {self.roll_call}: {self.kind} {self.person_id or ''}".rstrip()

    @property
    def matter(self) -> tuple[int, ...]:
        """What only one published ruling can be about; person 0 is the whole vote."""
        return (self.platform_id, self.roll_call_id, self.person_id or 0)

    @property
    def reason(self) -> Words:
        return reader_words(ru=self.reason_ru, en=self.reason_en)


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
