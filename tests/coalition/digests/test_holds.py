"""A disputed row is left out of letters, and told once it no longer is, to those who were not told before."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from coalition.digests.actions import planning, sending
from coalition.digests.enums import DeliveryState
from coalition.digests.models import Delivery
from deputies.journal.actions import close_dispute, end_holds, take_up
from deputies.journal.enums import DisputeState
from deputies.journal.models import Dispute
from deputies.people.models import Chamber, Person
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from pledges.platform.models import Demand
from tests import build
from tests.coalition.digests.build import AT, TUESDAY, WEEK, reader
from tests.coalition.digests.sink import Sink, part

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]
HOUR = dt.timedelta(hours=1)
PROTOCOL = "https://example.org/protocol"


@pytest.fixture
def chamber() -> Chamber:
    return build.chamber(slug="town")


@pytest.fixture
def anna(chamber: Chamber) -> Person:
    return build.deputy(chamber, "Anna Example")


@pytest.fixture
def demand(chamber: Chamber) -> Demand:
    return build.platform(chamber).demands.get()


def linked(demand: Demand, positions: dict[Person, Position]) -> RollCall:
    vote = build.vote(demand.platform.coalition.chamber, positions)
    build.link(demand, vote)
    return vote


def send(weeks: int = 0) -> list[DeliveryState]:
    at = TUESDAY + weeks * WEEK
    for _ in planning.plan_digests(at=at):
        pass
    return sending.send_waiting(at=at, among=Delivery.objects.all())


def answer(dispute: Dispute, state: DisputeState, at: dt.datetime) -> None:
    by = get_user_model().objects.get_or_create(username="boris")[0]
    take_up(dispute=dispute, by=by)
    close_dispute(dispute=dispute, state=state, outcome_ru="Так.", outcome_en="So.", by=by, at=at)


def test_a_held_row_is_told_when_the_hold_has_run_out(sink: Sink, chamber: Chamber, anna: Person) -> None:
    reader(sink, chamber, person=anna)
    vote = build.vote(chamber, {anna: Position.FOR})
    build.dispute(vote, anna, shows=[PROTOCOL], at=AT)

    assert send() == [DeliveryState.EMPTY]
    end_holds(at=AT + WEEK)
    assert send(1) == [DeliveryState.SENT]
    end_holds(at=AT + 2 * WEEK)
    assert send(2) == [DeliveryState.EMPTY]

    text = part(sink.letters[0], "plain")
    assert "Anna Example: for." in text
    assert "Corrected" not in text
    assert len(sink.letters) == 1


def test_others_of_the_same_vote_are_told_at_once_and_once(sink: Sink, chamber: Chamber, anna: Person) -> None:
    boris = build.deputy(chamber, "Boris Example")
    reader(sink, chamber, person=anna)
    reader(sink, chamber, person=boris)
    vote = build.vote(chamber, {anna: Position.FOR, boris: Position.AGAINST})
    dispute = build.dispute(vote, anna, shows=[PROTOCOL], at=AT)

    send()
    answer(dispute, DisputeState.NOT_UPHELD, TUESDAY + HOUR)
    send(1)

    first, second = (part(letter, "plain") for letter in sink.letters)
    assert "Boris Example: against." in first
    assert "Anna Example: for" not in first
    assert "Anna Example: for." in second
    assert "Boris Example: against" not in second


def test_who_was_told_before_the_report_is_not_told_again(sink: Sink, chamber: Chamber, anna: Person) -> None:
    reader(sink, chamber, person=anna)
    vote = build.vote(chamber, {anna: Position.FOR})
    send()

    build.dispute(vote, anna, shows=[PROTOCOL], at=TUESDAY + HOUR)
    assert send(1) == [DeliveryState.EMPTY]
    end_holds(at=TUESDAY + WEEK + 2 * HOUR)

    assert send(2) == [DeliveryState.EMPTY]
    assert len(sink.letters) == 1


def test_a_hold_across_two_letters_is_told_in_the_third(sink: Sink, chamber: Chamber, anna: Person) -> None:
    reader(sink, chamber, person=anna)
    vote = build.vote(chamber, {anna: Position.FOR})
    build.dispute(vote, anna, shows=[PROTOCOL], at=TUESDAY)

    assert send() == [DeliveryState.EMPTY]
    Dispute.objects.update(held=DateTimeTZRange(TUESDAY, TUESDAY + WEEK + HOUR))
    assert send(1) == [DeliveryState.EMPTY]
    end_holds(at=TUESDAY + WEEK + HOUR)
    assert send(2) == [DeliveryState.SENT]

    assert "Anna Example: for." in part(sink.letters[0], "plain")


def test_a_report_that_is_answered_before_the_letter_changes_nothing(
    sink: Sink, chamber: Chamber, anna: Person
) -> None:
    reader(sink, chamber, person=anna)
    dispute = build.dispute(build.vote(chamber, {anna: Position.FOR}), anna, shows=[PROTOCOL], at=AT)
    answer(dispute, DisputeState.NOT_UPHELD, AT + HOUR)

    assert send() == [DeliveryState.SENT]
    assert send(1) == [DeliveryState.EMPTY]


def test_a_score_that_a_held_row_moved_is_told_with_it(
    sink: Sink, chamber: Chamber, anna: Person, demand: Demand
) -> None:
    other = build.deputy(chamber, "Vera Example")
    linked(demand, {anna: Position.FOR})
    reader(sink, chamber, person=anna)
    reader(sink, chamber, person=other)
    vote = linked(demand, {anna: Position.AGAINST, other: Position.FOR})
    build.dispute(vote, anna, shows=[PROTOCOL], at=AT)

    send()
    linked(demand, {anna: Position.FOR})
    end_holds(at=AT + WEEK)
    send(1)

    first, second = (" ".join(part(letter, "plain").split()) for letter in sink.letters)
    assert "Vera Example: no counted vote to 1 of 1" in first
    assert "Anna Example: 1 of 1" not in first
    assert "Anna Example: 1 of 1 to 2 of 3 on social demands." in second
    assert "Anna Example: against (not as it asks: Demand 1)." in second


def test_an_upheld_row_is_first_told_as_corrected(sink: Sink, chamber: Chamber, anna: Person) -> None:
    reader(sink, chamber, person=anna)
    vote = build.vote(chamber, {anna: Position.FOR})
    dispute = build.dispute(vote, anna, shows=[PROTOCOL], at=AT)
    answer(dispute, DisputeState.UPHELD, AT + HOUR)

    assert send() == [DeliveryState.EMPTY]
    build.publish(build.draft(chamber, {anna: Position.AGAINST}, roll_call=vote), at=TUESDAY + HOUR)
    assert send(1) == [DeliveryState.SENT]
    end_holds(at=TUESDAY + 5 * WEEK)
    assert send(2) == [DeliveryState.EMPTY]

    text = part(sink.letters[0], "plain")
    assert "Anna Example: against." in text
    assert "Anna Example: for" not in text


def test_who_follows_later_is_not_told_of_what_was_before(sink: Sink, chamber: Chamber, anna: Person) -> None:
    other = build.deputy(chamber)
    vote = build.vote(chamber, {anna: Position.FOR})
    reader(sink, chamber, person=other)
    build.dispute(vote, anna, shows=[PROTOCOL], at=AT)
    assert send() == [DeliveryState.EMPTY]
    reader(sink, chamber, person=anna)

    end_holds(at=AT + WEEK)

    assert send(1) == [DeliveryState.EMPTY]


def test_who_follows_the_chamber_reads_of_the_vote_all_the_same(
    sink: Sink, chamber: Chamber, anna: Person, demand: Demand
) -> None:
    reader(sink, chamber)
    vote = linked(demand, {anna: Position.FOR})
    build.dispute(vote, anna, shows=[PROTOCOL], at=AT)

    assert send() == [DeliveryState.SENT]
    end_holds(at=AT + WEEK)
    assert send(1) == [DeliveryState.EMPTY]

    assert vote.slug in part(sink.letters[0], "plain")
