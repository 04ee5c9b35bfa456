import logging
import re

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from coalition.logs import Discreet
from deputies.people.models import District, Mandate, Person, Place, SideMembership
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db


def with_places(deputies: int = 3) -> Town:
    """Sadovaya is in the first district, Mira in the first two, of Zyuzino only a part is known."""
    built = town(deputies)
    first, second, third = built.chamber.districts.order_by("number")[:3]
    for district, kind, russian, english, is_part in (
        (first, "street", "Садовая улица", "Sadovaya Street", False),
        (first, "street", "проспект Мира", "Mira Avenue", True),
        (second, "street", "проспект Мира", "Mira Avenue", True),
        (third, "area", "Зюзино", "Zyuzino", True),
    ):
        Place.objects.create(district=district, kind=kind, name_ru=russian, name_en=english, is_part=is_part)
    return built


@pytest.mark.parametrize("query", ["семенов", "СЕМЁНОВ", "Semyonov", "ctv`yjd"])
def test_the_only_deputy_of_a_name_is_shown_at_once(client: Client, query: str) -> None:
    built = town(3)
    found = built.people[1]
    found.name_ru = "Пётр Семёнов"
    found.save()

    response = client.get(built.address("deputies/"), {"q": query})

    assert (response.status_code, response["Location"]) == (302, built.address(f"deputies/{found.slug}/"))
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize("query", ["1", "округ 1", "садовая", "Sadovaya Street 5", "ул. Садовая, д. 5 кв. 3"])
def test_the_only_district_is_shown_at_once_and_the_street_leaves_the_address(client: Client, query: str) -> None:
    built = with_places()

    response = client.get(built.address("deputies/", lang="ru"), {"q": query})

    assert (response.status_code, response["Location"]) == (302, built.address("districts/1/", lang="ru"))


@pytest.mark.parametrize("query", ["Крюково", "kryukovo", "Тёплый Стан", "tepliy stan"])
def test_a_chamber_without_a_list_of_places_is_searched_by_what_its_districts_cover(client: Client, query: str) -> None:
    built = town(3)
    District.objects.filter(chamber=built.chamber, number=2).update(areas_en="Kryukovo, Tyoply Stan", areas_ru="")

    response = client.get(built.address("deputies/"), {"q": query})

    assert (response.status_code, response["Location"]) == (302, built.address("districts/2/"))


def test_a_split_street_shows_both_deputies_and_says_why(client: Client) -> None:
    built = with_places()

    page = words(client, built.address("deputies/?q=Mira"))

    assert "1 answer to “Mira”." in page
    assert "Mira Avenue Street · split between districts The border between districts runs through it" in page
    assert "District 1 · Ada Example 0 District 2 · Ada Example 1" in page


def test_a_split_street_in_russian(client: Client) -> None:
    built = with_places()

    page = words(client, built.address("deputies/?q=мира", lang="ru"))

    assert "проспект Мира Улица · делится между округами" in page


def test_an_area_known_in_part_says_that_the_rest_is_not_known(client: Client) -> None:
    built = with_places()

    page = words(client, built.address("deputies/?q=Zyuzino"))

    assert "Only a part of it is known to lie in this district; for the rest no source was found." in page
    assert "District 3 · Ada Example 2" in page


def test_several_answers_say_of_which_kind_each_is(client: Client) -> None:
    built = with_places()
    Person.objects.filter(pk=built.people[2].pk).update(name_en="Mira Example")

    page = words(client, built.address("deputies/?q=mira"))

    assert "2 answers to “mira”." in page
    assert "Mira Example Deputy · district 3" in page


def test_what_is_misspelled_is_offered_with_its_right_name(client: Client) -> None:
    built = with_places()

    page = words(client, built.address("deputies/?q=садвая"))

    assert "Nothing here is called “садвая”. Did you mean: Sadovaya Street Street District 1 · Ada Example 0" in page


@pytest.mark.parametrize(
    "query", ["nobody at all", "%00", "%C3%28", "99999", "%3Cscript%3Ealert(1)%3C/script%3E", "q" * 1000]
)
def test_a_search_without_an_answer_is_kind(client: Client, query: str) -> None:
    built = with_places()

    response = client.get(built.address("deputies/") + f"?q={query}")

    assert response.status_code == 200
    assert "the beginning of a name is enough" in response.text
    assert "<script" not in response.text
    assert response["Cache-Control"] == "no-store"


def test_the_label_promises_only_what_can_be_found(client: Client) -> None:
    streets, areas, none = with_places(), town(3, slug="areas"), town(3, slug="bare")
    Place.objects.create(district=areas.chamber.districts.get(number=1), kind="area", name_en="Slobody")

    labels = [
        re.findall(r'<label for="q">([^<]+)', client.get(built.address(rest)).text)
        for built in (streets, areas, none)
        for rest in ("", "deputies/")
    ]

    assert labels == (
        [["Street, area, district number or surname"]] * 2
        + [["Area, district number or surname"]] * 2
        + [["District number or surname"]] * 2
    )


def test_every_seat_of_a_district_with_several_is_answered(client: Client) -> None:
    built = with_places()
    Mandate.objects.filter(person=built.people[1]).update(district=built.chamber.districts.get(number=1), seat=2)

    page = words(client, built.address("districts/1/"))

    assert "District 1 2 seats." in page
    assert "Seat 1 Deputy Democratic Social District 1 Ada Example 0" in page
    assert "Seat 2 Deputy Democratic Social District 1 Ada Example 1" in page


def test_a_district_shows_its_deputy_in_two_chapters(client: Client) -> None:
    built = with_places()

    page = words(client, built.address("districts/1/"))

    assert "District 1 Ada Example 0 Deputy · district 1 · faction Red" in page
    assert (
        "Democratic demands of the platform: 1 counted vote, as the platform asks. Social demands: 1 counted vote, as"
        in page
    )
    assert "Latest counted votes" in page
    assert "What the district covers Mira Avenue in part Sadovaya Street" in page


def test_a_district_in_russian(client: Client) -> None:
    built = with_places()

    page = words(client, built.address("districts/1/", lang="ru"))

    assert "Округ 1 Ada Example 0 Депутат · округ 1" in page
    assert "Что входит в округ проспект Мира частично Садовая улица" in page


def test_a_district_that_no_source_speaks_of_says_so(client: Client) -> None:
    built = town(3)
    District.objects.create(chamber=built.chamber, number=4)

    page = words(client, built.address("districts/4/"))

    assert "District 4 Who sits for this district: no source found." in page
    assert "What the district covers no source found" in page
    assert "If you know an official source, tell us. Report a mistake All deputies as a list · All votes" in page


def test_a_by_election_keeps_the_counts_of_each_deputy_apart(client: Client) -> None:
    built = town(3)
    mandate = Mandate.objects.get(person=built.people[0])
    Mandate.objects.filter(pk=mandate.pk).update(
        held=DateTimeTZRange(build.START, build.moment(60, 0)), left="resigned"
    )
    vacant = words(client, built.address("districts/1/"))
    heir = Person.objects.create(slug="heir", name_en="Ida Heir")
    Mandate.objects.create(
        person=heir, chamber=built.chamber, term=mandate.term, district=mandate.district, entered="by-election",
        held=DateTimeTZRange(build.moment(90, 0), None),
    )  # fmt: skip

    taken = words(client, built.address("districts/1/"))

    assert "The seat is vacant." in vacant
    assert "vacant after 29 February 2024" in vacant
    assert "District 1 Ida Heir Deputy" in taken
    assert (
        "Ada Example 0 Red · Resignation, 29 February 2024 1 of 1 1 of 1 vacant after 29 February 2024 until" in taken
    )


@pytest.mark.parametrize("number", ["0", "9", "99999", "99999999999999999999"])
def test_a_district_that_is_not_there_is_not_found(client: Client, number: str) -> None:
    assert client.get(town(1).address(f"districts/{number}/")).status_code == 404


def test_the_map_leads_to_districts_and_marks_the_one_that_is_open(client: Client) -> None:
    built = town(3)

    home = client.get(built.address()).text
    district = client.get(built.address("districts/2/")).text

    for number in (1, 2, 3):
        assert f'<a href="/en/town/districts/{number}/" class="">' in home
    assert re.findall(r'href="([^"]+)" aria-current="page"', district) == ["/en/town/districts/2/"]


def test_the_map_shows_sides_only_where_sources_state_them(client: Client) -> None:
    built = town(3)
    assert "By side" not in client.get(built.address()).text
    for person, side in zip(built.people, ("majority", "opposition"), strict=False):
        mandate = person.mandates.get()
        SideMembership.objects.create(mandate=mandate, side=side, held=mandate.held)

    page = client.get(built.address("?view=side")).text
    told = words(client, built.address("?view=side"))

    assert re.findall(r'districts/(\d)/" class="(\w*)"', page) == [
        ("1", "majority"),
        ("2", "opposition"),
        ("3", "unknown"),
    ]
    assert "Ada Example 1, Opposition" in told
    assert "Ada Example 2, side: no source found" in page
    assert '<li><i class="opposition"></i> Opposition</li>' in page


def test_no_log_has_what_a_reader_wrote(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    built = with_places()
    client.raise_request_exception = False
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        client.get(built.address("deputies/?q=secret-street"))
        client.get(built.address("nowhere/?q=secret-street"))
        client.post(built.address("deputies/?q=secret-street"))

    assert len(caplog.records) == 3
    line = logging.LogRecord(
        "gunicorn.error", logging.ERROR, "", 0, "Error handling request /ru/a/?q=%s", ("улица",), None
    )
    for record in [*caplog.records, line]:
        written = Discreet("%(message)s").format(record)
        assert "secret-street" not in written
        assert "улица" not in written
