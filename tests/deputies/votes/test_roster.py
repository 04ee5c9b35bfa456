"""Names of a list in a chamber at a moment, aliases and picks included."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import translation

from deputies.people.actions import MeansSeveral, RememberedForAnother, remember_pick
from deputies.people.enums import Likeness, Matched
from deputies.people.matching import Match
from deputies.people.models import Alias, Chamber, Office, Person
from deputies.sources.models import Document, cite
from deputies.votes.imports.roster import REASONS, explain, match_names, roster
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
NOON = build.moment(10)
PAGE, OTHER_PAGE = "https://www.duma.example/votes/1", "https://duma.example/votes/2"
ELSEWHERE = "https://paper.example/duma.example"


def matched(chamber: Chamber, *written: str, at: dt.datetime | None = NOON, source: str = "") -> list[int | None]:
    document = cite(url=source) if source else None
    return [found.id for found in match_names(chamber, at, written, document)]


def only(chamber: Chamber, written: str, at: dt.datetime = NOON) -> Match:
    return match_names(chamber, at, [written], None)[0]


def organiser() -> AbstractBaseUser:
    return get_user_model().objects.create_user(username="picker", password=None)


def pick(person: Person, name: str, source: Document | None = None) -> Alias:
    by = get_user_model().objects.first() or organiser()
    return remember_pick(person=person, name=name, source=source, by=by, at=build.AT)


def test_names_are_matched_to_people_in_their_order() -> None:
    chamber = build.chamber()
    roeva, titarev = build.deputy(chamber, "Anna Roeva"), build.deputy(chamber, "Andrey Titarev")

    assert matched(chamber, "Титарев А.", "Nobody", "Роева") == [titarev.pk, None, roeva.pk]


def test_whoever_left_or_came_later_is_told_with_the_day() -> None:
    chamber = build.chamber(timezone="Europe/Moscow")
    build.deputy(chamber, "Anna Roeva", held=(build.START, chamber.midnight(dt.date(2024, 1, 8))))
    build.deputy(chamber, "Andrey Titarev", held=(chamber.midnight(dt.date(2024, 3, 1)), None))

    assert explain(only(chamber, "Roeva A.")) == (
        "“Roeva A.”: could not vote then: Anna Roeva (the mandate of Anna Roeva ended 2024-01-07)."
        " Correct the date, or the name."
    )
    assert only(chamber, "Titarev").suggestions[0].unable == "the mandate of Andrey Titarev began 2024-03-01"
    assert only(chamber, "Titarev", at=build.moment(90)).reason == Matched.READ
    assert matched(chamber, "Roeva A.", "Titarev", at=None).count(None) == 0


def test_a_day_is_not_made_up_where_the_month_is_all_we_know() -> None:
    chamber = build.chamber()
    person = build.deputy(chamber, "Anna Roeva", held=(build.START, build.START + dt.timedelta(days=5)))
    person.mandates.update(ended_precision="year")

    assert only(chamber, "Roeva").suggestions[0].unable == "the mandate of Anna Roeva ended 2024"

    person.mandates.update(ended_precision="unknown")

    assert only(chamber, "Roeva").suggestions[0].unable == "the mandate of Anna Roeva ended at a time that is not known"


def test_whoever_sat_twice_is_one_person() -> None:
    chamber = build.chamber()
    person = build.deputy(chamber, "Anna Roeva", held=(build.START, build.moment(5)))
    second = person.mandates.get()
    second.pk, second.held = None, DateTimeTZRange(build.moment(8), None)
    second.save()

    assert matched(chamber, "Roeva") == matched(chamber, "Roeva", at=None) == [person.pk]
    assert (
        only(chamber, "Roeva", at=build.moment(6)).suggestions[0].unable.startswith("the mandate of Anna Roeva ended")
    )


def test_the_chair_is_whoever_presided_then() -> None:
    chamber = build.chamber()
    for name, held in [("Anna Roeva", (None, build.moment(20))), ("Andrey Titarev", (build.moment(20), None))]:
        mandate = build.deputy(chamber, name).mandates.get()
        Office.objects.create(mandate=mandate, title_en="Chair", presides=True, held=DateTimeTZRange(*held))

    for at, name in [(NOON, "Anna Roeva"), (build.moment(30), "Andrey Titarev")]:
        found = only(chamber, "Председатель", at)
        assert (found.reason, found.id) == (Matched.CHAIR, Person.objects.get(name_en=name).pk)
    assert match_names(chamber, None, ["Mr. Speaker"], None)[0].reason == Matched.SEVERAL


def test_the_chair_by_name_and_by_office_is_one_deputy_twice() -> None:
    chamber = build.chamber()
    mandate = build.deputy(chamber, "Anna Roeva").mandates.get()
    Office.objects.create(mandate=mandate, title_en="Chair", presides=True, held=mandate.held)

    assert [found.reason for found in match_names(chamber, NOON, ["Roeva", "Chairman"], None)] == [Matched.DOUBLED] * 2


def test_an_alias_holds_for_its_site_and_its_time() -> None:
    chamber = build.chamber()
    person = build.deputy(chamber, "Anna Roeva")
    Alias.objects.create(person=person, name="Lark", source=cite(url=PAGE))
    Alias.objects.create(person=person, name="Swift", used=DateTimeTZRange(None, build.moment(20)))

    assert matched(chamber, "Lark", source=OTHER_PAGE) == [person.pk]
    assert matched(chamber, "Lark", source=ELSEWHERE) == matched(chamber, "Lark") == [None]
    assert only(chamber, "Lark").suggestions[0].why == Likeness.ELSEWHERE
    assert matched(chamber, "Swift", source=ELSEWHERE) == [person.pk]
    assert matched(chamber, "Swift", at=build.moment(30)) == [None]


@pytest.mark.parametrize("people", [1, 3, 40])
def test_a_roster_takes_five_queries_of_whatever_size(people: int, django_assert_max_num_queries: Any) -> None:
    chamber = build.chamber()
    for number in range(people):
        person = build.deputy(chamber, f"Anna Roeva{'abcdefgh'[number % 8]}", group="Blue")
        Alias.objects.create(person=person, name=f"Bird {number}", source=cite(url=f"{PAGE}{number}"))

    with django_assert_max_num_queries(5):
        assert len(roster(chamber, NOON, None)) == people


def test_a_pick_is_remembered_once_for_the_site_with_who_and_when() -> None:
    chamber = build.chamber()
    person = build.deputy(chamber, "Anna Roeva")
    page, other_page = cite(url=PAGE), cite(url=OTHER_PAGE)

    kept = pick(person, " Lark  the Early", page)

    assert (kept.name, kept.source, kept.picked_at) == ("Lark the Early", page, build.AT)
    assert pick(person, "lark the early", other_page) == kept
    assert matched(chamber, "Lark the Early", source=OTHER_PAGE) == [person.pk]
    assert pick(person, "Lark the Early", cite(url=ELSEWHERE)) != kept


def test_a_pick_frees_an_alias_of_its_period() -> None:
    person = build.deputy(build.chamber(), "Anna Roeva")
    limited = Alias.objects.create(person=person, name="Lark", used=DateTimeTZRange(None, build.moment(1)))

    assert pick(person, "Lark") == limited
    limited.refresh_from_db()
    assert (limited.used, limited.picked_at) == (None, build.AT)


def test_a_spelling_of_somebody_else_of_that_time_is_not_remembered() -> None:
    chamber = build.chamber()
    person, other = build.deputy(chamber, "Anna Roeva"), build.deputy(chamber, "Olga Titareva")
    pick(other, "Lark the Early", cite(url=PAGE))

    for name in ("LARK THE EARLY", "Olga Titareva"):
        with pytest.raises(RememberedForAnother, match="already names Olga Titareva"):
            pick(person, name, cite(url=OTHER_PAGE))
    with pytest.raises(RememberedForAnother):
        pick(person, "Lark the Early")
    assert pick(person, "Lark the Early", cite(url=ELSEWHERE)).person == person


def test_somebody_of_another_time_or_chamber_is_in_nobodys_way() -> None:
    chamber = build.chamber()
    gone = build.deputy(chamber, "Olga Titareva", held=(build.START, build.moment(1)))
    elsewhere = build.deputy(build.chamber(), "Olga Titareva")
    person = build.deputy(chamber, "Anna Roeva", held=(build.moment(2), None))
    for each in (gone, elsewhere):
        Alias.objects.create(person=each, name="Lark the Early")

    assert pick(person, "Lark the Early").person == person


@pytest.mark.parametrize("name", ["Roeva", "РОЕВА", "Roeva."])
def test_a_bare_surname_that_another_ever_bore_is_not_remembered(name: str) -> None:
    chamber = build.chamber()
    build.deputy(chamber, "Olga Roeva", held=(build.START, build.moment(1)))
    person = build.deputy(chamber, "Anna Roeva", held=(build.moment(2), None))

    with pytest.raises(MeansSeveral, match="also the surname of Olga Roeva"):
        pick(person, name)
    assert pick(person, "Roeva A. P.").person == person


def test_an_office_is_not_remembered_as_a_name() -> None:
    with pytest.raises(MeansSeveral, match="whoever presides"):
        pick(build.deputy(build.chamber(), "Anna Roeva"), "Mr. Speaker")
    assert not Alias.objects.exists()


def test_a_remembered_pick_says_who_and_when() -> None:
    person = build.deputy(build.chamber())
    with refused_by("people_alias_picked_by_whom_and_when"):
        Alias.objects.create(person=person, name="Lark", picked_at=build.AT)


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(Matched)


def test_a_roster_reads_names_in_the_language_of_the_reader() -> None:
    chamber = build.chamber()
    person = build.deputy(chamber, "Anna Roeva")
    Person.objects.filter(pk=person.pk).update(name_ru="Анна Роева")

    assert only(chamber, "Рова").suggestions[0].name == "Anna Roeva"
    with translation.override("ru"):
        assert only(chamber, "Рова").suggestions[0].name == "Анна Роева"
