"""The pages of findings: what readers see of them, on their own pages and beside the deputy, the vote and red lines."""

import datetime as dt

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Person
from deputies.votes.enums import Position, Result
from deputies.votes.models import RollCall
from pledges.findings.actions import ask, dismiss, publish, sweep, take_up
from pledges.findings.enums import FindingKind
from pledges.findings.models import Finding
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import DemandText, PlatformVersion
from pledges.scorecards.actions import publish_platform
from pledges.scorecards.enums import Wants
from tests import build
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db
FOR, AGAINST, SILENT = Position.FOR, Position.AGAINST, Position.PRESENT_NOT_VOTING
OVER = build.AT + dt.timedelta(days=31)


def seen(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def signed(built: Town) -> None:
    """Everybody in town signed the whole platform when the term began."""
    version = built.platform.published
    assert version is not None
    for person in built.people:
        build.signature(person, version, build.START.date())


def replied(finding: Finding, text: str) -> Finding:
    """The finding as it is published with a reply."""
    finding = ask(finding=take_up(finding=finding, by=None, at=build.AT, vouched=True), by=None, at=build.AT)
    build.reply(finding, text)
    sweep(at=OVER)
    return publish(finding=finding, by=None, at=OVER, vouched=True)


def test_a_vote_with_its_reply_is_told_in_full(client: Client) -> None:
    built = town(1, votes=0)
    (anna,), demand = built.people, built.platform.demands.get(slug="d1")
    build.pledge(anna, demand, words="Проголосую за.", occasion_en="A meeting")
    held = build.vote(built.chamber, {anna: SILENT}, result=Result.REJECTED.value, total_for=1)
    build.link(demand, held)
    sweep(at=build.AT)
    finding = replied(Finding.objects.get(), "Текст был сырой.")

    page = seen(client, built.address(f"contradictions/{finding.pk}/"))
    listed = seen(client, built.address("contradictions/"))

    for told in (page, listed):
        assert "Vote differs from pledge" in told
        assert '<blockquote class="said"><p lang="ru">Проголосую за.</p></blockquote>' in told
        assert "did not support; 3 votes were needed" in told.lower()
        assert "Not adopted: 1 voted for, 3 were needed. Short by 2." in told
        assert '<blockquote class="said" lang="ru"><p>Текст был сырой.</p></blockquote>' in told
        assert "Asked on 1 June 2024, replied on 2 June 2024." in told
        assert "oted against" not in told
    assert "Published: 1 vote that differs from a pledge or signature; with a reply 1, without 0." in listed
    assert f"Assessed by {built.platform.coalition.name}, reviewed and published 2 July 2024." in page
    russian = seen(client, built.address(f"contradictions/{finding.pk}/", "ru"))
    assert "Голосование расходится с обещанием" in russian
    assert "Вопрос задан 1 июня 2024, ответ получен 2 июня 2024." in russian


def test_silence_and_what_was_dismissed_are_counted(client: Client) -> None:
    built = town(5)
    signed(built)
    sweep(at=build.AT)
    first, *rest = Finding.objects.filter(kind="differs").order_by("pk")
    for finding in rest:
        take_up(finding=finding, by=None, at=build.AT, vouched=True)
        dismiss(finding=finding, reason_ru="Нет.", reason_en="No.")
    build.findings(FindingKind.DIFFERS)

    listed = seen(client, built.address("contradictions/"))

    assert "with a reply 0, without 1." in listed
    assert f"Looked at and dismissed with a reason: {len(rest)}." in listed
    assert "Asked on 1 June 2024, no reply by 11 June 2024." in listed
    assert "Vote differs from signature" in listed
    assert first.person.name in listed


def test_a_pledge_kept_against_the_faction_has_a_section_of_its_own(client: Client) -> None:
    built = town(1, votes=0)
    (anna,), demand = built.people, built.platform.demands.get(slug="d1")
    others = [build.deputy(built.chamber, group="Red") for _ in range(4)]
    build.pledge(anna, demand)
    build.link(demand, build.vote(built.chamber, {anna: FOR, **dict.fromkeys(others[:3], AGAINST), others[3]: FOR}))
    (finding,) = build.findings(FindingKind.AS_PLEDGED)

    listed = seen(client, built.address("contradictions/"))

    assert "No vote that differs from a pledge or signature is published." in listed
    assert "As pledged while most of the faction voted otherwise: 1 vote." in listed
    told = "Red, others who voted: 4; of these not as the platform asks: 3."
    assert told in listed
    assert told in seen(client, built.address(f"contradictions/{finding.pk}/"))
    deputy = seen(client, built.address(f"deputies/{anna.slug}/"))
    assert "Voted as pledged; most of the faction did not" in deputy


def test_nothing_is_seen_before_it_is_published_and_what_was_withdrawn_says_why(client: Client) -> None:
    built = town(1, votes=0)
    (anna,), demand = built.people, built.platform.demands.get(slug="d1")
    build.signature(anna, demand, build.START.date())
    held = build.vote(built.chamber, {anna: AGAINST})
    build.link(demand, held)
    sweep(at=build.AT)
    address = built.address(f"contradictions/{Finding.objects.get().pk}/")
    seen(client, address, 404)
    seen(client, built.address(f"contradictions/{2**64}/"), 404)
    assert "Vote differs" not in seen(client, built.address(f"deputies/{anna.slug}/"))

    build.findings(FindingKind.DIFFERS)
    assert "Vote differs" in seen(client, built.address(f"deputies/{anna.slug}/"))
    assert "Vote differs" in seen(client, built.address(f"votes/{held.slug}/"))
    build.publish(build.draft(built.chamber, {anna: FOR}, roll_call=held), at=build.LATER)
    sweep(at=build.LATER)

    gone = seen(client, address, 410)
    assert "Withdrawn 2 June 2024" in gone
    assert "The record of the vote was corrected, and this no longer follows from it." in gone
    assert "Запись голосования исправлена" in seen(client, address.replace("/en/", "/ru/"), 410)
    for rest in (f"deputies/{anna.slug}/", f"votes/{held.slug}/"):
        assert "Vote differs" not in seen(client, built.address(rest))


def test_feeds_of_the_chamber_and_of_the_deputy_tell_it(client: Client) -> None:
    built = town(1, votes=0)
    (anna,), demand = built.people, built.platform.demands.get(slug="d1")
    build.signature(anna, demand, build.START.date())
    build.link(demand, build.vote(built.chamber, {anna: AGAINST}))
    (finding,) = build.findings(FindingKind.DIFFERS)
    boris = build.deputy(built.chamber)

    told = f"{anna.name}: Vote differs from signature; no reply, demand “Demand 1”."
    for rest, is_told in (("", True), (f"deputies/{anna.slug}/", True), (f"deputies/{boris.slug}/", False)):
        feed = seen(client, built.address(f"{rest}feed.atom"))
        assert (told in feed) == is_told
        assert (f"/en/town/contradictions/{finding.pk}/" in feed) == is_told


def crossed(built: Town) -> tuple[Person, RollCall]:
    person = built.people[0]
    held = build.vote(built.chamber, {person: FOR}, held_at=build.moment(20))
    build.link(built.platform.demands.get(chapter=Chapter.RED_LINE.value), held, wants=Wants.FAIL)
    return person, held


def test_a_breach_is_nowhere_before_it_is_reviewed_and_then_with_its_date(client: Client) -> None:
    built = town(1, votes=0, chapters=[*COUNTED, Chapter.RED_LINE])
    person, held = crossed(built)
    sweep(at=build.AT)
    pages = {
        f"deputies/{person.slug}/": "Voted for a text that the platform&#x27;s red line excludes",
        f"deputies/{person.slug}/d3/": "Votes across this red line: 1 of 1 vote looked at.",
        "demands/d3/": "1 deputy crossed it by a recorded vote:",
        f"votes/{held.slug}/{person.slug}/": "Voted for a text that the platform&#x27;s red line excludes.",
        f"votes/{held.slug}/": "Across what the coalition ruled out",
        "districts/1/": "Voted for a text that the platform&#x27;s red line excludes",
    }
    for rest, words in pages.items():
        assert words not in seen(client, built.address(rest)), rest

    (finding,) = build.flags()

    for rest, words in pages.items():
        assert words in seen(client, built.address(rest)), rest
    deputy = seen(client, built.address(f"deputies/{person.slug}/"))
    assert "reviewed and published 1 June 2024" in deputy
    assert "Only a correction of the record takes it back." in deputy
    own = seen(client, built.address(f"contradictions/{finding.pk}/"))
    assert "Across what the coalition ruled out" in own
    assert "A red line changes no number." in own


def test_what_counts_as_a_breach_is_on_the_page_of_the_red_line(client: Client) -> None:
    built = town(1, votes=0, chapters=[*COUNTED, Chapter.RED_LINE])
    version = built.platform.published
    assert version is not None
    second = PlatformVersion.objects.create(platform=built.platform, number=2, title_en="Second")
    for text in version.texts.order_by("pk"):
        DemandText.objects.create(
            version=second, demand=text.demand, title_en=text.title_en, done_en="A vote for felling."
        )
    publish_platform(platform=built.platform, version=second, links=[], vouched=True, at=build.AT)

    assert "Which vote the coalition ruled out</dt><dd>A vote for felling." in seen(
        client, built.address("demands/d3/")
    )


@pytest.mark.parametrize("deputies", [1, 3, 25])
def test_however_many_there_are_the_pages_ask_a_dozen_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, deputies: int
) -> None:
    built = town(deputies, chapters=[*COUNTED, Chapter.RED_LINE])
    signed(built)
    crossed(built)
    for kind in FindingKind:
        build.findings(kind)
    rests = ["", *(f"{pk}/" for pk in Finding.objects.published().values_list("pk", flat=True)[:2])]
    others = [f"deputies/{built.people[0].slug}/", f"votes/{built.votes[0].slug}/", "demands/d3/"]

    for rest in [*(f"contradictions/{one}" for one in rests), *others]:
        with django_assert_max_num_queries(11, info=rest):
            page = seen(client, built.address(rest))
        assert len(page.encode()) < 120_000
