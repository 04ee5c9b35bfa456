"""All that anybody can learn about subscribers: rounded counts."""

import datetime as dt

import pytest

from coalition.digests.enums import Stage
from coalition.digests.models import Delivery, Subscriber, Subscription
from coalition.digests.reports import Readers, stopped_since, subscriber_counts
from tests import build

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("readers", "shown"), [(0, None), (19, None), (20, 20), (39, 30)])
def test_counts_are_rounded_and_small_ones_are_not_told(readers: int, shown: int | None) -> None:
    chamber = build.chamber()
    for number in range(readers):
        somebody = Subscriber.objects.create(
            sealed_address=b"", blind_index=str(number), token_hash=str(number), token_salt=b"", language="en",
            stage=Stage.CONFIRMED.value, confirmed_at=build.AT, next_digest_at=build.AT,
        )  # fmt: skip
        for person in (None, build.deputy(chamber)):
            Subscription.objects.create(
                subscriber=somebody, chamber=chamber, person=person, asked_at=build.AT, confirmed_at=build.AT
            )

    assert subscriber_counts() == [Readers(chamber, shown)]


def test_letters_are_late_two_hours_after_they_were_due_or_planned() -> None:
    hour = dt.timedelta(hours=1)
    somebody = Subscriber.objects.create(
        sealed_address=b"", blind_index="1", token_hash="1", token_salt=b"", language="en",
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
