"""Subscribers with sealed addresses, what they follow, and the letters sent to them.

The least that letters need and nothing else: no name, no address in clear, no IP address, no browser.
"""

from django.db import models

from coalition.digests.enums import DeliveryState, Stage
from deputies.people.models import Chamber, Person


class SignUp(models.Model):
    """A request for letters waiting for the mail worker: the web process can write the address, never read it."""

    sealed_address = models.BinaryField()
    language = models.CharField(max_length=2, choices={"ru": "ru", "en": "en"})
    chamber = models.ForeignKey(Chamber, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sign-up {self.pk}"


class Subscriber(models.Model):
    """Somebody who gets letters. The blind index finds the same address again; the token's hash finds a link's owner."""

    sealed_address = models.BinaryField()
    key_id = models.PositiveSmallIntegerField(default=1)
    blind_index = models.CharField(max_length=64, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    token_salt = models.BinaryField(max_length=16)
    stage = models.CharField(max_length=20, choices={s.value: s.value for s in Stage}, default=Stage.UNCONFIRMED.value)
    language = models.CharField(max_length=2, choices={"ru": "ru", "en": "en"})
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_confirmation_at = models.DateTimeField(null=True)
    watermark = models.BigIntegerField(default=0)
    next_digest_at = models.DateTimeField(null=True)

    class Meta:
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


class Subscription(models.Model):
    """One thing a subscriber follows: a whole chamber, or one deputy of it."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    chamber = models.ForeignKey(Chamber, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "chamber", "person"], name="digests_subscription_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} follows {self.chamber_id}/{self.person_id}"


class Delivery(models.Model):
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
    attempts = models.PositiveSmallIntegerField(default=0)

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
