"""The letters of subscribers, one a period, and what stops or slows all of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from coalition.digests.enums import DeliveryKind, DeliveryState
from coalition.digests.models.subscribers import Subscriber, Waiting


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> "DeliveryQuerySet":
        """Letters that are planned and neither sent nor given up."""
        return self.filter(state=DeliveryState.PLANNED.value)


class Delivery(Waiting):
    """The one letter of a subscriber for one period: events with `after_event` < id <= `until_event`.

    A letter sent at once tells only `told`, some of those events, and moves no watermark.
    """

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, db_index=False, related_name="deliveries")
    kind = models.CharField(
        max_length=10, choices={k.value: k.value for k in DeliveryKind}, default=DeliveryKind.DIGEST.value
    )
    period = models.CharField(max_length=20, help_text="Such as 2026-W47, 2026-11-24, 2026-11, 2026-11-24-now.")
    after_event = models.BigIntegerField()
    until_event = models.BigIntegerField()
    told = ArrayField(models.BigIntegerField(), default=list, help_text="Events that a letter sent at once told.")
    state = models.CharField(
        max_length=10, choices={s.value: s.value for s in DeliveryState}, default=DeliveryState.PLANNED.value
    )
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(  # its index finds a subscriber's letters too
                fields=["subscriber", "period"], name="digests_delivery_once_a_period"
            ),
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


class MailRoom(models.Model):
    """The one row that stops every letter, and counts how many go out in a minute."""

    stopped_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    minute = models.DateTimeField(null=True)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="digests_mailroom_is_one", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "stopped" if self.stopped_at else "open"

    @classmethod
    def stopped(cls) -> "MailRoom | None":
        """The room if no letter may leave it."""
        return cls.objects.exclude(stopped_at=None).first()
