from pathlib import Path

import pytest

from deputies.people.keys import district_number, in_russian_keys, place_key
from deputies.people.models import Chamber, District, Person, Place
from deputies.people.names import sound
from deputies.people.places import bring_places, read_places
from deputies.people.reports import Found, find
from deputies.sources.tables import BadFile, BadFiles
from tests import build
from tests.refuses import refused_by

HEADER = "number,kind,name_ru,name_en,part,source_url\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Семёнов", "semyonov"),
        ("Соловьёв", "Solovyev"),
        ("Хорошёво-Мнёвники", "Khoroshevo Mnevniki"),
        ("Тёплый Стан", "TYOPLY STAN"),
        ("Щукино", "Shchukino"),
    ],
)
def test_both_alphabets_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ул. Садовая", " sadovaia"),
        ("Sadovaya Street", " sadovaia"),
        ("садовая ул., д. 5, кв. 12", " sadovaia"),
        ("Sadovaya st 12", " sadovaia"),
        ("пр-т Мира 101к2", " mira"),
        ("8 Марта, 3", " 8 marta"),
        ("3-я Парковая улица", " 3 parkovaia"),
        ("Парковая 3-я", " parkovaia 3"),
        ("3rd Parkovaya", " 3 parkovaia"),
        ("Набережная улица", " naberezhnaia ulitsa"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_key_has_neither_the_kind_of_place_nor_a_house_number(written: str, key: str) -> None:
    assert place_key(written) == key


@pytest.mark.parametrize(
    ("written", "number"), [("16", 16), ("округ 16", 16), ("№ 16", 16), ("16-й округ", 16), ("District 16", 16)]
)
def test_a_district_number_is_told_with_the_word_or_without(written: str, number: int) -> None:
    assert district_number(written) == number
    assert district_number(f"Садовая {written}") is None


def test_keys_in_the_wrong_language_are_read() -> None:
    assert in_russian_keys("Cfljdfz") == "садовая"


def town() -> tuple[Chamber, list[Person]]:
    """Sadovaya is in the first of three districts, Mira is split, Shkolnaya there twice, Zyuzino known in part."""
    chamber = build.chamber()
    people = [build.deputy(chamber, name) for name in ("Пётр Семёнов", "Ada Solovyova", "Ирина Львова")]
    first, second, third = chamber.districts.order_by("number")
    for district, kind, russian, english, is_part in (
        (first, "street", "Садовая улица", "Sadovaya Street", False),
        (first, "street", "проспект Мира", "Mira Avenue", True),
        (second, "street", "проспект Мира", "Mira Avenue", True),
        (second, "street", "Школьная улица", "Shkolnaya Street", False),
        (third, "street", "Школьная улица", "Shkolnaya Street", False),
        (third, "area", "Зюзино", "Zyuzino", True),
        (third, "area", "Крюково", "", False),
    ):
        Place.objects.create(district=district, kind=kind, name_ru=russian, name_en=english, is_part=is_part)
    return chamber, people


def told(found: Found) -> list[tuple[str, list[int]]]:
    """The name of each answer with the numbers of its districts."""
    return [
        (str(answer.places[0].name_ru), [place.district.number for place in answer.places])
        if answer.places
        else (answer.person.name_en, [])
        if answer.person
        else ("", [answer.district.number if answer.district else 0])
        for answer in found.answers
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["садовая", "Садовая улица, 5", "sadovaya", "Sadov", "cfljdfz", "САДОВАЯ\0"])
def test_a_street_is_found_in_either_alphabet_and_with_a_house_number(written: str) -> None:
    chamber, people = town()

    found = find(written, chamber, people)

    assert (told(found), found.is_near) == ([("Садовая улица", [1])], False)
    assert found.only_district == chamber.districts.get(number=1)


@pytest.mark.django_db
def test_a_split_street_names_all_its_districts_and_decides_for_none() -> None:
    chamber, people = town()

    found = find("Mira", chamber, people)

    assert told(found) == [("проспект Мира", [1, 2])]
    assert (found.answers[0].is_split, found.only_district) == (True, None)


@pytest.mark.django_db
def test_two_streets_of_one_name_are_not_split() -> None:
    chamber, people = town()

    found = find("школьная", chamber, people)

    assert told(found) == [("Школьная улица", [2, 3])]
    assert (found.answers[0].is_split, found.only_district) == (False, None)


@pytest.mark.django_db
def test_a_place_known_in_part_decides_for_no_district() -> None:
    chamber, people = town()

    found = find("зюзино", chamber, people)

    assert (found.answers[0].is_known_in_part, found.only_district) == (True, None)


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["садвая", "krukovo", "Крюкова", "sadowaja"])
def test_what_is_misspelled_is_near_and_never_decided(written: str) -> None:
    chamber, people = town()

    found = find(written, chamber, people)

    assert told(found)[0] in [("Садовая улица", [1]), ("Крюково", [3])]
    assert (found.is_near, found.only_district) == (True, None)


@pytest.mark.django_db
def test_a_surname_with_a_mistake_is_near() -> None:
    chamber, people = town()

    assert told(find("Саловьева", chamber, people)) == [("Ada Solovyova", [])]
    assert find("Соловьёва", chamber, people).only_person == people[1]


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["", " ", "!!!", "%", "_", "9999", "x" * 1000, "\0", "' OR 1=1"])
def test_what_names_nothing_is_answered_with_nothing(written: str) -> None:
    chamber, people = town()

    assert find(written, chamber, people).answers == []


@pytest.mark.django_db
def test_a_place_is_known_once_in_a_district_by_a_name_and_a_kind() -> None:
    chamber, _ = town()
    district = chamber.districts.get(number=1)

    with refused_by("people_place_once"):
        Place.objects.create(district=district, kind="street", name_ru="Садовая улица", name_en="Sadovaya Street")
    with refused_by("people_place_has_name"):
        Place.objects.create(district=district, kind="street")
    with refused_by("people_place_known_kind"):
        Place.objects.create(district=district, kind="planet", name_en="Mars")


@pytest.mark.django_db
def test_a_list_of_places_is_brought_twice_without_a_change(tmp_path: Path) -> None:
    chamber = build.chamber()
    for number in (1, 2):
        District.objects.create(chamber=chamber, number=number)
    (tmp_path / "places.csv").write_text(
        HEADER + "1,street,Садовая улица,Sadovaya Street,,https://example.org/1\n2,area,Слобода,,yes,\n"
    )

    assert bring_places(chamber=chamber, rows=read_places(tmp_path)) == 2
    assert bring_places(chamber=chamber, rows=read_places(tmp_path)) == 0

    assert list(Place.objects.order_by("pk").values_list("district__number", "key_ru", "is_part", "source__url")) == [
        (1, " sadovaia", False, "https://example.org/1"),
        (2, " sloboda", True, None),
    ]


@pytest.mark.parametrize(
    ("row", "line", "problem"),
    [
        ("x,street,Садовая,,,", 2, '"x" in "number" is not the number of a district. Write one like 16.'),
        ("1,river,Заря,,,", 2, '"river" in "kind" is not a kind of place. Write area or street.'),
        ("1,street,Садовая,,half,", 2, '"half" in "part" is neither yes nor no.'),
        ("1,street,,,,", 2, "the place has no name. Fill in name_ru, name_en or both."),
        ("1,street,Садовая,,,www", 2, '"www" in "source_url" is not a web address.'),
        ("1,street,А,,,\n1,street,А,,,", 3, "the same place is already in line 2. Remove one of the lines."),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_a_remedy(tmp_path: Path, row: str, line: int, problem: str) -> None:
    (tmp_path / "places.csv").write_text(f"{HEADER}{row}\n")

    with pytest.raises(BadFiles) as refused:
        read_places(tmp_path)

    assert f"places.csv, line {line}: {problem}" in str(refused.value)


@pytest.mark.django_db
def test_a_district_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text(f"{HEADER}7,street,Садовая,,,\n")

    with pytest.raises(BadFile, match=r"line 2: .* has no district 7. Correct the number"):
        bring_places(chamber=build.chamber(), rows=read_places(tmp_path))
