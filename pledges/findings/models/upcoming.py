"""Which demand a coming vote is about, and what was expected of each deputy when it began."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Faction, Person
from deputies.sources.language import Words, reader_words
from deputies.votes.enums import Position
from deputies.votes.models import AgendaItem
from pledges.findings.enums import Rung
from pledges.platform.models import Demand
from pledges.scorecards.enums import Wants
from pledges.scorecards.models.judgements import WANTS_CHOICES
from pledges.tracker.enums import Review
from pledges.tracker.models import Pledge, Reviewed, Signature

RUNG_CHOICES = {
    Rung.PLEDGED.value: _("pledged"),
    Rung.SIGNED.value: _("signed"),
    Rung.VOTED_SO.value: _("voted so before"),
    Rung.FACTION_LINE.value: _("line of the faction"),
    Rung.UNKNOWN.value: _("position not known"),
}
EXPECTED_CHOICES = {Position.FOR.value: _("For"), Position.AGAINST.value: _("Against")}


class AgendaLink(Reviewed):
    """Which demand a coming vote is about and which result it wants, told before the vote; two persons stand for it."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="links")
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="agenda_links")
    wants = models.CharField(_("the demand wants it"), max_length=4, choices=WANTS_CHOICES)
    reasoning_ru = models.TextField(_("why it counts, in Russian"), blank=True)
    reasoning_en = models.TextField(_("why it counts, in English"), blank=True)

    class Meta:
        verbose_name = _("demand of a coming vote")
        verbose_name_plural = _("demands of coming votes")
        permissions = [("publish_agendalink", "Can publish which demand a coming vote is about")]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                name="findings_agendalink_known_wants", condition=models.Q(wants__in=[w.value for w in Wants])
            ),
            models.CheckConstraint(
                name="findings_agendalink_has_reasoning",
                condition=~models.Q(reasoning_ru="") | ~models.Q(reasoning_en=""),
            ),
            models.UniqueConstraint(
                fields=["item", "demand"],
                condition=~models.Q(review=Review.REJECTED.value),
                name="findings_agendalink_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand} <- {self.item}"

    @property
    def reasoning(self) -> Words:
        return reader_words(ru=self.reasoning_ru, en=self.reasoning_en)


class Expectation(models.Model):
    """What could be expected of one deputy when a vote began, and on what it rests; written once, never changed.

    `position` is empty where nothing is known, else it rests on what was said or done about `demand`. `votes` of
    `of_votes` linked votes went that way, where it rests on what was done before.
    """

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="expectations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    rung = models.CharField(max_length=15, choices=RUNG_CHOICES)
    position = models.CharField(max_length=10, choices=EXPECTED_CHOICES, blank=True)
    demand = models.ForeignKey(Demand, models.PROTECT, null=True, blank=True, related_name="+")
    pledge = models.ForeignKey(Pledge, models.PROTECT, null=True, blank=True, related_name="+")
    signature = models.ForeignKey(Signature, models.PROTECT, null=True, blank=True, related_name="+")
    faction = models.ForeignKey(Faction, models.PROTECT, null=True, blank=True, related_name="+")
    votes = models.PositiveSmallIntegerField(default=0)
    of_votes = models.PositiveSmallIntegerField(default=0)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "person"], name="findings_expectation_once"),
            models.CheckConstraint(
                name="findings_expectation_unknown_says_nothing",
                condition=models.Q(rung=Rung.UNKNOWN.value, position="")
                | (~models.Q(rung=Rung.UNKNOWN.value) & models.Q(position__in=list(EXPECTED_CHOICES))),
            ),
            models.CheckConstraint(
                name="findings_expectation_names_demand",
                condition=models.Q(rung=Rung.UNKNOWN.value, demand=None)
                | (~models.Q(rung=Rung.UNKNOWN.value) & models.Q(demand__isnull=False)),
            ),
            models.CheckConstraint(
                name="findings_expectation_shows_its_ground",
                condition=models.Q(rung=Rung.PLEDGED.value, pledge__isnull=False)
                | models.Q(rung=Rung.SIGNED.value, signature__isnull=False)
                | models.Q(rung=Rung.VOTED_SO.value, votes__gte=1, of_votes__gte=models.F("votes"))
                | models.Q(rung=Rung.FACTION_LINE.value, faction__isnull=False, votes__gte=1)
                | models.Q(rung=Rung.UNKNOWN.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.person_id} {self.rung} {self.position}".rstrip()
