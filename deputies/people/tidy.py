"""The tidy files of people: members.csv and memberships.csv, read without a look at the database."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deputies.sources.tables import BadFile, Problems, Row, opened

MEMBER_COLUMNS = ("member_id", "name")
MEMBERSHIP_COLUMNS = ("member_id", "body", "start", "end")

Days = tuple[dt.date, dt.date | None]  # the first day and the first day after; None: not ended
Periods = dict[str, list[Days]]  # by member, joined, earliest first


@dataclass(frozen=True, slots=True)
class Member:
    """One row of members.csv; names and notes are in Russian and in English."""

    member_id: str
    name: tuple[str, str]
    party: str
    group: str
    constituency: str
    note: tuple[str, str]

    @property
    def plain_name(self) -> str:
        return self.name[0] or self.name[1]


def read_members(folder: Path) -> list[Member]:
    """Raises BadFile or BadFiles."""
    problems, members, lines = Problems(), [], dict[str, int]()
    with opened(folder / "members.csv", MEMBER_COLUMNS) as table:
        for row in table:
            try:
                member = _member(row)
            except BadFile as problem:
                problems.add(problem)
                continue
            if (first := lines.setdefault(member.member_id, row.line)) != row.line:
                text = f'member_id "{member.member_id}" is already in line {first}'
                problems.add(row.bad(text, "Give every member their own id."))
            members.append(member)
    problems.refuse()
    return members


def _member(row: Row) -> Member:
    member_id = row.text("member_id", 200, required=True)
    return Member(
        member_id=member_id,
        name=row.both("name", 200, instead=member_id),
        party=row.text("party", 200),
        group=row.text("group", 200),
        constituency=row.text("constituency", 200),
        note=row.both("notes"),
    )


def read_memberships(folder: Path, known: set[str]) -> dict[str, dict[str, list[Days]]] | None:
    """Periods by body and member, joined where they touch; None without the file. Raises BadFile or BadFiles."""
    path = folder / "memberships.csv"
    if not path.exists():
        return None
    problems = Problems()
    bodies: dict[str, dict[str, list[Days]]] = defaultdict(lambda: defaultdict(list))
    with opened(path, MEMBERSHIP_COLUMNS) as table:
        for row in table:
            try:
                days = _days(row)
                if row["member_id"] not in known:
                    raise row.bad(f'unknown member "{row["member_id"]}"', "Add the member to members.csv.")
                bodies[row["body"]][row["member_id"]].append(days)
            except BadFile as problem:
                problems.add(problem)
    problems.refuse()
    return {body: {who: joined(days) for who, days in people.items()} for body, people in bodies.items()}


def _days(row: Row) -> Days:
    start, last = _day(row, "start"), _day(row, "end")
    if start is None:
        raise row.bad("the start is empty", "Write the first day, like 2019-09-24.")
    if last is not None and last < start:
        raise row.bad(f"the end {last} is before the start {start}", "Correct one of them.")
    return start, last and last + dt.timedelta(days=1)


def _day(row: Row, column: str) -> dt.date | None:
    text = row[column]
    try:
        if not text:
            return None
        iso = re.fullmatch(r"\d{4}-\d\d-\d\d", text)
        day = dt.date.fromisoformat(text) if iso else dt.datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007
        if not 1000 <= day.year < 3000:
            raise ValueError(text)
    except ValueError as error:
        raise row.bad(f'"{text}" in "{column}" is not a day', "Write it like 2019-09-24.") from error
    return day


def joined(periods: Iterable[Days]) -> list[Days]:
    """The same days in as few periods as possible, earliest first."""
    whole: list[Days] = []
    for start, after in sorted(periods, key=lambda days: days[0]):
        if whole and (whole[-1][1] is None or start <= whole[-1][1]):
            before = whole[-1][1]
            whole[-1] = whole[-1][0], None if before is None or after is None else max(before, after)
        else:
            whole.append((start, after))
    return whole
