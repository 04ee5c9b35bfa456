"""The drill: a sitting that never was, to be entered for practice from its printed protocol.

What the protocol prints and what is the right result of entering it are one thing, made here and the same on every
machine; the database holds the protocol and drafts without marks.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from coalition.demo.assembly import SEATS, adopted
from coalition.demo.files import Facts, moment, tree
from coalition.demo.story import FACTIONS, Story
from coalition.demo.zarechny import RAW, in_minutes
from deputies.people.enums import Threshold, needed
from deputies.people.models import Chamber, Identifier, VotingRule
from deputies.sources.models import keep_copy
from deputies.votes.actions import start_agenda
from deputies.votes.checks import Totals
from deputies.votes.enums import Position, Result
from deputies.votes.imports.agenda import Item
from deputies.votes.models import Sitting

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

INVENTED = (
    "ВЫМЫШЛЕННЫЙ УЧЕБНЫЙ ДОКУМЕНТ. Ни города, ни людей, названных здесь, не существует.",
    "INVENTED DOCUMENT FOR A DRILL. Neither the city nor the people named here exist.",
)
HEADINGS = {
    Position.FOR: "За",
    Position.AGAINST: "Против",
    Position.ABSTAIN: "Воздержались",
    Position.PRESENT_NOT_VOTING: "Не голосовали",
    Position.ABSENT: "Отсутствовали",
}
LETTERS = dict(zip("FABWXEN", (*HEADINGS, Position.EXCUSED, Position.NO_MARK), strict=True))


@dataclass(frozen=True, slots=True)
class Row:
    """A deputy with the right mark, by the name that is printed."""

    member_id: str
    district: int
    name: str
    faction: str  # "" outside factions
    mark: Position


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the protocol; `marks` by member id is what a right entry holds, `lines` what is printed of it.

    `layout` says how the names are printed: factions, headings or districts. `facts` stand above them, with headings in
    both languages.
    """

    number: str
    layout: str
    title_en: str
    marks: dict[str, Position]
    lines: list[str]
    facts: list[tuple[str, str]]
    item: Item


@cache
def questions() -> list[Question]:
    """The questions in the order of the protocol."""
    story = Story()
    number, day = _next_sitting(story)
    return [
        _question(story, f"{number}.{nth}", day, facts)
        for nth, facts in enumerate(tree("zarechny/drill")["questions"], start=1)
    ]


def load_drill(chamber: Chamber) -> Sitting:
    """The sitting of the drill with its protocol and its questions, which nobody has begun on."""
    facts, (number, day) = tree("zarechny/drill"), _next_sitting(Story())
    sitting = Sitting.objects.create(
        chamber=chamber,
        number=f"{number}, {facts['number']}",
        began_at=moment(chamber, f"{day}T{facts['began']}"),
        ended_at=moment(chamber, f"{day}T{facts['ended']}"),
        source=keep_copy(
            content="\n".join(_protocol(number, day)).encode(),
            title=f"Пример: учебный протокол {number} / Example: protocol {number} of a drill",
            media_type="text/plain; charset=utf-8",
        ),
        is_drill=True,
    )
    put_questions(sitting=sitting, by=None, at=None)
    return sitting


def put_questions(*, sitting: Sitting, by: "AbstractBaseUser | None", at: dt.datetime | None) -> None:
    """The questions of the drill as drafts without marks, begun by `by` at `at`."""
    rule = VotingRule.objects.filter(chamber=sitting.chamber).at(sitting.began_at).get()
    start_agenda(sitting=sitting, items=[question.item for question in questions()], rule=rule, by=by, at=at)


def expected(question: Question) -> dict[int, Position]:
    """The right mark of every deputy, by id of the person."""
    rows = Identifier.objects.filter(scheme="zarechny", value__in=question.marks)
    return {person: question.marks[member] for person, member in rows.values_list("person_id", "value")}


def _next_sitting(story: Story) -> tuple[int, dt.date]:
    """The number and the day of the sitting after the last one of the story."""
    last = list(story.votes.values())[-1]
    return int(last["number"].partition(".")[0]) + 1, dt.date.fromisoformat(last["date"]) + dt.timedelta(days=1)


def _question(story: Story, number: str, day: dt.date, facts: Facts) -> Question:
    sitting, factions = (story.titles(body, day.isoformat()) for body in ("assembly", "faction"))
    line = dict(zip((*FACTIONS, ""), facts["line"], strict=True))
    names = _names(story, sitting) | facts.get("misprint", {})
    rows = [
        Row(
            one,
            int(story.members[one]["constituency"]),
            names[one],
            factions.get(one, ""),
            LETTERS[facts["others"].get(one, line[factions.get(one, "")])],
        )
        for one in sitting
    ]
    rows.sort(key=lambda row: row.district)
    counts = Counter(row.mark for row in rows)
    away = None if counts[Position.NO_MARK] else counts[Position.ABSENT] + counts[Position.EXCUSED]
    yes, no, abstain, not_voting = (counts[mark] for mark in (*HEADINGS,)[:4])
    totals = Totals(yes, no, abstain, not_voting, away)
    result = Result.ADOPTED if adopted(Threshold.MEMBERS, counts) else Result.REJECTED
    said = "Принято" if result is Result.ADOPTED else "Не принято"
    return Question(
        number=number,
        layout=facts["layout"],
        title_en=facts["title_en"],
        marks={row.member_id: row.mark for row in rows},
        lines=list(_LAYOUTS[facts["layout"]](rows, story)),
        facts=_facts(totals, result),
        item=Item(0, number, facts["title_ru"], result, said, totals),
    )


def _names(story: Story, sitting: Iterable[str]) -> dict[str, str]:
    """Surname and initials by member id; in full, where two deputies share them."""
    names = {one: in_minutes(story.members[one]) for one in sitting}
    shared = Counter(names.values())
    return {one: name if shared[name] == 1 else _in_full(story.members[one]) for one, name in names.items()}


def _in_full(member: Mapping[str, str]) -> str:
    first, surname = member["name_ru"].split()
    return f"{surname} {first} {member['patronymic']}"


def _facts(totals: Totals, result: Result) -> list[tuple[str, str]]:
    adopted_ru, adopted_en = ("принято", "adopted") if result is Result.ADOPTED else ("не принято", "not adopted")
    bar = needed(Threshold.MEMBERS, seats=SEATS)
    away = "не указано / not stated" if totals.absent is None else str(totals.absent)
    return [
        ("Порог / Threshold", f"{bar} голоса из {SEATS} / {bar} votes of {SEATS}"),
        ("За / For", str(totals.yes)),
        ("Против / Against", str(totals.no)),
        ("Воздержание / Abstained", str(totals.abstain)),
        ("Без голосования / Not voting", str(totals.not_voting)),
        ("Отсутствие / Absent", away),
        ("Результат / Result", f"{adopted_ru} / {adopted_en}"),
    ]


def _by_faction(rows: list[Row], story: Story) -> Iterator[str]:
    for faction in (*FACTIONS, ""):
        yield f"Фракция {story.facts['factions'][faction][1]}" if faction else "Вне фракций"
        yield from (_line(row) for row in rows if row.faction == faction)


def _by_district(rows: list[Row], story: Story) -> Iterator[str]:
    yield from (_line(row) for row in rows if row.mark is not Position.NO_MARK)


def _line(row: Row) -> str:
    """The number is the district's."""
    reason = ", болезнь" if row.mark is Position.EXCUSED else ""
    return f"{row.district}. {row.name} — {RAW[row.mark]}{reason}"


def _by_heading(rows: list[Row], story: Story) -> Iterator[str]:
    for mark, heading in HEADINGS.items():
        names = sorted(row.name for row in rows if row.mark is mark)
        yield from (f"{heading} — {len(names)}:", *names)


def _protocol(number: int, day: dt.date) -> Iterator[str]:
    """The protocol as plain text."""
    yield from (*INVENTED, "", f"Зареченское городское собрание. Учебное заседание {number}, {day:%d.%m.%Y}.")
    for question in questions():
        yield from ("", "", f"Вопрос {question.number} / Question {question.number}")
        yield from (question.item.title, question.title_en, "")
        yield from (f"{heading}: {told}" for heading, told in question.facts)
        yield from ("", *question.lines)
    yield ""


_LAYOUTS = {"factions": _by_faction, "headings": _by_heading, "districts": _by_district}
