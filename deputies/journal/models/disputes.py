"""Disputes: what somebody says is wrong on a page, what they show for it, and what became of it.

There is no column for who sent it: a report is followed at an address that only its sender knows.
"""

import datetime as dt
import hashlib
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.journal.enums import DisputeState

STATES = {
    DisputeState.RECEIVED.value: _("received"),
    DisputeState.CONFIRMED.value: _("the office is confirmed"),
    DisputeState.UNDER_REVIEW.value: _("under review"),
    DisputeState.UPHELD.value: _("upheld"),
    DisputeState.NOT_UPHELD.value: _("not upheld"),
    DisputeState.DUPLICATE.value: _("the same as an earlier report"),
}
CLOSED = [state.value for state in DisputeState.closed()]
_NEVER_CONFIRMED = models.Q(confirmed_at=None, confirmed_how="")
_CONFIRMED = models.Q(claims_office=True, confirmed_at__isnull=False) & ~models.Q(confirmed_how="")
_OPEN = models.Q(closed_at=None, outcome_ru="", outcome_en="")
_OUTCOME = models.Q(closed_at__isnull=False) & ~models.Q(outcome_ru="") & ~models.Q(outcome_en="")


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def open(self) -> "DisputeQuerySet":
        return self.exclude(state__in=CLOSED)

    def closed(self) -> "DisputeQuerySet":
        return self.filter(state__in=CLOSED)

    def holding(self, at: dt.datetime) -> "DisputeQuerySet":
        """Those that keep their row out of letters and pictures at `at`."""
        return self.filter(held__contains=at)

    def shown(self) -> "DisputeQuerySet":
        """Open ones that pages show beside the row: with evidence not seen before, or taken up by an organiser."""
        return self.open().filter(~models.Q(state=DisputeState.RECEIVED.value) | models.Q(held__isnull=False))

    def by_deadline(self) -> "DisputeQuerySet":
        """Open ones first, those that wait longest before the others."""
        is_closed = models.Q(state__in=CLOSED)
        return self.order_by(models.ExpressionWrapper(is_closed, models.BooleanField()), "answer_by", "year", "running")


class Dispute(models.Model):
    """One report of a mistake. Its subject is named as events name theirs: any of the three may be missing."""

    year = models.PositiveSmallIntegerField()
    running = models.PositiveIntegerField(help_text="Counts the reports of a year.")
    token_hash = models.CharField(max_length=64, help_text="SHA-256 of the secret in the address of its page.")
    chamber = models.SlugField(max_length=60, blank=True, help_text="Slug of the chamber.")
    roll_call = models.BigIntegerField(null=True, blank=True, help_text="Id of the roll call.")
    person = models.BigIntegerField(null=True, blank=True, help_text="Id of the deputy.")
    page = models.CharField(max_length=300, blank=True, help_text="Address of the page.")
    shown = models.CharField(max_length=500, blank=True, help_text="What the page says.")
    should_say = models.CharField(max_length=500, help_text="What it should say.")
    text = models.TextField(max_length=5000, blank=True)
    claims_office = models.BooleanField(default=False, help_text="The sender writes for the deputy's office.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_how = models.CharField(max_length=500, blank=True, help_text="Never shown to readers.")
    filed_at = models.DateTimeField()
    answer_by = models.DateField()
    held = DateTimeRangeField(null=True, blank=True, help_text="While it keeps its row out of letters and pictures.")
    is_released = models.BooleanField(default=False, help_text="The journal says that the hold has ended.")
    state = models.CharField(max_length=20, choices=STATES, default=DisputeState.RECEIVED.value)
    outcome_ru = models.TextField(blank=True)
    outcome_en = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Never shown."
    )

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a mistake")
        verbose_name_plural = _("reports of mistakes")
        permissions = [("answer_dispute", "Can answer disputes")]
        indexes = [models.Index(fields=["roll_call", "person"], name="journal_dispute_by_row")]
        constraints = [
            models.UniqueConstraint(fields=["year", "running"], name="journal_dispute_number_once"),
            models.UniqueConstraint(fields=["token_hash"], name="journal_dispute_token_once"),
            models.CheckConstraint(name="journal_dispute_confirmed_says_how", condition=_NEVER_CONFIRMED | _CONFIRMED),
            models.CheckConstraint(
                name="journal_dispute_state_confirmed",
                condition=~models.Q(state=DisputeState.CONFIRMED.value) | models.Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="journal_dispute_closed_with_outcome",
                condition=(~models.Q(state__in=CLOSED) & _OPEN) | (models.Q(state__in=CLOSED) & _OUTCOME),
            ),
            models.CheckConstraint(
                name="journal_dispute_holds_a_row",
                condition=models.Q(held=None) | models.Q(roll_call__isnull=False, person__isnull=False),
            ),
            ExclusionConstraint(
                name="journal_dispute_one_hold_a_row",
                expressions=[
                    ("roll_call", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("held", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The public number, such as 2026-17."""
        return f"{self.year}-{self.running}"

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    @property
    def may_be_confirmed(self) -> bool:
        """Whether somebody claims to write for the office, and nobody has asked the office yet."""
        return self.claims_office and self.confirmed_at is None and not self.is_closed

    def is_overdue(self, today: dt.date) -> bool:
        return not self.is_closed and self.answer_by < today


class Evidence(models.Model):
    """A file or an address that a sender shows. Only organisers open it, unlike the documents of sources.

    `digest` is the SHA-256 of the file, or of the address without what does not change where it leads.
    """

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="evidence")
    digest = models.CharField("SHA-256", max_length=64)
    url = models.URLField(max_length=1000, blank=True)
    title = models.CharField(max_length=100, blank=True, help_text="What the sender's file was called.")
    media_type = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["dispute", "digest"], name="journal_evidence_once"),
            models.CheckConstraint(
                name="journal_evidence_file_or_address",
                condition=models.Q(url="", content__isnull=False) | (~models.Q(url="") & models.Q(content=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.url or self.title

    @classmethod
    def of_file(cls, *, title: str, media_type: str, content: bytes) -> "Evidence":
        return cls(title=title, media_type=media_type, content=content, digest=hashlib.sha256(content).hexdigest())

    @classmethod
    def of_address(cls, url: str) -> "Evidence":
        return cls(url=url, digest=hashlib.sha256(_where(url).encode()).hexdigest())


def _where(url: str) -> str:
    """An address without scheme, port, "www.", fragment, campaign marks, and the order of its query."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    query = sorted(pair for pair in parse_qsl(parts.query) if not pair[0].startswith("utm_"))
    return f"{host}{unquote(parts.path).rstrip('/')}?{urlencode(query)}"
