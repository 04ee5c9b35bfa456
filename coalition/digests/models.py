"""Subscribers with sealed addresses, what they follow, and the letters sent to them.

The least that letters need and nothing else: no name, no address in clear, no IP address, no browser.
"""

import datetime as dt

from django.db import models

from coalition.digests.enums import DeliveryState, Stage
from deputies.people.models import Chamber, Person

LANGUAGE_CHOICES = {"ru": "ru", "en": "en"}
LONGEST_WAIT = dt.timedelta(hours=6)


class Waiting(models.Model):
    """A row whose letter could not be sent at once and is tried again, each time after twice as long."""

    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def put_off(self, at: dt.datetime) -> None:
        self.attempts += 1
        self.next_try_at = at + min(dt.timedelta(minutes=2 ** min(self.attempts, 10)), LONGEST_WAIT)
        self.save(update_fields=["attempts", "next_try_at"])


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def ready(self, at: dt.datetime) -> "SignUpQuerySet":
        return self.filter(models.Q(next_try_at=None) | models.Q(next_try_at__lte=at))


class SignUp(Waiting):
    """A request for letters waiting for the mail worker: the web process can write the address, never read it."""

    sealed_address = models.BinaryField()
    language = models.CharField(max_length=2, choices=LANGUAGE_CHOICES)
    chamber = models.ForeignKey(Chamber, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    asked_at = models.DateTimeField()

    objects = SignUpQuerySet.as_manager()

    def __str__(self) -> str:
        return f"sign-up {self.pk}"


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def due(self, at: dt.datetime) -> "SubscriberQuerySet":
        """Confirmed subscribers whose letter is due and who are not waiting for an earlier one."""
        waiting = Delivery.objects.waiting().filter(subscriber=models.OuterRef("pk"))
        return self.filter(~models.Exists(waiting), stage=Stage.CONFIRMED.value, next_digest_at__lte=at)


class Subscriber(models.Model):
    """Somebody who gets letters, or was asked whether to.

    The blind index finds the same address again; the token's hash finds the owner of a link. `watermark` is the
    last event of the journal that the letters so far have covered.
    """

    sealed_address = models.BinaryField()
    blind_index = models.CharField(max_length=64, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    token_salt = models.BinaryField(max_length=16)
    stage = models.CharField(max_length=20, choices={s.value: s.value for s in Stage}, default=Stage.UNCONFIRMED.value)
    language = models.CharField(max_length=2, choices=LANGUAGE_CHOICES)
    confirmed_at = models.DateTimeField(null=True)
    watermark = models.BigIntegerField(default=0)
    next_digest_at = models.DateTimeField(null=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        permissions = [("view_counts", "Can see how many subscribers there are")]
        constraints = [
            models.CheckConstraint(
                name="digests_subscriber_confirmed_has_date",
                condition=models.Q(stage=Stage.UNCONFIRMED.value, confirmed_at=None, next_digest_at=None)
                | models.Q(stage=Stage.CONFIRMED.value, confirmed_at__isnull=False, next_digest_at__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["next_digest_at"], name="digests_subscriber_due")]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"


class Confirmation(models.Model):
    """A letter that asked somebody to confirm, for as long as its link works."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="confirmations")
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"confirmation {self.pk}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def confirmed(self) -> "SubscriptionQuerySet":
        return self.exclude(confirmed_at=None)

    def pending(self) -> "SubscriptionQuerySet":
        return self.filter(confirmed_at=None)


class Subscription(models.Model):
    """One thing a subscriber follows, once confirmed: a whole chamber, or one deputy of it.

    `after_event` is the last event before it was confirmed: older news is not sent.
    """

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    chamber = models.ForeignKey(Chamber, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    after_event = models.BigIntegerField(default=0)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "chamber", "person"], name="digests_subscription_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} follows {self.chamber_id}/{self.person_id}"

    @property
    def label(self) -> str:
        """What is followed, in the reader's language."""
        return f"{self.person.name} ({self.chamber.name})" if self.person else str(self.chamber.name)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> "DeliveryQuerySet":
        """Letters that are planned and neither sent nor given up."""
        return self.filter(state=DeliveryState.PLANNED.value)

    def ready(self, at: dt.datetime, planned_until: dt.datetime) -> "DeliveryQuerySet":
        """Waiting letters planned by `planned_until` that are not put off beyond `at`."""
        not_put_off = models.Q(next_try_at=None) | models.Q(next_try_at__lte=at)
        return self.waiting().filter(not_put_off, planned_at__lte=planned_until)


class Delivery(Waiting):
    """The one letter of a subscriber for one period: events with `after_event` < id <= `until_event`."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="deliveries")
    period = models.CharField(max_length=20, help_text="Such as 2026-W47.")
    after_event = models.BigIntegerField()
    until_event = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices={s.value: s.value for s in DeliveryState}, default=DeliveryState.PLANNED.value
    )
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "period"], name="digests_delivery_once_a_period"),
            models.CheckConstraint(
                name="digests_delivery_sent_has_date",
                condition=models.Q(state=DeliveryState.SENT.value, sent_at__isnull=False)
                | (~models.Q(state=DeliveryState.SENT.value) & models.Q(sent_at=None)),
            ),
            models.CheckConstraint(
                name="digests_delivery_events_forward", condition=models.Q(until_event__gte=models.F("after_event"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["planned_at"],
                condition=models.Q(state=DeliveryState.PLANNED.value),
                name="digests_delivery_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} {self.period} {self.state}"
