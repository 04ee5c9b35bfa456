"""All that anybody can learn about subscribers: rounded counts."""

import pytest

from coalition.digests.enums import Stage
from coalition.digests.models import Subscriber, Subscription
from coalition.digests.reports import Readers, subscriber_counts
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
