"""Rows the database refuses."""

import datetime as dt
from typing import Any

import pytest

from coalition.digests.enums import DeliveryState, Stage
from coalition.digests.models import LONGEST_WAIT, Confirmation, Delivery, Subscriber, Subscription
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
AT = build.AT


def subscriber(name: str = "a", **more: Any) -> Subscriber:
    values: dict[str, Any] = {"sealed_address": b"sealed", "blind_index": name, "token_hash": name, "language": "en"}
    return Subscriber.objects.create(**values | {"token_salt": b"salt"} | more)


def delivery(to: Subscriber, **more: Any) -> Delivery:
    values: dict[str, Any] = {"period": "2024-W23", "after_event": 1, "until_event": 2, "planned_at": AT}
    return Delivery.objects.create(subscriber=to, **values | more)


def test_one_subscriber_for_an_address() -> None:
    subscriber()

    with refused_by("digests_subscriber_blind_index_key"):
        subscriber(token_hash="b")


def test_one_subscriber_for_a_token() -> None:
    subscriber()

    with refused_by("digests_subscriber_token_hash_key"):
        subscriber(blind_index="b")


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
    ],
)
def test_a_letter_is_due_only_to_the_confirmed(wrong: dict[str, Any]) -> None:
    with refused_by("digests_subscriber_confirmed_has_date"):
        subscriber(**wrong)


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
