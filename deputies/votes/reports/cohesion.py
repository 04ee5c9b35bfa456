"""How the factions of a chamber split in some votes."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, QuerySet

from deputies.people.models import Faction
from deputies.sources.enums import Basis
from deputies.sources.language import Words, reader_words
from deputies.votes.cohesion import SMALLEST_GROUP, Cohesion, Split
from deputies.votes.enums import Position
from deputies.votes.models import Ballot


@dataclass(frozen=True, slots=True)
class FactionSplits:
    """A faction with its split in each vote in which two or more of its members voted, the earliest first."""

    name: Words
    splits: list[Split]

    @property
    def cohesion(self) -> Cohesion:
        return Cohesion.of(self.splits)

    @property
    def indices(self) -> list[Fraction]:
        """The Agreement Index of each vote with enough members for one, the lowest first."""
        enough = (split for split in self.splits if split.voted >= SMALLEST_GROUP)
        return sorted(index for split in enough if (index := split.agreement_index) is not None)

    @property
    def divided(self) -> int:
        """Votes in which not all who voted were on one side."""
        return sum(max(split.for_, split.against, split.abstain) < split.voted for split in self.splits)


def splits_in(versions: "Collection[int] | QuerySet[Any, Any]", faction: Faction | None = None) -> list[FactionSplits]:
    """The factions by name, or one of them, as they were at each of some votes; one query.

    Worked-out ballots are left out.
    """
    cast = Ballot.objects.filter(version__in=versions, faction__isnull=False).exclude(basis=Basis.INFERRED.value)
    if faction is not None:
        cast = cast.filter(faction=faction)
    in_order = cast.order_by(F("version__held_at").asc(nulls_first=True), "version")
    names: dict[int, Words] = {}
    found: dict[int, dict[int, list[Position]]] = {}
    for pk, ru, en, version, position, n in in_order.values_list(
        "faction", "faction__name_ru", "faction__name_en", "version", "position", Count("pk")
    ):
        names[pk] = reader_words(ru=ru, en=en)
        found.setdefault(pk, {}).setdefault(version, []).extend([Position(position)] * n)
    splits = {pk: [Split.of(positions) for positions in votes.values()] for pk, votes in found.items()}
    rows = [FactionSplits(names[pk], [split for split in made if split.voted > 1]) for pk, made in splits.items()]
    return sorted((row for row in rows if row.splits), key=lambda row: row.name.strip('«“"').lower())
