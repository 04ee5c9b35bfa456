"""Filing a report, what it keeps out of letters and for how long, and the steps to its answer."""

import datetime as dt
from itertools import product

import pytest
from django.contrib.auth import get_user_model
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from deputies.journal import tasks
from deputies.journal.actions import CannotMove, close_dispute, confirm_office, end_holds, take_up, token_hash
from deputies.journal.enums import DisputeState, EventKind
from deputies.journal.models import Dispute, Event, Evidence
from deputies.journal.reports import held_rows
from deputies.people.models import Person
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2024, 6, 3, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PROTOCOL = "https://example.org/protocol"
S = DisputeState
ALLOWED = {
    (S.RECEIVED, S.CONFIRMED), (S.RECEIVED, S.UNDER_REVIEW), (S.RECEIVED, S.DUPLICATE),
    (S.CONFIRMED, S.UNDER_REVIEW), (S.CONFIRMED, S.DUPLICATE),
    (S.UNDER_REVIEW, S.UPHELD), (S.UNDER_REVIEW, S.NOT_UPHELD), (S.UNDER_REVIEW, S.DUPLICATE),
}  # fmt: skip


@pytest.fixture
def person() -> Person:
    return build.deputy(build.chamber(slug="town"))


@pytest.fixture
def vote(person: Person) -> RollCall:
    return build.vote(person.mandates.get().chamber, {person: Position.FOR})


def answered(dispute: Dispute, state: DisputeState, at: dt.datetime) -> Dispute:
    by = get_user_model().objects.get_or_create(username="anna")[0]
    take_up(dispute=dispute, by=by)
    close_dispute(dispute=dispute, state=state, outcome_ru="Так.", outcome_en="So.", by=by, at=at)
    dispute.refresh_from_db()
    return dispute


def journal(kind: EventKind) -> list[dict[str, int]]:
    return [event.facts for event in Event.objects.filter(kind=kind.value).order_by("pk")]


def test_reports_are_numbered_within_the_year_of_the_chamber() -> None:
    new_year = dt.datetime(2024, 12, 31, 22, tzinfo=dt.UTC)

    filed = [
        build.dispute(at=new_year),
        build.dispute(at=new_year),
        build.dispute(at=new_year, zone="Europe/Moscow"),
    ]

    assert [dispute.number for dispute in filed] == ["2024-1", "2024-2", "2025-1"]
    assert filed[0].answer_by == dt.date(2025, 1, 7)


def test_only_the_hash_of_the_token_is_kept() -> None:
    dispute = build.dispute()

    assert len(dispute.token_hash) == 64
    assert dispute.token_hash != token_hash("")


def test_nothing_stored_could_name_the_sender() -> None:
    columns = {field.attname for model in (Dispute, Evidence) for field in model._meta.concrete_fields}

    assert columns == {
        "id", "year", "running", "token_hash", "chamber", "roll_call", "person", "page", "shown", "should_say", "text",
        "claims_office", "confirmed_at", "confirmed_how", "filed_at", "answer_by", "held", "is_released", "state",
        "outcome_ru", "outcome_en", "closed_at", "handled_by_id",
        "dispute_id", "digest", "url", "title", "media_type", "content",
    }  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [*product(DisputeState, DisputeState)])
def test_every_move_of_the_table(old: DisputeState, new: DisputeState) -> None:
    assert old.may_become(new) == ((old, new) in ALLOWED)


@pytest.mark.parametrize("old", DisputeState)
def test_the_actions_refuse_every_other_move(old: DisputeState) -> None:
    by = get_user_model().objects.create(username="anna")
    says = {"outcome_ru": "Так.", "outcome_en": "So."}
    closed = says | {"closed_at": MONDAY} if old in S.closed() else {}
    moves = [(S.UNDER_REVIEW, lambda one: take_up(dispute=one, by=by))] + [
        (new, lambda one, new=new: close_dispute(dispute=one, state=new, by=by, at=MONDAY, **says))
        for new in S.closed()
    ]
    for new, move in moves:
        dispute = build.dispute(claims_office=True, at=MONDAY)
        Dispute.objects.filter(pk=dispute.pk).update(
            state=old.value, confirmed_at=MONDAY, confirmed_how="by letter", **closed
        )
        if (old, new) in ALLOWED:
            move(dispute)
            assert Dispute.objects.get(pk=dispute.pk).state == new
        else:
            with pytest.raises(CannotMove):
                move(dispute)
            assert Dispute.objects.get(pk=dispute.pk).state == old


def test_an_office_is_confirmed_once_and_only_if_somebody_claims_it() -> None:
    reader, office = build.dispute(), build.dispute(claims_office=True)

    confirm_office(dispute=office, how="by the number on the site", at=MONDAY)

    office.refresh_from_db()
    assert (office.state, office.confirmed_at) == (S.CONFIRMED, MONDAY)
    for dispute in (reader, office):
        with pytest.raises(CannotMove):
            confirm_office(dispute=dispute, how="again", at=MONDAY)


def test_an_office_that_answers_late_is_confirmed_without_going_back() -> None:
    office = build.dispute(claims_office=True)
    take_up(dispute=office, by=get_user_model().objects.create(username="anna"))

    confirm_office(dispute=office, how="by the number on the site", at=MONDAY)

    office.refresh_from_db()
    assert (office.state, office.confirmed_at) == (S.UNDER_REVIEW, MONDAY)


def test_without_evidence_or_a_row_nothing_is_held(vote: RollCall, person: Person) -> None:
    build.dispute(vote, person, at=MONDAY)
    build.dispute(vote, shows=[PROTOCOL], at=MONDAY)
    build.dispute(shows=[PROTOCOL], at=MONDAY)

    assert held_rows(MONDAY) == set()


def test_evidence_holds_its_row_for_five_working_days(vote: RollCall, person: Person) -> None:
    build.dispute(vote, person, shows=[PROTOCOL], at=MONDAY)

    minute = dt.timedelta(minutes=1)
    assert held_rows(MONDAY - minute) == set()
    assert held_rows(MONDAY) == held_rows(MONDAY + 7 * DAY - minute) == {(vote.pk, person.pk)}
    assert held_rows(MONDAY + 7 * DAY) == set()


@pytest.mark.parametrize(
    "again",
    [
        "http://www.example.org:80/protocol/#page=3",
        "https://EXAMPLE.org/protocol?utm_source=mail",
        "https://example.org/%70rotocol",
    ],
)
def test_the_same_evidence_never_holds_a_row_twice(vote: RollCall, person: Person, again: str) -> None:
    first = build.dispute(vote, person, shows=[PROTOCOL], at=MONDAY)
    later = MONDAY + 8 * DAY
    answered(first, S.NOT_UPHELD, later)

    assert build.dispute(vote, person, shows=[again], at=later).held is None
    assert held_rows(later) == set()
    build.dispute(vote, person, shows=[again, "https://example.org/video?v=2"], at=later)
    assert held_rows(later) == {(vote.pk, person.pk)}


def test_the_same_address_with_another_query_is_other_evidence(vote: RollCall, person: Person) -> None:
    first = build.dispute(vote, person, shows=["https://example.org/v?id=1&part=2"], at=MONDAY)
    same = Evidence.of_address("https://example.org/v?part=2&id=1")
    other = Evidence.of_address("https://example.org/v?id=2&part=2")

    assert first.evidence.get().digest == same.digest != other.digest


def test_the_same_evidence_may_hold_another_row(vote: RollCall, person: Person) -> None:
    other = build.deputy(vote.chamber)

    for one in (person, other):
        build.dispute(vote, one, shows=[PROTOCOL], at=MONDAY)

    assert held_rows(MONDAY) == {(vote.pk, person.pk), (vote.pk, other.pk)}


def test_a_row_has_one_hold_at_a_time_and_new_evidence_prolongs_none(vote: RollCall, person: Person) -> None:
    build.dispute(vote, person, shows=[PROTOCOL], at=MONDAY)

    second = build.dispute(vote, person, shows=["https://example.org/video"], at=MONDAY + DAY)

    assert second.held is None
    assert held_rows(MONDAY + 7 * DAY) == set()
    third = build.dispute(vote, person, shows=["https://example.org/video"], at=MONDAY + 7 * DAY)
    assert third.held is None  # nobody has answered the first: something new each week would hold the row for good
    answered(Dispute.objects.get(held__isnull=False), S.NOT_UPHELD, MONDAY + 7 * DAY)
    fourth = build.dispute(vote, person, shows=["https://example.org/video"], at=MONDAY + 7 * DAY)
    assert fourth.held is not None  # that evidence has held nothing yet


@pytest.mark.parametrize("state", [S.NOT_UPHELD, S.DUPLICATE])
def test_closing_ends_the_hold_and_says_so_once(vote: RollCall, person: Person, state: DisputeState) -> None:
    dispute = build.dispute(vote, person, shows=[PROTOCOL], at=MONDAY)

    answered(dispute, state, MONDAY + DAY)
    end_holds(at=MONDAY + 30 * DAY)

    facts = {"dispute": dispute.pk, "roll_call": vote.pk, "person": person.pk}
    assert held_rows(MONDAY + DAY) == set()
    assert journal(EventKind.DISPUTE_CLOSED) == journal(EventKind.HOLD_ENDED) == [facts]


def test_an_upheld_row_is_held_until_its_correction(vote: RollCall, person: Person) -> None:
    dispute = build.dispute(vote, person, shows=[PROTOCOL], at=MONDAY)
    row = {(vote.pk, person.pk)}

    answered(dispute, S.UPHELD, MONDAY + DAY)
    assert held_rows(MONDAY + 2 * DAY) == row
    build.publish(build.draft(vote.chamber, {person: Position.AGAINST}, roll_call=vote), at=MONDAY + 3 * DAY)

    assert held_rows(MONDAY + 3 * DAY) == set()
    assert held_rows(MONDAY + 2 * DAY) == row
    assert len(journal(EventKind.HOLD_ENDED)) == 1


def test_a_correction_leaves_what_is_still_disputed_held(vote: RollCall, person: Person) -> None:
    build.dispute(vote, person, shows=[PROTOCOL], at=MONDAY)

    build.publish(build.draft(vote.chamber, {person: Position.AGAINST}, roll_call=vote), at=MONDAY + DAY)

    assert held_rows(MONDAY + DAY) == {(vote.pk, person.pk)}


def test_an_answer_after_the_correction_ends_the_hold(vote: RollCall, person: Person) -> None:
    dispute = build.dispute(vote, person, shows=[PROTOCOL], at=MONDAY)
    build.publish(build.draft(vote.chamber, {person: Position.AGAINST}, roll_call=vote), at=MONDAY + DAY)

    answered(dispute, S.UPHELD, MONDAY + 2 * DAY)

    assert held_rows(MONDAY + 2 * DAY) == set()


def test_a_hold_that_runs_out_is_told_once(vote: RollCall, person: Person) -> None:
    dispute = build.dispute(vote, person, shows=[PROTOCOL], at=MONDAY)

    assert end_holds(at=MONDAY + 6 * DAY) == 0
    assert end_holds(at=MONDAY + 8 * DAY) == 1
    assert tasks.end_holds() == 0

    dispute.refresh_from_db()
    assert dispute.held.upper == MONDAY + 7 * DAY
    assert dispute.state == S.RECEIVED
    assert len(journal(EventKind.HOLD_ENDED)) == 1


def test_pages_show_a_report_that_brings_something_or_that_somebody_took_up(vote: RollCall, person: Person) -> None:
    bare, shown = build.dispute(vote, person), build.dispute(vote, person, shows=[PROTOCOL])
    assert list(Dispute.objects.shown()) == [shown]

    take_up(dispute=bare, by=get_user_model().objects.create(username="boris"))
    assert set(Dispute.objects.shown()) == {bare, shown}
    answered(shown, S.NOT_UPHELD, build.LATER)

    assert list(Dispute.objects.shown()) == [bare]


def test_the_desk_lists_by_deadline_with_answered_ones_last(vote: RollCall) -> None:
    late, later, done = (build.dispute(at=MONDAY + days * DAY) for days in (7, 14, 0))
    answered(done, S.NOT_UPHELD, MONDAY + DAY)

    assert list(Dispute.objects.by_deadline()) == [late, later, done]


def test_the_database_refuses_a_number_or_a_token_twice() -> None:
    first, second = build.dispute(), build.dispute()

    with refused_by("journal_dispute_number_once"):
        Dispute.objects.filter(pk=second.pk).update(running=first.running)
    with refused_by("journal_dispute_token_once"):
        Dispute.objects.filter(pk=second.pk).update(token_hash=first.token_hash)


def test_the_database_refuses_a_confirmation_without_a_claim_or_without_how() -> None:
    reader, office = build.dispute(), build.dispute(claims_office=True)

    with refused_by("journal_dispute_confirmed_says_how"):
        Dispute.objects.filter(pk=reader.pk).update(confirmed_at=MONDAY, confirmed_how="by telephone")
    with refused_by("journal_dispute_confirmed_says_how"):
        Dispute.objects.filter(pk=office.pk).update(confirmed_at=MONDAY)
    with refused_by("journal_dispute_state_confirmed"):
        Dispute.objects.filter(pk=office.pk).update(state=S.CONFIRMED.value)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "upheld"},
        {"state": "upheld", "closed_at": MONDAY, "outcome_en": "So."},
        {"state": "not-upheld", "outcome_ru": "Так.", "outcome_en": "So."},
        {"closed_at": MONDAY},
        {"outcome_en": "So."},
    ],
)
def test_the_database_refuses_an_answer_that_says_nothing(change: dict[str, object]) -> None:
    dispute = build.dispute()

    with refused_by("journal_dispute_closed_with_outcome"):
        Dispute.objects.filter(pk=dispute.pk).update(**change)


def test_the_database_refuses_to_hold_what_is_no_row_or_is_held(vote: RollCall, person: Person) -> None:
    period = DateTimeTZRange(MONDAY, MONDAY + DAY)
    whole, row, again = build.dispute(vote), build.dispute(vote, person), build.dispute(vote, person)

    with refused_by("journal_dispute_holds_a_row"):
        Dispute.objects.filter(pk=whole.pk).update(held=period)
    Dispute.objects.filter(pk=row.pk).update(held=period)
    with refused_by("journal_dispute_one_hold_a_row"):
        Dispute.objects.filter(pk=again.pk).update(held=DateTimeTZRange(MONDAY, None))


def test_the_database_refuses_evidence_twice_or_that_is_nothing() -> None:
    dispute = build.dispute(shows=[PROTOCOL])

    with refused_by("journal_evidence_once"):
        Evidence.objects.create(dispute=dispute, digest=dispute.evidence.get().digest, url=PROTOCOL)
    for url, content in (("", None), (PROTOCOL, b"both")):
        with refused_by("journal_evidence_file_or_address"):
            Evidence.objects.create(dispute=dispute, digest="0" * 64, url=url, content=content)


def test_the_same_file_sent_twice_is_kept_once() -> None:
    assert build.dispute(shows=[PROTOCOL, f"{PROTOCOL}/"]).evidence.count() == 1
