"""Members and their mandates, from members.csv and memberships.csv into the record."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q

from deputies.people.enums import Threshold
from deputies.people.models import (
    Chamber,
    District,
    Faction,
    FactionMembership,
    Identifier,
    Mandate,
    Party,
    Person,
    Term,
    VotingRule,
)
from deputies.people.models.chambers import check_not_reserved, check_timezone
from deputies.people.places import bring_places, read_places
from deputies.people.slugs import slug_of, unused
from deputies.people.tidy import Days, Member, Periods, joined, read_members, read_memberships
from deputies.sources.enums import Precision
from deputies.sources.tables import is_russian

ALWAYS = DateTimeTZRange(None, None, "[)")


class ChamberRefused(Exception):
    """The chamber cannot be set up as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller says about the chamber; None keeps what is stored, or takes the default for a new one."""

    name: str | None = None
    seats: int | None = None
    threshold: tuple[Threshold, int | None] | None = None
    timezone: str | None = None


@dataclass(slots=True)
class Changes:
    """What an import did, in sentences, and what a person should look at."""

    done: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@transaction.atomic
def import_people(*, folder: Path, slug: str, wishes: Wishes) -> Changes:
    """Bring the chamber `slug` in line with the files in `folder`; nobody is ever removed.

    Raises BadFile, BadFiles or ChamberRefused.
    """
    members, places = read_members(folder), read_places(folder)
    bodies, changes = read_memberships(folder, {member.member_id for member in members}), Changes()
    chamber = Chamber.objects.filter(slug=slug).first()
    names = {name.casefold() for name in _names(chamber, slug, wishes) if name}
    periods = _periods_of(bodies, names, members, changes)
    if chamber is None:
        chamber = _new_chamber(slug, wishes, _most_at_once(periods, members), changes)
    else:
        _update_chamber(chamber, wishes, changes)
    _check_term(chamber, periods, changes)
    _Importer(chamber, changes).run(members, periods)
    if new := bring_places(chamber=chamber, rows=places):
        changes.done.append(f"{new} new places")
    return changes


# The chamber


def _names(chamber: Chamber | None, slug: str, wishes: Wishes) -> Sequence[str]:
    return (slug, wishes.name or "", chamber.name_ru if chamber else "", chamber.name_en if chamber else "")


def _periods_of(
    bodies: dict[str, Periods] | None, names: set[str], members: list[Member], changes: Changes
) -> Periods | None:
    """The periods in the body that is the chamber; None if the files state none: mandates cover the whole term."""
    if bodies is None:
        return None
    periods: Periods = defaultdict(list)
    for body, people in bodies.items():
        if body.casefold() in names:
            for who, days in people.items():
                periods[who] = joined([*periods[who], *days])
    others = sorted((body for body in bodies if body.casefold() not in names), key=lambda body: -len(bodies[body]))
    if not periods:
        changes.notes.append(
            "memberships.csv has no rows of this chamber, so every mandate covers the whole term."
            f' If it is "{others[0]}" in that file, say so with --name.'
            if others
            else "memberships.csv is empty, so every mandate covers the whole term."
        )
        return None
    if others:
        changes.notes.append(f"memberships.csv: {len(others)} other bodies ignored, such as {others[0]}.")
    if without := [member.member_id for member in members if member.member_id not in periods]:
        changes.notes.append(
            f"No mandate for {_listed(without)}: memberships.csv has no rows of this chamber for them."
        )
    return dict(periods)


def _most_at_once(periods: Periods | None, members: list[Member]) -> int:
    if periods is None:
        return max(len(members), 1)
    steps = Counter[dt.date]()
    for start, after in (days for each in periods.values() for days in each):
        steps[start] += 1
        if after is not None:
            steps[after] -= 1
    now = most = 0
    for day in sorted(steps):
        now += steps[day]
        most = max(most, now)
    return most


def _new_chamber(slug: str, wishes: Wishes, seats: int, changes: Changes) -> Chamber:
    if slug_of(slug, limit=60) != slug:
        raise ChamberRefused(f'"{slug}" cannot be part of an address. Write it like "{slug_of(slug, limit=60)}".')
    name, zone = wishes.name or slug, wishes.timezone or "UTC"
    try:
        check_not_reserved(slug)
        check_timezone(zone)
    except ValidationError as error:
        raise ChamberRefused(" ".join(error.messages)) from error
    seats = wishes.seats or seats
    language = {"name_ru": name} if is_russian(name) else {"name_en": name}
    chamber = Chamber.objects.create(slug=slug, seats=seats, timezone=zone, **language)
    threshold, number = wishes.threshold or (Threshold.VOTING, None)
    VotingRule.objects.create(chamber=chamber, in_force=ALWAYS, threshold=threshold.value, threshold_number=number)
    assumed = [
        *([] if wishes.seats else [f"{seats} seats (--seats)"]),
        *([] if wishes.threshold else ["more votes for than against adopt a decision (--threshold voting)"]),
        *([] if wishes.timezone else ["dates are in UTC (--timezone)"]),
    ]
    changes.done.append(f'new chamber "{name}"')
    if assumed:
        changes.notes.append(f"Assumed for the new chamber: {'; '.join(assumed)}.")
    return chamber


def _update_chamber(chamber: Chamber, wishes: Wishes, changes: Changes) -> None:
    wanted: dict[str, Any] = {"seats": wishes.seats, "timezone": wishes.timezone}
    if wishes.name:
        wanted["name_ru" if is_russian(wishes.name) else "name_en"] = wishes.name
    try:
        check_timezone(wishes.timezone or chamber.timezone)
    except ValidationError as error:
        raise ChamberRefused(" ".join(error.messages)) from error
    _update(chamber, {key: value for key, value in wanted.items() if value is not None}, "the chamber", changes)
    if wishes.threshold:
        rules = list(chamber.voting_rules.all())
        if len(rules) != 1:
            raise ChamberRefused("The chamber has dated voting rules: change them at the desk, not with --threshold.")
        threshold, number = wishes.threshold
        _update(rules[0], {"threshold": threshold.value, "threshold_number": number}, "the voting rule", changes)


def _check_term(chamber: Chamber, periods: Periods | None, changes: Changes) -> None:
    """Give a new chamber its first term, and make the term wide enough for the mandates."""
    held = ALWAYS
    if periods:
        starts = [days[0] for each in periods.values() for days in each]
        ends = [days[1] for each in periods.values() for days in each]
        last = None if None in ends else max(end for end in ends if end)
        held = _range(chamber, (min(starts), last))
    term = chamber.terms.order_by("-number").first()
    if term is None:
        Term.objects.create(chamber=chamber, held=held, **_precisions(held))
    elif chamber.terms.count() == 1 and periods:
        lower = held.lower if term.held.lower is None else min(term.held.lower, held.lower)
        upper = (
            None if held.upper is None else held.upper if term.held.upper is None else max(term.held.upper, held.upper)
        )
        wide = DateTimeTZRange(lower, upper, "[)")
        _update(term, {"held": wide, **_precisions(wide)}, "the term", changes)


def _range(chamber: Chamber, days: Days) -> DateTimeTZRange:
    return DateTimeTZRange(chamber.midnight(days[0]), days[1] and chamber.midnight(days[1]), "[)")


def _precisions(held: DateTimeTZRange) -> dict[str, str]:
    return {
        "began_precision": (Precision.UNKNOWN if held.lower is None else Precision.DAY).value,
        "ended_precision": (Precision.UNKNOWN if held.upper is None else Precision.DAY).value,
    }


def _update(row: models.Model, wanted: dict[str, Any], what: str, changes: Changes) -> None:
    """Set what differs, and say so."""
    differing = {key: value for key, value in wanted.items() if getattr(row, key) != value}
    if differing:
        for key, value in differing.items():
            setattr(row, key, value)
        row.save(update_fields=list(differing))
        changes.done.append(f"{what}: {', '.join(differing)} changed")


# The members


Named = TypeVar("Named", Faction, Party)


class Names(Generic[Named]):
    """Factions of a chamber, or parties, by the name a file gives them; new ones are stored when first asked for."""

    def __init__(self, model: type[Named], **within: Chamber) -> None:
        self.model: type[Named] = model
        self.within = within
        stored: list[Named] = list(model._default_manager.filter(**within))
        self._slugs = {each.slug for each in stored}
        self._found: dict[str, Named] = {
            name.casefold(): each for each in stored for name in (each.name_ru, each.name_en) if name
        }

    def find(self, name: str) -> Named | None:
        """None for no name."""
        if not name:
            return None
        if name.casefold() not in self._found:
            slug = unused(slug_of(name, limit=70), self._slugs)
            self._slugs.add(slug)
            new = self.model(slug=slug, **self.within, **_in_its_language(name))
            new.save()
            self._found[name.casefold()] = new
        return self._found[name.casefold()]


class _Importer:
    """Writes the members of one chamber; what is new goes in by the batch."""

    def __init__(self, chamber: Chamber, changes: Changes) -> None:
        self.chamber, self.changes = chamber, changes
        self.term = chamber.terms.order_by("-number")[0]
        identifiers = Identifier.objects.filter(scheme=chamber.slug).select_related("person")
        self.people = {each.value: each.person for each in identifiers}
        self.factions = Names(Faction, chamber=chamber)
        self.parties = Names(Party)
        self.districts = {
            name: each for each in chamber.districts.all() for name in (each.name_ru, each.name_en) if name
        }
        self.mandates: dict[int, list[Mandate]] = defaultdict(list)
        mandates = chamber.mandates.prefetch_related("faction_memberships")
        for mandate in mandates.order_by(F("held__startswith").asc(nulls_first=True)):
            self.mandates[mandate.person_id].append(mandate)

    def run(self, members: list[Member], periods: Periods | None) -> None:
        known = [member for member in members if member.member_id in self.people]
        new = [member for member in members if member.member_id not in self.people]
        for member in known:
            person = self.people[member.member_id]
            wanted = {"name_ru": member.name[0], "name_en": member.name[1]}
            if any(member.note):
                wanted |= {"note_ru": member.note[0], "note_en": member.note[1]}
            _update(person, wanted, f"{member.member_id} ({member.plain_name})", self.changes)
        self._add_people(new)
        self._add_districts(members)
        self._set_mandates(members, periods)
        if gone := sorted(self.people.keys() - {member.member_id for member in members}):
            self.changes.notes.append(f"In the record and no longer in members.csv, left as they are: {_listed(gone)}.")

    def _add_people(self, members: list[Member]) -> None:
        wanted = {member.member_id: slug_of(member.plain_name) for member in members}
        taken = set(Person.objects.filter(_starting_with(set(wanted.values()))).values_list("slug", flat=True))
        people = []
        for member in members:
            slug = unused(wanted[member.member_id], taken)
            taken.add(slug)
            names, notes = member.name, member.note
            people.append(Person(slug=slug, name_ru=names[0], name_en=names[1], note_ru=notes[0], note_en=notes[1]))
        Person.objects.bulk_create(people)
        Identifier.objects.bulk_create(
            Identifier(person=person, scheme=self.chamber.slug, value=member.member_id)
            for person, member in zip(people, members, strict=True)
        )
        self.people |= {member.member_id: person for person, member in zip(people, members, strict=True)}
        if people:
            self.changes.done.append(f"{len(people)} new members")

    def _add_districts(self, members: list[Member]) -> None:
        names = list(
            dict.fromkeys(m.constituency for m in members if m.constituency and m.constituency not in self.districts)
        )
        taken = {each.number for each in self.districts.values()}
        own = {name: _number_in(name) for name in names}
        common = Counter(own.values())
        number_of = {name: n for name, n in own.items() if n and common[n] == 1 and n not in taken}
        taken |= set(number_of.values())
        for name in names:
            number = number_of.get(name) or next(n for n in range(1, 32_768) if n not in taken)
            taken.add(number)
            self.districts[name] = District(chamber=self.chamber, number=number, **_in_its_language(name))
        District.objects.bulk_create(self.districts[name] for name in names)

    def _set_mandates(self, members: list[Member], periods: Periods | None) -> None:
        seats: dict[int, list[Mandate]] = defaultdict(list)
        for mandate in (each for held in self.mandates.values() for each in held):
            seats[mandate.district_id or 0].append(mandate)
        new: list[tuple[Member, Mandate]] = []
        for member in members:
            person = self.people[member.member_id]
            stored, wanted = self.mandates[person.id], self._wanted(member, periods)
            if periods is None and stored:  # dates set at the desk are better than none
                wanted = [each.held for each in stored]
            for mandate, held in zip(stored, wanted, strict=False):
                self._change_mandate(mandate, member, held)
            for held in wanted[len(stored) :]:
                mandate = self._new_mandate(member, person, held, seats)
                new.append((member, mandate))
            if len(stored) > len(wanted):
                self.changes.notes.append(f"{member.member_id} has more mandates in the record than in the files.")
        Mandate.objects.bulk_create(mandate for _, mandate in new)
        FactionMembership.objects.bulk_create(
            self._membership(mandate, member.group) for member, mandate in new if member.group
        )
        if new:
            self.changes.done.append(f"{len(new)} new mandates")

    def _wanted(self, member: Member, periods: Periods | None) -> list[DateTimeTZRange]:
        if periods is None:
            return [self.term.held]
        return [_range(self.chamber, days) for days in periods.get(member.member_id, [])]

    def _new_mandate(
        self, member: Member, person: Person, held: DateTimeTZRange, seats: dict[int, list[Mandate]]
    ) -> Mandate:
        district = self.districts.get(member.constituency)
        mandate = Mandate(
            person=person,
            chamber=self.chamber,
            term=self.term,
            district=district,
            party=self.parties.find(member.party),
            held=held,
            **_precisions(held),
        )
        neighbours = seats[district.id if district else 0]
        taken = {each.seat for each in neighbours if district and _overlap(each.held, held)}
        mandate.seat = next(n for n in range(1, len(taken) + 2) if n not in taken)
        neighbours.append(mandate)
        return mandate

    def _change_mandate(self, mandate: Mandate, member: Member, held: DateTimeTZRange) -> None:
        who = f"{member.member_id} ({member.plain_name})"
        if mandate.held != held:
            _update(mandate, {"held": held, **_precisions(held)}, f"{who}, mandate", self.changes)
        wanted: dict[str, Any] = {}
        if party := self.parties.find(member.party):
            wanted["party_id"] = party.id
        if (district := self.districts.get(member.constituency)) and district.id != mandate.district_id:
            taken = set(Mandate.objects.filter(district=district, held__overlap=held).values_list("seat", flat=True))
            wanted |= {"district_id": district.id, "seat": next(n for n in range(1, 1000) if n not in taken)}
        _update(mandate, wanted, f"{who}, mandate", self.changes)
        self._change_group(mandate, member, who)

    def _change_group(self, mandate: Mandate, member: Member, who: str) -> None:
        """The file names one group and no dates, so it can only stand for the whole mandate."""
        memberships, faction = list(mandate.faction_memberships.all()), self.factions.find(member.group)
        if not memberships and faction:
            self._membership(mandate, member.group).save()
            self.changes.done.append(f"{who}: now in {member.group}")
        if len(memberships) != 1:
            return
        wanted: dict[str, Any] = {"held": mandate.held, **_precisions(mandate.held)}
        if faction:
            wanted["faction_id"] = faction.id
        _update(memberships[0], wanted, f"{who}, group", self.changes)

    def _membership(self, mandate: Mandate, group: str) -> FactionMembership:
        faction = self.factions.find(group)
        assert faction is not None
        return FactionMembership(mandate=mandate, faction=faction, held=mandate.held, **_precisions(mandate.held))


def _listed(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _overlap(one: DateTimeTZRange, other: DateTimeTZRange) -> bool:
    return not (
        (one.upper is not None and other.lower is not None and one.upper <= other.lower)
        or (other.upper is not None and one.lower is not None and other.upper <= one.lower)
    )


def _number_in(name: str) -> int | None:
    numbers = re.findall(r"\d{1,9}", name)
    return int(numbers[0]) if len(numbers) == 1 and 1 <= int(numbers[0]) < 32_768 else None


def _in_its_language(name: str) -> dict[str, str]:
    return {"name_ru": name} if is_russian(name) else {"name_en": name}


def _starting_with(slugs: set[str]) -> Q:
    """People whose address is one of `slugs`, with a number after it or not."""
    return Q(slug__in=slugs) | Q(slug__regex=rf"^({'|'.join(slugs)})-[0-9]+$") if slugs else Q(pk=None)
