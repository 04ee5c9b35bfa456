"""What a vote needed and how far it fell short."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, When

from deputies.people.enums import Threshold, needed
from deputies.sources.enums import Basis
from deputies.sources.prepared import among, prepared
from deputies.sources.rows import Written
from deputies.votes.enums import Position
from deputies.votes.models import Ballot, RollCallVersion


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A vote in numbers: official where the record states them, counted from the ballots where it does not.

    `needed` is None where more for than against is enough, and where the number it depends on is unknown.
    `not_in_record` is the number of filled seats that the totals do not cover, None if that cannot be said.
    """

    for_: int | None
    against: int | None
    abstain: int | None
    not_voting: int | None
    absent: int | None
    threshold: Threshold
    needed: int | None
    seats: int
    not_in_record: int | None = None
    present: int | None = None  # who voted or was there without voting, None where the record leaves that open

    @property
    def to_win(self) -> int | None:
        """Votes for that would have carried it, given the votes against where only those decide."""
        if self.threshold is Threshold.VOTING:
            return None if self.against is None else self.against + 1
        return self.needed

    @property
    def short_by(self) -> int | None:
        """Votes for that were missing; 0 if there were enough, None if that cannot be said."""
        return None if self.for_ is None or self.to_win is None else max(0, self.to_win - self.for_)

    @property
    def spare(self) -> int | None:
        """Votes for beyond those needed, as in "passed by 1"; None if that cannot be said."""
        return None if self.for_ is None or self.to_win is None else max(0, self.for_ - self.to_win)


_COUNTED = {
    "for_": (Position.FOR, Position.PROXY_FOR, Position.CASTING_FOR),
    "against": (Position.AGAINST, Position.PROXY_AGAINST, Position.CASTING_AGAINST),
    "abstain": (Position.ABSTAIN, Position.PROXY_ABSTAIN),
    "not_voting": (Position.PRESENT_NOT_VOTING,),
    "absent": (Position.ABSENT, Position.EXCUSED),
    "unclear": (Position.NOT_FOR, Position.NO_MARK),  # present or not
}

_FILLED = "SELECT count(*) FROM people_mandate m WHERE m.chamber_id = {0} AND m.held @> {1}"
_BEGUN = """
SELECT count(DISTINCT (m.district_id, m.seat)) FROM people_mandate m JOIN people_term t ON t.id = m.term_id
WHERE m.chamber_id = {0} AND t.held @> {1} AND lower(m.held) <= {1} AND m.district_id IS NOT NULL
"""


def arithmetic_of(
    version: RollCallVersion, ballots: Collection[Ballot] | None = None, filled: int | None = None
) -> Arithmetic:
    """The numbers of one vote; use `arithmetics_of` for several.

    No query if its ballots are at hand, and how many seats were `filled` where the majority is counted from those.
    """
    if ballots is None or (filled is None and version.threshold == Threshold.MANDATES):
        return arithmetics_of([version])[version.pk]
    cast = Counter(Position(ballot.position) for ballot in ballots)
    counted = {name: sum(cast[position] for position in positions) for name, positions in _COUNTED.items()}
    return _arithmetic(version, counted | {"named": len(ballots), "filled": filled})


def seats_filled(chamber: str, held_at: str) -> Written:
    """How many held a seat of a chamber at a moment, beside a row with columns for both."""
    return Written(_FILLED, chamber, held_at, output_field=IntegerField())


def seats_begun(chamber: str, held_at: str) -> Written:
    """How many seats of a chamber somebody had held in the term of a moment until then, beside a row with both.

    Less the filled ones, these are vacant; a seat that no source has given to anybody is not known to be.
    """
    return Written(_BEGUN, chamber, held_at, output_field=IntegerField())


def arithmetics_of(versions: Collection[RollCallVersion]) -> dict[int, Arithmetic]:
    """The numbers of several votes, by id of the version, in one query however many; needs roll_call__chamber."""
    counted = {row["pk"]: row for row in _counted([version.pk for version in versions])}
    return {version.pk: _arithmetic(version, counted[version.pk]) for version in versions}


@prepared
def _counted(versions: list[int]) -> "QuerySet[RollCallVersion, dict[str, Any]]":
    filters = {name: Count("ballots", Q(ballots__position__in=positions)) for name, positions in _COUNTED.items()}
    filled = seats_filled("roll_call__chamber", "held_at")
    rows: QuerySet[RollCallVersion, dict[str, Any]] = (
        RollCallVersion.objects.filter(among("pk", versions))
        .annotate(
            named=Count("ballots"),
            filled=Case(When(threshold=Threshold.MANDATES.value, then=filled), output_field=IntegerField()),
            **filters,
        )
        .values("pk", "named", "filled", *filters)
    )
    return rows


def _arithmetic(version: RollCallVersion, counted: Mapping[str, Any]) -> Arithmetic:
    official = {
        "for_": version.total_for,
        "against": version.total_against,
        "abstain": version.total_abstain,
        "not_voting": version.total_not_voting,
        "absent": version.total_absent,
    }
    named = counted["named"]
    is_whole = named and version.basis == Basis.OFFICIAL  # what another source names may be only some of them
    numbers = {name: counted[name] if value is None and is_whole else value for name, value in official.items()}
    present = _present(numbers, is_clear=not counted["unclear"] or version.total_not_voting is not None)
    covered = [value for value in numbers.values() if value is not None]
    seats = version.roll_call.chamber.seats
    threshold = Threshold(version.threshold)
    return Arithmetic(
        **numbers,
        threshold=threshold,
        needed=needed(
            threshold,
            seats=seats,
            filled=counted["filled"],
            present=present,
            number=version.threshold_number,
        ),
        seats=seats,
        not_in_record=seats - sum(covered) if not named and len(covered) >= 2 and sum(covered) < seats else None,
        present=present,
    )


def _present(numbers: Mapping[str, int | None], *, is_clear: bool) -> int | None:
    voted = [numbers[name] for name in ("for_", "against", "abstain")]
    return None if None in voted or not is_clear else sum(value or 0 for value in [*voted, numbers["not_voting"]])
