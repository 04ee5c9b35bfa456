"""Reporting a mistake: for any reader, from every row, without account, cookie or address."""

import logging
import re
from http import HTTPStatus
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from coalition.logs import Discreet
from coalition.pages import disputes
from deputies.journal.actions import close_dispute, confirm_office, take_up
from deputies.journal.enums import DisputeState
from deputies.journal.models import Dispute, Event, Evidence
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
PDF = b"%PDF-1.7 and so on"
SAYS = {"should_say": "against", "text": "I was there."}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def fresh_limits(settings: Settings) -> None:
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}


@pytest.fixture
def built() -> Town:
    return town(5)


def row(built: Town) -> str:
    return f"/en/report/?chamber=town&vote={built.votes[0].slug}&deputy={built.people[0].slug}"


def file(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def problem(client: Client, **more: object) -> str:
    """What the form says to a report that it refuses."""
    response = client.post("/en/report/", SAYS | more)
    assert response.status_code == HTTPStatus.OK
    assert not Dispute.objects.exists()
    return " ".join(re.findall(r'class="error"[^>]*>([^<]*)<', response.text))


def answered(dispute: Dispute, state: DisputeState = DisputeState.UPHELD) -> None:
    by = get_user_model().objects.get_or_create(username="anna")[0]
    take_up(dispute=dispute, by=by)
    says = {"outcome_ru": "В протоколе «против».", "outcome_en": "The protocol says against."}
    close_dispute(dispute=dispute, state=state, by=by, at=build.LATER, **says)


def test_a_reader_reports_a_row_and_follows_the_report(client: Client, built: Town) -> None:
    form = client.get(row(built)).text
    assert 'name="shown" value="for"' in form
    assert "Ada Example 0" in form
    assert 'type="email"' not in form

    with time_machine.travel("2024-06-07T18:00:00Z", tick=False):
        sent = client.post(row(built), SAYS | {"shown": "for", "copies": [file(PNG, "scan.png"), file(PDF, "p.pdf")]})

    dispute = Dispute.objects.get()
    assert (dispute.number, dispute.answer_by.isoformat()) == ("2024-1", "2024-06-14")
    assert (dispute.chamber, dispute.roll_call, dispute.person) == ("town", built.votes[0].pk, built.people[0].pk)
    assert dispute.page == built.address(f"votes/{built.votes[0].slug}/")
    assert [(e.title, e.media_type) for e in dispute.evidence.order_by("pk")] == [
        ("scan.png", "image/png"),
        ("p.pdf", "application/pdf"),
    ]
    assert dispute.held is not None
    page = client.get(sent.headers["Location"])
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    told = words(client, sent.headers["Location"])
    for sentence in (
        "Report 2024-1",
        "An answer is due by 14 June 2024. We are late.",
        "We have no address of yours and cannot write back.",
        sent.headers["Location"],
        "State received",
        "by a reader",
        "scan.png SHA-256",
    ):
        assert sentence in told
    assert client.cookies == {}
    assert not Event.objects.filter(kind__startswith="dispute").exists()


def test_an_office_reports_and_reads_the_answer(client: Client, built: Town) -> None:
    sent = client.post(row(built), SAYS | {"url": "https://example.org/protocol", "claims_office": "on"})
    dispute = Dispute.objects.get()
    assert "by a reader" in words(client, sent.headers["Location"])

    confirm_office(dispute=dispute, how="by the telephone on the site", at=build.LATER)
    assert "by the deputy’s office, confirmed" in words(client, sent.headers["Location"])
    answered(dispute)

    told = words(client, sent.headers["Location"])
    assert "State upheld Answer The protocol says against." in told
    assert "by the telephone" not in told
    assert "anna" not in told
    russian = words(client, sent.headers["Location"].replace("/en/", "/ru/"))
    assert "В протоколе «против»." in russian


def test_a_report_needs_no_row(client: Client) -> None:
    client.post("/ru/report/", SAYS | {"page": "/ru/about/"})

    dispute = Dispute.objects.get()
    assert (dispute.chamber, dispute.roll_call, dispute.person, dispute.page) == ("", None, None, "/ru/about/")


@pytest.mark.parametrize(
    "query",
    [
        "chamber=nowhere&vote=x",
        "chamber=town&vote=nothing",
        "chamber=%00&vote=%00&deputy=%00",
        "vote=v1",
        "chamber=town",
    ],
)
def test_a_link_to_what_is_not_there_opens_the_empty_form(client: Client, built: Town, query: str) -> None:
    assert 'name="page"' in client.get(f"/en/report/?{query}").text


def test_a_draft_vote_is_not_named(client: Client, built: Town) -> None:
    draft = build.draft(built.chamber)

    assert draft.title_en not in client.get(f"/en/report/?chamber=town&vote={draft.roll_call.slug}").text


def test_a_report_says_what_the_page_should_say(client: Client) -> None:
    response = client.post("/en/report/", {"text": "wrong"})

    assert "This field is required." in response.text
    assert not Dispute.objects.exists()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "scan.png"),
        (PNG, "scan.html"),
        (PNG, "scan.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "scan.svg"),
        (b"MZ\x90\x00\x03", "scan.txt"),
        (b"PK\x03\x04", "scan.docx"),
        (PDF, "scan"),
    ],
)
def test_a_file_is_what_its_name_says_or_refused(client: Client, content: bytes, name: str) -> None:
    assert problem(client, copies=file(content, name)) == f"“{name}” is not a PDF, PNG, JPEG or text file."


def test_text_in_an_old_encoding_is_text(client: Client) -> None:
    client.post("/en/report/", SAYS | {"copies": file("Протокол № 5".encode("cp1251"), "Протокол.TXT")})

    assert Evidence.objects.get().media_type == "text/plain"


def test_files_are_few_and_small(client: Client) -> None:
    big = file(PDF + b" " * disputes.LARGEST, "big.pdf")

    assert problem(client, copies=big) == "“big.pdf” is larger than 5 MB. Send the page that matters."
    assert problem(client, copies=[file(PDF, "a.pdf") for _ in range(4)]) == "Choose at most three files."
    assert problem(client, copies=file(b"", "a.pdf")) == "The submitted file is empty."


def test_a_huge_form_is_refused_before_it_is_read(client: Client) -> None:
    class Unread(BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("somebody read it")

    sent: Any = {"CONTENT_LENGTH": str(10**9), "wsgi.input": Unread()}
    response = client.generic("POST", "/en/report/", **sent)

    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "too large" in response.text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Windows\\a.txt", "a.txt"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        (f"{'x' * 300}.txt", f"{'x' * 96}.txt"),
        (f"{SCRIPT}.txt", "script>.txt"),
    ],
)
def test_a_file_name_is_a_name_and_no_path(client: Client, name: str, kept: str) -> None:
    sent = client.post("/en/report/", SAYS | {"copies": file(b"text", name)})

    assert Evidence.objects.get().title == kept
    assert SCRIPT not in client.get(sent.headers["Location"]).text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://example.org/a", "data:text/html,x", "file:///etc/passwd"]
)
def test_an_address_leads_to_the_web(client: Client, url: str) -> None:
    assert problem(client, url=url) != ""


def test_script_in_a_report_is_text(client: Client) -> None:
    sent = client.post("/en/report/", dict.fromkeys(("shown", "should_say", "text", "page"), SCRIPT))

    page = client.get(sent.headers["Location"]).text
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 4


def test_a_thousand_reports_are_limited(client: Client, settings: Settings) -> None:
    answers = [client.post("/en/report/", SAYS).status_code for _ in range(disputes.PER_NETWORK + 2)]
    assert answers == [HTTPStatus.FOUND] * disputes.PER_NETWORK + [HTTPStatus.TOO_MANY_REQUESTS] * 2

    for number in range(1000):
        client.post("/en/report/", SAYS, REMOTE_ADDR=f"10.{number % 250}.{number // 250}.1")

    assert Dispute.objects.count() == disputes.TOGETHER - 2  # the refused were counted too
    refused = client.post("/en/report/", SAYS)
    assert refused.headers["Retry-After"] == "3600"
    assert 'value="against"' in refused.text


def test_robots_and_other_sites_file_nothing(client: Client) -> None:
    robot = client.post("/en/report/", SAYS | {"website": "https://spam.example"})
    elsewhere = client.post("/en/report/", SAYS, headers={"sec-fetch-site": "cross-site"})
    origin = client.post("/en/report/", SAYS, headers={"origin": "https://evil.example"})

    assert (robot.status_code, elsewhere.status_code, origin.status_code) == (302, 403, 403)
    assert not Dispute.objects.exists()


def test_reading_changes_nothing(client: Client, built: Town) -> None:
    sent = client.post(row(built), SAYS)

    def everything() -> list[object]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT d::text FROM journal_dispute d UNION ALL SELECT e::text FROM journal_event e")
            return list(cursor.fetchall())

    before = everything()
    for address in (row(built), sent.headers["Location"], "/en/corrections/"):
        for method in ("get", "head"):
            assert getattr(client, method)(address).status_code == HTTPStatus.OK
    assert client.post(sent.headers["Location"]).status_code == HTTPStatus.METHOD_NOT_ALLOWED

    assert everything() == before


def test_a_guessed_address_leads_nowhere_and_a_number_is_none(client: Client) -> None:
    dispute = build.dispute()

    for guess in ("x" * 32, dispute.number, dispute.token_hash):
        assert client.get(f"/en/report/{guess}/").status_code == HTTPStatus.NOT_FOUND


def test_logs_leave_the_secret_out() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, f"GET /en/report/{'a' * 32}/ 200", None, None)

    assert Discreet("%(message)s").format(record) == "GET /en/report/.../ 200"


def test_every_row_leads_to_the_form(client: Client, built: Town) -> None:
    vote, person = built.votes[0], built.people[0]
    link = f"/en/report/?chamber=town&amp;vote={vote.slug}&amp;deputy={person.slug}"

    for rest in (f"deputies/{person.slug}/", f"deputies/{person.slug}/d1/", f"votes/{vote.slug}/"):
        assert f'href="{link}"' in client.get(built.address(rest)).text, rest
    assert client.get(built.address(f"votes/{vote.slug}/")).text.count("&amp;deputy=") == 5


def test_a_disputed_row_stays_visible_and_says_so(client: Client, built: Town) -> None:
    vote, person = built.votes[0], built.people[0]
    disputed = "Disputed by a reader since 2 June 2024; answer by 7 June 2024."
    addresses = [
        built.address(r) for r in (f"deputies/{person.slug}/", f"deputies/{person.slug}/d1/", f"votes/{vote.slug}/")
    ]
    dispute = build.dispute(vote, person, shows=["https://example.org/protocol"], shown=SCRIPT, claims_office=True)

    for address in addresses:
        assert words(client, address).count(disputed) == 1, address
    confirm_office(dispute=dispute, how="by telephone", at=build.LATER)
    for address in addresses:
        assert "Disputed by the deputy’s office since 2 June 2024; answer by 7 June 2024." in words(client, address)
    answered(dispute)
    for address in addresses:
        assert "Disputed" not in words(client, address)


def test_a_dispute_of_a_whole_vote_stands_above_it(client: Client, built: Town) -> None:
    take_up(dispute=build.dispute(built.votes[0]), by=get_user_model().objects.create(username="anna"))

    assert words(client, built.address(f"votes/{built.votes[0].slug}/")).count("Disputed by a reader") == 1


def test_the_public_figures(client: Client, built: Town) -> None:
    assert "Nobody has reported a mistake so far." in words(client, "/en/corrections/")
    person = built.people[0]
    reports = [build.dispute(vote, person, at=at) for vote in built.votes for at in (build.AT, build.LATER)]
    answered(reports[0])
    answered(reports[1], DisputeState.NOT_UPHELD)
    answered(reports[2], DisputeState.DUPLICATE)

    told = words(client, "/en/corrections/")

    assert "Filed 6 Upheld 1 Not upheld 1 Open 3 (3 overdue) Half answered within 0 working days" in told
    assert "2024-1: upheld" in told
    assert "Ada Example 0 · by a reader · filed 1 June 2024, answered 2 June 2024 The protocol says against." in told


def test_nothing_of_a_sender_is_published(client: Client, built: Town) -> None:
    secret = "only for organisers"
    report = build.dispute(built.votes[0], built.people[0], shown=secret, should_say=secret, text=secret, page=secret)
    build.dispute(built.votes[0], built.people[0], shows=["https://example.org/secret"], text=secret)
    answered(report)

    for address in ("/en/corrections/", built.address(f"votes/{built.votes[0].slug}/"), row(built)):
        page = client.get(address).text
        assert secret not in page
        assert "example.org/secret" not in page


@pytest.mark.parametrize("number", [1, 3, 30])
def test_corrections_ask_as_often_for_many(
    client: Client, built: Town, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        answered(build.dispute(built.votes[0], built.people[0]))

    with django_assert_num_queries(7):
        client.get("/en/corrections/")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_a_vote_with_many_reports_asks_no_more(
    client: Client, built: Town, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(number):
        build.dispute(built.votes[0], built.people[n % 5], shows=[f"https://example.org/{n}"])

    with django_assert_max_num_queries(9):
        client.get(built.address(f"votes/{built.votes[0].slug}/"))
