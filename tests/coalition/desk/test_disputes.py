"""The organisers' side of a report: what was sent beside what is published, and the answer."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from deputies.journal.actions import take_up
from deputies.journal.enums import DisputeState
from deputies.journal.models import Dispute, Event, Evidence
from deputies.people.models import Person
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from pledges.scorecards.actions import publish_roll_calls
from tests import build
from tests.coalition.accounts import door
from tests.coalition.pages.test_deputies import words as words_of

pytestmark = pytest.mark.django_db
ANSWER = {"outcome_ru": "Так в протоколе.", "outcome_en": "So the protocol says."}
PAYLOAD = b"%PDF-1.7 <script>alert(1)</script>"


@pytest.fixture
def person() -> Person:
    return build.deputy(build.chamber(slug="town"), "Ada Example")


@pytest.fixture
def vote(person: Person) -> RollCall:
    return build.vote(person.mandates.get().chamber, {person: Position.FOR})


@pytest.fixture
def desk() -> Client:
    return door.signed_in(door.organiser())


def step(dispute: Dispute, name: str) -> str:
    return reverse(f"admin:journal_dispute_{name}", args=[dispute.pk])


def with_file(dispute: Dispute) -> str:
    piece = Evidence.of_file(title="<b>scan</b>.pdf", media_type="application/pdf", content=PAYLOAD)
    piece.dispute = dispute
    piece.save()
    return reverse("admin:journal_dispute_evidence", args=[dispute.pk, piece.pk])


def test_an_organiser_confirms_takes_up_and_upholds(desk: Client, vote: RollCall, person: Person) -> None:
    dispute = build.dispute(vote, person, shows=["https://example.org/protocol"], claims_office=True)
    page = desk.get(step(dispute, "change")).text
    for words in ("against", "<strong>for</strong>", "https://example.org/protocol", "The office has confirmed it"):
        assert words in page
    assert 'value="upheld"' not in page

    desk.post(step(dispute, "confirm"), {"how": "by the telephone on the chamber's site"})
    desk.post(step(dispute, "take_up"))
    assert 'value="upheld"' in desk.get(step(dispute, "change")).text
    done = desk.post(step(dispute, "close"), ANSWER | {"state": "upheld"}, follow=True)

    dispute.refresh_from_db()
    assert (dispute.state, dispute.outcome_ru, dispute.outcome_en) == ("upheld", *ANSWER.values())
    assert dispute.confirmed_how == "by the telephone on the chamber's site"
    assert dispute.handled_by is not None
    correct = reverse("admin:votes_rollcall_correct", args=[vote.pk])
    assert f'href="{correct}?dispute={dispute.pk}"' in done.text
    assert "Answer it" not in done.text


def test_an_answer_needs_both_languages_and_a_verdict(desk: Client) -> None:
    dispute = build.dispute()
    desk.post(step(dispute, "take_up"))

    for missing in ({"outcome_en": ""}, {"outcome_ru": " "}, {"state": "received"}, {"state": ""}):
        page = desk.post(step(dispute, "close"), ANSWER | {"state": "not-upheld"} | missing)
        assert page.status_code == 200
        assert "errorlist" in page.text
    assert Dispute.objects.get().state == DisputeState.UNDER_REVIEW


def test_a_step_out_of_turn_says_so(desk: Client) -> None:
    dispute = build.dispute()

    for name, form in (("close", ANSWER | {"state": "upheld"}), ("confirm", {"how": "by telephone"})):
        page = desk.post(step(dispute, name), form, follow=True)
        assert "Somebody else was faster, or a step is missing." in page.text
    assert Dispute.objects.get().state == DisputeState.RECEIVED


def test_looking_changes_nothing(desk: Client, vote: RollCall, person: Person) -> None:
    dispute = build.dispute(vote, person, claims_office=True)

    for name in ("confirm", "take_up", "close"):
        assert desk.get(step(dispute, name)).status_code == 405
    assert desk.post(step(dispute, "change"), {"state": "upheld"}).status_code == 403
    desk.get(step(dispute, "change"))

    assert Dispute.objects.get().state == DisputeState.RECEIVED


def test_a_step_needs_a_token_of_the_form(vote: RollCall, person: Person) -> None:
    desk = door.signed_in(door.organiser())
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies

    assert strict.post(step(build.dispute(vote, person), "take_up")).status_code == 403


def test_who_may_not_answer_may_not(vote: RollCall, person: Person) -> None:
    dispute = build.dispute(vote, person)
    evidence = with_file(dispute)
    stranger, without_factor = (
        door.signed_in(door.organiser("boris", roles=())),
        door.signed_in(door.organiser("vera"), second_factor=False),
    )

    for client, refusal in ((stranger, 403), (without_factor, 302), (Client(), 302)):
        assert client.get(step(dispute, "change")).status_code == refusal
        assert client.get(evidence).status_code == refusal
        for name in ("confirm", "take_up", "close"):
            assert client.post(step(dispute, name), {"how": "x"} | ANSWER).status_code == refusal
    assert Dispute.objects.get().state == DisputeState.RECEIVED


def test_who_may_only_look_sees_no_button(vote: RollCall, person: Person) -> None:
    auditor = door.organiser("boris", roles=())
    auditor.user_permissions.add(Permission.objects.get(codename="view_dispute"))
    client = door.signed_in(auditor)
    dispute = build.dispute(vote, person)

    page = client.get(step(dispute, "change"))

    assert page.status_code == 200
    assert "Take it up" not in page.text
    assert client.post(step(dispute, "take_up")).status_code == 403


def test_evidence_is_only_ever_saved(desk: Client) -> None:
    dispute = build.dispute()

    response = desk.get(with_file(dispute))

    assert response.content == PAYLOAD
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    piece = Evidence.objects.get()
    assert response.headers["Content-Disposition"] == f'attachment; filename="{dispute.number}-{piece.pk}.pdf"'
    assert "&lt;b&gt;scan&lt;/b&gt;.pdf" in desk.get(step(dispute, "change")).text
    other = reverse("admin:journal_dispute_evidence", args=[build.dispute().pk, piece.pk])
    assert desk.get(other).status_code == 404


def test_evidence_is_no_document_that_readers_can_open(client: Client) -> None:
    with_file(build.dispute())

    assert client.get(f"/en/sources/{Evidence.objects.get().digest}/").status_code == 404


def test_what_a_sender_wrote_is_text(desk: Client) -> None:
    script = "<script>alert(1)</script>"
    dispute = build.dispute(shown=script, should_say=script, text=script, page=script)

    for page in (desk.get(step(dispute, "change")), desk.get(reverse("admin:journal_dispute_changelist"))):
        assert "<script>alert" not in page.text


@time_machine.travel("2024-06-12T12:00:00Z", tick=False)
def test_the_list_begins_with_what_is_overdue(desk: Client) -> None:
    week = dt.timedelta(days=7)
    late, due = build.dispute(at=build.LATER), build.dispute(at=build.LATER + week)

    page = desk.get(reverse("admin:journal_dispute_changelist")).text

    assert page.index(f">{late.number}<") < page.index(f">{due.number}<")
    assert page.index('alt="False"') < page.index('alt="True"')


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_asks_as_often_for_many(
    desk: Client, vote: RollCall, person: Person, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        build.dispute(vote, person)

    with django_assert_max_num_queries(9):
        desk.get(reverse("admin:journal_dispute_changelist"))


def test_a_correction_opened_from_an_upheld_report_names_it_and_ends_its_hold(
    desk: Client, client: Client, vote: RollCall, person: Person
) -> None:
    """Readers see the report beside the correction; the row comes back into letters once it is right."""
    boris, vera = door.organiser("boris"), door.organiser("vera")
    with time_machine.travel("2026-02-02T12:00:00Z", tick=False) as clock:
        at = dt.datetime.now(dt.UTC)
        dispute = build.dispute(vote, person, shows=["https://example.org/protocol"], at=at)
        take_up(dispute=dispute, by=vera)
        clock.shift(dt.timedelta(hours=1))
        desk.post(step(dispute, "close"), ANSWER | {"state": "upheld"})
        assert Dispute.objects.holding(dt.datetime.now(dt.UTC)).exists()

        correct = f"{reverse('admin:votes_rollcall_correct', args=[vote.pk])}?dispute={dispute.pk}"
        assert desk.get(correct).status_code == 200
        desk.post(correct, {"reason": "The clerk misread a line.", "source_title": "The protocol"})
        draft = vote.versions.get(number=2)
        assert (draft.dispute, draft.state) == (dispute, "draft")
        draft.ballots.update(position=Position.AGAINST.value)
        build.approved(draft, entered_by=draft.entered_by, reviewed_by=boris)
        publish_roll_calls(versions=[draft], by=vera, vouched=False, at=dt.datetime.now(dt.UTC))

        assert not Dispute.objects.holding(dt.datetime.now(dt.UTC)).exists()
        told = words_of(client, "/en/corrections/")
    assert "Report 2026-1, by a reader. Entered by one organiser, approved by another." in told
    assert "The clerk misread a line." in told
    assert Event.objects.filter(kind="hold-ended", subject=f"roll-call:{vote.pk}").count() == 1


@pytest.mark.parametrize("named", ["0", "x", "99999999999999999999", "another"])
def test_a_correction_is_opened_from_a_report_on_that_vote_only(
    desk: Client, vote: RollCall, person: Person, named: str
) -> None:
    other = build.dispute(build.vote(vote.chamber, {person: Position.FOR}), person)
    correct = reverse("admin:votes_rollcall_correct", args=[vote.pk])

    answer = desk.post(
        f"{correct}?dispute={other.pk if named == 'another' else named}",
        {"reason": "The clerk misread a line.", "source_title": "The protocol"},
    )

    assert answer.status_code == 302
    assert vote.versions.get(number=2).dispute is None
