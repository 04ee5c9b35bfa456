"""A deputy's personal page: it shows with GET, keeps with POST, and publishes nothing."""

import datetime as dt
import re
from html import escape, unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from coalition.pages import word
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from pledges.findings.models import Finding
from pledges.platform.enums import Chapter
from pledges.tracker.actions import revoke, token_of
from pledges.tracker.enums import AnswerKind
from pledges.tracker.models import Answer, Invitation
from tests import build
from tests.coalition.pages.addresses import addresses
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db
WORDS = 'I & mine: "<script>alert(1)</script>"\n\n  שלום \u202eabc\u202c — «да»'


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    cache.clear()


@pytest.fixture
def built() -> Town:
    return town(3)


def link_of(built: Town, nth: int = 0, **more: Any) -> Invitation:
    now = timezone.now()
    says: dict[str, Any] = {"at": now, "expires_at": now + dt.timedelta(days=30)} | more
    return build.invitation(built.people[nth], built.platform, **says)


def page_of(link: Invitation) -> str:
    return f"/word/{token_of(link)}/"


def said(built: Town, **more: Any) -> dict[str, Any]:
    demand = built.platform.demands.order_by("pk")[0]
    return {"about": f"demand-{demand.pk}", "kind": "promise", "text": WORDS, "language": "en", "do": "send"} | more


def test_it_says_who_asks_and_why_and_shows_both_chapters(client: Client, built: Town) -> None:
    page = client.get(page_of(link_of(built))).text

    text = unescape(page)
    assert f"{built.platform.coalition.name_en} keeps a public record" in text
    assert [one in text for one in ("You may say nothing.", "Demand 1", "Demand 2", "Democratic", "Social")] == [
        True
    ] * 5
    assert page.count("<form") == 4  # the platform, two demands, a vote to explain


@pytest.mark.parametrize(
    ("asked", "own", "lang"), [("", "ru", "ru"), ("?lang=en", "ru", "en"), ("?lang=xx", "en", "en")]
)
def test_it_is_in_the_language_of_the_letter_or_the_one_asked_for(
    client: Client, built: Town, asked: str, own: str, lang: str
) -> None:
    link = link_of(built, language=own)

    response = client.get(page_of(link) + asked)

    other = "en" if lang == "ru" else "ru"
    assert response["Content-Language"] == lang
    assert f'<html lang="{lang}">' in response.text
    assert f'href="{page_of(link)}?lang={other}"' in response.text
    assert "hreflang" not in response.text.partition("</head>")[0]


def test_its_address_stays_out_of_caches_logs_and_search(client: Client, built: Town) -> None:
    response = client.get(page_of(link_of(built)))

    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response.cookies == {}
    assert "Disallow: /word/" in client.get("/robots.txt").text
    assert "/word/" not in "".join(client.get(f"/sitemap{n}.xml").text for n in ("", "-votes"))


def everything() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text FROM tracker_answer a UNION ALL SELECT i::text FROM tracker_invitation i")
        return sorted(cursor.fetchall())


def test_a_scanner_that_opens_everything_changes_nothing(client: Client, built: Town) -> None:
    page = page_of(link_of(built))
    before = everything()

    for query in ("", "?received=1", "?do=send&kind=sign&about=platform", "?lang=ru"):
        for opened in (client.get, client.head, client.options):
            opened(page + query)
    for address in re.findall('(?:href|action)="(/(?!static)[^"]*)"', client.get(page).text):
        client.get(unescape(address))

    assert everything() == before


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_forged_ended_and_revoked_links_cannot_be_told_apart(client: Client, built: Town, lang: str) -> None:
    now = timezone.now()
    over = link_of(built, at=now - dt.timedelta(days=9), expires_at=now - dt.timedelta(days=1), language="ru")
    ended, works = link_of(built, 1), link_of(built, 2)
    revoke(invitation=ended, at=now)
    forged = [f"/word/{works.pk}.{'a' * 43}/", f"/word/{works.pk + 999}.{'a' * 43}/", "/word/nothing/"]
    headers = {"accept-language": lang}

    answers = [
        (
            answer.status_code,
            answer.text.replace(path, ""),
            sorted(answer.headers.items() - {("Content-Length", answer["Content-Length"])}),
        )
        for path in (page_of(over), page_of(ended), *forged)
        for answer in (client.get(path, headers=headers), client.post(path, said(built), headers=headers))
    ]

    assert {status for status, _, _ in answers} == {404}
    assert answers == [answers[0]] * len(answers)
    assert Answer.objects.count() == 0


def test_what_is_sent_is_shown_word_for_word_first_and_kept_when_confirmed(client: Client, built: Town) -> None:
    page = page_of(link_of(built))
    shown = client.post(page, said(built, do="preview", text=WORDS.replace("\n", "\r\n")))
    assert Answer.objects.count() == 0
    assert f'lang="en" dir="auto">{escape(WORDS)}</blockquote>'.replace("&#x27;", "&#39;") in shown.text

    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text.partition("<dl")[2]))
    kept = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', shown.text, re.DOTALL)
    sent = client.post(page, hidden | {name: unescape(text) for name, text in kept} | {"do": "send"})

    assert sent["Location"] == f"{page}?lang=en&received=1"
    answer = Answer.objects.get()
    assert (answer.kind, answer.text, answer.state) == ("promise", WORDS, "received")
    received = client.get(sent["Location"]).text
    assert "Nothing is published yet." in received
    assert "waits until we have called your office back" in received


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"text": ""}, "Write it in your own words."),
        ({"kind": "comment", "text": " \n"}, "Write it in your own words."),
        ({"kind": "explain"}, "Select a valid choice."),
        ({"kind": "refuse", "criterion": "A vote", "due_on": "2999-01-01"}, "Only a promise has this"),
        ({"criterion": "A vote"}, "Write both what would count as kept"),
        ({"criterion": "A vote", "due_on": "2001-01-01"}, "Choose a day that is still to come."),
        ({"text": "x" * 5001}, "at most 5000 characters"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"language": "xx"}, "Select a valid choice."),
    ],
)
def test_what_is_missing_is_said_and_no_word_is_lost(
    client: Client, built: Town, wrong: dict[str, Any], problem: str
) -> None:
    response = client.post(page_of(link_of(built)), said(built, **wrong))

    assert problem in unescape(response.text)
    assert Answer.objects.count() == 0
    if "text" not in wrong:
        assert escape(WORDS).replace("&#x27;", "&#39;") in response.text


@pytest.mark.parametrize("about", ["", "demand-0", "vote-1", "nothing", "platform' --"])
def test_nobody_speaks_of_what_is_not_on_their_page(client: Client, built: Town, about: str) -> None:
    response = client.post(page_of(link_of(built)), said(built, about=about))

    assert (response.status_code, Answer.objects.count()) == (200, 0)


def test_the_platform_is_signed_and_a_vote_explained(client: Client, built: Town) -> None:
    page = page_of(link_of(built))
    vote = built.votes[0]

    client.post(page, said(built, about="platform", kind="sign", text=""))
    client.post(page, said(built, about=f"vote-{vote.pk}", kind="explain"))

    kept = Answer.objects.order_by("pk").values_list("kind", "demand", "roll_call", "text")
    expected: list[Any] = [("sign", None, None, ""), ("explain", None, vote.pk, WORDS)]
    assert list(kept) == expected
    assert f'value="vote-{vote.pk}"' not in client.get(page).text


def asked_about(built: Town, nth: int, vote: RollCall) -> Finding:
    """A question of ours about a vote that differs from a pledge."""
    person, demand = built.people[nth], built.platform.demands.order_by("pk")[0]
    now = timezone.now()
    finding = Finding.objects.create(
        kind="differs",
        person=person,
        version=vote.versions.get(),
        link=demand.links.get(),
        position=Position.FOR.value,
        pledge=build.pledge(person, demand),
        detected_at=build.AT,
        vouched=True,
    )
    for state in ("under-review", "asked"):
        finding.state, finding.asked_at, finding.reply_until = state, now, now + dt.timedelta(days=5)
        finding.save()
    return finding


def test_an_open_question_of_ours_is_replied_to_there(client: Client, built: Town) -> None:
    finding = asked_about(built, 0, built.votes[0])
    own, other = page_of(link_of(built)), page_of(link_of(built, 1))

    assert "We asked you about these votes" in client.get(own).text
    assert "We asked you about these votes" not in client.get(other).text
    client.post(own, said(built, about=f"question-{finding.pk}", kind="reply"))
    client.post(other, said(built, about=f"question-{finding.pk}", kind="reply"))

    answer = Answer.objects.get()
    assert (answer.kind, answer.roll_call, answer.demand) == ("reply", built.votes[0], finding.link.demand)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"sec-fetch-site": "same-origin"}, 302),
        ({"origin": "null"}, 302),  # as older browsers say of a page with no-referrer
    ],
)
def test_a_form_of_another_site_is_refused(client: Client, built: Town, headers: dict[str, str], status: int) -> None:
    response = client.post(page_of(link_of(built)), said(built), headers=headers)

    assert (response.status_code, Answer.objects.count()) == (status, int(status == 302))


def test_a_link_and_a_network_send_only_so_much(client: Client, built: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(nth: int, text: str, address: str) -> Any:
        return client.post(pages[nth], said(built, text=text), REMOTE_ADDR=address)

    monkeypatch.setattr(word, "PER_LINK", 2)
    monkeypatch.setattr(word, "PER_NETWORK", 3)
    pages = [page_of(link_of(built, nth)) for nth in range(3)]
    by_link = [send(0, str(n), f"203.0.{n}.7").status_code for n in range(3)]
    by_network = [send(1 + n % 2, str(n), "198.51.100.7") for n in range(4)]

    assert by_link == [302, 302, 429]
    assert [one.status_code for one in by_network] == [302, 302, 302, 429]
    assert by_network[-1]["Retry-After"] == "3600"
    assert "send it again later" in by_network[-1].text
    assert Answer.objects.count() == 5


def test_no_page_shows_an_answer_before_it_is_published(client: Client, built: Town) -> None:
    link = link_of(built)
    secret = "Nobody has confirmed this yet"
    vote = built.votes[0]
    for kind, more in (
        (AnswerKind.COMMENT, {}),
        (AnswerKind.PROMISE, {}),
        (AnswerKind.REFUSE, {}),
        (AnswerKind.EXPLAIN, {"roll_call": vote, "demand": None}),
        (AnswerKind.SIGN, {"demand": None}),
    ):
        build.answer(link, kind, published=False, text=secret, at=timezone.now(), **more)

    shown = [address for address in addresses(built) if secret in client.get(address).text]

    assert shown == []
    assert "in their own words" not in client.get(built.address(f"votes/{vote.slug}/")).text
    assert secret in client.get(page_of(link)).text


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_published_words_stand_beside_the_vote_and_on_the_deputys_pages(client: Client, built: Town, lang: str) -> None:
    link, vote, person = link_of(built), built.votes[0], built.people[0]
    at = timezone.now()
    build.answer(link, AnswerKind.EXPLAIN, roll_call=vote, demand=None, text=WORDS, at=at)
    build.answer(link, text="Come on <Monday>.", at=at)
    block = f'lang="en" dir="auto">{escape(WORDS)}</blockquote>'.replace("&#x27;", "&#39;")

    ballot = client.get(built.address(f"votes/{vote.slug}/{person.slug}/", lang)).text
    deputy = client.get(built.address(f"deputies/{person.slug}/", lang)).text
    ask = client.get(built.address(f"deputies/{person.slug}/ask/", lang)).text
    names = client.get(built.address(f"votes/{vote.slug}/", lang)).text

    assert [block in page for page in (ballot, deputy, ask)] == [True, True, True]
    assert ["Come on &lt;Monday&gt;." in page for page in (ballot, deputy, ask)] == [False, True, True]
    assert ("unedited; changes no number." in ballot, "чисел не меняет" in ballot) == (lang == "en", lang == "ru")
    own = f"/{lang}/{built.chamber.slug}/votes/{vote.slug}/"
    assert re.findall(rf'href="{own}([\w-]+)/#words"', names) == [person.slug]


@pytest.mark.parametrize("deputies", [1, 3])
def test_it_asks_few_questions_of_the_database_however_much_there_is(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, deputies: int
) -> None:
    built = town(deputies, votes=3 * deputies)
    link = link_of(built)
    for n in range(deputies):
        build.answer(link, published=False, text=str(n), at=timezone.now())

    with django_assert_max_num_queries(8):
        page = client.get(page_of(link))

    assert len(page.content) < 120_000


def test_a_red_line_is_no_demand_to_sign(client: Client) -> None:
    built = town(1, chapters=tuple(Chapter))
    red_line = built.platform.demands.get(chapter=Chapter.RED_LINE)

    assert f"demand-{red_line.pk}" not in client.get(page_of(link_of(built))).text
