"""What readers see when something is not there, not allowed, or broken: tried with real faults."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from deputies.people.models import Person
from deputies.votes.models import RollCall
from tests import build
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db
BROKEN = "postgres://nobody@127.0.0.1:1/nothing"  # nobody listens on port 1


@pytest.fixture
def built() -> Town:
    made = town(3)
    Person.objects.filter(pk=made.people[0].pk).update(slug="gennady-sukhonosov", name_ru="Геннадий Сухоносов")
    RollCall.objects.filter(pk=made.votes[0].pk).update(slug="2024-05-12-transport-first")
    made.platform.demands.filter(slug="d1").update(slug="green-city")
    return made


def heading(page: str) -> list[str]:
    return re.findall(r"<h[12][^>]*>([^<]+)</h[12]>", page)


def near(page: str) -> list[str]:
    return re.findall(r'<li><a href="([^"]+)">', page.partition('<ul class="news">')[2].partition("</ul>")[0])


@pytest.mark.parametrize("address", ["/en/method/", "/accounts/login/"])
def test_a_form_without_its_token_gets_a_page_of_ours(address: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(address)

    assert (answer.status_code, heading(answer.text)) == (403, ["Not allowed"])
    assert not re.search(r"<style|\sstyle=", answer.text)


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("deputies/genady-suhonosov/", "deputies/gennady-sukhonosov/"),
        ("deputies/Геннадий_Сухоносов/", "deputies/gennady-sukhonosov/"),
        ("votes/2024-05-12-trasport-frst/", "votes/2024-05-12-transport-first/"),
        ("demands/grean-citty/", "demands/green-city/"),
        ("green_city", "demands/green-city/"),
    ],
)
def test_a_mistyped_address_leads_to_what_was_meant(client: Client, built: Town, mistyped: str, meant: str) -> None:
    for lang in ("en", "ru"):
        answer = client.get(built.address(mistyped, lang))

        assert (answer.status_code, near(answer.text)[0]) == (404, built.address(meant, lang))


def test_words_of_the_address_are_in_the_finder_and_in_the_way_to_the_search(client: Client, built: Town) -> None:
    english = client.get(built.address("deputies/nikto-takoy_zdes/")).text
    russian = client.get(built.address("votes/о-бюджете/", "ru")).text

    assert 'value="nikto takoy zdes"' in english
    assert 'href="/en/town/search/?q=nikto%20takoy%20zdes"' in english
    assert ("Искать «о бюджете» среди депутатов" in russian, heading(russian)) == (True, ["Страница не найдена"])
    assert near(english) == []


@pytest.mark.parametrize(("accepts", "said"), [("ru", "Страница не найдена"), ("en", "Not found"), ("de", "Not found")])
def test_without_a_language_in_the_address_it_is_the_browser_s(client: Client, accepts: str, said: str) -> None:
    answer = client.get("/nowhere/at/all/", headers={"Accept-Language": accepts})

    assert (heading(answer.text), answer.headers["Vary"]) == ([said], "Accept-Language")


@pytest.mark.parametrize(
    "rest", ["", "\0/", "town/\0\0/", "Town/x/", "town/%F0%9F%98%80/", "town/" + "a-" * 900, "x/'--/"]
)
def test_no_address_breaks_the_page(client: Client, built: Town, rest: str) -> None:
    answer = client.get(f"/en/{rest}nothing/")

    assert (answer.status_code, heading(answer.text)[0]) == (404, "Not found")


@pytest.mark.parametrize(("deputies", "votes"), [(1, 1), (3, 3), (45, 45)])
def test_it_lists_five_at_most_and_asks_little(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, deputies: int, votes: int
) -> None:
    crowd = town(deputies, votes=votes, slug="crowd")

    with django_assert_max_num_queries(5):
        answer = client.get(crowd.address("deputies/person-/"))

    assert len(near(answer.text)) == min(deputies, 5)


def test_deputies_and_votes_of_another_chamber_and_drafts_are_not_offered(client: Client, built: Town) -> None:
    other = town(1, slug="other", votes=1)
    Person.objects.filter(pk=other.people[0].pk).update(slug="gennady-sukhonosova")
    draft = build.draft(built.chamber)
    RollCall.objects.filter(pk=draft.roll_call_id).update(slug="gennady-sukhonosov")

    answer = client.get(built.address("gennady-sukhonosov/"))

    assert near(answer.text) == [built.address("deputies/gennady-sukhonosov/")]


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "This page can only be read"), ("ru", "Эту страницу можно только читать")]
)
def test_a_method_that_a_page_does_not_take_gets_words(client: Client, lang: str, said: str) -> None:
    answer = client.put(f"/{lang}/method/")

    assert (answer.status_code, answer.headers["Allow"], heading(answer.text)) == (405, "GET, HEAD", [said])


def test_a_host_that_is_not_ours_gets_words(client: Client) -> None:
    answer = client.get("/ru/method/", headers={"Host": "elsewhere.example"})

    assert (answer.status_code, heading(answer.text)) == (400, ["Запрос непонятен"])


def test_a_form_from_another_site_gets_a_page_that_says_so(client: Client) -> None:
    answer = client.post("/en/subscribe/", headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, heading(answer.text)) == (403, ["Not allowed"])
    assert "This form was sent from another site." in answer.text


def test_the_switch_closes_every_page_but_health_and_files(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    assert client.get("/en/method/").status_code == 200

    settings.MAINTENANCE_FILE.touch()

    closed = client.get("/en/method/")
    assert (closed.status_code, closed.headers["Retry-After"]) == (503, "120")
    assert heading(closed.text) == ["Back in a few minutes"]
    assert heading(client.get("/ru/town/votes/").text) == ["Сайт вернётся через несколько минут"]
    assert client.post("/s/token/unsubscribe/").status_code == 503
    assert client.get("/health/live").text == "live\n"
    assert b"@layer" in b"".join(client.get("/static/site.css"))

    settings.MAINTENANCE_FILE.unlink()
    assert client.get("/en/method/").status_code == 200


def test_where_the_language_is_not_known_it_closes_in_both(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    settings.MAINTENANCE_FILE.touch()

    answer = client.get("/admin/", headers={"Accept-Language": "ru"})

    assert heading(answer.text) == ["Сайт вернётся через несколько минут", "Back in a few minutes"]
    assert (answer.headers["Content-Language"], '<h2 lang="en">' in answer.text) == ("ru, en", True)


def test_a_page_that_fails_says_so_without_asking_anything(built: Town) -> None:
    """The table of mandates is really gone; what is said about it needs no query and no session."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE votes_rollcall RENAME COLUMN slug TO gone")
    client = Client(raise_request_exception=False)

    answer = client.get(built.address("", "ru"))

    assert (answer.status_code, heading(answer.text)) == (500, ["Что-то сломалось"])
    assert "Retry-After" not in answer.headers


ASK = """
import django, re, sys
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
for address in sys.argv[1:]:
    answer = client.get(address, headers={"Accept-Language": "ru"})
    heads = re.findall(r"<h[12][^>]*>([^<]+)</h[12]>", answer.text)
    print(answer.status_code, *map(answer.headers.get, ("Retry-After", "Content-Language")), *heads, sep="|")
"""


def ask_without_services(*addresses: str, **more: str) -> tuple[list[str], str]:
    """What a process answers whose database refuses every connection; and what it logs."""
    environment = os.environ | {"DATABASE_URL": BROKEN, "REDIS_URL": "redis://127.0.0.1:1/0"} | more
    done = subprocess.run(
        [sys.executable, "-c", ASK, *addresses], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("pool", ["", "1"])
def test_a_database_that_refuses_asks_readers_to_come_back(pool: str) -> None:
    more = {"NAKAZ_POOL": pool} if pool else {}
    said, log = ask_without_services("/en/town/", "/ru/town/votes/", "/s/some-secret-token/", "/en/no/where/", **more)

    assert said == [
        "503|120|en|Back in a few minutes",
        "503|120|ru|Сайт вернётся через несколько минут",
        "503|120|ru, en|Сайт вернётся через несколько минут|Back in a few minutes",
        "404|None|en|Not found",
    ]
    assert ("OperationalError" in log, "some-secret-token" in log) == (True, False)


def test_pages_of_words_are_read_without_any_service() -> None:
    said, _ = ask_without_services("/en/privacy/", "/ru/about/", "/nowhere/", "/health/live")

    assert [line.split("|")[0] for line in said] == ["200", "200", "404", "200"]


@pytest.mark.parametrize(
    "address",
    ["sittings/9999-12-31/", "sittings/0001-01-01/", "decisions/%00/", "decisions/none/", "share/x/%00-1.png"],
)
def test_odd_addresses_are_not_found(client: Client, address: str) -> None:
    built = town(1)

    assert "Not found" in client.get(built.address(address)).text


def test_a_search_by_no_year_finds_what_has_no_year(client: Client) -> None:
    built = town(1)
    vote = build.vote(built.chamber, {}, held_at=None, held_precision="unknown", title_en="On the undated tram")

    page = client.get(built.address("search/?q=undated&year=None")).text

    assert f"votes/{vote.slug}/" in page


@pytest.mark.parametrize("address", ["a@" + "я" * 60 + ".ru", "a@א1.com"])
def test_a_domain_that_cannot_be_is_refused_in_words(client: Client, address: str) -> None:
    build.chamber()

    page = client.post("/en/subscribe/", {"email": address, "follow": "town"})

    assert "Enter a valid email address." in page.text
