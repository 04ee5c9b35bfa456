"""Who is planned a letter, when, and of what."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import transaction

from coalition.digests.actions import planning, sending
from coalition.digests.composing import Reader
from coalition.digests.enums import DeliveryKind, DeliveryState, Rhythm, Stage, What
from coalition.digests.models import Delivery, Subscriber, Subscription
from coalition.digests.targets import Target
from coalition.digests.urgent import Urgent
from deputies.journal.actions import append
from deputies.journal.enums import EventKind
from deputies.people.models import Chamber
from tests import build
from tests.coalition.digests.build import AT, TUESDAY, WEEK, reader
from tests.coalition.digests.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def follower(chamber: Chamber, name: str = "a", *, targets: Iterable[Target] = (), **more: Any) -> Subscriber:
    """A confirmed reader, by default of a chamber from its first event on, whose digest is due on Tuesday."""
    values: dict[str, Any] = {"stage": Stage.CONFIRMED.value, "confirmed_at": AT, "kept_at": AT, "language": "en"}
    values |= {"token_hash": name, "bounce_hash": name, "next_digest_at": TUESDAY}
    subscriber = Subscriber.objects.create(**values | more)
    for target in targets or [Target(What.CHAMBER, chamber.pk)]:
        Subscription.objects.create(
            subscriber=subscriber, **Subscription.to(target), asked_at=AT, confirmed_at=AT, after_event=0
        )
    return subscriber


def happened(chamber: Chamber, kind: EventKind = EventKind.VOTE_PUBLISHED, at: dt.datetime = AT) -> int:
    """The id of a new event."""
    return append(kind=kind, chamber=chamber.slug, subject="roll-call:1", facts={"roll_call": 1}, at=at).pk


def digests(at: dt.datetime = TUESDAY) -> list[int]:
    return sorted(pk for batch in planning.plan_digests(at=at) for pk in batch)


def at_once(chamber: Chamber, *events: int, at: dt.datetime = AT, **more: object) -> list[int]:
    """Plan letters about urgent events to whoever follows a chamber."""
    urgent = [Urgent(event, frozenset({f"chamber:{chamber.pk}"}), **more) for event in events]  # type: ignore[arg-type]
    return sorted(pk for batch in planning.plan_at_once(urgent=urgent, at=at) for pk in batch)


@transaction.atomic
def claimed(letter: int, at: dt.datetime = TUESDAY) -> Reader:
    found = sending.claim(letter, at)
    assert found
    return found.reader


@pytest.mark.parametrize(
    ("rhythm", "period", "following"),
    [
        (Rhythm.WEEKLY, "2024-W23", TUESDAY + WEEK),
        (Rhythm.DAILY, "2024-06-04", TUESDAY + DAY),
        (Rhythm.SITTING, "2024-06-04-s", TUESDAY + 13 * HOUR),
        (Rhythm.MONTHLY, "2024-06", TUESDAY + 4 * WEEK),
    ],
)
def test_each_rhythm_has_its_period_and_next_day(rhythm: Rhythm, period: str, following: dt.datetime) -> None:
    chamber = build.chamber()
    somebody = follower(chamber, rhythm=rhythm.value)
    event = happened(chamber)

    [planned] = digests()

    letter = Delivery.objects.get(pk=planned)
    assert (letter.period, letter.after_event, letter.until_event) == (period, 0, event)
    somebody.refresh_from_db()
    assert (somebody.next_digest_at, somebody.watermark) == (following, 0)


def test_hours_are_those_of_each_readers_zone() -> None:
    chamber = build.chamber()
    names = ["Europe/Moscow", "Asia/Vladivostok", "America/New_York"]
    for name in names:
        follower(chamber, name, timezone=name, next_digest_at=TUESDAY - DAY)

    assert len(digests()) == 3

    found = Subscriber.objects.values_list("timezone", "next_digest_at")
    assert {name: due.hour for name, due in found if due} == dict(zip(names, [4, 21, 11], strict=True))


def test_after_a_sitting_only_those_who_follow_its_chamber_are_written_to() -> None:
    sat, other = build.chamber(), build.chamber()
    evening: dict[str, Any] = {"rhythm": Rhythm.SITTING.value, "next_digest_at": TUESDAY}
    concerned, idle = follower(sat, "a", **evening), follower(other, "b", **evening)
    happened(other, EventKind.WORD_GIVEN)
    event = happened(sat)

    [planned] = digests()
    assert Delivery.objects.get(pk=planned).subscriber == concerned
    idle.refresh_from_db()
    assert (idle.watermark, idle.next_digest_at) == (0, TUESDAY + 13 * HOUR)

    late = happened(other)
    [planned] = digests(TUESDAY + 13 * HOUR)
    letter = Delivery.objects.get(pk=planned)
    assert (letter.subscriber, letter.after_event, letter.until_event > event) == (idle, 0, late > event)


def test_the_unconfirmed_the_paused_and_who_wants_no_digest_are_not_planned() -> None:
    chamber = build.chamber()
    nobody: dict[str, Any] = {"confirmed_at": None, "kept_at": None, "next_digest_at": None}
    follower(chamber, "a", stage=Stage.UNCONFIRMED.value, **nobody)
    follower(chamber, "b", paused_until=TUESDAY + DAY)
    follower(chamber, "c", rhythm=Rhythm.URGENT.value, next_digest_at=None)
    event = happened(chamber)

    assert digests() == []
    assert [one.subscriber.token_hash for one in Delivery.objects.filter(pk__in=at_once(chamber, event))] == ["c"]


def test_after_a_pause_a_reader_hears_of_what_came_later() -> None:
    chamber = build.chamber()
    somebody = follower(chamber, paused_until=TUESDAY + 2 * DAY)
    missed = happened(chamber, at=TUESDAY + DAY)
    heard = happened(chamber, at=TUESDAY + 3 * DAY)

    assert digests(TUESDAY + DAY) == []
    [planned] = digests(TUESDAY + 4 * DAY)

    letter = Delivery.objects.get(pk=planned)
    assert (letter.after_event, letter.until_event) == (missed, heard)
    somebody.refresh_from_db()
    assert somebody.paused_until is None


def test_a_pause_that_begins_before_a_planned_letter_leaves_holds_it_back(sink: Sink) -> None:
    chamber = build.chamber()
    somebody = reader(sink, chamber)
    digests()
    Subscriber.objects.update(paused_until=TUESDAY + DAY)

    assert sending.send_waiting(at=TUESDAY, among=Delivery.objects.all()) == [DeliveryState.EMPTY]
    watermark = somebody.watermark
    somebody.refresh_from_db()
    assert somebody.watermark == watermark


def test_changing_rhythm_neither_loses_nor_repeats_an_event() -> None:
    chamber = build.chamber()
    somebody = follower(chamber, rhythm=Rhythm.DAILY.value)
    told: list[tuple[int, int]] = []
    for rhythm, due in [(Rhythm.DAILY, TUESDAY), (Rhythm.WEEKLY, TUESDAY + WEEK), (Rhythm.DAILY, TUESDAY + 8 * DAY)]:
        Subscriber.objects.update(rhythm=rhythm.value, next_digest_at=due)
        happened(chamber)
        [planned] = digests(due)
        letter = Delivery.objects.get(pk=planned)
        told.append((letter.after_event, letter.until_event))
        Delivery.objects.update(state=DeliveryState.EMPTY.value)
        Subscriber.objects.update(watermark=letter.until_event)

    assert [after for after, _ in told[1:]] == [until for _, until in told[:-1]]
    assert told[-1][1] == happened(chamber) - 1
    assert somebody.deliveries.count() == 3


def test_a_period_whose_letter_said_nothing_takes_a_later_one_and_no_other_does() -> None:
    chamber = build.chamber()
    follower(chamber)
    [first] = digests()
    Delivery.objects.update(state=DeliveryState.EMPTY.value)
    Subscriber.objects.update(next_digest_at=TUESDAY)  # as when a reader moves to a zone where it is not yet seven
    event = happened(chamber)

    assert digests() == [first]
    assert Delivery.objects.get().until_event == event
    Delivery.objects.update(state=DeliveryState.SENT.value, sent_at=TUESDAY)
    Subscriber.objects.update(next_digest_at=TUESDAY)
    assert digests() == []


def test_what_is_urgent_goes_to_who_follows_it_once_a_day() -> None:
    chamber, other = build.chamber(timezone="Europe/Moscow"), build.chamber()
    somebody = follower(chamber, "a", timezone="Europe/Moscow")
    follower(chamber, "b", at_once=False)
    follower(other, "c")
    first, second = happened(chamber), happened(chamber)

    [planned] = at_once(chamber, first)
    assert at_once(chamber, first, second) == []
    letter = Delivery.objects.get()
    assert (letter.pk, letter.subscriber, letter.period) == (planned, somebody, "2024-06-03-now")
    assert (letter.kind, letter.told) == (DeliveryKind.AT_ONCE, [first])

    [tomorrow] = at_once(chamber, first, second, at=AT + 9 * HOUR)
    assert Delivery.objects.get(pk=tomorrow).told == [second]
    assert Delivery.objects.get(pk=tomorrow).period == "2024-06-04-now"


def test_what_a_digest_covers_or_will_cover_is_not_told_at_once() -> None:
    chamber = build.chamber()
    somebody = follower(chamber)
    event = happened(chamber)
    digests()

    assert at_once(chamber, event) == []
    Delivery.objects.update(state=DeliveryState.SENT.value, sent_at=TUESDAY)
    Subscriber.objects.update(watermark=event)
    assert at_once(chamber, event) == []

    later = happened(chamber)
    assert len(at_once(chamber, event, later)) == 1
    assert somebody.deliveries.get(kind=DeliveryKind.AT_ONCE).told == [later]


def test_news_from_before_a_reader_followed_and_useless_news_are_not_told_at_once() -> None:
    chamber = build.chamber()
    follower(chamber)
    event = happened(chamber)

    assert at_once(chamber, event, until=AT) == []
    Subscription.objects.update(after_event=event)
    assert at_once(chamber, event) == []


def test_a_correction_reaches_those_who_were_told_of_what_it_corrects() -> None:
    chamber = build.chamber()
    original = happened(chamber)
    digest, warned, _not_told = (follower(chamber, name) for name in "abc")
    Subscriber.objects.filter(pk=digest.pk).update(watermark=original)
    Delivery.objects.create(
        subscriber=warned, kind=DeliveryKind.AT_ONCE.value, period="2024-06-01-now", after_event=0, told=[original],
        until_event=original, planned_at=AT - DAY, sent_at=AT - DAY, state=DeliveryState.SENT.value,
    )  # fmt: skip
    correction = happened(chamber, EventKind.VOTE_CORRECTED)

    planned = at_once(chamber, correction, mailed_by=original)

    assert {one.subscriber for one in Delivery.objects.filter(pk__in=planned)} == {digest, warned}


def test_every_kind_of_target_finds_its_followers() -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber)
    demand = build.platform(chamber).demands.get()
    targets = [
        Target(What.PERSON, chamber.pk, somebody.pk),
        Target(What.DEMAND, chamber.pk, demand.pk),
        Target(What.SOCIAL, chamber.pk),
        Target(What.UPCOMING, chamber.pk),
    ]
    for target in targets:
        follower(chamber, target.key, targets=[target])
    event = happened(chamber)

    found = {
        target.key: [pk for batch in planning.plan_at_once(urgent=[Urgent(event, frozenset({target.key}))], at=AT)
                     for pk in batch]
        for target in targets
    }  # fmt: skip

    assert {key: Delivery.objects.get(pk=pk).subscriber.token_hash for key, [pk] in found.items()} == {
        target.key: target.key for target in targets
    }


def test_letters_at_once_are_planned_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "BATCH", 2)
    chamber = build.chamber()
    for name in "abcde":
        follower(chamber, name)
    event = happened(chamber)

    urgent = [Urgent(event, frozenset({f"chamber:{chamber.pk}"}))]
    assert [len(batch) for batch in planning.plan_at_once(urgent=urgent, at=AT)] == [2, 2, 1]


def test_a_digest_and_a_letter_at_once_never_tell_the_same(sink: Sink) -> None:
    """Whichever is sent first; the other leaves it out."""
    chamber = build.chamber()
    somebody = reader(sink, chamber)
    event = happened(chamber)
    [warning] = at_once(chamber, event)
    [digest] = digests()

    assert claimed(warning).told == {event}
    assert claimed(digest).told == frozenset()
    Delivery.objects.filter(pk=warning).update(state=DeliveryState.SENT.value, sent_at=TUESDAY)
    assert claimed(digest).told == {event}
    Delivery.objects.filter(pk=warning).update(state=DeliveryState.PLANNED.value, sent_at=None)
    Subscriber.objects.filter(pk=somebody.pk).update(watermark=event)
    assert claimed(warning).told == frozenset()


def test_letters_that_are_done_are_forgotten_after_sixty_days() -> None:
    chamber = build.chamber()
    follower(chamber)
    digests()

    assert planning.forget_letters(at=TUESDAY + 61 * DAY) == 0
    Delivery.objects.update(state=DeliveryState.EMPTY.value)
    assert planning.forget_letters(at=TUESDAY + 60 * DAY) == 0
    assert planning.forget_letters(at=TUESDAY + 61 * DAY) == 1


def test_a_sign_of_life_is_due_after_a_month_without_a_letter(sink: Sink) -> None:
    chamber = build.chamber()
    somebody = reader(sink, chamber)
    Subscriber.objects.update(sign_of_life=True)
    months = [AT + 28 * DAY, AT + 56 * DAY]
    due = [Delivery.objects.get(pk=pk) for at in months for pk in digests(at)]
    assert len(due) == 1  # the second waits for the first

    assert not claimed(due[0].pk, AT + DAY).quiet
    assert claimed(due[0].pk, months[0]).quiet
    Delivery.objects.create(
        subscriber=somebody, period="2024-W25", after_event=0, until_event=0, planned_at=AT + 14 * DAY,
        sent_at=AT + 14 * DAY, state=DeliveryState.SENT.value,
    )  # fmt: skip
    assert not claimed(due[0].pk, months[0]).quiet
