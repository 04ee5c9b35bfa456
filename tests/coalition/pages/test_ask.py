"""The question to a deputy: what it asks, what it shows, and one sheet of A5."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from coalition.pages import ask
from coalition.pages.pictures import qr_code
from deputies.people.models import Mandate, Person, Term
from deputies.votes.enums import Position
from pledges.tracker.models import Asked
from tests import build
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db


def asked(client: Client, built: Town, lang: str = "en", nth: int = 0) -> str:
    response = client.get(built.address(f"deputies/{built.people[nth].slug}/ask/", lang))
    assert response.status_code == 200
    return response.text


def question_in(page: str) -> str:
    found = re.search('<p class="question">(.*?)</p>', page)
    assert found
    return unescape(found[1])


def shown_in(page: str) -> list[str]:
    return re.findall("<h2>(?:<span[^>]*>)?(Question [0-9]+)", page)


def test_it_is_about_the_latest_votes_not_as_asked_on_one_demand(client: Client) -> None:
    built = town(1, votes=0)
    first, second = built.platform.demands.order_by("pk")
    for day, (demand, position) in enumerate(
        [(first, Position.AGAINST), (second, Position.AGAINST), (first, Position.NO_MARK), (first, Position.FOR)]
    ):
        build.link(demand, build.vote(built.chamber, {built.people[0]: position}, held_at=build.moment(10 + day)))

    page = asked(client, built)

    assert question_in(page).startswith("The nakaz, the mandate of the voters, has this demand: “Demand 1”. In 2 votes")
    assert len(shown_in(page)) == 2
    assert "not as it asks" in page.lower()
    assert "voted against" not in page


@pytest.mark.parametrize("votes", [0, 1, 4])
def test_it_is_about_a_demand_where_all_went_as_asked(client: Client, votes: int) -> None:
    built = town(1, votes=0)
    demand = built.platform.demands.order_by("pk")[0]
    for day in range(votes):
        build.link(demand, build.vote(built.chamber, {built.people[0]: Position.FOR}, held_at=build.moment(10 + day)))

    page = asked(client, built, "ru")

    assert question_in(page) == (
        "В наказе избирателей есть требование: «Demand 1». Что вы планируете делать по этому требованию?"
    )
    assert len(shown_in(page)) == min(votes, 3)


def test_a_disputed_vote_is_not_asked_about(client: Client) -> None:
    built = town(1, votes=0)
    vote = build.vote(built.chamber, {built.people[0]: Position.AGAINST})
    build.link(built.platform.demands.order_by("pk")[0], vote)
    assert "In 1 vote that counts" in question_in(asked(client, built))
    build.dispute(vote, built.people[0], shows=["https://example.org/minutes"])

    page = asked(client, built)

    assert question_in(page).endswith("What do you plan to do about it?")
    assert shown_in(page) == []


def test_nobody_is_asked_after_the_end_or_without_a_platform(client: Client) -> None:
    built = town(2)
    page = built.address(f"deputies/{built.people[0].slug}/")
    Mandate.objects.filter(person=built.people[0]).update(held=(build.START, build.moment(20)), left="resigned")
    assert client.get(f"{page}ask/").status_code == 404
    assert f'href="{page}ask/"' not in client.get(page).text

    Term.objects.update(held=(build.START, build.moment(100, 0)))
    assert client.get(built.address(f"deputies/{built.people[1].slug}/ask/")).status_code == 404

    bare = build.chamber(slug="bare")
    assert client.get(f"/en/bare/deputies/{build.deputy(bare).slug}/ask/").status_code == 404


def test_the_letter_is_the_text_on_the_page(client: Client) -> None:
    built = town(3)
    Person.objects.update(name_en="O'Neil & <Sons>")

    page = asked(client, built, nth=1)

    text = re.search("<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    letter = re.search('href="mailto:\\?subject=([^&]*)&amp;body=([^"]*)"', page)
    assert text
    assert letter
    assert unquote(letter[2]) == unescape(text[1])
    assert "To: O'Neil & <Sons> (Deputy · district 2)" in unescape(text[1])
    assert unquote(letter[1]) == "A question on the mandate of the voters"


def test_a_qr_code_is_the_matrix_of_its_text_with_a_quiet_zone() -> None:
    text = "http://127.0.0.1:8000/ru/zarechny/deputies/gennady-sukhonosov/"
    drawn = qr_code(text)
    plain = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    plain.add_data(text)
    matrix = plain.get_matrix()

    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn.path)}

    assert drawn.size == len(matrix) + 8
    assert dark == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark}


def asked_times(built: Town, count: int) -> None:
    demand = built.platform.demands.order_by("pk")[0]
    Asked.objects.create(person=built.people[0], demand=demand, day=build.moment(20).date(), count=count)


@pytest.mark.parametrize(("count", "said"), [(19, []), (20, ["20 people said they have asked."])])
def test_how_many_asked_is_shown_from_twenty(client: Client, count: int, said: list[str]) -> None:
    built = town(1)
    asked_times(built, count)

    for rest in ("ask/", "ask/asked/"):
        page = client.get(built.address(f"deputies/{built.people[0].slug}/{rest}")).text
        assert re.findall(r"\d+ \w+ said they have asked\.", page) == said
        assert "19" not in re.sub("<[^>]*>", "", page)


def test_whoever_asked_is_counted_by_day_and_nothing_else_is_kept(client: Client) -> None:
    built = town(1)
    person, demand = built.people[0], built.platform.demands.order_by("pk")[0]
    page = built.address(f"deputies/{person.slug}/ask/asked/")
    client.get(page)
    assert Asked.objects.count() == 0

    answers = [client.post(page, {"demand": demand.slug}, REMOTE_ADDR="203.0.113.77") for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [page, page]
    row = Asked.objects.get()
    assert (row.person, row.demand, row.day, row.count) == (person, demand, timezone.now().date(), 2)
    assert answers[0].cookies == {}


def test_one_network_is_not_counted_without_end_nor_from_another_site(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(ask, "PER_NETWORK", 2)
    built = town(1)
    page = built.address(f"deputies/{built.people[0].slug}/ask/asked/")
    form = {"demand": built.platform.demands.order_by("pk")[0].slug}

    statuses = [client.post(page, form, REMOTE_ADDR="203.0.113.77").status_code for _ in range(3)]
    foreign = client.post(page, form, headers={"sec-fetch-site": "cross-site"}).status_code
    unknown = [client.post(page, {"demand": slug}, REMOTE_ADDR="10.0.0.1").status_code for slug in ("nope", "")]

    assert (statuses, foreign, unknown) == ([302, 302, 429], 403, [404, 404])
    assert Asked.objects.get().count == 2


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("lang", "name"), [("en", "Ada"), ("ru", "Длинное-Двойное " * 3 + "Имя-Фамилия")])
def test_it_prints_on_one_page_of_a5(browser: Browser, live_server: LiveServer, lang: str, name: str) -> None:
    built = town(1, votes=0)
    demand = built.platform.demands.order_by("pk")[0]
    long = ("Общественное обсуждение застройки " * 7)[:220]
    for day in range(3):
        vote = build.vote(
            built.chamber,
            {built.people[0]: Position.AGAINST},
            held_at=build.moment(10 + day),
            title_en=long,
            title_ru=long,
        )
        build.link(demand, vote)
    Person.objects.update(name_en=name, name_ru=name)
    page = browser.new_page(viewport={"width": 484, "height": 718})
    page.goto(f"{live_server.url}{built.address(f'deputies/{built.people[0].slug}/ask/', lang)}")

    pdf = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    (box,) = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [round(float(side)) for side in box] == [420, 595]
    page.emulate_media(media="print")
    seen = page.locator(".leaflet").bounding_box()
    address = page.locator(".leaflet .whole .meta").bounding_box()
    assert seen
    assert address
    assert address["y"] + address["height"] <= seen["y"] + seen["height"]  # nothing is cut off
    assert page.locator(".masthead, .footer, .send").evaluate_all("all => all.every(one => !one.offsetHeight)")
    page.close()


def test_the_leaflet_says_of_what_day_it_is(client: Client) -> None:
    built = town(1)
    day = timezone.now().astimezone(built.chamber.zone).date()

    english, russian = (" ".join(asked(client, built, lang).split()) for lang in ("en", "ru"))

    assert f"as of {day.day} {day:%B %Y}</p>" in english
    assert f"на {day.day} " in russian
