import re

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Person
from deputies.people.wanted import wanted
from deputies.votes.enums import Result
from deputies.votes.models import RollCall, RollCallVersion
from deputies.votes.models.rollcalls import TITLES, WORDS
from pledges.platform.models import DemandText
from pledges.scorecards.actions import publish_platform
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db


def vote(built: Town, russian: str, english: str = "", **more: object) -> RollCall:
    return build.vote(built.chamber, {}, **{"title_ru": russian, "title_en": english, **more})


def found(client: Client, built: Town, query: str, rest: str = "", lang: str = "en") -> list[str]:
    """Slugs of the votes that a search shows, in their order."""
    page = client.get(built.address(f"search/?q={query}{rest}", lang=lang)).text
    return re.findall(rf'<h3><a href="/{lang}/town/votes/([^/]+)/">', page)


@pytest.mark.parametrize(
    "query",
    [
        "голосование", "голосовали", "ГОЛОСУЕТ", "voted", "golosovanie", "ujkjcjdfybt",
        "жилье", "жильё", "zhilyo", "квартиры", "открытое голосование", "голосование жильё",
    ],
)  # fmt: skip
def test_a_vote_is_found_by_any_form_alphabet_and_synonym(client: Client, query: str) -> None:
    built = town(1, votes=0)
    wanted_vote = vote(built, "Об открытом голосовании", "", summary_ru="Решает, кому достанется жильё.")
    vote(built, "О тротуарах", "On pavements")

    assert found(client, built, query) == [wanted_vote.slug]
    assert found(client, built, query, lang="ru") == [wanted_vote.slug]


def test_every_word_must_be_there(client: Client) -> None:
    built = town(1, votes=0)
    vote(built, "О бюджете города")

    assert found(client, built, "бюджет области") == []
    assert len(found(client, built, "бюджет города")) == 1


def test_only_what_is_published_appears_and_only_in_its_published_version(client: Client) -> None:
    built = town(1, votes=0)
    build.draft(built.chamber, {}, title_en="A secret draft")
    corrected = vote(built, "", "On the mistaken harbour")
    build.publish(build.draft(built.chamber, {}, roll_call=corrected, title_en="On the right bridge"), at=build.LATER)
    build.draft(built.chamber, {}, roll_call=corrected, title_en="On a tunnel to come")

    assert [found(client, built, query) for query in ("secret", "harbour", "tunnel", "bridge")] == [
        [], [], [], [corrected.slug],
    ]  # fmt: skip


def test_another_chamber_is_searched_only_without_a_chamber(client: Client) -> None:
    built, other = town(1, votes=0), town(1, votes=0, slug="other")
    build.vote(other.chamber, {}, title_en="On the aqueduct")

    assert found(client, built, "aqueduct") == []
    page = words(client, "/en/search/?q=aqueduct")
    assert "1 result for “aqueduct”." in page
    assert f"On the aqueduct 11 January 2024, 12:00 · Not stated · {other.chamber.name_en}" in page


def test_deputies_and_demands_are_found_with_votes(client: Client) -> None:
    built = town(3)
    Person.objects.filter(pk=built.people[0].pk).update(name_ru="Ирина Трамвайная", name_en="")
    version = built.platform.versions.create(number=2, title_en="Next")
    demand = built.platform.demands.get(slug="d1")
    DemandText.objects.create(version=version, demand=demand, title_ru="Трамвай каждому", text_ru="До полуночи.")
    publish_platform(platform=built.platform, version=version, links=[], vouched=True, at=build.LATER)
    vote(built, "О продлении трамвая")

    page = words(client, built.address("search/?q=трамвай", lang="ru"))

    assert "3 результата по запросу «трамвай»." in page
    assert "Депутаты Ирина Трамвайная округ 1 Требования Трамвай каждому" in page


def test_what_was_found_is_marked_and_nothing_else_becomes_markup(client: Client) -> None:
    built = town(1, votes=0)
    vote(
        built, "", "On <script>alert(1)</script> budgets \ue000 of \ue001",
        summary_en='A "budget" <img src=x onerror=alert(2)> for all',
    )  # fmt: skip

    page = client.get(built.address("search/"), {"q": "budget <script>alert(3)</script>"}).text
    marked = client.get(built.address("search/"), {"q": "budget"}).text

    assert "On &lt;script&gt;alert(1)&lt;/script&gt; <mark>budgets</mark> <mark> of </mark></a>" in marked
    assert "A &quot;<mark>budget</mark>&quot; &lt;img src=x onerror=alert(2)&gt; for all" in marked
    for text in (page, marked):
        assert "<script" not in text
        assert "<img" not in text


def test_a_passage_in_the_other_language_says_so(client: Client) -> None:
    built = town(1, votes=0)
    vote(built, "О бюджете", "On money", summary_ru="Деньги на школы.", summary_en="Money for schools.")

    page = client.get(built.address("search/?q=бюджет")).text

    assert "On money</a></h3>" in page
    assert '<p><span lang="ru">О <mark>бюджете</mark></span></p>' in page


@pytest.mark.parametrize(
    ("query", "instead"), [("трамай", "трамвая"), ("prodlanie", "продлении"), ("бюжет", "бюджете")]
)
def test_a_typing_mistake_is_repaired_and_said(client: Client, query: str, instead: str) -> None:
    built = town(1, votes=0)
    vote(built, "О продлении трамвая и о бюджете")

    page = words(client, built.address(f"search/?q={query}"))

    assert f"Nothing for “{query}”; showing “{instead}”." in page
    assert "О продлении трамвая и о бюджете" in page


def test_choices_are_counted_and_can_be_taken_back(client: Client) -> None:
    built = town(3, votes=0)
    demands = list(built.platform.demands.order_by("pk"))
    adopted = vote(built, "", "On the bridge", result=Result.ADOPTED.value)
    rejected = vote(built, "", "On the bridge again", result=Result.REJECTED.value, held_at=build.moment(400))
    build.link(demands[0], adopted)

    page = words(client, built.address("search/?q=bridge"))
    narrowed = client.get(built.address("search/?q=bridge&result=rejected")).text

    assert "Chapter of the demand Democratic 1 Year 2025 1 2024 1 Result Adopted 1 Not adopted 1 Votes" in page
    assert found(client, built, "bridge", "&result=rejected") == [rejected.slug]
    assert found(client, built, "bridge", "&year=2024") == [adopted.slug]
    assert found(client, built, "bridge", "&chapter=democratic") == [adopted.slug]
    assert found(client, built, "bridge", "&chapter=social") == []
    assert found(client, built, "bridge", "&kind=deputies") == []
    assert '<a href="?q=bridge" rel="nofollow" aria-current="true"><strong>Not adopted</strong>' in narrowed


def test_long_results_have_pages_that_keep_the_choices(client: Client) -> None:
    built = town(1, votes=0)
    for day in range(23):
        vote(built, "", "On bridges", held_at=build.moment(day))

    first, second = (client.get(built.address(f"search/?q=bridge&kind=votes&page={n}")).text for n in (1, 2))

    assert (first.count("<h3>"), second.count("<h3>")) == (20, 3)
    assert '<a rel="next nofollow" href="?q=bridge&amp;kind=votes&amp;page=2">' in first
    assert '<a rel="prev nofollow" href="?q=bridge&amp;kind=votes&amp;page=1">' in second


@pytest.mark.parametrize(
    "query",
    ["", "%20", "%00", "a%00b", "%C3%28", "%FF", "x" * 1000, "я" * 1000, "и", "the", "!!!", "'", "%27%3A*",
     "%7C%26%21()", "%5C", "слово " * 300, "%F0%9F%98%80", "_"],
)  # fmt: skip
def test_any_query_is_answered_kindly_and_kept_by_nobody(client: Client, query: str) -> None:
    built = town(3)

    for address in (built.address(f"search/?q={query}"), f"/ru/search/?q={query}"):
        response = client.get(address)
        assert response.status_code == 200, address
        assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
        assert '<meta name="robots" content="noindex">' in response.text
        assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "rest",
    [
        "&year=x",
        "&year=99999999999999",
        "&result=x",
        "&chapter=x",
        "&kind=x",
        "&page=x",
        "&page=-1",
        "&page=99",
        "&year=%00",
    ],
)
def test_a_choice_that_does_not_exist_is_no_error(client: Client, rest: str) -> None:
    built = town(3)

    assert client.get(built.address(f"search/?q=question{rest}")).status_code == 200


@pytest.mark.parametrize("size", [1, 3, 45])
def test_no_search_asks_more_than_twelve_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    built = town(size, votes=size)

    for rest in (
        "",
        "?q=question",
        "?q=qestion",
        "?q=example",
        "?q=nothing+like+it",
        "?q=question&kind=votes&year=2024",
    ):
        for address in (built.address(f"search/{rest}"), f"/ru/search/{rest}"):
            with django_assert_max_num_queries(12, info=address):
                response = client.get(address)
            assert len(response.content) < 120_000


def test_both_indexes_serve_the_searches_among_many_votes() -> None:
    """With 20,000 votes PostgreSQL looks words and spellings up in the indexes."""
    chamber = build.chamber()
    RollCall.objects.bulk_create(RollCall(chamber=chamber, vote_id=f"m{n}", slug=f"m{n}") for n in range(20_000))
    RollCallVersion.objects.bulk_create(
        RollCallVersion(
            roll_call_id=pk,
            threshold="voting",
            held_at=build.AT,
            title_ru=f"О внесении изменений в закон города «О порядке учёта вопросов повестки», статья {pk}",
            title_en=f"Item {pk}",
        )
        for pk in RollCall.objects.values_list("pk", flat=True)
    )
    query = wanted("мост")
    assert query is not None
    with connection.cursor() as cursor:
        for index in ("votes_version_words", "votes_version_titles"):
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
        cursor.execute("ANALYZE votes_rollcallversion")
    by_words = RollCallVersion.objects.annotate(words=WORDS).filter(words=query).values("pk")
    by_spelling = (
        RollCallVersion.objects.annotate(latin=TITLES).filter(latin__trigram_word_similar="mostt").values("pk")[:40]
    )

    assert "votes_version_words" in by_words.explain()
    assert "votes_version_titles" in by_spelling.explain()
