"""The rows of `make bench`: each makes its own world and returns what it measured."""

import csv
import io
import random
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import redirect_stderr
from itertools import count
from pathlib import Path
from statistics import median

from django.core.management import call_command
from django.db import connection, transaction

from deputies.journal.actions import append
from deputies.journal.enums import EventKind
from deputies.votes.models import RollCallVersion
from pledges.platform.models import Demand
from pledges.scorecards.actions import publish_roll_calls, recount
from pledges.scorecards.enums import Cause, LinkState
from pledges.scorecards.models import Link
from tests.bench import world
from tests.bench.composing import composing
from tests.bench.letters import plan_letters, send_letters
from tests.bench.measure import Measured, compare, say, seconds
from tests.bench.pages import reader_pages
from tests.bench.world import AT, World

RESCORE, PUBLISH, GROWTH, IMPORT = 2, 25, 1.3, 3  # budgets, times the reference

_BARE_JOIN = """
SELECT b.person_id, l.demand_id, b.position, count(*), sum(l.weight)
FROM scorecards_link l
JOIN votes_rollcall r ON r.id = l.roll_call_id
JOIN votes_ballot b ON b.version_id = r.published_id
GROUP BY 1, 2, 3
"""
_COPY_BALLOTS = """
COPY bench_ballot (version_id, person_id, mandate_id, faction_id, position, position_raw, corrected_position, excuse,
    basis, note_ru, note_en) FROM STDIN
"""
_VOTE_COLUMNS = "vote_id,date,number,title,question,result,yes,no,abstain,not_voting,absent,source_url,notes"
_numbers = count(1)


def full_rescore(quick: bool, times: int) -> list[Measured]:
    """a full recount of 650 members x 10,000 votes, 20 demands x 100 links"""
    votes, members = (200, 65) if quick else (10_000, 650)
    say(f"  making {votes * members:,} ballots")
    made = world.make(members=members, votes=votes, demands=20, links=10 if quick else 100)

    def bare() -> float:
        with connection.cursor() as cursor:
            return seconds(lambda: cursor.execute(_BARE_JOIN) and cursor.fetchall())

    def from_nothing() -> float:
        world.run("TRUNCATE scorecards_score, scorecards_scorechange")
        return seconds(lambda: _recount(made))

    def again() -> float:
        return seconds(lambda: _recount(made))

    return [
        compare("full rescore, nothing stored", from_nothing, bare, budget=RESCORE, times=times),
        compare("full rescore, nothing changed", again, bare, budget=RESCORE, times=times),
    ]


def _recount(made: World) -> None:
    with transaction.atomic():
        kind = EventKind.SCORES_RECOUNTED
        event = append(kind=kind, chamber=made.chamber.slug, subject=f"platform:{made.platform.pk}", facts={}, at=AT)
        recount(platform=made.platform, cause=Cause.METHOD_VERSION, event=event)


def publish(quick: bool, times: int) -> list[Measured]:
    """one roll call of 45 ballots, with scores and history, after few and after many earlier votes"""
    few, many = (50, 500) if quick else (200, 20_000)
    first = _publications(few, 5 if quick else 10, times)
    last = _publications(many, 5 if quick else 10, times)
    dense = _publications(many, 10 if quick else 100, times)
    return [*first, *last, *map(_growth, first, last), *dense]


def _growth(before: Measured, after: Measured) -> Measured:
    """The same publication after more votes, each in COPYs of its own moment."""
    assert before.ratio
    assert after.ratio
    return Measured(f"growth: {after.work}", after.ratio, before.ratio, GROWTH, unit="x")


def _publications(votes: int, links: int, times: int) -> list[Measured]:
    """Measure with `links` links to each of 20 demands."""
    made = world.make(members=45, votes=votes, demands=20, links=links)
    world.run("CREATE TABLE IF NOT EXISTS bench_ballot (LIKE votes_ballot INCLUDING ALL)")
    world.run("TRUNCATE bench_ballot")
    kinds = {"linked to one demand": made.demands[:1], "linked to two in both chapters": made.demands[:2]}
    return [
        _publication(made, demands, f"publish, {kind}, {links} links a demand, after {votes:,} votes", 4 * times)
        for kind, demands in kinds.items()
    ]


def _publication(made: World, demands: list[Demand], work: str, times: int) -> Measured:
    _recount(made)
    waiting = iter(_linked_drafts(made, demands, times + 1))
    world.run("VACUUM ANALYZE")
    return compare(work, lambda: _publish(next(waiting)), _copy, budget=PUBLISH, times=times)


def _linked_drafts(made: World, demands: Collection[Demand], number: int) -> list[int]:
    roll_calls = made.drafts(number)
    published = LinkState.PUBLISHED.value
    Link.objects.bulk_create(
        Link(demand=demand, roll_call_id=pk, wants="pass", state=published, vouched=True, published_at=AT)
        for pk in roll_calls
        for demand in demands
    )
    return roll_calls


def _publish(roll_call: int) -> float:
    draft = RollCallVersion.objects.select_related("roll_call__chamber").get(roll_call=roll_call)
    return seconds(lambda: publish_roll_calls(versions=[draft], by=None, vouched=True, at=AT))


def _copy() -> float:
    """45 rows into a table like that of the ballots, and the commit."""
    version = next(_numbers)
    rows = [(version, person, person, 1, "for", "", "", "", "official", "", "") for person in range(1, 46)]

    def once() -> None:
        with connection.cursor() as cursor, cursor.copy(_COPY_BALLOTS) as copy:
            for row in rows:
                copy.write_row(row)

    return seconds(once)


def tidy_import(quick: bool, times: int) -> list[Measured]:
    """import of a tidy folder, every check on"""
    votes = 100 if quick else 2_000
    world.empty()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_folder(folder, members=45, votes=votes)
        _quietly(
            "import_people", folder, "--chamber", "bench", "--name", "Bench", "--seats", "45", "--threshold", "voting"
        )

        def ours() -> float:
            world.run("TRUNCATE votes_rollcall, votes_rollcallversion, votes_ballot CASCADE")
            return seconds(lambda: _quietly("import_rollcalls", folder, "--chamber", "bench"))

        ours()
        tables = {name: _copied_out(name) for name in ("votes_rollcall", "votes_rollcallversion", "votes_ballot")}

        def reference() -> float:
            world.run("TRUNCATE votes_rollcall, votes_rollcallversion, votes_ballot CASCADE")
            return seconds(lambda: _copy_in(tables))

        work = f"import of {votes:,} votes, {votes * 45:,} ballots"
        return [compare(work, ours, reference, budget=IMPORT, times=times)]


def verify_bundle(quick: bool, times: int) -> list[Measured]:
    """a bundle of 65,000 ballots, built and verified"""
    made = world.make(members=65 if quick else 650, votes=100, demands=20, links=5)
    _recount(made)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "bundle.zip")
        building = seconds(lambda: _quietly("bundle", "build", file))
        checking = [seconds(lambda: _quietly("bundle", "verify", file)) for _ in range(times)]
    ballots = f"{100 * made.chamber.seats:,} ballots"
    return [Measured(f"build a bundle of {ballots}", building), Measured(f"verify it: {ballots}", median(checking))]


def _quietly(command: str, *words: object) -> None:
    with redirect_stderr(io.StringIO()):
        call_command(command, *map(str, words), stdout=io.StringIO(), stderr=io.StringIO())


def _copied_out(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(part) for part in copy)


def _copy_in(tables: dict[str, bytes]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in tables.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)


def _write_folder(folder: Path, *, members: int, votes: int) -> None:
    """A chamber whose majority decides, about 5 % of whose ballots are absences; the same at every run."""
    chance = random.Random(7)  # noqa: S311 - invented votes
    faction = {f"m{n}": "Blue" if n % 2 else "Red" for n in range(1, members + 1)}
    _write(
        folder / "members.csv",
        ["member_id", "name", "party", "group", "constituency", "notes"],
        ([who, f"Member {who}", group, group, f"District {who}", ""] for who, group in faction.items()),
    )
    held, ballots = list[Sequence[object]](), list[Sequence[str]]()
    for number in range(1, votes + 1):
        marks = {who: chance.choices(["yes", "no", "abstain", "absent"], [55, 38, 2, 5])[0] for who in faction}
        ballots += [[f"v{number}", who, mark, mark, faction[who]] for who, mark in marks.items()]
        totals = [sum(mark == option for mark in marks.values()) for option in ("yes", "no", "abstain", "absent")]
        result = "pass" if totals[0] > totals[1] else "fail"
        day = f"{2010 + number % 10}-{1 + number % 12:02}-{1 + number % 28:02}"
        held.append([f"v{number}", day, number, f"Question {number}", "", result, *totals[:3], "", totals[3], "", ""])
    _write(folder / "votes.csv", _VOTE_COLUMNS.split(","), held)
    _write(folder / "ballots.csv", ["vote_id", "member_id", "option", "option_raw", "group_at_vote"], ballots)


def _write(path: Path, columns: list[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


ROWS: dict[str, Callable[[bool, int], list[Measured]]] = {
    "rescore": full_rescore,
    "publish": publish,
    "import": tidy_import,
    "bundle": verify_bundle,
    "page": reader_pages,
    "composing": composing,
    "plan": plan_letters,
    "send": send_letters,
}
