"""What will be put to the vote."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Chamber
from deputies.people.models.chambers import THRESHOLD_CHOICES
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Precision
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document
from deputies.votes.enums import AgendaState
from deputies.votes.models.rollcalls import RollCall

AGENDA_CHOICES = {
    AgendaState.PLANNED.value: _("Planned"),
    AgendaState.WITHDRAWN.value: _("Taken off the agenda"),
    AgendaState.HELD.value: _("Put to the vote"),
}

LATE = dt.timedelta(minutes=10)


class AgendaItem(models.Model):
    """A vote that an agenda announces; once held it names the roll call that was recorded of it.

    `sequence` counts the changes that a calendar must tell, such as another time; `is_day_only` where the hour is not
    announced, and `starts_at` is then the first moment of the day. Once what was expected is written down
    (`frozen_at`) the words stay, and once it is held everything does.
    """

    chamber = models.ForeignKey(Chamber, models.PROTECT, related_name="agenda_items")
    slug = models.SlugField(max_length=100)
    number = models.CharField(_("number on the agenda"), max_length=60, blank=True)
    title_ru = models.TextField(_("title in Russian"), blank=True)
    title_en = models.TextField(_("title in English"), blank=True)
    summary_ru = models.TextField(_("plain summary in Russian"), blank=True)
    summary_en = models.TextField(_("plain summary in English"), blank=True)
    starts_at = models.DateTimeField(_("when"))
    is_day_only = models.BooleanField(_("only the day is announced"), default=False)
    threshold = models.CharField(max_length=20, choices=THRESHOLD_CHOICES)
    threshold_number = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.ForeignKey(Document, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=AGENDA_CHOICES, default=AgendaState.PLANNED.value, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    announced_at = models.DateTimeField(editable=False)
    frozen_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When what was expected of each deputy was written down.")
    )
    roll_call = models.OneToOneField(
        RollCall, models.PROTECT, null=True, blank=True, editable=False, related_name="agenda_item"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chamber", "slug"], name="votes_agendaitem_slug_once"),
            models.CheckConstraint(
                name="votes_agendaitem_has_title", condition=~models.Q(title_ru="") | ~models.Q(title_en="")
            ),
            models.CheckConstraint(
                name="votes_agendaitem_held_has_roll_call",
                condition=models.Q(state=AgendaState.HELD.value, roll_call__isnull=False)
                | (~models.Q(state=AgendaState.HELD.value) & models.Q(roll_call=None)),
            ),
            models.CheckConstraint(
                name="votes_agendaitem_held_is_frozen",
                condition=~models.Q(state=AgendaState.HELD.value) | models.Q(frozen_at__isnull=False),
            ),
            models.CheckConstraint(
                name="votes_agendaitem_fixed_has_number",
                condition=~models.Q(threshold="fixed") | models.Q(threshold_number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chamber_id}:{self.slug}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be moved or reworded: it is planned, and voting has not begun."""
        return self.state == AgendaState.PLANNED and self.frozen_at is None

    @property
    def when(self) -> PartialDate:
        return PartialDate(self.starts_at, Precision.DAY if self.is_day_only else Precision.MINUTE)

    @property
    def frozen_late(self) -> bool:
        """Whether what was expected was written down more than ten minutes after voting began."""
        return self.frozen_at is not None and self.frozen_at - self.starts_at > LATE

    @property
    def title(self) -> Words:
        return reader_words(ru=self.title_ru, en=self.title_en)

    @property
    def summary(self) -> Words:
        return reader_words(ru=self.summary_ru, en=self.summary_en)
