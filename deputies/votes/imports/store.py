"""Set-based work on the ballots of an import: they wait in a temporary table until everything is checked."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from deputies.sources.dates import PartialDate
from deputies.sources.models import Document
from deputies.sources.tables import BadFile, Problems
from deputies.votes.enums import Position
from deputies.votes.imports.match import Epoch, NoMandate, Register, Seat
from deputies.votes.imports.tidy import Mark, Vote

BATCH = 5_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

_TABLES = """
DROP TABLE IF EXISTS pg_temp.incoming_ballot, pg_temp.reference_version, pg_temp.target_version, pg_temp.vote_epoch,
    pg_temp.epoch_seat;
CREATE TEMP TABLE incoming_ballot (
    vote int, line int, person_id bigint, mandate_id bigint, position text, raw text, faction_id bigint, stated boolean
) ON COMMIT DROP;
CREATE TEMP TABLE reference_version (vote int, version_id bigint, is_draft boolean) ON COMMIT DROP;
CREATE TEMP TABLE vote_epoch (vote int, epoch int) ON COMMIT DROP;
CREATE TEMP TABLE epoch_seat (epoch int, person_id bigint, mandate_id bigint, faction_id bigint) ON COMMIT DROP;
CREATE TEMP TABLE target_version (vote int, version_id bigint) ON COMMIT DROP;
"""
_MISSING = """
INSERT INTO incoming_ballot (vote, person_id, mandate_id, position, raw, faction_id, stated)
SELECT v.vote, s.person_id, s.mandate_id, %s, '', s.faction_id, false
FROM (SELECT DISTINCT vote FROM incoming_ballot) named JOIN vote_epoch v USING (vote) JOIN epoch_seat s USING (epoch)
LEFT JOIN incoming_ballot i ON i.vote = v.vote AND i.person_id = s.person_id WHERE i.vote IS NULL
"""
_DOUBLES = """
SELECT vote, person_id, (array_agg(line ORDER BY line))[1:2] FROM incoming_ballot
GROUP BY vote, person_id HAVING count(*) > 1 ORDER BY 3 LIMIT 20
"""
# A faction that follows from memberships is not part of what the file says, so a published one stays as it was.
_DIFFERING = """
SELECT r.vote FROM reference_version r JOIN incoming_ballot i USING (vote)
LEFT JOIN votes_ballot b ON b.version_id = r.version_id AND b.person_id = i.person_id
WHERE b.id IS NULL OR b.position <> i.position OR b.position_raw <> i.raw
    OR (i.stated OR r.is_draft) AND b.faction_id IS DISTINCT FROM i.faction_id
    OR r.is_draft AND b.mandate_id <> i.mandate_id
UNION
SELECT r.vote FROM reference_version r JOIN votes_ballot b USING (version_id)
LEFT JOIN incoming_ballot i ON i.vote = r.vote AND i.person_id = b.person_id WHERE i.vote IS NULL
"""
_UNNAMED = """
SELECT r.vote, count(*) FROM reference_version r JOIN votes_ballot b USING (version_id)
WHERE NOT EXISTS (SELECT FROM incoming_ballot i WHERE i.vote = r.vote) GROUP BY r.vote ORDER BY r.vote
"""
_FILL = """
INSERT INTO votes_ballot (version_id, person_id, mandate_id, faction_id, position, position_raw,
    corrected_position, excuse, basis, note_ru, note_en)
SELECT t.version_id, i.person_id, i.mandate_id, i.faction_id, i.position, i.raw, '', '', 'official', '', ''
FROM target_version t JOIN incoming_ballot i USING (vote)
"""


def prepare() -> None:
    """Empty tables for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute("SET LOCAL work_mem = '64MB'")


class Staging:
    """Finds the seat of each ballot and puts it into the waiting table; what does not fit goes to `problems`."""

    def __init__(self, file: str, votes: Mapping[str, Vote], register: Register, problems: Problems) -> None:
        self.file, self.register, self.problems = file, register, problems
        self.votes = {
            vote_id: (number, vote.held, register.epoch(vote.held))
            for number, (vote_id, vote) in enumerate(votes.items())
        }
        self._seats: dict[tuple[str, Epoch], tuple[str, str]] = {}
        self._raw: dict[str, str] = {"": ""}
        self._groups: dict[str, str] = {}

    def stage(self, marks: Iterable[Mark], tick: Callable[[int], None]) -> int:
        """The number of rows read."""
        lines: list[str] = []
        count = 0
        for count, mark in enumerate(marks, 1):
            lines.append(self._line(mark))
            if len(lines) >= BATCH:
                _put(lines)
                lines.clear()
                tick(count)
        _put(lines)
        return count

    def _line(self, mark: Mark) -> str:
        """The row to wait, "" if it does not fit."""
        line, vote_id, member_id, position, raw, group = mark
        try:
            vote, held, epoch = self.votes[vote_id]
        except KeyError:
            return self._bad(line, f'unknown vote "{vote_id}"', "Add it to votes.csv, or correct the vote_id.")
        try:
            seat, faction = self._seats.get((member_id, epoch)) or self._find(member_id, held, epoch)
        except KeyError:
            return self._bad(
                line, f'unknown member "{member_id}"', "Import members.csv first, or correct the member_id."
            )
        except NoMandate as error:
            return self._bad(line, str(error), "Correct the date of the vote, the ballot, or memberships.csv.")
        written = self._raw.get(raw)
        if written is None:
            written = self._raw[raw] = raw.translate(_ESCAPES)
        stated = "f"
        if group:
            faction, stated = self._groups.get(group) or self._group(group), "t"
        return f"{vote}\t{line}\t{seat}\t{position}\t{written}\t{faction}\t{stated}\n"

    def _find(self, member_id: str, held: PartialDate, epoch: Epoch) -> tuple[str, str]:
        seat = self.register.seat(member_id, held)
        found = f"{seat.person_id}\t{seat.mandate_id}", _faction(seat)
        self._seats[member_id, epoch] = found
        return found

    def _group(self, group: str) -> str:
        faction = self.register.factions.find(group)
        self._groups[group] = str(faction.pk) if faction else "\\N"
        return self._groups[group]

    def _bad(self, line: int, problem: str, remedy: str) -> str:
        self.problems.add(BadFile(self.file, line, problem, remedy))
        return ""


def _put(lines: list[str]) -> None:
    """A COPY of its own for each batch: while one is open, the connection can answer nothing else."""
    with connection.cursor() as cursor, cursor.copy("COPY incoming_ballot FROM STDIN") as copy:
        copy.write("".join(lines))


def _faction(seat: Seat) -> str:
    return "\\N" if seat.faction_id is None else str(seat.faction_id)


def add_missing(votes: Mapping[int, Vote], register: Register, position: Position) -> None:
    """A ballot with `position` for everyone who could vote in one of `votes` and has no row there."""
    epochs: dict[Epoch, tuple[int, PartialDate]] = {}
    numbers = []
    for vote, row in votes.items():
        number, _ = epochs.setdefault(register.epoch(row.held), (len(epochs), row.held))
        numbers.append((vote, number))
    seats = ((number, *seat) for number, held in epochs.values() for seat in register.seats_at(held).values())
    with connection.cursor() as cursor:
        _copy(cursor, "vote_epoch", numbers)
        _copy(cursor, "epoch_seat", seats)
        cursor.execute("ANALYZE incoming_ballot")
        cursor.execute(_MISSING, [position.value])


def look() -> None:
    """Let the planner know what is in the waiting table."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incoming_ballot")


def doubles() -> list[tuple[int, int, list[int]]]:
    """Vote, person and the first two lines of those with two ballots in one vote."""
    with connection.cursor() as cursor:
        cursor.execute(_DOUBLES)
        return list(cursor.fetchall())


def counts() -> dict[int, Counter[Position]]:
    """Ballots by position for each vote that has any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT vote, position, count(*) FROM incoming_ballot GROUP BY vote, position")
        found: dict[int, Counter[Position]] = {}
        for vote, position, number in cursor.fetchall():
            found.setdefault(vote, Counter())[Position(position)] = number
    return found


def differing(references: Collection[tuple[int, int, bool]]) -> set[int]:
    """The votes whose waiting ballots are not those of the version they are compared with: (vote, version, draft)."""
    with connection.cursor() as cursor:
        _copy(cursor, "reference_version", references)
        cursor.execute(_DIFFERING)
        return {vote for (vote,) in cursor.fetchall()}


def unnamed() -> list[tuple[int, int]]:
    """Of the votes last compared, those that have ballots in the record and none waiting; and how many they have."""
    with connection.cursor() as cursor:
        cursor.execute(_UNNAMED)
        return list(cursor.fetchall())


def fill(targets: Collection[tuple[int, int]]) -> int:
    """Put the waiting ballots of each (vote, version) into that version, instead of what it has."""
    with connection.cursor() as cursor:
        _copy(cursor, "target_version", targets)
        cursor.execute("DELETE FROM votes_ballot b USING target_version t WHERE b.version_id = t.version_id")
        cursor.execute(_FILL)
        number: int = cursor.rowcount
        if number > 1_000:  # what follows plans on these numbers
            cursor.execute("ANALYZE votes_ballot, votes_rollcall, votes_rollcallversion")
        return number


def _copy(cursor: CursorWrapper, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {table}")


def cited(urls: Collection[str]) -> dict[str, Document]:
    """The documents at these addresses, in a few queries however many there are."""
    Document.objects.bulk_create((Document(url=url) for url in sorted(urls)), ignore_conflicts=True)
    return {each.url: each for each in Document.objects.filter(url__in=urls, title="", sha256="")}
