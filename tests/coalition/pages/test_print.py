"""A deputy on paper."""

import re

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from pledges.platform.enums import Chapter
from tests import build
from tests.coalition.pages.build import POSITIONS, town


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_deputy_of_ten_demands_and_eighty_votes_prints_on_four_pages_of_a4(
    browser: Browser, live_server: LiveServer, lang: str
) -> None:
    built = town(3, chapters=[Chapter.DEMOCRATIC] * 4 + [Chapter.SOCIAL] * 6)
    demands = list(built.platform.demands.order_by("pk"))
    for n in range(80):
        positions = {person: POSITIONS[(n + place) % 5] for place, person in enumerate(built.people)}
        vote = build.vote(built.chamber, positions, held_at=build.moment(14 + n % 14))
        if n < 28:
            build.link(demands[n % 10], vote)
    page = browser.new_page()
    page.goto(f"{live_server.url}{built.address(f'deputies/{built.people[0].slug}/', lang)}")

    pdf = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4
    (box,) = set(re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf))
    assert [round(float(side)) for side in box] == [595, 842]
    page.close()
