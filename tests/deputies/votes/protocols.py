"""Invented houses and the protocols of one vote in them, printed in every accepted shape and spoilt in many ways."""

import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import strategies as st
from openpyxl import Workbook

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, District, Faction, FactionMembership, Mandate, Office, Person
from deputies.sources.models import cite
from deputies.votes.enums import Position, Result
from deputies.votes.models import RollCallVersion
from tests import build

MEN = (
    *("Андреев", "Белов", "Воробьёв", "Громов", "Дёмин", "Ершов", "Жуков", "Зайцев", "Королёв", "Лосев", "Медведев"),
    *("Новиков", "Орлов", "Павлов", "Рябов", "Соколов", "Толмачёв", "Уваров", "Фёдоров", "Хомяков", "Цветков"),
    *("Шилов", "Щукин", "Юдин", "Яковлев", "Салтыков-Щедров", "Римский-Павлов"),
)
GIVEN = (
    *("Пётр", "Семён", "Артём", "Алексей", "Борис", "Виктор", "Глеб", "Денис", "Егор", "Захар", "Игорь", "Кирилл"),
    *("Лев", "Максим", "Николай", "Олег", "Роман"),
)
FATHERS = (*("Ильич", "Петрович", "Семёнович", "Львович", "Олегович", "Игоревич", "Денисович", "Максимович"),)
WOMEN = {"Пётр": "Алёна", "Семён": "Вера", "Артём": "Дарья", "Алексей": "Зоя", "Борис": "Ольга", "Виктор": "Нина"}
STRANGERS = ("Тихомиров Аркадий Евсеевич", "Миллер Джон", "Ковач Иштван", "Председательский И. И.")
OPTIONS = (*(Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.PRESENT_NOT_VOTING, Position.ABSENT),)
WORDS: Mapping[Position, tuple[str, ...]] = {
    Position.FOR: ("За", "ЗА", "за", "+", "Да"),
    Position.AGAINST: ("Против", "ПРОТИВ", "против", "Нет", "−"),
    Position.ABSTAIN: ("Воздержался", "возд.", "ВОЗДЕРЖАЛИСЬ", "Воздержалась"),
    Position.PRESENT_NOT_VOTING: ("Не голосовал", "не гол.", "НЕ ГОЛОСОВАЛИ", "н/г"),
    Position.ABSENT: ("Отсутствовал", "отс.", "отсутствовали", "Отсутствует"),
}
POPOLO = dict(zip(OPTIONS, ("yes", "no", "abstain", "not voting", "absent"), strict=True))
TWINS = str.maketrans("аеорсхАВЕКМНОРСТХ", "aeopcxABEKMHOPCTX")
SHAPES = ("headings", "one line each", "tab", "dash", "csv", "semicolons", "cp1251", "xlsx", "popolo")


@dataclass(frozen=True)
class Name:
    """How a record calls a deputy; `own` names are unlike all others of the house in surname and initials."""

    surname: str
    given: str
    father: str
    own: bool = True
    bare: bool = True  # nobody else of the house has the surname

    @property
    def official(self) -> str:
        return f"{self.given} {self.father} {self.surname}"

    @property
    def full(self) -> str:
        return f"{self.surname} {self.given} {self.father}"

    @property
    def initials(self) -> str:
        return f"{self.given[0]}. {self.father[0]}."


@dataclass(frozen=True)
class House:
    names: tuple[Name, ...]  # the first presides
    gone: Name
    marks: tuple[Position, ...]  # the truth
    factions: tuple[int, ...]

    @property
    def totals(self) -> Counter[Position]:
        return Counter(self.marks)


@dataclass(frozen=True)
class Row:
    """A line of a protocol: who, as it is printed, and the mark."""

    name: str
    position: Position
    who: int = -1  # of the house; -1: nobody


@dataclass(frozen=True)
class Protocol:
    rows: tuple[Row, ...]
    shape: str
    words: Mapping[Position, str]
    strays: tuple[str, ...] = ()  # lines that are no names
    headings: Mapping[Position, str] = None  # type: ignore[assignment]  # where they differ from the words
    crossed: bool = False  # the mark stands before the name
    totals: Mapping[Position, int] = None  # type: ignore[assignment]  # of the header, where they are not the true ones


def _name(drawn: tuple[int, int, int, bool]) -> Name:
    surname, given, father, woman = MEN[drawn[0]], GIVEN[drawn[1]], FATHERS[drawn[2]], drawn[3]
    if woman and given in WOMEN:
        return Name("-".join(f"{part}а" for part in surname.split("-")), WOMEN[given], _daughter(father))
    return Name(surname, given, father)


def _daughter(father: str) -> str:
    return "Ильинична" if father == "Ильич" else f"{father.removesuffix('ич')}на"


def _marked(names: list[Name]) -> tuple[Name, ...]:
    initials = Counter((name.surname, name.initials) for name in names)
    surnames = Counter(name.surname for name in names)
    return tuple(
        replace(name, own=initials[name.surname, name.initials] == 1, bare=surnames[name.surname] == 1)
        for name in names
    )


@st.composite
def houses(draw: st.DrawFn) -> House:
    """15 to 45 deputies with namesakes among them, one who has left, and a vote with more for or more against."""
    count = draw(st.integers(15, 45))
    parts = st.tuples(
        *(st.integers(0, len(pool) - 1) for pool in (MEN, GIVEN, FATHERS)),
        st.booleans(),
    )
    drawn = draw(st.lists(parts, min_size=count, max_size=count, unique_by=lambda d: _name(d).full))
    names = [_name(each) for each in drawn]
    gone = Name("Беляков", "Устин", "Кузьмич")
    marks = draw(st.lists(st.sampled_from(OPTIONS + (Position.FOR,) * 3), min_size=count, max_size=count))
    if Counter(marks)[Position.FOR] == Counter(marks)[Position.AGAINST]:
        other = Position.AGAINST if marks[0] is Position.FOR else Position.FOR
        marks[0] = other
    factions = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    return House(_marked(names), gone, tuple(marks), tuple(factions))


def some_house() -> House:
    """Twenty of one surname each, more for than against."""
    names = [Name(surname, "Пётр", "Ильич") for surname in MEN[:20]]
    marks = [Position.FOR] * 12 + [Position.AGAINST] * 6 + [Position.ABSTAIN, Position.ABSENT]
    return House(_marked(names), Name("Беляков", "Устин", "Кузьмич"), tuple(marks), (0,) * 20)


def seat(house: House) -> tuple[Chamber, list[Person]]:
    """The house in the record: each by given names first, one who presides, one whose mandate ended."""
    chamber = build.chamber(seats=len(house.names), threshold=Threshold.VOTING)
    names = [*house.names, house.gone]
    start = Person.objects.count()
    people = Person.objects.bulk_create(
        Person(slug=f"p{chamber.pk}-{start}-{at}", name_ru=name.official) for at, name in enumerate(names)
    )
    districts = District.objects.bulk_create(District(chamber=chamber, number=at + 1) for at in range(len(names)))
    term = chamber.terms.get()
    held = [DateTimeTZRange(build.START, build.moment(3) if name is house.gone else None) for name in names]
    mandates = Mandate.objects.bulk_create(
        Mandate(person=person, chamber=chamber, term=term, district=district, held=period)
        for person, district, period in zip(people, districts, held, strict=True)
    )
    factions = [Faction.objects.create(chamber=chamber, slug=f"f{at}", name_ru=f"Фракция {at}") for at in range(3)]
    FactionMembership.objects.bulk_create(
        FactionMembership(mandate=mandate, faction=factions[at - 1], held=mandate.held)
        for mandate, at in zip(mandates, house.factions, strict=False)
        if at
    )
    Office.objects.create(
        mandate=mandates[0], title_ru="Председатель", presides=True, held=DateTimeTZRange(build.START, None)
    )
    return chamber, people


def header(chamber: Chamber, totals: Mapping[Position, int], **more: object) -> RollCallVersion:
    """A header with the official totals, not saved."""
    passed = totals.get(Position.FOR, 0) > totals.get(Position.AGAINST, 0)
    printed = [totals.get(option, 0) for option in OPTIONS]
    fields = ("total_for", "total_against", "total_abstain", "total_not_voting", "total_absent")
    return RollCallVersion(
        held_at=build.moment(10),
        title_ru="О детских садах",
        threshold=Threshold.VOTING.value,
        result=(Result.ADOPTED if passed else Result.REJECTED).value,
        source=cite(title="Протокол"),
        **dict(zip(fields, printed, strict=True)) | more,
    )


def protocol(house: House, shape: str) -> Protocol:
    rows = tuple(
        Row(name.full, position, at) for at, (name, position) in enumerate(zip(house.names, house.marks, strict=True))
    )
    return Protocol(rows, shape, {option: words[0] for option, words in WORDS.items()})


# Printing


def posted(given: Protocol, luck: random.Random) -> dict[str, object]:
    """What is sent to the page of pasting: text, or a file."""
    if given.shape == "popolo":
        return {"file": SimpleUploadedFile("vote.json", _popolo(given))}
    if given.shape == "xlsx":
        return {"file": SimpleUploadedFile("vote.xlsx", _xlsx(given))}
    if given.shape in ("csv", "semicolons", "cp1251"):
        return {"file": SimpleUploadedFile("vote.csv", _csv(given, luck))}
    return {"text": _headings(given) if given.shape in ("headings", "one line each") else _lines(given)}


def _headings(given: Protocol) -> str:
    blocks = []
    for option in OPTIONS:
        names = [row.name for row in given.rows if row.position is option]
        heading = (given.headings or {}).get(option, given.words[option])
        if names and given.shape == "headings":
            blocks += [f"{heading} — {len(names)}:", *names]
        elif names:
            blocks.append(f"{heading}: {', '.join(names)}")
        blocks += given.strays if names else []
    return "\n".join(blocks)


def _cells(given: Protocol) -> list[list[str]]:
    cells = [[row.name, given.words[row.position]] for row in given.rows]
    for stray in given.strays:
        cells.insert(len(cells) // 2, [stray])
    return [each[::-1] for each in cells] if given.crossed else cells


def _lines(given: Protocol) -> str:
    between = "\t" if given.shape == "tab" else " — "
    return "\n".join(between.join(cells) for cells in _cells(given))


def _csv(given: Protocol, luck: random.Random) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="," if given.shape == "csv" else ";", lineterminator=luck.choice(["\n", "\r\n"]))
    writer.writerow(["Голос", "Депутат"] if given.crossed else ["Депутат", "Голос"])
    writer.writerows(cells if len(cells) > 1 else [*cells, ""] for cells in _cells(given))
    text = out.getvalue()
    if given.shape == "cp1251":
        return text.replace("\u2011", "-").replace("−", "-").encode("cp1251")
    return text.encode(luck.choice(["utf-8", "utf-8-sig"]))


def _xlsx(given: Protocol) -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    for cells in [["Голос", "Депутат"] if given.crossed else ["Депутат", "Голос"], *_cells(given)]:
        sheet.append(cells)
    for row in sheet.iter_rows():
        for cell in row:
            cell.data_type = "s"  # "+" and "−" are text
    book.save(out)
    return out.getvalue()


def _popolo(given: Protocol) -> bytes:
    votes = [{"voter_name": row.name, "option": POPOLO[row.position]} for row in given.rows]
    votes += [{"voter_name": stray, "option": "yes"} for stray in given.strays]
    return json.dumps({"motion": {"text": "О детских садах"}, "votes": votes}, ensure_ascii=False).encode()


# Respelling: the same vote in other letters

Change = Callable[[Protocol, House, random.Random], Protocol]


def _renamed(
    given: Protocol, house: House, rename: Callable[[Name, str], str], luck: random.Random, part: float = 0.5
) -> Protocol:
    rows = [
        replace(row, name=rename(house.names[row.who], row.name)) if row.who >= 0 and luck.random() < part else row
        for row in given.rows
    ]
    return replace(given, rows=tuple(rows))


def shuffled(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return replace(given, rows=tuple(luck.sample(given.rows, len(given.rows))))


def without_yo(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return _renamed(given, house, lambda _, written: written.replace("ё", "е"), luck)


def with_initials(given: Protocol, house: House, luck: random.Random) -> Protocol:
    def short(name: Name, written: str) -> str:
        if not name.own:
            return written
        forms = (f"{name.surname} {name.initials}", f"{name.initials} {name.surname}")
        return luck.choice([*forms, *(form.replace(". ", ".", 1) for form in forms)])

    return _renamed(given, house, short, luck)


def given_names_first(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return _renamed(given, house, lambda name, _: name.official, luck)


def bare_surnames(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return _renamed(given, house, lambda name, written: name.surname if name.bare else written, luck)


def hard_spaces(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return _renamed(given, house, lambda _, written: written.replace(" ", "\u00a0"), luck)


def latin_twins(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return _renamed(given, house, lambda _, written: written.translate(TWINS), luck, 0.3)


def capitals(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return _renamed(given, house, lambda name, written: written.replace(name.surname, name.surname.upper()), luck)


def other_hyphens(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return _renamed(given, house, lambda _, written: written.replace("-", "\u2011"), luck)


def by_office(given: Protocol, house: House, luck: random.Random) -> Protocol:
    rows = [replace(row, name="Председатель") if row.who == 0 else row for row in given.rows]
    return replace(given, rows=tuple(rows))


def other_words(given: Protocol, house: House, luck: random.Random) -> Protocol:
    few = {option: [word for word in words if word.isalpha() or " " in word] for option, words in WORDS.items()}
    pool = few if given.shape in ("headings", "one line each", "dash") else WORDS
    return replace(given, words={option: luck.choice(pool[option]) for option in OPTIONS})


def numbered(given: Protocol, house: House, luck: random.Random) -> Protocol:
    if given.shape in ("popolo", "one line each") or given.crossed:
        return given
    rows = [replace(row, name=f"{at}. {row.name}") for at, row in enumerate(given.rows, 1)]
    return given if re.match(r"\d", given.rows[0].name) else replace(given, rows=tuple(rows))


def marks_first(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return given if given.shape in ("headings", "one line each", "popolo") else replace(given, crossed=True)


RESPELLINGS: tuple[Change, ...] = (
    *(shuffled, without_yo, with_initials, given_names_first, bare_surnames, hard_spaces, latin_twins, capitals),
    *(other_hyphens, by_office, other_words, marks_first),
)
LAST: tuple[Change, ...] = (numbered,)  # of names that are final


# Spoiling: another vote, or none


def _replaced(given: Protocol, at: int, *rows: Row) -> Protocol:
    return replace(given, rows=(*given.rows[:at], *rows, *given.rows[at + 1 :]))


def _some(given: Protocol, luck: random.Random) -> int:
    return luck.randrange(len(given.rows))


def columns_swapped_in_part(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    row = given.rows[at]
    return _replaced(given, at, replace(row, name=f"{given.words[row.position]} {row.name}"))


def two_in_one(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = luck.randrange(len(given.rows) - 1)
    one, other = given.rows[at], given.rows[at + 1]
    joined = luck.choice(["", " ", " и ", ", "]).join([one.name, other.name])
    return replace(given, rows=(*given.rows[:at], replace(one, name=joined, who=-1), *given.rows[at + 2 :]))


def two_surnames_in_one(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = luck.randrange(len(given.rows) - 1)
    one, other = given.rows[at], given.rows[at + 1]
    surnames = [house.names[row.who].surname for row in (one, other)]
    return replace(given, rows=(*given.rows[:at], replace(one, name="".join(surnames), who=-1), *given.rows[at + 2 :]))


def no_chair(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return replace(given, rows=tuple(row for row in given.rows if row.who != 0))


def a_line_dropped(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return _replaced(given, _some(given, luck))


def a_line_twice(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    return _replaced(given, at, given.rows[at], given.rows[at])


def a_line_twice_with_two_marks(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    row = given.rows[at]
    return _replaced(given, at, row, replace(row, position=_other_than(row.position, luck)))


def a_line_twice_in_two_spellings(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    row = given.rows[at]
    return _replaced(given, at, row, replace(row, name=house.names[row.who].official))


def for_and_against_swapped(given: Protocol, house: House, luck: random.Random) -> Protocol:
    swap = {Position.FOR: Position.AGAINST, Position.AGAINST: Position.FOR}
    return replace(given, rows=tuple(replace(row, position=swap.get(row.position, row.position)) for row in given.rows))


def another_mark(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    row = given.rows[at]
    return _replaced(given, at, replace(row, position=_other_than(row.position, luck)))


def a_stranger_instead(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    return _replaced(given, at, replace(given.rows[at], name=luck.choice(STRANGERS), who=-1))


def a_stranger_more(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    return _replaced(given, at, given.rows[at], Row(luck.choice(STRANGERS), given.rows[at].position))


def who_has_left_instead(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    return _replaced(given, at, replace(given.rows[at], name=house.gone.full, who=-1))


def who_has_left_more(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    return _replaced(given, at, given.rows[at], Row(house.gone.full, given.rows[at].position))


def a_namesake_by_surname(given: Protocol, house: House, luck: random.Random) -> Protocol:
    """The surname alone of somebody who is not the only one with it; nothing where there are none."""
    shared = [at for at, row in enumerate(given.rows) if row.who >= 0 and not house.names[row.who].bare]
    if not shared:
        return given
    at = luck.choice(shared)
    return _replaced(given, at, replace(given.rows[at], name=house.names[given.rows[at].who].surname))


def a_part_of_a_name(given: Protocol, house: House, luck: random.Random) -> Protocol:
    at = _some(given, luck)
    surname = house.names[given.rows[at].who].surname
    return _replaced(given, at, replace(given.rows[at], name=surname[: max(3, len(surname) // 2)], who=-1))


def wrong_totals(given: Protocol, house: House, luck: random.Random) -> Protocol:
    one, other = luck.sample(OPTIONS, 2)
    totals = house.totals
    return replace(given, totals={**totals, one: totals[one] + 1, other: max(0, totals[other] - luck.choice([0, 1]))})


def another_heading(given: Protocol, house: House, luck: random.Random) -> Protocol:
    one, other = luck.sample(OPTIONS, 2)
    heading = luck.choice([given.words[other], "Заа", "Присутствовали на заседании", "Протв"])
    return replace(given, headings={one: heading}, words={**given.words, one: heading})


def page_numbers(given: Protocol, house: House, luck: random.Random) -> Protocol:
    return replace(given, strays=(luck.choice(["2", "— 3 —", "Страница 4 из 7", "стр. 12", "CERTIFICATION"]),))


def _other_than(position: Position, luck: random.Random) -> Position:
    return luck.choice([option for option in OPTIONS if option is not position])


SPOILINGS: tuple[Change, ...] = (
    *(columns_swapped_in_part, two_in_one, two_surnames_in_one, no_chair, a_line_dropped, a_line_twice),
    *(a_line_twice_with_two_marks, a_line_twice_in_two_spellings, for_and_against_swapped, another_mark),
    *(a_stranger_instead, a_stranger_more, who_has_left_instead, who_has_left_more, a_namesake_by_surname),
    *(a_part_of_a_name, wrong_totals, another_heading, page_numbers),
)


# What an action must leave alone when it refuses

_TABLES = """
SELECT table_name::text FROM information_schema.tables
WHERE table_schema = 'public' AND table_name ~ '^(votes|people)_' ORDER BY 1
"""


def digest() -> dict[str, str]:
    """Every row of the record of votes and people: equal before and after where nothing changed."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        each = "SELECT '{0}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {0} t"
        cursor.execute(" UNION ALL ".join(each.format(table) for (table,) in cursor.fetchall()))
        return dict(cursor.fetchall())
