"""Organisers: who may edit, and for which member of the coalition."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Faction
from deputies.sources.language import Words, reader_words
from pledges.platform.models import Coalition


class MemberOrganisation(models.Model):
    """One of those who made a coalition, often with a faction: two of them have to agree on what counts."""

    coalition = models.ForeignKey(Coalition, models.PROTECT, related_name="organisations")
    slug = models.SlugField(max_length=80)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    faction = models.ForeignKey(Faction, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["coalition", "slug"], name="accounts_memberorganisation_slug_once"),
            models.UniqueConstraint(fields=["coalition", "faction"], name="accounts_memberorganisation_faction_once"),
            models.CheckConstraint(
                name="accounts_memberorganisation_has_name", condition=~models.Q(name_ru="") | ~models.Q(name_en="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.coalition})"

    @property
    def name(self) -> Words:
        return reader_words(ru=self.name_ru, en=self.name_en)


class User(AbstractUser):
    """An organiser. The display name is a pseudonym: what the record shows of a person is their role."""

    display_name = models.CharField(max_length=100, blank=True)
    organisation = models.ForeignKey(
        MemberOrganisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        help_text=_("For whom they propose, approve and veto links; without one they cannot."),
    )

    def __str__(self) -> str:
        return self.display_name or self.username
