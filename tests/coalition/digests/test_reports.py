"""All that anybody can learn about subscribers: rounded counts."""

import datetime as dt

import pytest

from coalition.digests.enums import Stage, What
from coalition.digests.models import Delivery, Subscriber, Subscription
from coalition.digests.reports import Readers, stopped_since, subscriber_counts
from coalition.digests.targets import Target
from tests import build

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("readers", "shown"), [(0, None), (19, None), (20, 20), (39, 30)])
def test_counts_are_rounded_and_small_ones_are_not_told(readers: int, shown: int | None) -> None:
    chamber = build.chamber()
    for number in range(readers):
        somebody = Subscriber.objects.create(
            token_hash=str(number), bounce_hash=str(number), language="en", kept_at=build.AT,
            stage=Stage.CONFIRMED.value, confirmed_at=build.AT, next_digest_at=build.AT,
        )  # fmt: skip
        person = Target(What.PERSON, chamber.pk, build.deputy(chamber).pk)
        for target in (Target(What.CHAMBER, chamber.pk), person):
            Subscription.objects.create(
                subscriber=somebody, **Subscription.to(target), asked_at=build.AT, confirmed_at=build.AT
            )

    assert subscriber_counts() == [Readers(chamber, shown)]


def test_letters_are_late_two_hours_after_they_were_due_or_planned() -> None:
    hour = dt.timedelta(hours=1)
    somebody = Subscriber.objects.create(
        token_hash="1", bounce_hash="1", language="en", kept_at=build.AT,
        stage=Stage.CONFIRMED.value, confirmed_at=build.AT, next_digest_at=build.AT,
    )  # fmt: skip

    assert stopped_since(build.AT + hour) is None
    assert stopped_since(build.AT + 2 * hour) == build.AT

    letter = Delivery.objects.create(
        subscriber=somebody, period="2024-W22", after_event=0, until_event=1, planned_at=build.AT + hour
    )
    assert stopped_since(build.AT + 2 * hour) is None
    assert stopped_since(build.AT + 3 * hour) == build.AT + hour

    letter.next_try_at = build.AT + 9 * hour  # the mail server asked for patience
    letter.save()
    assert stopped_since(build.AT + 3 * hour) is None
