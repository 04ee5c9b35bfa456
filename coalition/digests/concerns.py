"""Whom something concerns: the keys of what can be followed that lead to it."""

from collections.abc import Collection, Iterable
from functools import lru_cache

from coalition.digests.enums import What
from coalition.digests.targets import Target
from deputies.people.models import Mandate
from pledges.platform.models import Demand

EVERYBODY = "*"
CHAPTERS = {What.DEMOCRATIC.value: What.DEMOCRATIC, What.SOCIAL.value: What.SOCIAL}


def of_chamber(chamber: int, *whats: What) -> frozenset[str]:
    return frozenset(Target(what, chamber).key for what in whats)


def of_demands(chamber: int, demands: Iterable[Demand]) -> frozenset[str]:
    """Those of some demands and of their chapters; a red line is in neither chapter."""
    wanted = list(demands)
    chapters = {CHAPTERS[demand.chapter] for demand in wanted if demand.chapter in CHAPTERS}
    return of_chamber(chamber, *chapters) | {Target(What.DEMAND, chamber, demand.pk).key for demand in wanted}


def of_seat(mandate: Mandate) -> frozenset[str]:
    """The deputy, and the district whose mandate it is."""
    keys = {Target(What.PERSON, mandate.chamber_id, mandate.person_id).key}
    if mandate.district_id:
        keys.add(Target(What.DISTRICT, mandate.chamber_id, mandate.district_id).key)
    return frozenset(keys)


def of_seats(mandates: Iterable[Mandate]) -> frozenset[str]:
    return frozenset().union(*map(of_seat, mandates))


def of_latest_seats(chamber: int, people: Collection[int]) -> dict[int, frozenset[str]]:
    """Those of the latest mandate of each of `people` in a chamber; one query, none without anybody."""
    held = Mandate.objects.filter(chamber=chamber, person__in=people).order_by("held") if people else ()
    return {mandate.person_id: of_seat(mandate) for mandate in held}


def everybody(chamber: int) -> frozenset[str]:
    """Whoever follows anything of a chamber but its coming votes; nobody can follow this key itself."""
    return frozenset({f"{EVERYBODY}:{chamber}"})


@lru_cache(100_000)
def concerns_of(key: str) -> tuple[int, tuple[str, ...]]:
    """Of which chamber one who follows `key` is told, and what: that key, and what everybody is told."""
    what, chamber, *_row = key.split(":")
    return int(chamber), (key,) if what == What.UPCOMING else (key, f"{EVERYBODY}:{chamber}")
