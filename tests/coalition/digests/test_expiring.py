"""What is forgotten, when, and what puts it off."""

import datetime as dt

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from pytest_django import Settings

from coalition.digests import tasks
from coalition.digests.actions import bouncing, expiring, signing
from coalition.digests.enums import BounceKind, DeliveryKind, DeliveryState, What
from coalition.digests.models import Address, Bounce, Delivery, Subscriber, Subscription, Suppression
from coalition.digests.sealing import open_sealed
from deputies.people.models import Chamber, Mandate, Person, Term
from tests import build
from tests.coalition.digests.build import AT, asked, reader
from tests.coalition.digests.sink import Sink, token_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


def token_of(subscriber: Subscriber) -> str:
    return open_sealed(bytes(subscriber.address.sealed)).token


def questions() -> list[str]:
    return list(Delivery.objects.filter(kind=DeliveryKind.KEEP.value).order_by("pk").values_list("period", flat=True))


@pytest.mark.parametrize("count", [1, 3])
def test_readers_are_asked_after_eleven_months_and_erased_after_twelve(
    sink: Sink, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "BATCH", 2)
    chamber = build.chamber()
    for number in range(count):
        reader(sink, chamber, address=f"r{number}@example.org")
    asked(chamber, address="late@example.org", at=AT + 330 * DAY)

    expiring.expire(at=AT + 335 * DAY - SECOND)
    early = questions()
    for _ in range(2):
        expiring.expire(at=AT + 335 * DAY)
    asks = Delivery.objects.values("period", "state", "after_event", "until_event", "planned_at").distinct().get()
    expiring.expire(at=AT + 365 * DAY - SECOND)
    kept = Subscriber.objects.count()
    expiring.expire(at=AT + 365 * DAY)

    mark = asks["after_event"]
    assert (early, kept, Subscriber.objects.count(), Address.objects.count()) == ([], count, 0, 0)
    assert asks == {
        "period": "2024-06-03-keep",
        "state": DeliveryState.PLANNED.value,
        "after_event": mark,
        "until_event": mark,
        "planned_at": AT + 335 * DAY,
    }


def test_the_button_puts_it_off_for_a_year_and_the_question_comes_again(sink: Sink) -> None:
    somebody = reader(sink, build.chamber())
    expiring.expire(at=AT + 335 * DAY)
    Delivery.objects.update(state=DeliveryState.SENT.value, sent_at=AT)

    assert expiring.keep(token=token_of(somebody), at=AT + 340 * DAY)
    assert expiring.keep(token=token_of(somebody), at=AT + 340 * DAY)
    for day in (364, 400, 340 + 335, 340 + 364):
        expiring.expire(at=AT + day * DAY)
    kept = Subscriber.objects.count()
    asks = questions()
    expiring.expire(at=AT + (340 + 365) * DAY)

    assert (kept, asks, Subscriber.objects.count()) == (1, ["2024-06-03-keep", "2025-05-09-keep"], 0)


def test_who_has_pressed_it_is_not_asked_any_more(sink: Sink) -> None:
    somebody = reader(sink, build.chamber())
    expiring.expire(at=AT + 335 * DAY)

    expiring.keep(token=token_of(somebody), at=AT + 335 * DAY)
    expiring.expire(at=AT + 336 * DAY)

    assert questions() == []


def test_only_a_confirmed_reader_can_press_it(sink: Sink) -> None:
    asked(build.chamber())

    assert not expiring.keep(token=token_of(Subscriber.objects.get()), at=AT)
    assert not expiring.keep(token=token_in(sink.letters[0]), at=AT)
    assert not expiring.keep(token="", at=AT)


def test_confirming_something_new_puts_it_off_and_asking_for_it_does_not(sink: Sink) -> None:
    reader(sink, build.chamber())

    asked(build.chamber(), at=AT + 100 * DAY)
    before = Subscriber.objects.get().kept_at
    signing.confirm(token=token_in(sink.letters[-1]), at=AT + 101 * DAY)

    assert (before, Subscriber.objects.get().kept_at) == (AT, AT + 101 * DAY)
    assert Subscriber.objects.get().confirmed_at == AT


def test_suppressions_and_old_bounces_are_forgotten(sink: Sink) -> None:
    reader(sink, build.chamber())
    Suppression.objects.create(mark="m", reason=BounceKind.HARD.value, until=AT + 30 * DAY)
    bouncing.note(bounce_hash="of somebody", kind=BounceKind.SOFT, at=AT)

    expiring.expire(at=AT + 30 * DAY - SECOND)
    kept = (Suppression.objects.count(), Bounce.objects.count())
    expiring.expire(at=AT + 30 * DAY)

    assert (kept, Suppression.objects.count(), Bounce.objects.count()) == ((1, 1), 0, 0)


def end_mandate(person: Person, at: dt.datetime) -> None:
    Mandate.objects.filter(person=person).update(held=DateTimeTZRange(build.START, at))


def followed() -> dict[str, dt.datetime | None]:
    return {str(s.person.name) if s.person else s.what: s.ends_at for s in Subscription.objects.order_by("pk")}


def followers(sink: Sink) -> tuple[Chamber, Person, Person]:
    """Three readers: two follow a deputy each, one of whom stays; the third the district of the one who leaves."""
    chamber = build.chamber()
    leaves, stays = build.deputy(chamber, "Leaves"), build.deputy(chamber, "Stays")
    reader(sink, chamber, person=leaves)
    reader(sink, chamber, address="b@example.org", person=stays)
    third = reader(sink, chamber, address="c@example.org")
    district = Mandate.objects.get(person=leaves).district
    third.subscriptions.update(what=What.DISTRICT.value, district=district)
    return chamber, leaves, stays


def test_a_deputy_who_left_is_followed_for_thirty_days_more_and_the_district_for_ever(sink: Sink) -> None:
    _chamber, leaves, _stays = followers(sink)
    end_mandate(leaves, AT + DAY)

    expiring.expire(at=AT + DAY - SECOND)
    sitting = followed()
    for day in (1, 2, 30):
        expiring.expire(at=AT + day * DAY)
    left = followed()
    expiring.expire(at=AT + 31 * DAY)

    assert sitting == {"Leaves": None, "Stays": None, "district": None}
    assert left == {"Leaves": AT + 31 * DAY, "Stays": None, "district": None}
    assert followed() == {"Stays": None, "district": None}
    assert (
        Subscriber.objects.count() == 3
    )  # who follows nothing any more may follow something else, until the year ends


def test_a_deputy_who_comes_back_is_followed_on(sink: Sink) -> None:
    _chamber, leaves, _stays = followers(sink)
    end_mandate(leaves, AT)
    expiring.expire(at=AT)
    mandate = Mandate.objects.get(person=leaves)
    Mandate.objects.create(
        person=leaves,
        chamber=mandate.chamber,
        term=mandate.term,
        district=mandate.district,
        held=DateTimeTZRange(AT + DAY, None),
    )

    for day in (2, 40):
        expiring.expire(at=AT + day * DAY)

    assert followed() == {"Leaves": None, "Stays": None, "district": None}


def test_the_end_of_a_term_ends_no_following(sink: Sink) -> None:
    chamber, leaves, stays = followers(sink)
    Term.objects.update(held=DateTimeTZRange(build.START, AT + DAY))
    for person in (leaves, stays):
        end_mandate(person, AT + DAY)
    Term.objects.create(chamber=chamber, number=2, name_en="Second", held=DateTimeTZRange(AT + 20 * DAY, None))

    for day in (1, 10, 20, 60):
        expiring.expire(at=AT + day * DAY)

    assert followed() == {"Leaves": None, "Stays": None, "district": None}


def test_the_schedule_forgets_each_hour(sink: Sink, settings: Settings) -> None:
    reader(sink, build.chamber())

    with time_machine.travel(AT + 335 * DAY, tick=False):
        tasks.expire()
        asks = questions()
    with time_machine.travel(AT + 365 * DAY, tick=False):
        tasks.expire()

    assert (asks, Subscriber.objects.count()) == (["2024-06-03-keep"], 0)
    assert settings.CELERY_BEAT_SCHEDULE["expire"] == {"task": "coalition.digests.tasks.expire", "schedule": 3600.0}
