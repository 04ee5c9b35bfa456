"""Names in many spellings, and whom they mean; all of them invented but those of the real rosters at the end."""

import itertools
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deputies.people.enums import Likeness, Matched
from deputies.people.matching import MOST, Listed, Match, match, match_all
from deputies.people.names import LONGEST, joined, normal, official_readings, words_of
from deputies.people.slugs import TO_LATIN
from tests.tidy import read, real

ROSTER = [
    Listed(1, ("Андрей Титарев", "Andrey Titarev")),
    Listed(2, ("Алексей Заволокин", "Aleksey Zavolokin")),
    Listed(3, ("Андрей Заволокин", "Andrey Zavolokin")),
    Listed(4, ("James G. Van Bremer",)),
    Listed(5, ("Юрий Жуканов",), presides=True),
    Listed(6, ("Mgr. Ondřej Mírovský, M.EM",)),
    Listed(7, ("Иван Петрушин",), unable="the mandate of Иван Петрушин ended 2020-12-16"),
    Listed(8, ("Тамара Салтыкова-Щедринская",), aliases=("Волнова Т. П.",), elsewhere=("Тася",)),
    Listed(9, ("Zuzana Freitas Lopesina",)),
    Listed(10, ("Соловьёв Иван Петрович", "Ivan Solovyov")),
    Listed(11, ("Robert E. Cornegin, Jr.",)),
    Listed(12, ("Yelena Nikolayeva",)),
]


def who(written: str, roster: Sequence[Listed] = ROSTER) -> int | None:
    return match(written, roster).id


def told(found: Match) -> list[tuple[int, Likeness]]:
    return [(each.id, each.why) for each in found.suggestions]


SPELLINGS = {
    1: "Титарев А. В.|А.В.Титарев|А. Титарев|ТИТАРЕВ АНДРЕЙ|Титарев, Андрей|г-н Титарев|Андрей Титарев.|Titarev, A."
    "|Титарев\xa0А.\u202fВ.|Ти\u00adтарев А|Тита\u0301рев|титарев андрей викторович"
    "|Титaрeв А.|Titarеv A.|ТИТAPEВ A.",  # with letters of the other alphabet
    2: "Заволокин Ал.|Заволокин Алексей П.|Alexei Zavolokin",
    4: "Van Bremer|Van Bremer J. G.|J.G. VAN BREMER|James Van Bremer|van Bremer, James",
    5: "Jukanov Yu.|Zhukanov J.|Yuri Zhukanov|Iurii Jukanov|Жуканов Ю",
    6: "Mirovsky O.|Ondřej Mírovský|MÍROVSKÝ",
    8: "Салтыкова – Щедринская Т.|Салтыкова Щедринская|Т. Салтыкова\u2011Щедринская|Т. П. Волнова|волнова т.п."
    "|Saltykova-Shchedrinskaya T.|Saltykova Schedrinskaia T",
    9: "Freitas Lopesina Z.|Zuzana Lopesina|Lopesina Z.",
    10: "Соловьев И. П.|И. П. СОЛОВЬЁВ|Иван Соловьёв Петрович|Soloviev Ivan|Solov'ev I. P.|Ivan Petrovich Solovyev",
    11: "Cornegin|Cornegin R. E.|Robert Cornegin|Robert Cornegin Jr.",
    12: "Николаева Е.|Елена Николаева|E. Nikolaeva|Ye. Nikolayeva",
}
NOBODY = (
    "Тит|Титар|арев|Андрей|А. В.|Щедринская|Bremer|Bremer, James|Lopesina|Иванович|Van|A. Zavolokin Aleksey"
    "|Титарев Б.|Титарев А. Жуканов Ю.|Титарев Жуканов|Титарев Андрей Жуканов Юрий|Титарева А.|Титарев А. А. А."
    "|Certification|Титарёва|Соловьев И. К.|Соловьев П. И.|Cornegin C.|Жуканов Я.|Тытарев А."
    "||.|-|()|123|1. Титарев А.|Титарев (КПРФ)"
)


@pytest.mark.parametrize(("written", "meant"), [(each, n) for n, all_ in SPELLINGS.items() for each in all_.split("|")])
def test_a_name_means_the_one_deputy_whose_name_reads_so(written: str, meant: int) -> None:
    found = match(written, ROSTER)

    assert (found.id, found.suggestions) == (meant, ())


@pytest.mark.parametrize("written", [*NOBODY.split("|"), "а" * (LONGEST + 1)])
def test_a_part_of_a_name_a_contradiction_and_a_joined_line_match_nobody(written: str) -> None:
    assert (who(written), match(written, ROSTER).reason) == (None, Matched.UNKNOWN)


def test_a_bare_surname_that_two_share_says_who_they_are() -> None:
    found = match("Заволокин", ROSTER)

    assert (found.id, found.reason) == (None, Matched.SAME_SURNAME)
    assert told(found) == [(2, Likeness.SAME_SURNAME), (3, Likeness.SAME_SURNAME)]
    assert [each.name for each in found.suggestions] == ["Алексей Заволокин", "Андрей Заволокин"]


def test_not_even_an_alias_lets_a_shared_surname_through() -> None:
    remembered = [Listed(1, ("Анна Роева",), aliases=("Роева",)), Listed(2, ("Ольга Роева",))]

    assert match("Роева", remembered).reason == Matched.SAME_SURNAME
    assert who("Роева", remembered[:1]) == 1


def test_initials_that_fit_two_match_neither_unless_an_alias_tells() -> None:
    assert match("Заволокин А. П.", ROSTER).reason == Matched.SEVERAL

    aliased = [*ROSTER, Listed(20, ("Антон Заволокин",), aliases=("Заволокин А. П.",))]

    assert match("ЗАВОЛОКИН А.П.", aliased) == Match("ЗАВОЛОКИН А.П.", 20, Matched.EXACT)


def test_the_same_alias_of_two_matches_neither() -> None:
    both = [Listed(n, (name,), aliases=("Роев А. П.",)) for n, name in [(1, "Алексей Роев"), (2, "Андрей Роев")]]

    assert match("Роев А. П.", both).reason == Matched.SEVERAL


def test_a_name_of_somebody_who_could_not_vote_is_told_with_the_reason() -> None:
    found = match("Петрушин И.", ROSTER)

    assert (found.id, found.reason) == (None, Matched.NOT_ELIGIBLE)
    assert found.suggestions[0].unable == "the mandate of Иван Петрушин ended 2020-12-16"


def test_a_bare_surname_is_the_one_who_can_vote_and_not_who_has_left() -> None:
    heir = Listed(20, ("Пётр Петрушин",))

    assert who("Петрушин", [*ROSTER, heir]) == 20
    assert match("Петрушин И.", [*ROSTER, heir]).reason == Matched.NOT_ELIGIBLE


def test_who_has_left_and_fits_better_leaves_it_to_a_person() -> None:
    gone = Listed(20, ("Андрей Викторович Титарев",), unable="gone")

    assert match("Титарев А. В.", [*ROSTER, gone]).reason == Matched.SEVERAL


def test_the_chair_is_who_presides() -> None:
    for word in ("Председатель", "председательствующий", "Chairman", "Mr. Speaker", "MADAM SPEAKER", "Спикер"):
        assert match(word, ROSTER) == Match(word, 5, Matched.CHAIR)
    assert match("Председатель", ROSTER[:4]).reason == Matched.NO_CHAIR
    assert match("Chairman", [*ROSTER, Listed(20, ("Another One",), presides=True)]).reason == Matched.SEVERAL


def test_suggestions_are_the_most_alike_first_and_at_most_five() -> None:
    assert told(match("Титорев А.", ROSTER)) == [(1, Likeness.CLOSE)]
    assert told(match("Тася", ROSTER))[0] == (8, Likeness.ELSEWHERE)
    assert told(match("Титарев Б.", ROSTER)) == [(1, Likeness.SAME_SURNAME)]
    assert len(match("Роев", [Listed(n, (f"Имя{'абвгдежз'[n]} Роев",)) for n in range(8)]).suggestions) == MOST


def test_two_lines_of_one_deputy_are_both_doubled() -> None:
    found = match_all(["Титарев А.", "Жуканов", "Titarev"], ROSTER)

    assert [(each.id, each.reason) for each in found] == [
        (None, Matched.DOUBLED),
        (5, Matched.READ),
        (None, Matched.DOUBLED),
    ]
    assert told(found[0]) == [(1, Likeness.FITS)]


# Properties, with names put together by chance.

syllables = st.text("абгеийлнортуцщэюя", min_size=1, max_size=3)
stems = st.lists(syllables, min_size=1, max_size=3).map("".join)
surnames = st.builds(lambda stem, end: (stem + end).capitalize(), stems, st.sampled_from(["нов", "ский", "ко", "ин"]))
doubles = st.one_of(surnames, surnames, st.builds("{}-{}".format, surnames, surnames))
firsts = st.sampled_from(["Андрей", "Алексей", "Юрий", "Яна", "Жанна", "Хасан", "Фёдор", "Элла", "Щукарь", "Цветана"])
patronymics = st.sampled_from(["", "Ильич", "Петрович", "Юрьевна", "Яковлевна", "Фёдорович"])
people = st.tuples(doubles, firsts, patronymics)
some = settings(deadline=None, max_examples=60)
Person = tuple[str, str, str]


def rostered(names: Sequence[Person]) -> list[Listed]:
    return [
        Listed(number, (f"{surname} {first} {patronymic}" if patronymic else f"{first} {surname}",))
        for number, (surname, first, patronymic) in enumerate(names)
    ]


def latin(text: str, ju: str = "yu", zh: str = "zh") -> str:
    spelled = {"ю": ju, "я": ju[0] + "a", "ж": zh}
    return "".join(spelled.get(letter, letter) for letter in text.casefold()).translate(TO_LATIN).title()


def forms(surname: str, first: str, patronymic: str = "") -> Iterator[str]:
    given = [first, *filter(None, [patronymic])]
    short = ". ".join(name[0] for name in given) + "."
    for told_as in (short, " ".join(given)):
        yield from spelled_as(f"{surname} {told_as}")
        yield from spelled_as(f"{told_as} {surname}")


def spelled_as(form: str) -> Iterator[str]:
    yield form
    yield form.upper()
    yield form.replace(". ", ".")
    yield form.replace(" ", "\xa0").replace("-", "\u2011")
    yield form.replace("ё", "е").replace("Ё", "Е").replace("-", " — ")
    yield unicodedata.normalize("NFD", form)


rosters = st.lists(people, min_size=1, max_size=7, unique_by=lambda person: normal(" ".join(person)))


@some
@given(rosters)
def test_every_form_of_a_name_is_its_deputy_or_is_left_to_a_person(names: list[Person]) -> None:
    roster = rostered(names)
    for number, (surname, first, patronymic) in enumerate(names):
        own = [*forms(surname, first, patronymic), *forms(surname, first), surname]
        own += [f"{latin(surname, *how)} {latin(first, *how)}" for how in [("yu",), ("ju",), ("iu",), ("yu", "j")]]
        own += [f"{latin(first)[0]}. {latin(surname)}"]
        for written in own:
            found = match(written, roster)
            assert found.id == number or (found.id is None and number in dict(told(found))) or len(names) > MOST, (
                written
            )
            assert found.id in (number, None), written


@some
@given(rosters, people)
def test_a_match_bears_the_surname_that_is_written(names: list[Person], stranger: Person) -> None:
    roster = rostered(names)
    for written in forms(*stranger):
        found = who(written, roster)
        if found is not None:
            own = official_readings(roster[found].names[0])
            words = words_of(written)
            spans = itertools.combinations(range(len(words) + 1), 2)
            blocks = [joined(words[start:end]) for start, end in spans]
            assert any(block.agrees(each.surname) for block in blocks for each in own)


@some
@given(rosters, st.data())
def test_the_order_of_the_roster_changes_nothing(names: list[Person], data: st.DataObject) -> None:
    roster = rostered(names)
    shuffled = data.draw(st.permutations(roster))
    surname, first, patronymic = data.draw(st.one_of(st.sampled_from(names), people))
    for written in (surname, f"{surname} {first[0]}.", f"{first} {patronymic} {surname}", "Председатель"):
        assert match(written, roster) == match(written, shuffled)


@some
@given(rosters, firsts)
def test_a_namesake_turns_a_bare_surname_into_suggestions(names: list[Person], first: str) -> None:
    surname = names[0][0]
    roster = [*rostered(names), Listed(99, (f"{first} {surname}",))]

    found = match(surname, roster)

    assert (found.id, found.reason) == (None, Matched.SAME_SURNAME)
    assert len(found.suggestions) >= 2


@some
@given(st.text(max_size=40), rosters)
def test_any_text_at_all_is_matched_or_left(text: str, names: list[Person]) -> None:
    assert match(text, rostered(names)).written == text
    assert normal(normal(text)) == normal(text)


# The rosters of real chambers: only their names, in every form.


def moscow() -> list[Listed]:
    rows = read(real("data", "moscow-2019") / "deputies_elected_2019.csv")
    named = [tuple(filter(None, (row["name_ru"], row["name_en"]))) for row in rows]
    return [Listed(number, names) for number, names in enumerate(named) if names]


def members(of: str) -> Callable[[], list[Listed]]:
    def roster() -> list[Listed]:
        return [
            Listed(number, (row["name"],))
            for number, row in enumerate(read(real("data", "rollcalls", of) / "members.csv"))
        ]

    return roster


REAL_ROSTERS = [moscow, *map(members, ["nyc-2018-2021", "prague-2014", "prague-2022", "us-senate-109"])]


@pytest.mark.parametrize("chamber", REAL_ROSTERS, ids=["moscow", "nyc", "prague-2014", "prague-2022", "senate"])
def test_real_deputies_match_themselves_or_are_left_to_a_person(chamber: Callable[[], list[Listed]]) -> None:
    roster = chamber()
    matched = []
    for row in roster:
        for name in row.names:
            assert match(name, roster).id == row.id, name
            for reading in official_readings(name):
                surname, first = reading.surname.spelled, [word.spelled for word in reading.given[:2]]
                own = [surname, *(forms(surname, *first) if first else [])]
                found = [match(written, roster).id for written in own]
                assert set(found) <= {row.id, None}, (name, own, found)
                matched += found

    assert matched.count(None) < len(matched) / 5


def test_senators_who_share_a_surname_are_told_by_their_state_only() -> None:
    roster = members("us-senate-109")()
    by_name = {row.names[0]: row.id for row in roster}

    assert who("Nelson (D FL)", roster) == by_name["NELSON (D FL)"]
    assert match("Nelson", roster).reason == Matched.SAME_SURNAME
    assert match("NELSON (D TX)", roster).id is None
