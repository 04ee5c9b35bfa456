import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from deputies.votes.enums import Position
from tests import build
from tests.coalition.pages.build import town

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "goes_to"), [("ru-RU,ru;q=0.9", "/ru/"), ("en", "/en/"), ("fr", "/en/"), ("", "/en/")]
)
def test_front_door_leads_to_the_browsers_language(client: Client, asked: str, goes_to: str) -> None:
    response = client.get("/", headers={"accept-language": asked})

    assert (response.status_code, response["Location"]) == (302, goes_to)
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize("path", ["/de/", "/en/nowhere/", "/en/nowhere/deputies/", "/en/method/nowhere/"])
def test_unknown_address_is_a_page_of_its_own(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.text


def test_chooser_lists_chambers_and_says_which_is_invented(client: Client) -> None:
    built = town()

    page = client.get("/en/").text

    assert f'<a href="/en/town/">{built.chamber.name_en}</a>' in page
    assert page.count("Demonstration: invented") == 1


def test_home_counts_deputies_votes_and_those_compared(client: Client) -> None:
    built = town(5)

    page = " ".join(client.get(built.address()).text.split())

    assert "5 deputies, 3 recorded votes. 2 of them are compared with the demands" in page
    assert "Demonstration: this assembly and all its deputies are invented." in page
    assert page.count('<li class="c3">') == 1  # five tiles in the middle of one row


def test_home_in_russian_says_the_same(client: Client) -> None:
    built = town(5)

    page = " ".join(client.get(built.address(lang="ru")).text.split())

    assert "5 депутатов, 3 записанных голосования. 2 из них связаны с требованиями" in page
    assert "Как голосует ваш депутат?" in page


def test_home_marks_a_correction(client: Client) -> None:
    built = town(3)
    build.publish(build.draft(built.chamber, {built.people[0]: Position.FOR}, roll_call=built.votes[0]), at=build.LATER)

    page = client.get(built.address()).text

    assert page.count('<strong class="tag">Corrected</strong>') == 1


def test_ended_term_says_so_and_keeps_its_deputies(client: Client) -> None:
    built = town(3)
    term = built.chamber.terms.get()
    term.held = DateTimeTZRange(build.START, dt.datetime(2024, 10, 1, tzinfo=dt.UTC))
    term.ended_precision = "month"
    term.save()
    for mandate in built.chamber.mandates.all():
        mandate.held = term.held
        mandate.left = "term-ended"
        mandate.save()

    page = " ".join(client.get(built.address()).text.split())

    assert "This term ended in October 2024. The record is closed; corrections continue." in page
    assert "3 deputies, 3 recorded votes." in page


def test_page_has_its_twin_in_the_other_language(client: Client) -> None:
    built = town(1)

    page = client.get(built.address("votes/?linked=1")).text

    assert '<html lang="en">' in page
    assert 'hreflang="ru" href="/ru/town/votes/?linked=1">Русский</a>' in page
    assert '<link rel="alternate" hreflang="en" href="http://' in page


def test_reader_gets_no_cookie_and_the_same_bytes_twice(client: Client) -> None:
    built = town(3)

    first, second = client.get(built.address()), client.get(built.address())

    assert not first.cookies
    assert "Cookie" not in first.get("Vary", "")
    assert first.content == second.content
    assert client.get(built.address(), headers={"if-none-match": first["ETag"]}).status_code == 304


def test_machines_find_their_files(client: Client) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").text == "ready\n"
    assert "Disallow: /s/" in client.get("/robots.txt").text
    assert "Contact: http" in client.get("/.well-known/security.txt").text


def test_site_is_not_ready_before_its_migrations(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="votes").delete()

    response = client.get("/health/ready")

    assert (response.status_code, response.text) == (503, "not ready: migrations\n")
