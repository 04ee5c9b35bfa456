import csv
import io
import re

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Mandate, Person, Term
from deputies.sources.enums import Basis
from deputies.sources.models import cite
from deputies.votes.enums import Kind, Position
from deputies.votes.models import FactionStatement
from pledges.platform.enums import Chapter
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSTAIN, ABSENT = Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.ABSENT


def two(*positions: tuple[Position, Position], linked: int = 0) -> Town:
    """Two deputies with these ballots, a vote each day; the first votes are linked to a demand."""
    chamber = build.chamber(slug="town", is_invented=True)
    ada, bo = build.deputy(chamber, "Ada Example", group="Red"), build.deputy(chamber, "Bo Example", group="Green")
    platform = build.platform(chamber, demands=(Chapter.DEMOCRATIC, Chapter.SOCIAL))
    votes = [
        build.vote(chamber, dict(zip((ada, bo), pair, strict=True)), held_at=build.moment(10 + day))
        for day, pair in enumerate(positions)
    ]
    for vote in votes[:linked]:
        build.link(platform.demands.order_by("pk")[0], vote)
    return Town(chamber, [ada, bo], platform, votes)


def address(built: Town, lang: str = "en", more: str = "") -> str:
    return built.address(f"compare/{built.people[0].slug}/{built.people[1].slug}/{more}", lang)


def rows(client: Client, built: Town) -> list[dict[str, str]]:
    return list(csv.DictReader(client.get(address(built, more="compare.csv")).text.splitlines()))


def test_page_opens_with_the_honest_denominator(client: Client) -> None:
    built = two((FOR, FOR), (FOR, AGAINST), (FOR, ABSENT), (FOR, Position.PRESIDING), (ABSTAIN, ABSTAIN))

    page, russian = words(client, address(built)), words(client, address(built, "ru"))

    lead = "Both could vote in 4 of 5 roll calls. Both voted for, against or abstained in 3: the same in 2, differently"
    assert f"{lead} in 1." in page
    assert (
        "Оба депутата могли участвовать в 4 из 5 голосований. Голос за, против или воздержание есть у обоих в 3"
        " голосованиях: совпали в 2, разошлись в 1." in russian
    )


def test_differences_come_first_and_linked_votes_before_others(client: Client) -> None:
    built = two((FOR, FOR), (FOR, AGAINST), (FOR, ABSENT), (FOR, AGAINST), linked=2)

    page = client.get(address(built)).text

    assert re.findall(r'<section id="([^"]+)"', page) == ["different", "same", "no-vote"]
    assert re.findall(r'<th scope="row"><a href="[^"]*/votes/([^/]+)/"', page) == [
        built.votes[nth].slug for nth in (1, 3, 0, 2)
    ]
    assert re.findall(r"<h3>(?:<span[^>]*>[^<]*</span> <a[^>]*>)?([^<]+)", page) == [
        "Demand 1", "Not linked to the platform", "Demand 1", "Not linked to the platform",
    ]  # fmt: skip


def test_ballots_are_told_in_words_with_their_ground(client: Client) -> None:
    built = two()
    ada, bo = built.people
    free = build.draft(built.chamber, {ada: FOR, bo: AGAINST})
    letter = cite(title="A letter")
    red = build.faction(built.chamber, "Red")
    FactionStatement.objects.create(version=free, faction=red, is_free_vote=True, source=letter)
    worked_out = build.draft(built.chamber, {ada: FOR})
    build.ballot(worked_out, bo, AGAINST, basis=Basis.INFERRED.value, note_en="From the totals.")
    build.publish(free, worked_out)
    build.vote(built.chamber, {}, kind=Kind.SECRET.value)

    page = words(client, address(built))

    assert "Ada Example: for free vote Bo Example: against" in page
    assert "Ada Example: for Bo Example: against worked out From the totals." in page
    assert "Ada Example: not named in the record Bo Example: not named in the record" in page
    assert "No recorded vote of one or both: 2 votes" in page


def test_scores_are_those_of_the_deputies_pages_and_stand_only_where_both_have_them(client: Client) -> None:
    built = two((FOR, AGAINST), (FOR, ABSENT), (FOR, FOR), linked=2)
    lonely = two_alone(built)

    page = words(client, address(built))
    own = [words(client, built.address(f"deputies/{person.slug}/")) for person in built.people]
    other = words(client, built.address(f"compare/{built.people[0].slug}/{lonely.slug}/"))

    assert "Democratic Ada Example: 2 of 2 Bo Example: 0 of 1 +1 no vote recorded" in page
    assert "2 of 2" in own[0]
    assert "0 of 1" in own[1]
    assert "Social Ada" not in page
    assert "Chosen and scored by Coalition" in page
    assert "Chapters are set side by side only where both deputies have counted votes in them." in other


def two_alone(built: Town) -> Person:
    """A deputy of whom nothing is linked."""
    lonely = build.deputy(built.chamber, "Cy Example")
    build.vote(built.chamber, {built.people[0]: FOR, lonely: FOR})
    return lonely


def test_file_says_the_same_as_the_page(client: Client) -> None:
    built = two((FOR, FOR), (FOR, AGAINST), (FOR, ABSENT), linked=1)

    response = client.get(address(built, more="compare.csv"))

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    assert rows(client, built) == [
        row(built, 1, AGAINST, "different"),
        row(built, 0, FOR, "same") | {"demands": "Demand 1"},
        row(built, 2, ABSENT, "no-vote"),
    ]


def row(built: Town, nth: int, theirs: Position, relation: str) -> dict[str, str]:
    version = built.votes[nth].versions.get()
    told = {"date": f"2024-01-{11 + nth}", "vote": built.votes[nth].slug, "title": str(version.title), "question": ""}
    return told | {"position_a": "for", "position_b": theirs.value, "relation": relation, "demands": ""}


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_of_the_file_is_a_formula(client: Client, title: str) -> None:
    built = two((FOR, FOR))
    build.vote(built.chamber, dict.fromkeys(built.people, FOR), title_en=title, question_en=title)

    content = client.get(address(built, more="compare.csv")).content.decode()

    (told,) = [line for line in csv.reader(io.StringIO(content, newline="")) if "'" in "".join(line)]

    assert told[2:4] == [f"'{title}", f"'{title}"]


def test_file_marks_what_was_worked_out_and_dates_only_as_known(client: Client) -> None:
    built = two()
    version = build.draft(built.chamber, {built.people[0]: FOR}, held_precision="month")
    build.ballot(version, built.people[1], AGAINST, basis=Basis.INFERRED.value, note_en="From the totals.")
    build.publish(version)

    (only,) = rows(client, built)

    assert (only["date"], only["position_b"], only["relation"]) == ("2024-01", "against (inferred)", "no-vote")


def test_both_orders_have_one_canonical_address(client: Client) -> None:
    built = two((FOR, AGAINST))
    turned = Town(built.chamber, built.people[::-1], built.platform, built.votes)

    links = [re.findall(r'rel="canonical" href="([^"]+)"', client.get(address(one)).text) for one in (built, turned)]

    assert links[0] == links[1]
    assert len(links[0]) == 1


def test_deputies_without_a_common_vote_are_told_so(client: Client) -> None:
    built = two((FOR, FOR))
    built.chamber.terms.update(held=DateTimeTZRange(build.START, build.moment(400)))
    term = Term.objects.create(
        chamber=built.chamber, number=2, held=DateTimeTZRange(build.moment(400), None), name_en="Second"
    )
    late = Person.objects.create(slug="late", name_en="Cy Example")
    Mandate.objects.create(person=late, chamber=built.chamber, term=term, held=term.held)

    page = words(client, built.address(f"compare/{built.people[0].slug}/late/"))

    assert "No roll call on record that both could vote in." in page
    assert "Scores of different terms are not set side by side." in page
    assert "(CSV)" not in page


def test_choice_leads_to_the_comparison_and_refuses_kindly(client: Client) -> None:
    built = two((FOR, FOR))
    ada, bo = (person.slug for person in built.people)

    page = client.get(built.address("compare/"))
    chosen = client.get(built.address(f"compare/?a={ada}&b={bo}"))
    same = client.get(address(Town(built.chamber, [built.people[0]] * 2, built.platform, [])), follow=True)
    unknown = client.get(built.address(f"compare/?a={ada}&b=nobody"))

    assert page.text.count('<option value="person-') == 4
    assert chosen.headers["Location"] == address(built)
    assert "That is the same deputy twice." in same.text
    assert same.text.count(f'<option value="{ada}" selected>') == 2
    assert "Choose both deputies from the lists." in unknown.text


def test_deputy_leads_to_the_choice_with_themselves_chosen(client: Client) -> None:
    built = two((FOR, FOR))
    ada = built.people[0].slug

    assert f'/en/town/compare/?a={ada}"' in client.get(built.address(f"deputies/{ada}/")).text
    assert "/en/town/compare/" in client.get(built.address("deputies/")).text
    assert f'<option value="{ada}" selected>' in client.get(built.address(f"compare/?a={ada}")).text


def test_nobody_to_compare_is_said(client: Client) -> None:
    build.chamber(slug="empty")

    assert "there is nobody to compare" in words(client, "/en/empty/compare/")


@pytest.mark.parametrize("lost", ["nowhere/compare/", "town/compare/nobody/noone/", "town/compare/a/b/compare.csv"])
def test_unknown_chambers_and_deputies_are_not_found(client: Client, lost: str) -> None:
    town(1)

    assert client.get(f"/en/{lost}").status_code == 404


def test_many_votes_come_page_by_page_and_small(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    built = two(*[(FOR, AGAINST)] * 60, *[(FOR, FOR)] * 60, linked=30)

    with django_assert_max_num_queries(12):
        first = client.get(address(built))
    second = client.get(address(built) + "?page=2")

    assert first.text.count('<th scope="row"><a') == 50
    assert 'href="?page=2#same"' in first.text
    assert "page 1 of 3" in words(client, address(built))
    assert second.text.index('id="different"') < second.text.index('id="same"')
    assert len(first.content) <= 120_000
    assert len(rows(client, built)) == 120
