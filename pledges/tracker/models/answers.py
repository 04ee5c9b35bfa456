"""Personal links for deputies, and what came by them.

A link is proven by a signature over its row: nothing stored opens it. The address it was sent to is erased when it
was sent.
"""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Person
from deputies.votes.models import RollCall
from pledges.platform.models import Demand, Platform
from pledges.tracker.enums import AnswerKind, AnswerState
from pledges.tracker.models.pledges import Pledge
from pledges.tracker.models.signatures import Signature

KIND_CHOICES = {
    AnswerKind.SIGN.value: _("Signs"),
    AnswerKind.PROMISE.value: _("Promises"),
    AnswerKind.REFUSE.value: _("Refuses"),
    AnswerKind.COMMENT.value: _("Answers voters"),
    AnswerKind.EXPLAIN.value: _("Explains a vote"),
    AnswerKind.REPLY.value: _("Replies to our letter"),
}
ANSWER_CHOICES = {
    AnswerState.RECEIVED.value: _("To be confirmed by a second channel"),
    AnswerState.CONFIRMED.value: _("Confirmed, waits for a second person"),
    AnswerState.PUBLISHED.value: _("Published"),
    AnswerState.SET_ASIDE.value: _("Set aside"),
}
_OF_DEMAND = [AnswerKind.PROMISE.value, AnswerKind.REFUSE.value, AnswerKind.COMMENT.value]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def working(self, at: dt.datetime) -> "InvitationQuerySet":
        """Those whose link opens at `at`."""
        return self.filter(revoked_at=None, expires_at__gt=at)

    def to_send(self, at: dt.datetime) -> "InvitationQuerySet":
        """Those whose letter is still to be sent by e-mail."""
        return self.working(at).filter(sent_at=None).exclude(email="")


class Invitation(models.Model):
    """A personal link for one deputy to sign, refuse, answer and explain; it ends on a day or when it is revoked.

    `email` is where the letter is to go: the public address of the deputy's office, erased once it was sent.
    """

    platform = models.ForeignKey(Platform, models.PROTECT, related_name="invitations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations")
    nonce = models.CharField(max_length=22, unique=True, editable=False)
    email = models.EmailField(_("address of the office"), max_length=254, blank=True)
    language = models.CharField(max_length=2, default="ru", choices=settings.LANGUAGES)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    made_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(_("ends"))
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tracker_invitation_ends_later", condition=models.Q(expires_at__gt=models.F("made_at"))
            ),
            models.CheckConstraint(
                name="tracker_invitation_sent_forgets_address", condition=models.Q(sent_at=None) | models.Q(email="")
            ),
            models.CheckConstraint(
                name="tracker_invitation_revoked_forgets_address",
                condition=models.Q(revoked_at=None) | models.Q(email=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform_id}:{self.person_id} {self.made_at:%Y-%m-%d}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def published(self) -> "AnswerQuerySet":
        """Those that readers see."""
        return self.filter(state=AnswerState.PUBLISHED.value)

    def to_confirm(self) -> "AnswerQuerySet":
        return self.filter(state=AnswerState.RECEIVED.value).order_by("received_at", "pk")

    def to_publish(self) -> "AnswerQuerySet":
        return self.filter(state=AnswerState.CONFIRMED.value).order_by("confirmed_at", "pk")


class Answer(models.Model):
    """What came by a personal link, word for word; two persons publish it, the first of them by a second channel.

    A signature has no demand where it is of the whole platform. A published promise, refusal or signature is recorded
    as such, with these words as its source. A promise may say what would count as kept, and by when.
    """

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=10, choices=KIND_CHOICES)
    demand = models.ForeignKey(Demand, models.PROTECT, null=True, blank=True, related_name="answers")
    roll_call = models.ForeignKey(RollCall, models.PROTECT, null=True, blank=True, related_name="answers")
    text = models.TextField(max_length=5000, blank=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    criterion = models.TextField(max_length=1000, blank=True)
    due_on = models.DateField(null=True, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ANSWER_CHOICES, default=AnswerState.RECEIVED.value)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_how = models.CharField(max_length=500, blank=True, help_text=_("Never shown to readers."))
    confirmed_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    set_aside_why = models.CharField(max_length=500, blank=True)
    vouched = models.BooleanField(default=False, editable=False)
    pledge = models.OneToOneField(Pledge, models.PROTECT, null=True, blank=True, related_name="answer")
    signature = models.OneToOneField(Signature, models.PROTECT, null=True, blank=True, related_name="answer")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tracker_answer_about_one_thing",
                condition=models.Q(kind=AnswerKind.SIGN.value, roll_call=None)
                | models.Q(kind__in=_OF_DEMAND, demand__isnull=False, roll_call=None)
                | models.Q(kind=AnswerKind.EXPLAIN.value, demand=None, roll_call__isnull=False)
                | models.Q(kind=AnswerKind.REPLY.value, demand__isnull=False, roll_call__isnull=False),
            ),
            models.CheckConstraint(
                name="tracker_answer_has_words",
                condition=models.Q(kind__in=[AnswerKind.SIGN.value, AnswerKind.REFUSE.value]) | ~models.Q(text=""),
            ),
            models.CheckConstraint(
                name="tracker_answer_promise_measured",
                condition=models.Q(criterion="", due_on=None)
                | (models.Q(kind=AnswerKind.PROMISE.value, due_on__isnull=False) & ~models.Q(criterion="")),
            ),
            models.CheckConstraint(
                name="tracker_answer_confirmed_says_how",
                condition=models.Q(state__in=[AnswerState.RECEIVED.value, AnswerState.SET_ASIDE.value])
                | (models.Q(confirmed_at__isnull=False) & ~models.Q(confirmed_how="")),
            ),
            models.CheckConstraint(
                name="tracker_answer_published_by_two",
                condition=~models.Q(state=AnswerState.PUBLISHED.value)
                | models.Q(vouched=True)
                | (
                    models.Q(confirmed_by__isnull=False, published_by__isnull=False)
                    & ~models.Q(confirmed_by=models.F("published_by"))
                ),
            ),
            models.CheckConstraint(
                name="tracker_answer_published_has_date",
                condition=models.Q(state=AnswerState.PUBLISHED.value, published_at__isnull=False)
                | (~models.Q(state=AnswerState.PUBLISHED.value) & models.Q(published_at=None)),
            ),
            models.CheckConstraint(
                name="tracker_answer_set_aside_says_why",
                condition=~models.Q(state=AnswerState.SET_ASIDE.value) | ~models.Q(set_aside_why=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id}: {self.kind} {self.received_at:%Y-%m-%d}"


class Asked(models.Model):
    """How many readers said on a day that they had put a question to a deputy: a count, and nobody's name."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="asked")
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="asked")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "demand", "day"], name="tracker_asked_once_a_day")]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.demand_id} {self.day} {self.count}"
