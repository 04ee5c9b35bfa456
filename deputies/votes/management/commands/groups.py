"""Attendance, loyalty to a coalition and rebellion of each member of a chamber."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from math import floor
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F

from deputies.people.models import Chamber, Faction, Identifier, Person
from deputies.sources.enums import Basis
from deputies.votes.attendance import Attendance, Mark, attendance_of
from deputies.votes.cohesion import SMALLEST_GROUP, Cohesion, Split
from deputies.votes.enums import Kind, Position
from deputies.votes.models import Ballot

HEADER = [
    *("member_id", "group", "attended", "possible", "with_gov", "gov_possible", "rebelling", "group_votes"),
    *("attendance_pct", "coalition_loyalty_pct", "rebellion_pct"),
]
COHESION = ["Group", "Votes", "Agreement Index", "Rice"]
QUOTES = '«»„“”" '  # Russian names of groups are stored in them
COLUMNS = ["Member", "Group", "Took part", "With the coalition", "Against own group"]


class Command(BaseCommand):
    help = (
        "For each member of a chamber: the votes they took part in, the votes with the pooled line of the coalition's"
        " groups, and the votes against the line of their own group; over published roll calls by name, with the group"
        " at each vote. Excused, presiding and missing data are in no denominator."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chamber", required=True, metavar="SLUG")
        parser.add_argument(
            "--coalition", required=True, metavar="A,B", help="its groups, by name or slug, separated by commas"
        )
        parser.add_argument("--csv", type=Path, metavar="FILE", help="file to write (default: a table to read)")

    def handle(self, *args: Any, **options: Any) -> None:
        chamber = chamber_called(options["chamber"])
        coalition = groups_called(options["coalition"], chamber)
        found = attendance_of(marks_of(chamber), {faction.pk for faction in coalition})
        if not found:
            raise CommandError(
                f'Chamber "{chamber.slug}" has no published roll call by name. Publish some (import_rollcalls --publish'
                " or the desk)."
            )
        if options["csv"] is None:
            self.stdout.write("Coalition: " + ", ".join(faction.name for faction in coalition))
            self.stdout.writelines(aligned([COLUMNS, *table_rows(chamber, found)]))
            self.stdout.write(f"\nHow alike groups voted, over votes of at least {SMALLEST_GROUP} members")
            self.stdout.writelines(aligned([COHESION, *cohesion_rows(chamber)]))
            return
        try:
            with options["csv"].open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, lineterminator="\n").writerows([HEADER, *csv_rows(chamber, found)])
        except OSError as error:
            advice = "Name a file in a folder you can write to."
            raise CommandError(f"{options['csv']}: {error.strerror}. {advice}") from None
        self.stdout.write(f"{options['csv']}: {len(found)} members")


def chamber_called(slug: str) -> Chamber:
    """Raises CommandError."""
    chamber = Chamber.objects.filter(slug=slug).first()
    if chamber is None:
        known = ", ".join(Chamber.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise CommandError(f'There is no chamber "{slug}" (known: {known}). Create it with import_people.')
    return chamber


def groups_called(names: str, chamber: Chamber) -> list[Faction]:
    """The groups that the list names, each once; raises CommandError."""
    factions = chamber.factions.order_by("slug")
    by_name = {
        name.strip(QUOTES).casefold(): faction
        for faction in factions
        for name in (faction.name_ru, faction.name_en, faction.slug)
        if name
    }
    wanted = dict.fromkeys(" ".join(name.split()).strip(QUOTES) for name in names.split(",") if name.strip())
    known = ", ".join(faction.name for faction in factions) or "none yet"
    unknown = [name for name in wanted if name.casefold() not in by_name]
    if unknown or not wanted:
        raise CommandError(f'No group of "{chamber.slug}" is called "{", ".join(unknown)}" (known: {known}).')
    return list(dict.fromkeys(by_name[name.casefold()] for name in wanted))


def marks_of(chamber: Chamber) -> Iterator[Mark]:
    """The ballots of the chamber's published roll calls by name, vote by vote, the earliest first."""
    ballots = Ballot.objects.filter(version__published_of__chamber=chamber, version__kind=Kind.BY_NAME.value)
    in_order = ballots.order_by(F("version__held_at").asc(nulls_first=True), "version")
    positions = {position.value: position for position in Position}
    for version, person, faction, position, basis in in_order.values_list(
        "version", "person", "faction", "position", "basis"
    ):
        worked_out = basis == Basis.INFERRED.value
        yield Mark(version, person, faction, Position.DATA_MISSING if worked_out else positions[position])


def csv_rows(chamber: Chamber, found: dict[Any, Attendance]) -> Iterator[list[object]]:
    """One row per member with a ballot, in the order of the chamber's ids; an empty cell where nothing can be said."""
    names: dict[object, str] = {faction.pk: str(faction.name) for faction in chamber.factions.all()}
    ids = dict(Person.objects.filter(pk__in=found).values_list("pk", "slug"))
    ids.update(Identifier.objects.filter(scheme=chamber.slug, person__in=found).values_list("person", "value"))
    for pk in sorted(found, key=lambda pk: ids[pk]):
        one = found[pk]
        counts = [one.attended, one.possible, one.with_coalition, one.coalition_possible]
        shares = [rounded(one.attendance, 0), rounded(one.loyalty, 1), rounded(one.rebellion, 2)]
        yield [ids[pk], names.get(one.group, ""), *counts, one.rebelling, one.group_votes, *shares]


def table_rows(chamber: Chamber, found: dict[Any, Attendance]) -> Iterator[list[str]]:
    """The same in words, in the order of names."""
    names: dict[object, str] = {faction.pk: str(faction.name) for faction in chamber.factions.all()}
    for person in Person.objects.filter(pk__in=found).order_by("sort_key", "slug"):
        one = found[person.pk]
        yield [
            str(person.name) or person.slug,
            names.get(one.group, "no group"),
            _words(one.attended, one.possible, one.attendance),
            _words(one.with_coalition, one.coalition_possible, one.loyalty),
            _words(one.rebelling, one.group_votes, one.rebellion),
        ]


def cohesion_rows(chamber: Chamber) -> Iterator[list[str]]:
    """Each group by its name: the votes that say something, and the means over them."""
    splits: dict[object, list[Split]] = {}
    for _, ballots in groupby(marks_of(chamber), key=lambda mark: mark.vote):
        positions: dict[object, list[Position]] = {}
        for mark in ballots:
            positions.setdefault(mark.group, []).append(mark.position)
        for group, cast in positions.items():
            splits.setdefault(group, []).append(Split.of(cast))
    for faction in chamber.factions.order_by("slug"):
        cohesion = Cohesion.of(splits.get(faction.pk, []))
        figures = [cohesion.agreement_index, cohesion.rice]
        told = ["too few" if figure is None else f"{float(figure):.3f}" for figure in figures]
        yield [str(faction.name), str(cohesion.votes), *told]


def _words(part: int, whole: int, share: Fraction | None) -> str:
    return "no such vote" if share is None else f"{part} of {whole} ({floor(share * 100 + Fraction(1, 2))} %)"


def rounded(share: Fraction | None, places: int) -> str:
    """Per cent with `places` decimals, a half to the even neighbour as the published Prague figures; empty for None."""
    if share is None:
        return ""
    whole, rest = divmod(round(share * 100 * 10**places), 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The rows as lines with columns of equal width."""
    lines = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
