"""Roll calls pasted as text: every shape, and what is refused because it can be read in two ways."""

import contextlib
import importlib
import json
import time
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deputies.sources.tables import BadFiles
from deputies.votes.checks import Totals
from deputies.votes.enums import Position
from deputies.votes.imports.named import MOST_ROWS, Named, Reading, Said, normal, sentences, spoken
from deputies.votes.imports.pasted import read_text
from deputies.votes.imports.popolo import read_vote_events

SEED = importlib.import_module("deputies.votes.migrations.0007_vote_words").WORDS
WORDS = {word: Position(position) for position, words in SEED.items() for word in words.split("|")}
FOR, AGAINST, ABSTAIN = Position.FOR, Position.AGAINST, Position.ABSTAIN
HEADED = """Вопрос: О бюджете города
За — 3:
Иванова А. А.
Петров-Водкин Б. Б.
Сидоров В. В.
Против: Кузнецов Г. Г.; Ли Д. Д.
Воздержались – нет
Решение: принято
"""


def pairs(text: str) -> list[tuple[str, Position | None]]:
    return [(row.name, row.position) for row in read_text(text, WORDS).rows]


def refusals(text: str) -> str:
    with pytest.raises(BadFiles) as caught:
        read_text(text, WORDS)
    return str(caught.value)


def test_a_protocol_with_headings() -> None:
    assert read_text(HEADED, WORDS) == Reading(
        rows=(
            Named(3, "Иванова А. А.", "За", FOR),
            Named(4, "Петров-Водкин Б. Б.", "За", FOR),
            Named(5, "Сидоров В. В.", "За", FOR),
            Named(6, "Кузнецов Г. Г.", "Против", AGAINST),
            Named(6, "Ли Д. Д.", "Против", AGAINST),
        ),
        totals=Totals(yes=3, abstain=0),
        notes=("Line 1 is not read: Вопрос: О бюджете города", "Line 8 is not read: Решение: принято"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "За:\nИванов И. И.\n\nПротив:\nПетров П. П.",
        "ЗА\nИванов И. И.\nПРОТИВ\nПетров П. П.",
        "«За» — 1 человек:\nИванов И. И.\n«Против» (1)\nПетров П. П.",
        "Голосовали за: Иванов И. И.\nГолосовали против: Петров П. П.",
        "За:\n1. Иванов И. И.\nПротив:\n1.\tПетров П. П.",
        "For: 1. Иванов И. И.\nAgainst - 1:\n2) Петров П. П.",
        "Иванов И. И.\tза\nПетров П. П.\tпротив",
        "Иванов И. И.;ЗА\nПетров П. П.;Против.",
        "Иванов И. И.,за\nПетров П. П.,против",
        '"Иванов И. И.","за"\n"Петров П. П.","против"',
        "Иванов И. И. - за\nПетров П. П. — против",
        "Иванов И. И.: за\nПетров П. П.: против",
        "1. Иванов И. И.  за\n2. Петров П. П.  против",
        "1 Иванов И. И. за\n2 Петров П. П. против",
        "1\tИванов И. И.\tза\n2\tПетров П. П.\tпротив",
        "Иванов И. И.\t+\nПетров П. П.\t−",
        "Депутат;Голос\nИванов И. И.;за\nПетров П. П.;против",
        "№\tГолос\tДепутат\n1\tза\tИванов И. И.\n2\tпротив\tПетров П. П.",
        "Фамилия,Имя,Голос\nИванов,И. И.,за\nПетров,П. П.,против",
        "Иванов\u00a0И.\u00a0И.\tза\r\nПетров П. П.\t\u200bпротив\r\n",
        "Иванов И. И. — за\nПетров П. П. — против\nЗа — 1\nПротив — 1",
        "За: 1\nПротив: 1\n\nИванов И. И.\tза\nПетров П. П.\tпротив",
        "Иванов И. И. — за\nПетров П. П. — против\nИтого: за 1, против 1",
    ],
)
def test_each_shape_says_the_same(text: str) -> None:
    assert pairs(text) == [("Иванов И. И.", FOR), ("Петров П. П.", AGAINST)]


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        ("За 24, против 11, воздержались 3", Totals(24, 11, 3)),
        ("За — 24; против — 11; возд. — 3; не голосовали — 3; отсутствовали — 4", Totals(24, 11, 3, 3, 4)),
        ("За: 24\nПротив: 11 человек\nВоздержались: нет", Totals(24, 11, 0)),
        ("Итого: за 24 против 11 возд. 3 не гол. 3", Totals(24, 11, 3, 3)),
        ("For\t24\nAgainst\t11", Totals(24, 11)),
    ],
)
def test_totals_alone(text: str, totals: Totals) -> None:
    reading = read_text(text, WORDS)

    assert (reading.totals, reading.rows) == (totals, ())


def test_names_alone_wait_for_a_persons_choice() -> None:
    reading = read_text("Иванов И. И.\nСалтыков - Щедрин М. Е.\nDoe John", WORDS)

    assert [(row.name, row.position) for row in reading.rows] == [
        ("Иванов И. И.", None),
        ("Салтыков - Щедрин М. Е.", None),
        ("Doe John", None),
    ]
    assert reading.notes == ("Names without a mark: 3. Choose what each stands for.",)


def test_an_empty_mark_is_no_mark_of_ours() -> None:
    assert pairs("Иванов И. И.\tза\nПетров П. П.\t") == [("Иванов И. И.", FOR), ("Петров П. П.", None)]


def test_a_column_that_the_header_names_is_left_out_with_a_note() -> None:
    reading = read_text("Протокол № 5\t\t\nДепутат\tГолос\tФракция\nИванов И. И.\tза\tЗелёные", WORDS)

    assert reading.rows == (Named(3, "Иванов И. И.", "за", FOR),)
    assert reading.notes == ("Line 1 is not read: Протокол № 5", "The column “Фракция” is not read.")


def test_a_mark_that_is_excused_or_silent_has_no_total() -> None:
    assert read_text("Уваж. — 2:\nИванов И. И.\nПетров П. П.", WORDS).notes == (
        "The number printed beside “Уваж.” is not kept: 2.",
    )


def test_initials_before_the_next_surname_are_not_the_end_of_the_last() -> None:
    assert pairs("За:\nИванов И.\nП. Петров") == [("Иванов И.", FOR), ("П. Петров", FOR)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Иванов И. И.\tза\nПетров П. П.\tодобрям", "line 2: “одобрям” is not a known vote word."),
        ("Иванов И. И. - одобрям\nПетров П. П. - одобрям", "line 1: “одобрям” is not a known vote word."),
        ("Иванов\tза\nза\tПетров", "line 2: “за” is not a name. Write the name first"),
        ("да\tнет\nнет\tда", "line 1: “да” is not a name. Write the name first"),
        ("+\tИванов\n−\tПетров", "line 1: “+” is not a name"),
        ("Иванов\tза\tЗелёные\nПетров\tпротив\tСиние", "add a first line that names the columns"),
        ("За:\nИванов И. И. Петров П. П.", "“Иванов И. И. Петров П. П.” may be two names. Put each on its own line."),
        ("За:\nИванов И.И.Петров П.П.", "may be two names"),
        ("За:\nИвановПетров", "may be two names"),
        ("За:\nIvanov I. I. Petrov P. P.", "may be two names"),
        ("За:\nИванов и Петров", "may be two names"),
        ("Иванов, Петров, Сидоров", "may be two names"),
        ("За:\nИванов Иван Иванович Петров Пётр Петрович", "may be two names"),
        ("За:\nИванов И. И.\nПротив:\nИванов И.И.", "line 4: “Иванов И.И.” is already in line 2."),
        ("Пётр Семёнов\tза\nПетр Семенов\tза", "is already in line 1"),
        ("За: Иванов, Иванов", "is already in line 1"),
        ("Иванов И. И.\nЗа:\nПетров П. П.", "line 1: “Иванов И. И.” stands before the first heading."),
        ("За:\nИванов\nПетров — против", "a mark of its own under the heading “За”"),
        ("За:\nИванов — против\nПетров", "line 2: “Иванов — против” has a mark of its own under the heading “За”"),
        ("За: И. И., Петров П. П.", "“И. И.” is not a name"),
        ("За — 2\nЗа — 3", "a second total of “За”"),
        ("За:\nСалтыков-\nЩедрин М. Е.", "line 2: “Салтыков-” is not a name"),
        ("Иванов И.\nО. — за\nПетров П. П. — за", "line 2: “О.” is not a name"),
        ("Депутат\tГолос\tГолос\nИванов\tза\tза", "two columns of marks"),
        ("Депутат,Голос\nИванов, И. И.,за", "more cells than the header has"),
        ('Депутат;Голос\n"Петров;за', "line 2: a quotation mark that does not end its cell."),
        ("Иванов\x07\tза", "line 1: the control character U+0007."),
        ("За:\nИванов\0", "line 2: the control character U+0000."),
        ("", "neither names nor totals were found"),
        ("За:\n" + "А" * 201, "a name or a mark that is too long"),
        ("Иванов\n" * (MOST_ROWS + 1), "more than 2000 lines"),
        ("За: " + "Иванов, " * (MOST_ROWS + 5), "is already in line"),
        ("За\n" * 400_000, "more than 1 MB of text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, said: str) -> None:
    assert said in refusals(text)


def test_the_y_of_a_name_is_never_a_vote() -> None:
    words = {**WORDS, "y": FOR}

    assert [row.position for row in read_text("Certification Y\nMary Y", words).rows] == [None, None]
    assert [row.position for row in read_text("Certification Y\tno", words).rows] == [AGAINST]


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(refusals("Иванов\tхм\nПетров\tэээ\nИванов\tза").split("\n")) == 3


def test_what_is_said_can_be_said_in_another_language() -> None:
    german = {
        "pasted text": "Text",
        "%(place)s, line %(line)s": "%(place)s, Zeile %(line)s",
        "“%(word)s” is not a known vote word": "„%(word)s“ ist kein Wort",
        "Correct it, or add it to the table of vote words.": "Bitte berichtigen.",
    }
    with pytest.raises(BadFiles) as caught:
        read_text("Иванов\tза\nПетров\tхм", WORDS)

    assert sentences(caught.value, german.__getitem__) == ["Text, Zeile 2: „хм“ ist kein Wort. Bitte berichtigen."]
    assert "\n".join(sentences(caught.value, str)) == str(caught.value)
    assert spoken(Said("Line %(line)s", line=3), lambda text: f"¡{text}!") == "¡Line 3!"


surnames = st.sampled_from(
    ["Иванов", "Петрова", "Ёлкин", "Салтыков-Щедрин", "Ли", "Нетребко", "Задорнов", "Данилов", "Doe", "McDonald"]
)
initials = st.text("АБВГДЕИЛМ", min_size=2, max_size=2).map(lambda two: f"{two[0]}. {two[1]}.")
names = st.builds("{} {}".format, surnames, initials)
rolls = st.lists(st.tuples(names, st.sampled_from(sorted(WORDS))), min_size=1, unique_by=lambda pair: normal(pair[0]))
Roll = Sequence[tuple[str, str]]


def headed(roll: Roll) -> str:
    groups: dict[str, list[str]] = {}
    for name, word in roll:
        groups.setdefault(word, []).append(name)
    return "\n".join(f"{word}:\n" + "\n".join(members) for word, members in groups.items())


SHAPES = {
    "tab": lambda roll: "\n".join(f"{name}\t{word}" for name, word in roll),
    "semicolon": lambda roll: "\n".join(f"{name}; {word}" for name, word in roll),
    "comma": lambda roll: "\n".join(f'"{name}","{word.upper()}"' for name, word in roll),
    "dash": lambda roll: "\n".join(f"{at}. {name} — {word}" for at, (name, word) in enumerate(roll, 1)),
    "spaces": lambda roll: "\n".join(f"{at}. {name}   {word}" for at, (name, word) in enumerate(roll, 1)),
    "one space": lambda roll: "\n".join(f"{name} {word}" for name, word in roll),
    "header": lambda roll: "ФИО;Округ;Голос\n" + "\n".join(f"{name};5;{word}" for name, word in roll),
    "headed": headed,
}


@pytest.mark.parametrize("shape", SHAPES)
@settings(deadline=None)
@given(roll=rolls)
def test_a_roll_call_reads_back_from_each_shape(shape: str, roll: Roll) -> None:
    reading = read_text(SHAPES[shape](roll), WORDS)

    assert {(row.name, row.position) for row in reading.rows} == {(name, WORDS[word]) for name, word in roll}
    assert len(reading.rows) == len(roll)


SIGNS = ["\t", ";", ",", ":", "—", "-", "\n", "\r", "\xa0", "«", "»", '"']
scraps = st.sampled_from([*WORDS, *SIGNS, "24", "1.", "Депутат", "Голос", "Иванов", "И.", "Петров-", "итого"])
texts = st.one_of(st.text(), st.lists(scraps).map(" ".join), st.lists(scraps).map("".join))


@settings(deadline=None)
@given(texts)
@example("-\n-")
@example("За:\n-")
def test_any_text_is_a_reading_or_refused(text: str) -> None:
    with contextlib.suppress(BadFiles):
        reading = read_text(text, WORDS)
        assert reading.rows or reading.totals != Totals()


def test_a_chain_of_hyphens_is_refused_in_a_moment_and_without_growing() -> None:
    with pytest.raises(BadFiles):
        read_text(("и" * 490 + "-\n") * 2000, WORDS)


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u2069", "\u061c", "\u200b", "\xad"])
def test_nothing_that_turns_a_name_around_is_kept(hidden: str) -> None:
    read = read_vote_events(
        json.dumps({"votes": [{"option": "yes", "voter_name": f"{hidden}Вома{hidden}рг"}]}).encode(), "x.json"
    )
    assert [row.name for reading in read for row in reading.rows] == ["Вомарг"]


@pytest.mark.parametrize("line", ["\t" * 480 + "x", "\t" * 470 + "за 1 x", "x" + "\t" * 480 + "за", "№" * 480])
def test_lines_of_empty_cells_are_read_in_a_moment(line: str) -> None:
    began = time.process_time()
    with contextlib.suppress(BadFiles):
        read_text(f"{line}\n" * 200, WORDS)
    assert time.process_time() - began < 5  # it took minutes
