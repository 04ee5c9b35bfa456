"""The tidy files of votes: votes.csv and ballots.csv, read without a look at the database.

Source: docs/files.md.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from deputies.people.enums import Threshold
from deputies.sources.dates import UNKNOWN, PartialDate
from deputies.sources.enums import Precision
from deputies.sources.tables import BadFile, Problems, Row, Table
from deputies.votes.checks import Totals
from deputies.votes.enums import Position, Result

VOTE_COLUMNS = ("vote_id", "date")
BALLOT_COLUMNS = ("vote_id", "member_id", "option")

OPTIONS: Mapping[str, Position] = {
    "yes": Position.FOR,
    "no": Position.AGAINST,
    "abstain": Position.ABSTAIN,
    "not voting": Position.PRESENT_NOT_VOTING,
    "absent": Position.ABSENT,
    "excused": Position.EXCUSED,
    "paired yes": Position.PAIRED_FOR,
    "paired no": Position.PAIRED_AGAINST,
    "not for": Position.NOT_FOR,
    "presiding": Position.PRESIDING,
    "casting yes": Position.CASTING_FOR,
    "casting no": Position.CASTING_AGAINST,
    "proxy yes": Position.PROXY_FOR,
    "proxy no": Position.PROXY_AGAINST,
    "proxy abstain": Position.PROXY_ABSTAIN,
    "recused": Position.RECUSED,
    "suspended": Position.SUSPENDED,
    "secret": Position.SECRET,
    "unknown": Position.NO_MARK,
    "data missing": Position.DATA_MISSING,
}
SOME_DATE = "Write it like 2019-09-08, 2019-09-08 14:30, 2019-09 or 2019, or leave it empty if it is not known."

_ADOPTED_WORDS = (
    r"(pass|passed|adopted|agreed|confirmed|sustained|approved|accepted|carried|ratified|enacted"
    r"|принят[аоы]?|одобрен[аоы]?|утвержден[аоы]?|утверждён|поддержан[аоы]?)\b"
)
_ADOPTED = re.compile(_ADOPTED_WORDS)
_REJECTED = re.compile(
    r"(fail|failed|rejected|defeated|lost|negatived|отклонен[аоы]?|отклонён|отвергнут[аоы]?)\b"
    rf"|(not|не) {_ADOPTED_WORDS}"
)
_ISO = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")
_DOTS = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4}|\d\d)")
_SLASHES = re.compile(r"(\d\d?)/(\d\d?)/(\d{4}|\d\d)")
_YEAR = re.compile(r"\b[12]\d{3}\b")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d:?\d\d)?")


class NotADate(ValueError):
    """Text that is not a date, or may be several."""


@dataclass(frozen=True, slots=True)
class DateStyle:
    """What the dates of a whole file show: how 8/9/2019 is meant, and which years 8/9/19 can be in."""

    day_first: bool | None = None
    years: tuple[int, ...] = ()  # the first and the last, or none


@dataclass(frozen=True, slots=True)
class Vote:
    """One row of votes.csv; `threshold` is None where the row does not state it."""

    row: Row
    vote_id: str
    held: PartialDate
    number: str
    title: tuple[str, str]  # Russian and English, one of them may be empty
    question: tuple[str, str]
    note: tuple[str, str]
    result: Result
    result_text: str
    totals: Totals
    threshold: tuple[Threshold, int | None] | None
    source_url: str


class Mark(NamedTuple):
    """One row of ballots.csv; `group` is "" where the row does not state it."""

    line: int
    vote_id: str
    member_id: str
    position: Position
    raw: str
    group: str


def read_votes(table: Table, zone: ZoneInfo, problems: Problems) -> dict[str, Vote]:
    """The votes by their ids, in the order of the file; what is wrong with a row goes to `problems`."""
    rows = list(table)
    style = date_style([row["date"] for row in rows])
    votes: dict[str, Vote] = {}
    for row in rows:
        try:
            vote = _vote(row, zone, style)
        except BadFile as problem:
            problems.add(problem)
            continue
        if vote.vote_id in votes:
            first = votes[vote.vote_id].row.line
            problems.add(row.bad(f'vote_id "{vote.vote_id}" is already in line {first}', "Give every vote its own id."))
        votes[vote.vote_id] = vote
    return votes


def _vote(row: Row, zone: ZoneInfo, style: DateStyle) -> Vote:
    vote_id, number = row.text("vote_id", 200, required=True), row.text("number", 60)
    try:
        held = read_date(row["date"], zone, style)
    except NotADate as error:
        raise row.bad(str(error), SOME_DATE) from error
    result_text = row.text("result", 300)
    return Vote(
        row=row,
        vote_id=vote_id,
        held=held,
        number=number,
        title=row.both("title", instead=number or vote_id),
        question=row.both("question"),
        note=row.both("notes"),
        result=read_result(result_text),
        result_text=result_text,
        totals=Totals(*(_total(row, column) for column in ("yes", "no", "abstain", "not_voting", "absent"))),
        threshold=_threshold(row),
        source_url=row.address("source_url"),
    )


def read_marks(table: Table, words: Mapping[str, Position], problems: Problems) -> Iterator[Mark]:
    """The rows of ballots.csv as they come; `words` says what each option means."""
    for line, (vote_id, member_id, option, raw, group) in table.pick(
        "vote_id", "member_id", "option", "option_raw", "group_at_vote"
    ):
        position = words.get(option)
        if position is None:
            remedy = f"Write one of: {', '.join(OPTIONS)}."
            problems.add(BadFile(table.file, line, f'unknown option word "{option}"', remedy))
        elif len(raw) > 100:
            problems.add(BadFile(table.file, line, f'"option_raw" has {len(raw)} characters', "Write at most 100."))
        elif len(group) > 200:
            problems.add(
                BadFile(table.file, line, f'"group_at_vote" has {len(group)} characters', "Write at most 200.")
            )
        else:
            yield Mark(line, vote_id, member_id, position, raw, group)


def read_result(text: str) -> Result:
    """What the announced result says, where its words are known."""
    words = " ".join(text.casefold().split())
    if _REJECTED.match(words):
        return Result.REJECTED
    return Result.ADOPTED if _ADOPTED.match(words) else Result.UNKNOWN


def read_threshold(text: str) -> tuple[Threshold, int | None]:
    """A word or a number of votes. Raises ValueError."""
    if re.fullmatch(r"[1-9]\d{0,3}", text):
        return Threshold.FIXED, int(text)
    threshold = Threshold(text)
    if threshold is Threshold.FIXED:
        raise ValueError("a fixed number is written as the number")
    return threshold, None


def _threshold(row: Row) -> tuple[Threshold, int | None] | None:
    text = row["threshold"]
    try:
        return read_threshold(text) if text else None
    except ValueError as error:
        remedy = "Write members, mandates, present, voting, two-thirds or a number of votes, or leave it empty."
        raise row.bad(f'unknown threshold "{text}"', remedy) from error


def _total(row: Row, column: str) -> int | None:
    text = row[column]
    if text and not re.fullmatch(r"[0-9]{1,6}", text):
        remedy = "Write a whole number, or leave it empty if the source states none."
        raise row.bad(f'the total "{text}" of "{column}" is not a whole number', remedy)
    return int(text) if text else None


def date_style(dates: Sequence[str]) -> DateStyle:
    """A part above 12 is a day; years in two digits lie between those written in full."""
    found = [(int(date[1]), int(date[2])) for date in map(_SLASHES.fullmatch, dates) if date]
    day_first, month_first = any(a > 12 for a, _ in found), any(b > 12 for _, b in found)
    years = sorted(int(year) for date in dates for year in _YEAR.findall(date))
    return DateStyle(None if day_first == month_first else day_first, (years[0], years[-1]) if years else ())


def read_date(text: str, zone: ZoneInfo, style: DateStyle = DateStyle()) -> PartialDate:
    """The earliest moment that `text` can mean, and how exact it is; without an offset it is the time in `zone`.

    Raises NotADate, also where `style` leaves open what is meant.
    """
    if not text:
        return UNKNOWN
    try:
        if _MOMENT.fullmatch(text):
            moment = dt.datetime.fromisoformat(text.replace(" +", "+").replace(" Z", "Z"))
            return PartialDate(_sane(moment if moment.tzinfo else moment.replace(tzinfo=zone)), Precision.MINUTE)
        year, month, day = _parts(text, style)
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return PartialDate(_sane(dt.datetime(year, month or 1, day or 1, tzinfo=zone)), precision)
    except NotADate:
        raise
    except ValueError as error:
        raise NotADate(f'"{text}" is not a date') from error


def _parts(text: str, style: DateStyle) -> tuple[int, int | None, int | None]:
    """Year, month and day. Raises ValueError."""
    if iso := _ISO.fullmatch(text):
        return int(iso[1]), int(iso[2]) if iso[2] else None, int(iso[3]) if iso[3] else None
    if dots := _DOTS.fullmatch(text):
        return _year(dots[3], style), int(dots[2]), int(dots[1])
    if slashes := _SLASHES.fullmatch(text):
        if style.day_first is None:
            raise NotADate(f'"{text}" can be read in two ways, and the file does not show which')
        first, second = int(slashes[1]), int(slashes[2])
        year = _year(slashes[3], style)
        return (year, second, first) if style.day_first else (year, first, second)
    raise ValueError(text)


def _year(text: str, style: DateStyle) -> int:
    """Raises ValueError for a year in two digits unless just one in the file's range ends in them."""
    if len(text) == 4 or not style.years:
        return int(text)
    (year,) = (year for year in range(style.years[0], style.years[1] + 1) if year % 100 == int(text))
    return year


def _sane(moment: dt.datetime) -> dt.datetime:
    if not 1000 <= moment.year < 3000:
        raise ValueError(moment)
    return moment


def window(held: PartialDate, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime] | None:
    """The first moment the vote can have been held and the first that is too late; None if nothing is known."""
    if held.at is None:
        return None
    if held.precision is Precision.MINUTE:
        return held.at, held.at + dt.timedelta(microseconds=1)
    start = held.at.astimezone(zone)
    if held.precision is Precision.DAY:
        return start, dt.datetime.combine(start.date() + dt.timedelta(days=1), dt.time.min, zone)
    if held.precision is Precision.MONTH:
        month = (start.replace(day=1) + dt.timedelta(days=32)).date().replace(day=1)
        return start, dt.datetime.combine(month, dt.time.min, zone)
    return start, dt.datetime(start.year + 1, 1, 1, tzinfo=zone)
