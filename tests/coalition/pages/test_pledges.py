"""The pages of the word given: the list with its filters and its file, one pledge, and where else it is told."""

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Mandate, Party
from deputies.sources.models import cite
from deputies.votes.enums import Position
from pledges.findings.enums import FindingKind
from pledges.platform.models import Demand
from pledges.tracker.actions import publish_word
from pledges.tracker.enums import Stance, Status
from pledges.tracker.models import Pledge, Statement
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_feeds import feed, told

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 2, 1)
UNMEASURED: dict[str, Any] = {"is_measurable": False, "due_on": None, "criterion_en": ""}


@pytest.fixture
def built() -> Town:
    return town(5)


def demands(built: Town) -> list[Demand]:
    return list(built.platform.demands.order_by("pk"))


def said(built: Town) -> list[Pledge]:
    """A promise that was kept, a refusal, a silence, and a promise of a party."""
    first, second = demands(built)
    kept = build.pledge(built.people[0], first, DAY, words="Проголосую за.", occasion_en="A meeting")
    build.status(kept, Status.KEPT, DAY, note_en="Voted for it.", evidence=cite(title="Minutes 7"))
    no: dict[str, Any] = {"stance": Stance.REFUSED.value, "words": "Never.", "language": "en", **UNMEASURED}
    refused = build.pledge(built.people[1], first, DAY + dt.timedelta(days=1), **no)
    silence: dict[str, Any] = {"stance": Stance.SILENT.value, "language": "", **UNMEASURED}
    silent = build.pledge(built.people[2], second, DAY + dt.timedelta(days=2), **silence)
    party = Party.objects.create(slug="green", name_en="Green party")
    return [kept, refused, silent, build.pledge(None, second, DAY + dt.timedelta(days=3), party=party)]


def shown(client: Client, built: Town, query: str = "") -> list[int]:
    """The pledges in the list, in their order."""
    page = client.get(built.address(f"pledges/{query}"))
    return [row.given.pledge.pk for row in page.context["page"].object_list]


def test_the_list_opens_with_a_sentence_of_counts_and_has_the_latest_first(client: Client, built: Town) -> None:
    pledges = said(built)
    page = client.get(built.address("pledges/"))

    assert "2 promises, 1 refusal, 1 asked, no answer." in page.text
    assert "Kept: 1 · Not assessed yet: 1" in page.text
    assert shown(client, built) == [pledge.pk for pledge in reversed(pledges)]
    assert '<blockquote class="said" lang="ru"><p>Проголосую за.</p></blockquote>' in page.text
    assert "said in Russian" in page.text


def test_the_list_in_russian(client: Client, built: Town) -> None:
    said(built)
    page = client.get(built.address("pledges/", lang="ru")).text

    assert "2 обещания, 1 отказ, 1 вопрос без ответа." in page
    assert "Исполнено: 1 · Пока без оценки: 1" in page
    assert "сказано по-английски" in page


def test_every_filter_narrows_the_list(client: Client, built: Town) -> None:
    kept, refused, silent, party = (pledge.pk for pledge in said(built))
    first, second = demands(built)

    assert shown(client, built, f"?demand={first.slug}") == [refused, kept]
    assert shown(client, built, f"?chapter={second.chapter}") == [party, silent]
    assert shown(client, built, "?stance=silent") == [silent]
    assert shown(client, built, "?status=kept") == [kept]
    assert shown(client, built, "?faction=green") == [refused]
    assert shown(client, built, f"?by={built.people[2].slug}") == [silent]
    assert shown(client, built, "?by=party-green") == [party]
    assert shown(client, built, f"?stance=promised&demand={second.slug}") == [party]


def test_where_nothing_fits_the_list_leads_back(client: Client, built: Town) -> None:
    said(built)
    page = client.get(built.address("pledges/?by=nobody")).text

    assert "No pledge fits all of these at once." in page
    assert f'<a href="{built.address("pledges/")}">all pledges</a>' in page


def test_a_platform_without_pledges_says_when_they_appear(client: Client, built: Town) -> None:
    page = client.get(built.address("pledges/")).text

    assert "No pledge is on record." in page
    assert "two organisers have checked it" in page


def test_a_chamber_without_a_platform_has_a_list_that_says_so(client: Client) -> None:
    chamber = build.chamber()

    assert "No platform is published" in client.get(f"/en/{chamber.slug}/pledges/").text


def test_the_file_has_the_rows_of_the_filtered_list(client: Client, built: Town) -> None:
    kept, refused, *_ = said(built)

    rows = list(csv.DictReader(io.StringIO(client.get(built.address("pledges/pledges.csv")).text)))
    narrowed = list(csv.DictReader(io.StringIO(client.get(built.address("pledges/pledges.csv?stance=refused")).text)))

    assert len(rows) == 4
    assert rows[-1] | {"source": ""} == {
        "pledge": str(kept.pk),
        "by": built.people[0].name,
        "faction": "Red",
        "demand": "Demand 1",
        "chapter": "democratic",
        "stance": "promised",
        "said_on": "2024-02-01",
        "words": "Проголосую за.",
        "language": "ru",
        "occasion": "A meeting",
        "criterion": "A vote for it.",
        "due_on": "2025-01-31",
        "status": "kept",
        "status_since": "2024-02-01",
        "source": "",
    }
    assert [row["pledge"] for row in narrowed] == [str(refused.pk)]


def test_one_pledge_with_its_timeline(client: Client, built: Town) -> None:
    kept = said(built)[0]
    page = client.get(built.address(f"pledges/{kept.pk}/")).text

    for words in (
        "Проголосую за.",
        "A meeting",
        "A vote for it.",
        "Voted for it.",
        "Minutes 7",
        "Due on 31 January 2025",
    ):
        assert words in page
    assert f"assessed by {built.platform.coalition.name}" in page
    assert "As the platform asks:" in page
    assert "neither changes the other" in page
    assert f"/en/report/?chamber=town&amp;deputy={built.people[0].slug}" in page


def test_a_silence_has_no_timeline_and_a_word_that_cannot_be_measured_says_so(client: Client, built: Town) -> None:
    silent = said(built)[2]
    vague = build.pledge(built.people[3], demands(built)[0], **UNMEASURED)

    assert "What came of it" not in client.get(built.address(f"pledges/{silent.pk}/")).text
    assert "Not measurable, never assessed as kept or not." in client.get(built.address(f"pledges/{vague.pk}/")).text


def test_what_is_not_published_or_of_another_chamber_is_not_there(client: Client, built: Town) -> None:
    proposed = build.pledge(built.people[0], demands(built)[0], published=False)
    elsewhere = said(town(3, slug="other"))[0]

    for pk in (proposed.pk, elsewhere.pk, 10**9, 10**30):
        assert client.get(built.address(f"pledges/{pk}/")).status_code == 404, pk


@pytest.mark.parametrize("people", [1, 3, 45])
def test_queries_do_not_grow(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, people: int
) -> None:
    built = town(people)
    for person in built.people:
        build.status(build.pledge(person, demands(built)[0], DAY), Status.KEPT, DAY)
        build.signature(person, demands(built)[0], DAY)

    for rest, most in (("pledges/", 6), ("pledges/pledges.csv", 5), (f"pledges/{Pledge.objects.first().pk}/", 7)):  # type: ignore[union-attr]
        with django_assert_max_num_queries(most, info=rest):
            assert client.get(built.address(rest)).status_code == 200


def test_a_deputys_page_has_the_word_beside_the_votes_since(client: Client, built: Town) -> None:
    said(built)
    build.signature(built.people[0], demands(built)[1], build.START.date())
    page = client.get(built.address(f"deputies/{built.people[0].slug}/")).text

    section = page[page.index('id="promises"') :]
    assert "Promise against record" in section
    assert "<strong>kept</strong>" in section
    assert "Signed by itself, 1 January 2024" in section
    assert "Since then as the platform asks: 1 of 1 counted vote." in section
    assert "broken" not in page


def test_a_demand_says_how_many_gave_their_word_and_how_many_are_needed(client: Client, built: Town) -> None:
    said(built)
    page = client.get(built.address("demands/d1/")).text

    assert "Promised or signed by 1 of the 5 deputies who hold a seat. 3 votes are needed: short by 2." in page
    assert "Promised: 1" in page
    assert "Refused: 1" in page
    assert "No word on record: 3" in page
    assert "What would count as done" not in page


def test_a_demand_of_which_nobody_spoke_names_nobody(client: Client, built: Town) -> None:
    page = client.get(built.address("demands/d1/")).text

    assert "No deputy’s word on this demand is on record." in page
    assert "No word on record" not in page


def test_a_statement_of_a_group_is_nobodys_word(client: Client, built: Town) -> None:
    Statement.objects.create(
        platform=built.platform, demand=demands(built)[0], made_by_en="Thirteen deputies", text_en="Free them.",
        said_on=DAY, source=cite(title="A paper"),
    )  # fmt: skip

    for rest in ("demands/d1/", "platform/", "pledges/"):
        page = client.get(built.address(rest)).text
        assert "Free them." in page, rest
        assert "this is nobody’s own word and counts for no deputy" in page, rest
    assert "Free them." not in client.get(built.address("demands/d2/")).text


def test_the_feed_of_a_demand_tells_words_and_what_came_of_them(client: Client, built: Town) -> None:
    said(built)
    name = built.people[0].name

    entries = told(feed(client, built.address("demands/d1/feed.atom")))

    assert ("Promised: Demand 1", f"{name}. Проголосую за.") in entries
    assert ("Promised: Demand 1", f"{name}. Kept. Voted for it.") in entries


def test_the_feed_of_a_deputy_tells_a_pledge_once_with_its_page(client: Client, built: Town) -> None:
    pledge = build.pledge(built.people[0], demands(built)[0], published=False)
    publish_word(word=pledge, by=None, vouched=True, at=build.AT)

    response = client.get(built.address(f"deputies/{built.people[0].slug}/feed.atom"))

    assert response.text.count(f"/en/town/pledges/{pledge.pk}/") == 1


def test_a_partys_word_stands_beside_what_its_deputies_did(client: Client) -> None:
    built = town(3)
    party = Party.objects.create(slug="greens", name_en="Greens")
    demand = built.platform.demands.order_by("pk")[0]
    Mandate.objects.filter(person__in=built.people[:2]).update(party=party)
    positions = {built.people[0]: Position.FOR, built.people[1]: Position.AGAINST, built.people[2]: Position.AGAINST}
    build.link(demand, build.vote(built.chamber, positions, held_at=build.moment(90), title_en="A park"))
    pledge = build.pledge(None, demand, party=party)

    page = client.get(f"/en/town/pledges/{pledge.pk}/").text

    (told,) = re.findall(r"A park</a></h3>.*?<p>(As the platform asks:[^<]*)</p>", page, re.DOTALL)
    assert told.strip() == "As the platform asks: 1 of 2 deputies of the party; not as it asks: 1."
    assert "no pledge of any deputy" in page


def test_a_pledge_leads_to_the_vote_that_differs(client: Client) -> None:
    built = town(3)
    demand, person = built.platform.demands.order_by("pk")[0], built.people[0]
    pledge = build.pledge(person, demand)
    build.link(demand, build.vote(built.chamber, {person: Position.AGAINST}, held_at=build.moment(90)))
    found = [one for one in build.findings(FindingKind.DIFFERS) if one.pledge_id == pledge.pk]

    page = client.get(f"/en/town/pledges/{pledge.pk}/").text

    assert [f"/en/town/contradictions/{one.pk}/" in page for one in found] == [True]
