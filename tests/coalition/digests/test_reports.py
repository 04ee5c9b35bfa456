"""All that anybody can learn about subscribers, and who waits in vain: rounded counts."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from coalition.digests import tasks
from coalition.digests.enums import DeliveryState, Rhythm, Stage, What
from coalition.digests.models import Delivery, Subscriber, Subscription
from coalition.digests.reports import Readers, Unheard, subscriber_counts, unheard
from coalition.digests.targets import Target
from tests import build
from tests.coalition.digests.build import AT, TUESDAY
from tests.coalition.digests.test_planning import DAY, HOUR, digests, follower, happened

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


def test_nobody_is_unheard_while_letters_go_out() -> None:
    chamber = build.chamber()
    somebody = follower(chamber, rhythm=Rhythm.DAILY.value)
    event = happened(chamber, at=TUESDAY - DAY)
    [planned] = digests()
    Delivery.objects.filter(pk=planned).update(state=DeliveryState.SENT.value, sent_at=TUESDAY)
    Subscriber.objects.filter(pk=somebody.pk).update(watermark=event)
    happened(chamber, at=TUESDAY)

    assert unheard(TUESDAY + DAY + HOUR) == Unheard(0, 0, 0)
    assert unheard(TUESDAY + DAY + 2 * HOUR) == Unheard(behind=1, due=0, waiting=0)
    assert unheard(TUESDAY + 2 * DAY + 2 * HOUR) == Unheard(behind=1, due=1, waiting=0)


@pytest.mark.parametrize("rhythm", [Rhythm.WEEKLY, Rhythm.SITTING, Rhythm.MONTHLY])
def test_other_rhythms_wait_for_their_day(rhythm: Rhythm) -> None:
    chamber = build.chamber()
    follower(chamber, rhythm=rhythm.value)
    happened(chamber, at=AT - 3 * DAY)

    assert unheard(TUESDAY + DAY) == Unheard(0, 0, 0)
    assert unheard(TUESDAY + DAY + 2 * HOUR) == Unheard(behind=0, due=1, waiting=0)


def test_who_has_just_changed_to_a_daily_digest_is_not_behind() -> None:
    chamber = build.chamber()
    follower(chamber)
    happened(chamber)
    digests()
    Delivery.objects.update(state=DeliveryState.EMPTY.value)
    Subscriber.objects.update(rhythm=Rhythm.DAILY.value, next_digest_at=TUESDAY + 3 * DAY)

    assert unheard(TUESDAY + 2 * DAY) == Unheard(0, 0, 0)
    assert unheard(TUESDAY + 40 * DAY) == Unheard(behind=1, due=1, waiting=0)


def test_a_letter_that_is_put_off_for_more_than_a_day_is_told() -> None:
    follower(build.chamber())
    digests()
    Delivery.objects.update(attempts=9, next_try_at=TUESDAY + 2 * DAY)

    assert unheard(TUESDAY + DAY + 2 * HOUR) == Unheard(behind=0, due=0, waiting=1)


def test_the_paused_and_the_unconfirmed_are_not_waited_for() -> None:
    chamber = build.chamber()
    follower(chamber, rhythm=Rhythm.DAILY.value, paused_until=TUESDAY + 9 * DAY)
    happened(chamber)

    assert unheard(TUESDAY + 3 * DAY) == Unheard(0, 0, 0)


def test_the_check_shouts_without_telling_small_numbers(caplog: pytest.LogCaptureFixture) -> None:
    words = StringIO()
    call_command("digests", "check", stdout=words)
    tasks.check_letters()
    for number in range(31):
        follower(build.chamber(slug=f"c{number}"), f"r{number}")
    Delivery.objects.create(
        subscriber=Subscriber.objects.all()[0], period="2024-W01", after_event=0, until_event=1, planned_at=AT
    )

    with pytest.raises(CommandError) as shouted:
        call_command("digests", "check", f"--at={(TUESDAY + 2 * DAY).isoformat()}")
    tasks.check_letters()

    assert words.getvalue() == "Nobody waits for what happened more than 26 hours ago.\n"
    assert str(shouted.value).splitlines() == [
        "Readers whose digest has been due for more than 26 hours: 30 or more.",
        "Letters that have waited for more than 26 hours to be sent: fewer than 20.",
    ]
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("CRITICAL", line) for line in str(shouted.value).splitlines()
    ]
