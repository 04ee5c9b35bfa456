"""Who could vote when: the members of one chamber in memory, found by the ids of its files."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from deputies.people.enums import Threshold
from deputies.people.imports import Names
from deputies.people.models import Chamber, Faction, FactionMembership, Identifier
from deputies.sources.dates import PartialDate, end
from deputies.votes.imports.tidy import window

Moments = tuple[dt.datetime | None, dt.datetime | None]  # half-open; None: without a known bound
Window = tuple[dt.datetime, dt.datetime]
Epoch = tuple[int, int] | None  # between which bounds of the record a time lies; None: not known


class Seat(NamedTuple):
    """Who casts a ballot, by which mandate and in which faction."""

    person_id: int
    mandate_id: int
    faction_id: int | None


class NoMandate(Exception):
    """The member could not vote at that time; the message says why."""


@dataclass(frozen=True, slots=True)
class _Mandate:
    id: int
    held: Moments
    last: PartialDate


class Register:
    """The members, mandates, factions and voting rules of `chamber` as they are stored now."""

    def __init__(self, chamber: Chamber) -> None:
        self.chamber, self.zone = chamber, chamber.zone
        self.people = dict(Identifier.objects.filter(scheme=chamber.slug).values_list("value", "person_id"))
        self.mandates: dict[int, list[_Mandate]] = defaultdict(list)
        for mandate in chamber.mandates.all():
            held = mandate.held.lower, mandate.held.upper
            last = end(mandate.held.upper, mandate.ended_precision)
            self.mandates[mandate.person_id].append(_Mandate(mandate.pk, held, last))
        for mandates in self.mandates.values():
            mandates.sort(key=lambda each: (each.held[0] is not None, each.held[0]), reverse=True)
        self._memberships: dict[int, list[tuple[Moments, int]]] = defaultdict(list)
        for member in FactionMembership.objects.filter(mandate__chamber=chamber).order_by("pk"):
            held = member.held.lower, member.held.upper
            self._memberships[member.mandate_id].append((held, member.faction_id))
        self._bounds = sorted(
            {bound for mandates in self.mandates.values() for each in mandates for bound in each.held if bound}
            | {bound for each in self._memberships.values() for held, _ in each for bound in held if bound}
        )
        self._seats_in: dict[Epoch, dict[int, Seat]] = {}
        self._rules = [(rule.in_force, rule) for rule in chamber.voting_rules.order_by("-in_force")]

    @cached_property
    def factions(self) -> Names[Faction]:
        return Names(Faction, chamber=self.chamber)

    def epoch(self, held: PartialDate) -> Epoch:
        """The same for all times at which the same mandates and memberships can have held."""
        when = window(held, self.zone)
        return None if when is None else (bisect_right(self._bounds, when[0]), bisect_left(self._bounds, when[1]))

    def seat(self, member_id: str, held: PartialDate) -> Seat:
        """The latest mandate that covers some of the time at which the vote can have been held.

        Raises NoMandate, and KeyError for an unknown member.
        """
        person_id, when = self.people[member_id], window(held, self.zone)
        for mandate in self.mandates[person_id]:
            if _touches(mandate.held, when):
                return Seat(person_id, mandate.id, self._faction(mandate.id, when))
        raise NoMandate(self._why_not(member_id, when))

    def _faction(self, mandate_id: int, when: Window | None) -> int | None:
        found = [faction for held, faction in self._memberships[mandate_id] if _touches(held, when)]
        return found[-1] if found else None

    def _why_not(self, member_id: str, when: Window | None) -> str:
        mandates = self.mandates[self.people[member_id]]
        ended = [each for each in mandates if when and each.held[1] is not None and each.held[1] <= when[0]]
        if ended and ended[0].last.at:
            day = ended[0].last.at.astimezone(self.zone).date()
            return f'the mandate of "{member_id}" ended {day}'
        if mandates and mandates[-1].held[0]:
            return f'the mandate of "{member_id}" began {mandates[-1].held[0].astimezone(self.zone).date()}'
        return f'"{member_id}" has no mandate in this chamber'

    def seats_at(self, held: PartialDate) -> dict[int, Seat]:
        """Everyone who could vote, by person."""
        epoch = self.epoch(held)
        if epoch not in self._seats_in:
            when, seats = window(held, self.zone), {}
            for person_id, mandates in self.mandates.items():
                if covering := next((each for each in mandates if _touches(each.held, when)), None):
                    seats[person_id] = Seat(person_id, covering.id, self._faction(covering.id, when))
            self._seats_in[epoch] = seats
        return self._seats_in[epoch]

    def rule_at(self, held: PartialDate) -> tuple[Threshold, int | None] | None:
        """The chamber's own threshold at that time, the latest one if the time is not known; None if it had none."""
        for in_force, rule in self._rules:
            if held.at is None or held.at in in_force:
                return Threshold(rule.threshold), rule.threshold_number
        return None


def _touches(held: Moments, when: Window | None) -> bool:
    if when is None:
        return True
    return (held[0] is None or held[0] < when[1]) and (held[1] is None or when[0] < held[1])
