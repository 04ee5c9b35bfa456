"""What organisers decided about votes: which demand one counts for, and what is read otherwise than the rule has it."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Person
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document
from deputies.votes.enums import Position
from deputies.votes.models import POSITION_CHOICES, RollCall
from pledges.platform.models import Demand, Platform
from pledges.scorecards.enums import LinkState, Role, RulingKind, Scope, Silence, Wants
from pledges.scorecards.method import WEIGHT_UNIT

WANTS_CHOICES = {Wants.PASS.value: _("to be adopted"), Wants.FAIL.value: _("not to be adopted")}
ROLE_CHOICES = {Role.SCORING.value: _("counted"), Role.INFORMATIVE.value: _("listed, not counted")}
SCOPE_CHOICES = {Scope.WHOLE.value: _("the whole text"), Scope.PART.value: _("a part of the text")}
LINK_STATE_CHOICES = {
    LinkState.DRAFT.value: _("Draft"),
    LinkState.PROPOSED.value: _("Proposed"),
    LinkState.PUBLISHED.value: _("Published"),
    LinkState.RETIRED.value: _("Replaced or withdrawn"),
    LinkState.VETOED.value: _("Disputed, not counted"),
}
NOT_YET = (LinkState.DRAFT.value, LinkState.PROPOSED.value, LinkState.VETOED.value)  # perhaps never published
RULING_CHOICES = {
    RulingKind.SILENCE.value: _("what silence does in this vote"),
    RulingKind.QUORUM.value: _("stayed away to break the quorum"),
    RulingKind.TACTICAL.value: _("tactical vote"),
}
SILENCE_CHOICES = {
    Silence.AGAINST.value: _("has the effect of a vote against"),
    Silence.NOTHING.value: _("has no effect"),
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
                condition=models.Q(state__in=NOT_YET)
                | models.Q(vouched=True)
                | (models.Q(author__isnull=False, approver__isnull=False) & ~models.Q(author=models.F("approver"))),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_has_date",
                condition=models.Q(state__in=NOT_YET) | models.Q(published_at__isnull=False),
            ),
        ]


class Link(Judgement):
    """Why a roll call counts for a demand, and which result the demand wants.

    `weight` is in thousandths of a vote: a vote that counts double weighs 2000. A vote on a package that only holds
    the demand is informative, and so is one that can be read in two ways (`contested`). It counts when two organisers
    of different member organisations of the coalition stand behind it, or when whoever imported it vouched.
    """

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="links")
    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="links")
    version = models.PositiveSmallIntegerField(default=1)
    wants = models.CharField(_("the demand wants it"), max_length=4, choices=WANTS_CHOICES)
    weight = models.PositiveIntegerField(_("weight in thousandths"), default=1000)
    role = models.CharField(max_length=12, choices=ROLE_CHOICES, default=Role.SCORING.value)
    scope = models.CharField(max_length=5, choices=SCOPE_CHOICES, default=Scope.WHOLE.value)
    contested = models.BooleanField(_("it can be read in two ways, so it is not counted"), default=False)
    reasoning_ru = models.TextField(_("why it counts, in Russian"), blank=True)
    reasoning_en = models.TextField(_("why it counts, in English"), blank=True)

    class Meta:
        permissions = [("approve_link", "Can approve or veto links for a member organisation")]
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
            models.CheckConstraint(
                name="scorecards_link_contested_is_informative",
                condition=models.Q(contested=False) | models.Q(role=Role.INFORMATIVE.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand} <- {self.roll_call}"

    @property
    def matter(self) -> tuple[int, ...]:
        """What only one published link can be about."""
        return (self.demand_id, self.roll_call_id)

    @property
    def votes(self) -> Decimal:
        """The weight in votes."""
        return (Decimal(self.weight) / WEIGHT_UNIT).normalize()

    @property
    def approvers(self) -> list[Words]:
        """The organisations that stand behind it, where the query asked for them as `approved_by`."""
        return [reader_words(**names) for names in getattr(self, "approved_by", [])]

    @property
    def objections(self) -> list[tuple[Words, Words]]:
        """The organisations that object to it and why, where the query asked for them as `vetoed_by`."""
        return [
            (reader_words(ru=said["ru"], en=said["en"]), reader_words(ru=said["reason_ru"], en=said["reason_en"]))
            for said in getattr(self, "vetoed_by", [])
        ]

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
