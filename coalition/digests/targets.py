"""What can be followed, as one short key that a form, a link and a letter's fragments share.

A key is "what:chamber" or "what:chamber:id" with ids of rows: "chamber:3", "social:3", "person:3:12", "district:3:5".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from coalition.digests.enums import What
from deputies.people.models import Chamber, District, Person
from pledges.platform.models import Demand

ONE_OF_MANY: Mapping[What, Any] = {What.PERSON: Person, What.DISTRICT: District, What.DEMAND: Demand}


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to follow; `row` is the id of the deputy, district or demand, None for what a chamber has once."""

    what: What
    chamber: int
    row: int | None = None

    @property
    def key(self) -> str:
        return ":".join([self.what.value, str(self.chamber), *([str(self.row)] if self.row else [])])


def parsed(key: str) -> Target | None:
    """The target that a key names; None for what is no key. Whether its rows exist is not looked at."""
    what, *ids = key.split(":")
    if what not in set(What) or not all(number.isdecimal() and len(number) < 19 for number in ids):
        return None
    target = Target(What(what), *(int(number) for number in ids[:2])) if ids else None
    if target is None or target.key != key or (target.what in ONE_OF_MANY) != (target.row is not None):
        return None
    return target


def existing(keys: Iterable[str]) -> list[Target]:
    """The targets among `keys` whose rows exist and belong to their chamber; four queries at most."""
    targets = list(dict.fromkeys(target for key in keys if (target := parsed(key))))
    chambers = set(Chamber.objects.filter(pk__in={t.chamber for t in targets}).values_list("pk", flat=True))
    of_chambers = {
        what: _of_chambers(what, {t.row for t in targets if t.row and t.what is what}) for what in ONE_OF_MANY
    }
    return [
        target
        for target in targets
        if target.chamber in chambers
        and (target.row is None or (target.chamber, target.row) in of_chambers[target.what])
    ]


def _of_chambers(what: What, rows: set[int]) -> set[tuple[int, int]]:
    """Which of some deputies, districts or demands are of which chamber."""
    if not rows:
        return set()
    path = {What.PERSON: "mandates__chamber", What.DISTRICT: "chamber", What.DEMAND: "platform__coalition__chamber"}
    found = ONE_OF_MANY[what].objects.filter(pk__in=rows).values_list(path[what], "pk")
    return {(chamber, row) for chamber, row in found if chamber is not None}
