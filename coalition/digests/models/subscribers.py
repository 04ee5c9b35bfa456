"""Subscribers and what they follow, with the address in a table of its own that the web process cannot read.

The least that letters need and nothing else: no name, no address in clear, no IP address, no browser.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext

from coalition.digests.enums import BounceKind, Rhythm, Stage, What
from coalition.digests.targets import Target
from deputies.people.models import Chamber, District, Person
from pledges.platform.models import Demand, DemandText

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
    """A request waiting for the mail worker: the web process can write the address, never read it.

    `sealed` holds the address and the token of the letter that will answer. Without `targets` it asks for the link to
    what is followed already.
    """

    sealed = models.BinaryField()
    language = models.CharField(max_length=2, choices=LANGUAGE_CHOICES)
    targets = ArrayField(models.CharField(max_length=60), default=list, help_text="Keys, such as person:3:12.")
    asked_at = models.DateTimeField()

    objects = SignUpQuerySet.as_manager()

    def __str__(self) -> str:
        return f"sign-up {self.pk}"


class Subscriber(models.Model):
    """Somebody who gets letters, or was asked whether to: everything but the address.

    `token_hash` finds the owner of a link, `bounce_hash` that of a letter that came back. `watermark` is the last
    event of the journal that the digests so far have covered. `kept_at` is when the reader last said to go on.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    bounce_hash = models.CharField(max_length=64, unique=True)
    stage = models.CharField(max_length=20, choices={s.value: s.value for s in Stage}, default=Stage.UNCONFIRMED.value)
    language = models.CharField(max_length=2, choices=LANGUAGE_CHOICES)
    rhythm = models.CharField(max_length=10, choices={r.value: r.value for r in Rhythm}, default=Rhythm.WEEKLY.value)
    timezone = models.CharField(max_length=60, default="UTC", help_text="Of the chamber followed first, unless chosen.")
    at_once = models.BooleanField(default=True, help_text="What cannot wait for a digest is told at once.")
    sign_of_life = models.BooleanField(default=False, help_text="A letter a month even if there is nothing to say.")
    plain_subject = models.BooleanField(default=True, help_text="The subject says nothing of the content.")
    confirmed_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    watermark = models.BigIntegerField(default=0)
    next_digest_at = models.DateTimeField(null=True, help_text="None also for those who want no digest.")

    class Meta:
        permissions = [("view_counts", "Can see how many subscribers there are")]
        constraints = [
            models.CheckConstraint(
                name="digests_subscriber_confirmed_has_dates",
                condition=models.Q(
                    stage=Stage.UNCONFIRMED.value,
                    confirmed_at=None,
                    kept_at=None,
                    next_digest_at=None,
                    paused_until=None,
                )
                | models.Q(stage=Stage.CONFIRMED.value, confirmed_at__isnull=False, kept_at__isnull=False),
            ),
            models.CheckConstraint(
                name="digests_subscriber_digest_is_due",
                condition=~models.Q(stage=Stage.CONFIRMED.value)
                | models.Q(rhythm=Rhythm.URGENT.value, next_digest_at=None)
                | (~models.Q(rhythm=Rhythm.URGENT.value) & models.Q(next_digest_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["next_digest_at"], name="digests_subscriber_due"),
            models.Index(fields=["kept_at"], name="digests_subscriber_kept"),
            models.Index(
                fields=["paused_until"],
                condition=models.Q(paused_until__isnull=False),
                name="digests_subscriber_paused",
            ),
        ]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Address(models.Model):
    """A subscriber's address, sealed together with the token of their links; the database erases it with them.

    Only the mail worker's role reads this table. The blind index finds the same address again. The first byte of
    `sealed`, and the first two digits of the index, are the number of the key it was made with.
    """

    subscriber = models.OneToOneField(Subscriber, models.DO_NOTHING, primary_key=True, related_name="address")
    sealed = models.BinaryField()
    blind_index = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return f"address {self.pk}"


class Suppression(models.Model):
    """That nobody writes to an address any more until a day, under a keyed hash from which it cannot be read."""

    mark = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=10, choices={k.value: k.value for k in BounceKind})
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"suppression {self.pk}"


class Confirmation(models.Model):
    """A letter that asked somebody to confirm, for as long as its link works; or one that told a reader their own link.

    Both are counted together, so that nobody can make us fill a letter box.
    """

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

    def with_labels(self) -> "SubscriptionQuerySet":
        """With all that `label` reads, in the order they were asked for."""
        return self.select_related("chamber", "person", "district", "demand").prefetch_related(titles()).order_by("pk")


def titles() -> models.Prefetch[str]:
    """The published words of followed demands, the present ones last."""
    texts = DemandText.objects.exclude(version__published_at=None).order_by("version__number")
    return models.Prefetch("demand__texts", texts, to_attr="published_texts")


_OF_ONE = {What.PERSON: "person", What.DISTRICT: "district", What.DEMAND: "demand"}


def _names_its_row() -> models.Q:
    """Exactly the row that its kind needs."""
    condition = models.Q()
    for what in What:
        rows = {f"{column}__isnull": _OF_ONE.get(what) != column for column in _OF_ONE.values()}
        condition |= models.Q(what=what.value, **rows)
    return condition


class Subscription(models.Model):
    """One thing a subscriber follows, once confirmed.

    `after_event` is the last event before it was confirmed: older news is not sent. `ends_at` is set when a followed
    deputy has left: what is corrected until then is still told.
    """

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    what = models.CharField(max_length=10, choices={w.value: w.value for w in What}, default=What.CHAMBER.value)
    chamber = models.ForeignKey(Chamber, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    district = models.ForeignKey(District, models.CASCADE, null=True, related_name="+")
    demand = models.ForeignKey(Demand, models.CASCADE, null=True, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    after_event = models.BigIntegerField(default=0)
    ends_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "what", "chamber", "person", "district", "demand"],
                name="digests_subscription_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="digests_subscription_names_its_row", condition=_names_its_row()),
        ]
        indexes = [models.Index(fields=["chamber", "what"], name="digests_subscription_of_what")]

    def __str__(self) -> str:
        return f"{self.subscriber_id} follows {self.target.key}"

    @classmethod
    def to(cls, target: Target) -> dict[str, object]:
        """The columns that say what is followed."""
        rows = {f"{column}_id": target.row if what is target.what else None for what, column in _OF_ONE.items()}
        return {"what": target.what.value, "chamber_id": target.chamber, **rows}

    @property
    def target(self) -> Target:
        return Target(What(self.what), self.chamber_id, self.person_id or self.district_id or self.demand_id)

    @property
    def label(self) -> str:
        """What is followed, in the reader's language; needs `with_labels` or `named`."""
        names = {
            What.CHAMBER: "%(chamber)s",
            What.PERSON: "%(name)s (%(chamber)s)",
            What.DEMAND: gettext("the demand “%(name)s” (%(chamber)s)"),
            What.DISTRICT: gettext("district %(name)s (%(chamber)s)"),
            What.DEMOCRATIC: gettext("democratic demands (%(chamber)s)"),
            What.SOCIAL: gettext("social demands (%(chamber)s)"),
            What.UPCOMING: gettext("coming votes (%(chamber)s)"),
        }
        return names[What(self.what)] % {"chamber": self.chamber.name, "name": self._name}

    @property
    def _name(self) -> str:
        if self.demand:
            texts: list[DemandText] = self.demand.published_texts  # type: ignore[attr-defined]
            return str(texts[-1].title) if texts else self.demand.demand_id
        return str(self.person.name) if self.person else str(self.district.number) if self.district else ""


class Bounce(models.Model):
    """What was said of a letter afterwards, waiting for the worker; soft ones are kept thirty days to be counted.

    `bounce_hash` is that of its subscriber; the web process writes it without knowing whose it is.
    """

    bounce_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices={k.value: k.value for k in BounceKind})
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bounce_hash", "kind", "at"], name="digests_bounce_once")]

    def __str__(self) -> str:
        return f"bounce {self.pk}"
