"""The drill: a sitting that never was, to be entered for practice from its printed protocol.

What the protocol prints and what is the right result of entering it stand in one file; the database holds the protocol
and drafts without marks.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from coalition.demo.files import moment, tree
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
    return [
        Question(
            number=each["number"],
            layout=each["layout"],
            title_en=each["title_en"],
            marks={one: Position(mark) for mark, members in each["marks"].items() for one in members.split()},
            lines=each["lines"],
            facts=[(heading, told) for heading, told in each["facts"]],
            item=Item(
                line=0,
                number=each["number"],
                title=each["title_ru"],
                result=Result(each["result"]),
                result_text=each["result_text"],
                totals=Totals(*each["totals"]),
            ),
        )
        for each in tree("zarechny/drill")["questions"]
    ]


def load_drill(chamber: Chamber) -> Sitting:
    """The sitting of the drill with its protocol and its questions, which nobody has begun on."""
    facts = tree("zarechny/drill")
    number, began = facts["number"].partition(",")[0], moment(chamber, facts["began"])
    sitting = Sitting.objects.create(
        chamber=chamber,
        number=facts["number"],
        began_at=began,
        ended_at=moment(chamber, facts["ended"]),
        source=keep_copy(
            content="\n".join(_protocol(number, began)).encode(),
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


def _protocol(number: str, began: dt.datetime) -> Iterator[str]:
    """The protocol as plain text."""
    yield from (*INVENTED, "", f"Зареченское городское собрание. Учебное заседание {number}, {began:%d.%m.%Y}.")
    for question in questions():
        yield from ("", "", f"Вопрос {question.number} / Question {question.number}")
        yield from (question.item.title, question.title_en, "")
        yield from (f"{heading}: {told}" for heading, told in question.facts)
        yield from ("", *question.lines)
    yield ""
