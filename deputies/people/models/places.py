"""Streets and areas, the names by which a voter knows a district."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.enums import PlaceKind
from deputies.people.keys import place_key
from deputies.people.models.chambers import BASIS_CHOICES, Chamber, District
from deputies.sources.enums import Basis
from deputies.sources.language import Words, reader_words
from deputies.sources.models import Document

PLACE_KIND_CHOICES = {
    PlaceKind.AREA.value: _("Area"),
    PlaceKind.STREET.value: _("Street"),
}


class KeyField(models.CharField):  # type: ignore[type-arg]
    """The name in the field `of` as `place_key` folds it, which readers' words are compared with; set on every save."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        self.of = of
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = place_key(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, key)
        return key

    def deconstruct(self) -> Any:  # noqa: ANN401 - as Django has it
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}


class PlaceQuerySet(models.QuerySet["Place"]):
    def in_chamber(self, chamber: Chamber) -> "PlaceQuerySet":
        return self.filter(district__chamber=chamber)

    def named(self, key: Iterable[str]) -> "PlaceQuerySet":
        """Places of which each word of `key` begins a word, in either language; none for no words."""
        wanted = models.Q()
        for word in key:
            wanted &= models.Q(key_ru__contains=f" {word}") | models.Q(key_en__contains=f" {word}")
        return self.filter(wanted) if wanted else self.none()

    def like(self, key: str) -> "PlaceQuerySet":
        """Places whose name resembles `key`, by the trigrams that they share."""
        return self.filter(models.Q(key_ru__trigram_similar=key) | models.Q(key_en__trigram_similar=key))


class Place(models.Model):
    """A street or an area in a district, as a whole or in part, as a source states it."""

    district = models.ForeignKey(District, models.CASCADE, related_name="places")
    kind = models.CharField(max_length=10, choices=PLACE_KIND_CHOICES)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    is_part = models.BooleanField(_("only in part"), default=False)
    key_ru = KeyField(max_length=400, of="name_ru", editable=False)
    key_en = KeyField(max_length=400, of="name_en", editable=False)
    basis = models.CharField(max_length=10, choices=BASIS_CHOICES, default=Basis.OFFICIAL.value)
    note_ru = models.TextField(blank=True, help_text=_("Which part, or how it was worked out."))
    note_en = models.TextField(blank=True)
    source = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "kind", "name_ru", "name_en"], name="people_place_once"),
            models.CheckConstraint(
                name="people_place_has_name", condition=~models.Q(name_ru="") | ~models.Q(name_en="")
            ),
            models.CheckConstraint(
                name="people_place_known_kind", condition=models.Q(kind__in=[kind.value for kind in PlaceKind])
            ),
        ]
        indexes = [
            GinIndex(fields=["key_ru", "key_en"], opclasses=["gin_trgm_ops"] * 2, name="people_place_keys"),
        ]

    def __str__(self) -> str:
        return f"{self.district}: {self.name}"

    @property
    def name(self) -> Words:
        return reader_words(ru=self.name_ru, en=self.name_en)

    @property
    def note(self) -> Words:
        return reader_words(ru=self.note_ru, en=self.note_en)
