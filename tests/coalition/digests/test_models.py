"""Rows the database refuses."""

import datetime as dt
from typing import Any

import pytest

from coalition.digests.enums import BounceKind, DeliveryState, Rhythm, Stage, What
from coalition.digests.models import (
    LONGEST_WAIT,
    Address,
    Bounce,
    Confirmation,
    Delivery,
    MailRoom,
    Subscriber,
    Subscription,
    Suppression,
)
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
AT = build.AT


def subscriber(name: str = "a", **more: Any) -> Subscriber:
    return Subscriber.objects.create(**{"token_hash": name, "bounce_hash": name, "language": "en"} | more)


def delivery(to: Subscriber, **more: Any) -> Delivery:
    values: dict[str, Any] = {"period": "2024-W23", "after_event": 1, "until_event": 2, "planned_at": AT}
    return Delivery.objects.create(subscriber=to, **values | more)


def test_one_subscriber_for_an_address() -> None:
    Address.objects.create(subscriber=subscriber(), sealed=b"", blind_index="same")

    with refused_by("digests_address_blind_index_key"):
        Address.objects.create(subscriber=subscriber("b"), sealed=b"", blind_index="same")


def test_an_address_goes_with_its_subscriber_and_belongs_to_one() -> None:
    somebody = subscriber()
    Address.objects.create(subscriber=somebody, sealed=b"", blind_index="index")

    somebody.delete()

    assert not Address.objects.exists()
    with refused_by("digests_address_goes_with_its_subscriber"):
        Address.objects.create(subscriber_id=999_999, sealed=b"", blind_index="index")


def test_there_is_one_mail_room() -> None:
    with refused_by("digests_mailroom_is_one"):
        MailRoom.objects.create(pk=2)


def test_one_subscriber_for_a_token() -> None:
    subscriber()

    with refused_by("digests_subscriber_token_hash_key"):
        subscriber(bounce_hash="b")
    with refused_by("digests_subscriber_bounce_hash_key"):
        subscriber(token_hash="b")


def test_an_address_is_suppressed_once() -> None:
    Suppression.objects.create(mark="m", reason=BounceKind.HARD.value, until=AT)

    with refused_by("digests_suppression_mark_key"):
        Suppression.objects.create(mark="m", reason=BounceKind.COMPLAINT.value, until=AT)


def test_what_is_said_of_a_letter_at_one_moment_is_noted_once() -> None:
    for kind in (BounceKind.SOFT, BounceKind.HARD):
        Bounce.objects.create(bounce_hash="h", kind=kind.value, at=AT)

    with refused_by("digests_bounce_once"):
        Bounce.objects.create(bounce_hash="h", kind=BounceKind.SOFT.value, at=AT)


def test_one_confirmation_for_a_token() -> None:
    Confirmation.objects.create(subscriber=subscriber(), token_hash="t", sent_at=AT)

    with refused_by("digests_confirmation_token_hash_key"):
        Confirmation.objects.create(subscriber=subscriber("b"), token_hash="t", sent_at=AT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": Stage.CONFIRMED.value},
        {"stage": Stage.CONFIRMED.value, "confirmed_at": AT},
        {"stage": Stage.UNCONFIRMED.value, "next_digest_at": AT},
        {"stage": Stage.UNCONFIRMED.value, "paused_until": AT},
    ],
)
def test_a_letter_is_due_only_to_the_confirmed(wrong: dict[str, Any]) -> None:
    with refused_by("digests_subscriber_confirmed_has_dates"):
        subscriber(**{"rhythm": Rhythm.URGENT.value} | wrong)


@pytest.mark.parametrize(("rhythm", "due"), [(Rhythm.URGENT, AT), (Rhythm.WEEKLY, None), (Rhythm.MONTHLY, None)])
def test_a_digest_is_due_to_all_but_those_who_want_none(rhythm: Rhythm, due: dt.datetime | None) -> None:
    confirmed: dict[str, Any] = {"stage": Stage.CONFIRMED.value, "confirmed_at": AT, "kept_at": AT}

    with refused_by("digests_subscriber_digest_is_due"):
        subscriber(**confirmed, rhythm=rhythm.value, next_digest_at=due)


@pytest.mark.parametrize(
    ("what", "rows"),
    [(What.PERSON, ()), (What.CHAMBER, ("person",)), (What.DISTRICT, ("person",)), (What.DEMAND, ("demand", "person"))],
)
def test_what_is_followed_names_the_row_it_needs_and_no_other(what: What, rows: tuple[str, ...]) -> None:
    chamber = build.chamber()
    known = {"person": build.deputy(chamber), "demand": build.platform(chamber).demands.get()}

    with refused_by("digests_subscription_names_its_row"):
        Subscription.objects.create(
            subscriber=subscriber(), chamber=chamber, asked_at=AT, what=what.value, **{row: known[row] for row in rows}
        )


def test_one_thing_is_followed_once() -> None:
    somebody, chamber = subscriber(), build.chamber()
    Subscription.objects.create(subscriber=somebody, chamber=chamber, asked_at=AT)

    with refused_by("digests_subscription_once"):
        Subscription.objects.create(subscriber=somebody, chamber=chamber, asked_at=AT)


def test_one_letter_a_period() -> None:
    somebody = subscriber()
    delivery(somebody)

    with refused_by("digests_delivery_once_a_period"):
        delivery(somebody)


@pytest.mark.parametrize("wrong", [{"state": DeliveryState.SENT.value}, {"sent_at": AT}])
def test_a_sent_letter_has_a_time_and_no_other_has(wrong: dict[str, Any]) -> None:
    with refused_by("digests_delivery_sent_has_date"):
        delivery(subscriber(), **wrong)


def test_a_letter_reads_the_journal_forward() -> None:
    with refused_by("digests_delivery_events_forward"):
        delivery(subscriber(), after_event=3)


def test_each_failure_waits_twice_as_long_up_to_a_bound() -> None:
    letter = delivery(subscriber())

    waits: list[dt.timedelta] = []
    for _ in range(12):
        letter.put_off(AT)
        assert letter.next_try_at
        waits.append(letter.next_try_at - AT)

    assert waits[:3] == [dt.timedelta(minutes=2), dt.timedelta(minutes=4), dt.timedelta(minutes=8)]
    assert waits[-1] == LONGEST_WAIT
