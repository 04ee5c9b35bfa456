"""Roll calls with their immutable versions, and the ballots cast in them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.journal.models import Dispute
from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Faction, Mandate, Person
from deputies.people.models.chambers import BASIS_CHOICES, PRECISION_CHOICES, THRESHOLD_CHOICES
from deputies.people.wanted import CONFIG, in_latin
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Basis, Precision
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document
from deputies.votes.enums import EDITABLE, WAITING, Kind, Position, Result, State
from deputies.votes.models.sittings import Sitting

POSITION_CHOICES = {
    Position.FOR.value: _("For"),
    Position.AGAINST.value: _("Against"),
    Position.ABSTAIN.value: _("Abstained"),
    Position.PRESENT_NOT_VOTING.value: _("Present without voting"),
    Position.NOT_FOR.value: _("Neither for nor against"),
    Position.ABSENT.value: _("Absent"),
    Position.NO_MARK.value: _("No mark in the record"),
    Position.EXCUSED.value: _("Excused"),
    Position.PAIRED_FOR.value: _("Paired, for"),
    Position.PAIRED_AGAINST.value: _("Paired, against"),
    Position.PROXY_FOR.value: _("For, by proxy"),
    Position.PROXY_AGAINST.value: _("Against, by proxy"),
    Position.PROXY_ABSTAIN.value: _("Abstained, by proxy"),
    Position.PRESIDING.value: _("Presiding"),
    Position.CASTING_FOR.value: _("For, casting vote"),
    Position.CASTING_AGAINST.value: _("Against, casting vote"),
    Position.RECUSED.value: _("Recused"),
    Position.SUSPENDED.value: _("Suspended"),
    Position.SECRET.value: _("Secret ballot"),
    Position.DATA_MISSING.value: _("Our gap: not found"),
}
KIND_CHOICES = {
    Kind.BY_NAME.value: _("By name"),
    Kind.TOTALS_ONLY.value: _("Totals only"),
    Kind.SECRET.value: _("Secret ballot"),
    Kind.ATTENDANCE.value: _("Attendance call"),
}
RESULT_CHOICES = {
    Result.ADOPTED.value: _("Adopted"),
    Result.REJECTED.value: _("Not adopted"),
    Result.UNKNOWN.value: _("Not stated"),
}
STATE_CHOICES = {
    State.DRAFT.value: _("Draft"),
    State.MATCHED.value: _("Names matched"),
    State.CHECKED.value: _("Checked"),
    State.SUBMITTED.value: _("Waits for review"),
    State.REVIEWED.value: _("Approved"),
    State.PUBLISHED.value: _("Published"),
    State.CORRECTED.value: _("Corrected by a later version"),
    State.REJECTED.value: _("Sent back"),
}


class Decision(models.Model):
    """One text being decided in several votes; only its main vote can count for a demand, the others are listed.

    `main` is chosen by a person, normally the last vote by name on the whole text; None means not chosen yet.
    """

    chamber = models.ForeignKey(Chamber, models.PROTECT, related_name="decisions")
    key = models.CharField(max_length=200, help_text=_("The source's own id of the text."))
    title_ru = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    main = models.OneToOneField("RollCall", models.PROTECT, null=True, blank=True, related_name="main_of")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chamber", "key"], name="votes_decision_key_once")]

    def __str__(self) -> str:
        return f"{self.chamber_id}:{self.key}"

    @property
    def title(self) -> Words:
        return reader_words(ru=self.title_ru, en=self.title_en)


class RollCallQuerySet(models.QuerySet["RollCall"]):
    def published(self) -> "RollCallQuerySet":
        """Roll calls that readers see."""
        return self.exclude(published=None)

    def withdrawn(self) -> "RollCallQuerySet":
        """Roll calls that readers saw, and that a correction took out of the record."""
        gone = RollCallVersion.objects.filter(state=State.PUBLISHED.value, withdrawn=True)
        return self.filter(published=None, pk__in=gone.values("roll_call"))


class RollCall(models.Model):
    """One vote of a chamber, known by the id its source gives it; what is recorded of it is in its versions."""

    chamber = models.ForeignKey(Chamber, models.PROTECT, related_name="roll_calls")
    vote_id = models.CharField(max_length=200, help_text=_("The source's own id of the vote."))
    slug = models.SlugField(max_length=220)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="roll_calls")
    sitting = models.ForeignKey(Sitting, models.PROTECT, null=True, blank=True, related_name="roll_calls")
    changed_source = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        help_text=_("A later file that says otherwise than what was entered or corrected by hand."),
    )  # fmt: skip
    source_changed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("Empty once somebody has looked at it.")
    )
    published = models.OneToOneField(
        "RollCallVersion", models.PROTECT, null=True, blank=True, editable=False, related_name="published_of"
    )

    objects = RollCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chamber", "vote_id"], name="votes_rollcall_vote_id_once"),
            models.UniqueConstraint(fields=["chamber", "slug"], name="votes_rollcall_slug_once"),
        ]
        permissions = [
            ("review_rollcall", "Can review what another person entered"),
            ("publish_rollcall", "Can publish what was reviewed"),
        ]

    def __str__(self) -> str:
        return f"{self.chamber_id}:{self.vote_id}"


WORDS = SearchVector(  # what readers search; the index and the query must say exactly the same
    "title_ru", "title_en", "question_ru", "question_en", "summary_ru", "summary_en", config=CONFIG
)
TITLES = in_latin("title_ru", "title_en")  # for finding a word that was spelled otherwise


class RollCallVersion(models.Model):
    """The record of a roll call as it stood at one time; the database refuses to change a submitted or published one.

    `held_at` is the earliest moment it can have been held, shown only as exactly as `held_precision` says; it is None
    when not even the year is known. Totals are those the source prints, None where it prints none.
    """

    roll_call = models.ForeignKey(RollCall, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(max_length=10, choices=STATE_CHOICES, default=State.DRAFT.value)

    held_at = models.DateTimeField(null=True, blank=True)
    held_precision = models.CharField(max_length=10, choices=PRECISION_CHOICES, default=Precision.MINUTE.value)
    question_number = models.CharField(_("number on the agenda"), max_length=60, blank=True)
    title_ru = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    question_ru = models.TextField(_("what was put to the vote, in Russian"), blank=True)
    question_en = models.TextField(_("what was put to the vote, in English"), blank=True)
    summary_ru = models.TextField(_("plain summary in Russian"), blank=True)
    summary_en = models.TextField(_("plain summary in English"), blank=True)
    kind = models.CharField(max_length=20, choices=KIND_CHOICES, default=Kind.BY_NAME.value)
    threshold = models.CharField(max_length=20, choices=THRESHOLD_CHOICES)
    threshold_number = models.PositiveSmallIntegerField(null=True, blank=True)
    threshold_stated = models.BooleanField(
        default=False, help_text=_("The source states it for this vote; otherwise it follows the chamber's rule.")
    )
    result = models.CharField(max_length=10, choices=RESULT_CHOICES, default=Result.UNKNOWN.value)
    result_text = models.CharField(_("result as announced"), max_length=300, blank=True)
    total_for = models.PositiveIntegerField(null=True, blank=True)
    total_against = models.PositiveIntegerField(null=True, blank=True)
    total_abstain = models.PositiveIntegerField(null=True, blank=True)
    total_not_voting = models.PositiveIntegerField(null=True, blank=True)
    total_absent = models.PositiveIntegerField(null=True, blank=True)
    basis = models.CharField(max_length=10, choices=BASIS_CHOICES, default=Basis.OFFICIAL.value)
    note_ru = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="roll_call_versions")

    is_key = models.BooleanField(
        _("key vote"), default=False, help_text=_("A second person enters it too, blind, and the two are compared.")
    )
    withdrawn = models.BooleanField(
        _("taken out of the record"), default=False,
        help_text=_("It was no roll call, or is there under another id; it counts for nobody."),
    )  # fmt: skip
    reason = models.TextField(_("why it was corrected"), blank=True)
    evidence = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    dispute = models.ForeignKey(Dispute, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    hands = ArrayField(
        models.BigIntegerField(), default=list, editable=False,
        help_text=_("Ids of all who entered something of it or acknowledged a warning: none of them can approve it."),
    )  # fmt: skip
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_hash = models.CharField(max_length=64, blank=True, editable=False)
    returned = models.TextField(_("why it was sent back"), blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    vouched = models.BooleanField(
        default=False, help_text=_("One caller vouched as both persons of the two-person rule.")
    )
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "number"], name="votes_rollcallversion_number_once"),
            models.UniqueConstraint(
                fields=["roll_call"],
                condition=models.Q(state=State.PUBLISHED.value),
                name="votes_rollcallversion_one_published",
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_has_title", condition=~models.Q(title_ru="") | ~models.Q(title_en="")
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_date_or_unknown",
                condition=models.Q(held_at=None, held_precision=Precision.UNKNOWN.value)
                | (models.Q(held_at__isnull=False) & ~models.Q(held_precision=Precision.UNKNOWN.value)),
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_number_with_fixed",
                condition=models.Q(threshold=Threshold.FIXED.value, threshold_number__isnull=False)
                | (~models.Q(threshold=Threshold.FIXED.value) & models.Q(threshold_number=None)),
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_known_state", condition=models.Q(state__in=[s.value for s in State])
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_published_by_two",
                condition=models.Q(state__in=[*EDITABLE, State.SUBMITTED.value])
                | models.Q(vouched=True)
                | (
                    models.Q(entered_by__isnull=False, reviewed_by__isnull=False)
                    & ~models.Q(entered_by=models.F("reviewed_by"))
                ),
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_published_as_reviewed",
                condition=models.Q(state__in=WAITING)
                | models.Q(vouched=True)
                | models.Q(reviewed_hash=models.F("content_hash")),
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_published_is_sealed",
                condition=models.Q(state__in=WAITING)
                | (models.Q(published_at__isnull=False) & ~models.Q(content_hash="")),
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_reviewed_is_sealed",
                condition=~models.Q(state=State.REVIEWED.value) | ~models.Q(reviewed_hash=""),
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_sent_back_has_reason",
                condition=~models.Q(state=State.REJECTED.value) | ~models.Q(returned=""),
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_correction_has_reason",
                condition=models.Q(number=1)
                | models.Q(state__in=EDITABLE)
                | (~models.Q(reason="") & models.Q(evidence__isnull=False)),
            ),
            models.CheckConstraint(
                name="votes_rollcallversion_only_corrections_withdraw",
                condition=models.Q(withdrawn=False) | models.Q(number__gt=1),
            ),
        ]
        indexes = [
            GinIndex(WORDS, name="votes_version_words"),
            GinIndex(OpClass(TITLES, "gin_trgm_ops"), name="votes_version_titles"),
        ]

    def __str__(self) -> str:
        return f"{self.roll_call} v{self.number}"

    @property
    def title(self) -> Words:
        return reader_words(ru=self.title_ru, en=self.title_en)

    @property
    def question(self) -> Words:
        return reader_words(ru=self.question_ru, en=self.question_en)

    @property
    def summary(self) -> Words:
        return reader_words(ru=self.summary_ru, en=self.summary_en)

    @property
    def note(self) -> Words:
        return reader_words(ru=self.note_ru, en=self.note_en)

    def is_by(self, user_id: int | None) -> bool:
        """Whether they had a hand in it, so that another person must approve it."""
        return user_id in (self.entered_by_id, *self.hands)

    @property
    def held(self) -> PartialDate:
        return PartialDate(at=self.held_at, precision=Precision(self.held_precision))


class Ballot(models.Model):
    """What the record shows one deputy doing in one version of a roll call.

    The faction and the mandate are those of that moment. `position` is as recorded; `corrected_position` is what the
    deputy or the chamber later declared, with its source, and does not replace it.
    """

    version = models.ForeignKey(RollCallVersion, models.CASCADE, related_name="ballots")
    person = models.ForeignKey(Person, models.PROTECT, related_name="ballots")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", db_constraint=False)
    faction = models.ForeignKey(Faction, models.PROTECT, null=True, blank=True, related_name="+")
    position = models.CharField(max_length=20, choices=POSITION_CHOICES)
    position_raw = models.CharField(_("as the source writes it"), max_length=100, blank=True)
    corrected_position = models.CharField(max_length=20, choices=POSITION_CHOICES, blank=True)
    corrected_on = models.DateField(null=True, blank=True)
    corrected_source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    excuse = models.CharField(_("reason for the absence"), max_length=300, blank=True)
    proxy = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    basis = models.CharField(max_length=10, choices=BASIS_CHOICES, default=Basis.OFFICIAL.value)
    note_ru = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="votes_ballot_one_per_person"),
            models.CheckConstraint(
                name="votes_ballot_known_position", condition=models.Q(position__in=[p.value for p in Position])
            ),
            models.CheckConstraint(
                name="votes_ballot_correction_has_source",
                condition=models.Q(corrected_position="", corrected_source=None, corrected_on=None)
                | (~models.Q(corrected_position="") & models.Q(corrected_source__isnull=False)),
            ),
            models.CheckConstraint(
                name="votes_ballot_worked_out_says_how",
                condition=~models.Q(basis__in=[Basis.INFERRED.value, Basis.DISPUTED.value])
                | ~models.Q(note_ru="")
                | ~models.Q(note_en=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}:{self.person_id} {self.position}"

    @property
    def note(self) -> Words:
        return reader_words(ru=self.note_ru, en=self.note_en)


class FactionStatement(models.Model):
    """What a source claims of a whole faction: a statement to be shown with its source, never ballots.

    It says what the faction did (`position`), or that it left its deputies free to vote as they saw fit.
    """

    version = models.ForeignKey(RollCallVersion, models.CASCADE, related_name="statements")
    faction = models.ForeignKey(Faction, models.PROTECT, related_name="+")
    position = models.CharField(max_length=20, choices=POSITION_CHOICES, blank=True)
    is_free_vote = models.BooleanField(_("left its deputies a free vote"), default=False)
    note_ru = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.ForeignKey(Document, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "faction", "source"], name="votes_factionstatement_once"),
            models.CheckConstraint(
                name="votes_factionstatement_says_something",
                condition=models.Q(is_free_vote=True, position="")
                | (models.Q(is_free_vote=False) & ~models.Q(position="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.faction} {self.position}"

    @property
    def note(self) -> Words:
        return reader_words(ru=self.note_ru, en=self.note_en)
