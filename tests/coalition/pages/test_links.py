"""What readers see of how a link came about: organisations, objections, and what was not used."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.votes.enums import Position
from pledges.scorecards.enums import Role
from pledges.scorecards.links.actions import Voice, approve_links, propose_links, veto_link, withdraw_veto
from pledges.scorecards.models import Considered, Link, Score
from pledges.scorecards.reports.links import Linked, choice_of, linked_in
from pledges.scorecards.reports.platform import PlatformInForce, platform_in_force
from tests import build
from tests.coalition.accounts import door
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> Town:
    return town(3, votes=2)


@pytest.fixture
def voices(built: Town) -> list[Voice]:
    of = [build.organisation(built.platform, name) for name in ("Left", "Green")]
    return [Voice(door.organiser(f"secret-{one.slug}", of=one), one.slug, one.name_ru, one.name_en) for one in of]


def agreed(built: Town, voices: list[Voice]) -> Link:
    """A link of the second vote to the first demand, of double weight, approved by both organisations."""
    call = build.vote(built.chamber, dict.fromkeys(built.people, Position.FOR))
    link = build.link(built.platform.demands.get(slug="d1"), call, weight=2000, published=False)
    propose_links(links=[link], voice=voices[0], at=build.AT)
    approve_links(links=[link], voice=voices[1], at=build.AT)
    return Link.objects.get(pk=link.pk)


def test_a_link_names_the_organisations_and_no_account(client: Client, built: Town, voices: list[Voice]) -> None:
    link = agreed(built, voices)
    pages = [
        words(client, built.address(rest))
        for rest in (
            "demands/d1/", f"votes/{link.roll_call.slug}/", f"deputies/{built.people[0].slug}/d1/",
        )
    ]  # fmt: skip

    for told in pages:
        assert "link approved by Left and Green" in told
        assert "secret" not in told
    assert "Weight 2." in pages[0]
    assert "link vouched for by one person" in pages[0]  # the others of this demand
    assert "weight 2" in pages[1]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_disputed_link_stays_visible_and_counts_for_nobody(
    client: Client, built: Town, voices: list[Voice], lang: str
) -> None:
    before = Score.objects.get(person=built.people[0], demand__slug="d1").with_weight
    link = agreed(built, voices)
    assert Score.objects.get(person=built.people[0], demand__slug="d1").with_weight == before + 2000

    veto_link(link=link, voice=voices[1], reason_ru="Слишком слабо.", reason_en="Too weak.", at=build.LATER)

    assert Score.objects.get(person=built.people[0], demand__slug="d1").with_weight == before
    for rest in ("demands/d1/", f"votes/{link.roll_call.slug}/"):
        told = words(client, built.address(rest, lang))
        assert ("Green objects: Too weak." if lang == "en" else "Слишком слабо.") in told
        assert "secret" not in told
    assert built.votes[0].slug in client.get(built.address("demands/d1/")).content.decode()
    withdraw_veto(link=link, voice=voices[1], at=build.LATER)
    assert "Too weak." not in words(client, built.address("demands/d1/"))


def test_what_was_not_used_is_listed_with_its_reason(client: Client, built: Town) -> None:
    call = build.vote(built.chamber, dict.fromkeys(built.people, Position.FOR))
    demand = built.platform.demands.get(slug="d1")
    linked = Link.objects.filter(demand=demand).count()
    row = Considered.objects.create(demand=demand, roll_call=call, reason_en="It is about money.", at=build.AT)

    for rest in ("platform/not-used/", "demands/d1/"):
        told = words(client, built.address(rest))
        assert "Considered and not used" in told
        assert "It is about money." in told
    assert f"Scored: {linked} of {linked + 1} recorded votes considered." in words(client, built.address("demands/d1/"))
    build.link(demand, call)  # used after all
    assert "Considered and not used: 0 votes" in words(client, built.address("platform/"))
    assert "It is about money." not in words(client, built.address("platform/not-used/"))
    Considered.objects.filter(pk=row.pk).update(withdrawn_at=build.LATER)
    assert "Considered and not used" not in words(client, built.address("demands/d1/"))


@pytest.mark.parametrize("many", [1, 3, 30])
def test_lists_of_what_is_disputed_and_not_used_keep_to_twelve_queries(
    client: Client, built: Town, voices: list[Voice], many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        link = agreed(built, voices)
        veto_link(link=link, voice=voices[0], reason_ru="", reason_en="Too weak.", at=build.LATER)
        call = build.vote(built.chamber, {})
        Considered.objects.create(demand=link.demand, roll_call=call, reason_en="It is about money.", at=build.AT)

    for rest in ("platform/", "platform/not-used/", "demands/d1/", f"votes/{link.roll_call.slug}/"):
        with django_assert_max_num_queries(12, info=rest):
            client.get(built.address(rest))


def test_who_chose_says_how_many_of_the_linked_votes_count(client: Client, built: Town) -> None:
    every = words(client, built.address("platform/"))
    call = build.vote(built.chamber, dict.fromkeys(built.people, Position.FOR))
    build.link(built.platform.demands.get(slug="d1"), call, role=Role.INFORMATIVE)
    slug = built.people[0].slug
    pages = [f"deputies/{slug}/", "platform/", "demands/d1/", f"compare/{slug}/{built.people[1].slug}/"]

    told = [words(client, built.address(rest)) for rest in [*pages, "factions/red/"]]
    russian = words(client, built.address("platform/", lang="ru"))

    assert "of them count." not in every
    assert ["3 of 3 roll calls. 2 of them count. Which and why" in page for page in told] == [True] * 5
    assert "С наказом связано 3 из 3 записанных голосований. В счёт идёт 2." in russian
    assert linked_in(the_platform(built)) == choice_of(the_platform(built))[0] == Linked(votes=3, counted=2)


def the_platform(built: Town) -> PlatformInForce:
    found = platform_in_force(built.chamber)
    assert found is not None
    return found
