"""Sign-ups, confirming, planning, sending and forgetting, through a real mail server."""

import datetime as dt
import logging

import pytest
from django.apps import apps
from django.db import connection
from pytest_django import Settings

from coalition.digests.actions import expiring, planning, sending, signing
from coalition.digests.composing import Composer
from coalition.digests.enums import BounceKind, DeliveryState, Stage
from coalition.digests.models import Address, Bounce, Confirmation, Delivery, SignUp, Subscriber, Subscription
from coalition.digests.posting import Post
from coalition.digests.reports import latest_event
from coalition.digests.sealing import NoPrivateKey, open_sealed
from deputies.people.models import Chamber, Person
from deputies.votes.enums import Position
from pledges.platform.models import Demand
from tests import build
from tests.coalition.digests.build import AT, READER, TUESDAY, WEEK, asked, reader
from tests.coalition.digests.sink import Sink, part, token_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]


def news(chamber: Chamber, *people: Person) -> None:
    """A linked vote of `people`, published after the readers confirmed."""
    demand = Demand.objects.filter(platform__coalition__chamber=chamber).first()
    demand = demand or build.platform(chamber).demands.get()
    build.link(demand, build.vote(chamber, dict.fromkeys(people, Position.FOR)))


def planned(at: dt.datetime = TUESDAY) -> list[int]:
    return [pk for batch in planning.plan_digests(at=at) for pk in batch]


def sent(at: dt.datetime = TUESDAY) -> list[DeliveryState]:
    planned(at)
    return sending.send_waiting(at=at, among=Delivery.objects.all())


def everything_stored() -> bytes:
    """Every text and byte of every table of letters."""
    tables = [model._meta.db_table for model in apps.get_app_config("digests").get_models()]
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            rows += cursor.fetchall()
    return b"\n".join(
        bytes(cell) if isinstance(cell, memoryview) else str(cell).encode() for row in rows for cell in row
    )


def test_a_sign_up_is_asked_once_and_forgotten(sink: Sink) -> None:
    asked(build.chamber())
    signing.take_sign_ups(at=AT)

    letter = sink.letters[0]
    assert len(sink.letters) == 1
    assert (sink.envelopes[0].rcpt_tos, letter["Subject"]) == ([READER], "Please confirm your request")
    assert letter.get_content_type() == "text/plain"
    assert not SignUp.objects.exists()
    assert Subscriber.objects.get().stage == Stage.UNCONFIRMED


def test_the_letter_that_asks_is_in_the_language_of_the_page(sink: Sink) -> None:
    asked(build.chamber(), language="ru")

    assert sink.letters[0]["Content-Language"] == "ru"


def test_nobody_is_asked_more_than_twice_a_week(sink: Sink) -> None:
    chambers = [build.chamber() for _ in range(4)]

    for chamber in chambers[:3]:
        asked(chamber)
    asked(chambers[3], at=AT + WEEK)

    assert len(sink.letters) == 3
    assert Subscriber.objects.get().subscriptions.count() == 4


def test_a_reader_is_told_their_own_link_and_nobody_else_is_written_to(sink: Sink) -> None:
    chamber = build.chamber()
    subscriber = reader(sink, chamber, language="ru")
    asked(chamber, address="unconfirmed@example.org")
    sink.envelopes.clear()

    for address in (READER.upper(), "unconfirmed@example.org", "unknown@example.org"):
        signing.sign_up(address=address, language="en", targets=[], at=AT)
    assert signing.take_sign_ups(at=AT) == 3

    (letter,) = sink.letters
    assert sink.envelopes[0].rcpt_tos == [READER]
    assert (letter["Content-Language"], letter.get_content_type()) == ("ru", "text/plain")
    assert token_in(letter) == open_sealed(bytes(subscriber.address.sealed)).token
    assert Subscriber.objects.count() == 2
    assert not SignUp.objects.exists()


def test_links_and_questions_together_come_at_most_twice_a_week(sink: Sink) -> None:
    chamber = build.chamber()
    reader(sink, chamber)

    for day in (0, 1, 2, 7):
        signing.sign_up(address=READER, language="en", targets=[], at=AT + dt.timedelta(days=day))
        signing.take_sign_ups(at=AT + dt.timedelta(days=day))

    assert len(sink.letters) == 2
    assert len({letter["Message-ID"] for letter in sink.letters}) == 2


def test_whoever_asks_for_what_they_follow_already_gets_their_link(sink: Sink) -> None:
    chamber = build.chamber()
    reader(sink, chamber)

    asked(chamber)

    assert sink.letters[0]["Subject"] == "The link you asked for"


def test_one_request_follows_several_things_of_several_chambers(sink: Sink) -> None:
    one, other = build.chamber(), build.chamber()
    keys = [f"upcoming:{other.pk}", f"person:{one.pk}:{build.deputy(one).pk}", "person:1:999999", f"chamber:{one.pk}"]

    signing.sign_up(address=READER, language="en", targets=keys, at=AT)
    signing.take_sign_ups(at=AT)
    signing.confirm(token=token_in(sink.letters[0]), at=AT)

    followed = Subscription.objects.confirmed().order_by("pk")
    assert [subscription.target.key for subscription in followed] == [keys[0], keys[1], keys[3]]


def test_a_request_for_what_is_not_there_leaves_nothing(sink: Sink) -> None:
    signing.sign_up(address=READER, language="en", targets=["person:1:999999"], at=AT)

    assert signing.take_sign_ups(at=AT) == 1

    assert (sink.letters, Subscriber.objects.count(), SignUp.objects.count()) == ([], 0, 0)


def test_a_server_that_makes_us_wait_gets_the_same_letter_and_one_that_refuses_leaves_nothing(sink: Sink) -> None:
    chamber = build.chamber()
    sink.to_recipient = ["450 greylisted", "250 OK"]

    asked(chamber)
    assert not Subscriber.objects.exists()
    assert signing.take_sign_ups(at=AT + dt.timedelta(hours=1)) == 1
    sink.to_recipient = ["550 no such user"]
    asked(chamber, address="gone@example.org")

    assert len(sink.letters) == 1
    assert (Subscriber.objects.count(), SignUp.objects.count(), Confirmation.objects.count()) == (1, 0, 1)


def test_confirming_starts_with_the_next_event_and_the_next_tuesday(sink: Sink) -> None:
    chamber = build.chamber(timezone="Europe/Moscow")
    news(chamber, build.deputy(chamber))

    subscriber = reader(sink, chamber)

    assert (subscriber.stage, subscriber.confirmed_at) == (Stage.CONFIRMED, AT)
    assert subscriber.watermark == latest_event() > 0
    assert subscriber.next_digest_at == dt.datetime(2024, 6, 4, 4, tzinfo=dt.UTC)
    assert sent() == [DeliveryState.EMPTY]


def test_a_confirming_link_works_once_and_for_a_week(sink: Sink) -> None:
    asked(build.chamber())
    token = token_in(sink.letters[0])

    assert not signing.confirm(token=token, at=AT + WEEK)
    assert signing.confirm(token=token, at=AT)
    asked(build.chamber())
    assert not signing.confirm(token=token, at=AT)

    assert [s.confirmed_at for s in Subscription.objects.order_by("pk")] == [AT, None]


def test_somebody_elses_request_changes_nothing_for_a_reader(sink: Sink) -> None:
    chamber, other = build.chamber(), build.chamber()
    reader(sink, chamber)

    asked(other, address=READER.upper(), language="ru")
    news(other, build.deputy(other))

    subscriber = Subscriber.objects.get()
    assert (subscriber.language, list(subscriber.subscriptions.confirmed().values_list("chamber", flat=True))) == (
        "en",
        [chamber.pk],
    )
    assert open_sealed(bytes(subscriber.address.sealed)).address == READER
    assert sent() == [DeliveryState.EMPTY]
    assert signing.confirm(token=token_in(sink.letters[-1]), at=AT)


def test_the_unconfirmed_get_no_letter(sink: Sink) -> None:
    chamber = build.chamber()
    asked(chamber)
    news(chamber, build.deputy(chamber))

    assert sent(TUESDAY + 5 * WEEK) == []


def test_what_nobody_confirmed_is_erased_after_a_week(sink: Sink) -> None:
    confirmed, other = build.chamber(), build.chamber()
    reader(sink, confirmed)
    asked(other)
    asked(other, address="b@example.org")

    assert expiring.forget_unconfirmed(at=AT + WEEK - dt.timedelta(seconds=1)) == 0
    assert expiring.forget_unconfirmed(at=AT + WEEK) == 1

    assert Subscriber.objects.get().stage == Stage.CONFIRMED
    assert Subscription.objects.get().chamber == confirmed
    assert not Confirmation.objects.exists()


def test_planning_twice_sends_one_letter(sink: Sink) -> None:
    chamber = build.chamber()
    reader(sink, chamber)
    news(chamber, build.deputy(chamber))

    assert (len(planned()), len(planned())) == (1, 0)
    assert sent() == [DeliveryState.SENT]
    assert sent() == []

    assert len(sink.letters) == 1
    assert Delivery.objects.get().period == "2024-W23"
    assert Subscriber.objects.get().watermark == latest_event()


def test_each_week_tells_what_is_new(sink: Sink) -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber, "Anna Obraztsova")
    reader(sink, chamber, person=somebody)
    news(chamber, somebody)
    sent()

    assert sent(TUESDAY + WEEK) == [DeliveryState.EMPTY]
    news(chamber, somebody)
    assert sent(TUESDAY + 2 * WEEK) == [DeliveryState.SENT]

    assert "Anna Obraztsova: 1 of 1 to 2 of 2 on social demands." in part(sink.letters[1], "plain")


def test_planning_claims_in_batches(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "BATCH", 2)
    chamber = build.chamber()
    for number in range(5):
        reader(sink, chamber, address=f"r{number}@example.org")

    assert [len(batch) for batch in planning.plan_digests(at=TUESDAY)] == [2, 2, 1]


def test_a_reader_who_waits_for_a_letter_is_not_planned_another(sink: Sink) -> None:
    chamber = build.chamber()
    reader(sink, chamber)
    news(chamber, build.deputy(chamber))
    planned()

    assert planned(TUESDAY + WEEK) == []
    assert sent(TUESDAY + WEEK) == [DeliveryState.SENT]
    assert sent(TUESDAY + WEEK) == [DeliveryState.EMPTY]


def test_a_letter_the_server_cannot_take_now_is_sent_later(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    chamber = build.chamber()
    reader(sink, chamber)
    news(chamber, build.deputy(chamber))
    sink.to_letter = ["451 try later"]

    assert sent() == [DeliveryState.PLANNED]
    waiting = Delivery.objects.get()
    assert (waiting.attempts, waiting.next_try_at) == (1, TUESDAY + dt.timedelta(minutes=2))
    assert Subscriber.objects.get().watermark < waiting.until_event
    assert sent(TUESDAY + dt.timedelta(minutes=2)) == [DeliveryState.SENT]

    assert [record.message for record in caplog.records] == [f"letter {waiting.pk} put off: code 451"]


def test_a_refused_address_is_not_tried_again_and_not_named(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    chamber = build.chamber()
    reader(sink, chamber)
    news(chamber, build.deputy(chamber))
    sink.to_recipient = [f"550 no such user {READER}"]

    assert sent() == [DeliveryState.REFUSED]
    assert sent() == []
    bounce = Bounce.objects.get()
    assert (bounce.bounce_hash, bounce.kind) == (Subscriber.objects.get().bounce_hash, BounceKind.HARD)
    assert Subscriber.objects.get().watermark < latest_event()

    assert [record.message for record in caplog.records] == [f"letter {Delivery.objects.get().pk} refused: code 550"]


def test_without_a_mail_server_everything_waits(
    sink: Sink, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    chamber = build.chamber()
    reader(sink, chamber)
    reader(sink, chamber, address="b@example.org")
    news(chamber, build.deputy(chamber))
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1

    assert sent() == [DeliveryState.PLANNED] * 2
    asked(build.chamber(), at=TUESDAY)
    assert SignUp.objects.get().attempts == 1

    settings.EMAIL_PORT = port
    assert sent(TUESDAY + dt.timedelta(hours=1)) == [DeliveryState.SENT] * 2
    assert signing.take_sign_ups(at=TUESDAY + dt.timedelta(hours=1)) == 1
    assert "ConnectionRefusedError" in caplog.text
    assert READER.lower() not in caplog.text.lower()


def test_an_impossible_address_is_dropped(sink: Sink) -> None:
    sink.to_recipient = ["550 never"]

    asked(build.chamber())

    assert (SignUp.objects.count(), Subscriber.objects.count()) == (0, 0)


def test_a_damaged_seal_holds_nobody_up(sink: Sink) -> None:
    chamber = build.chamber()
    SignUp.objects.create(sealed=b"\x01damaged", language="en", asked_at=AT - WEEK / 2)

    asked(chamber)

    assert len(sink.letters) == 1
    assert SignUp.objects.get().attempts == 1


def test_a_worker_without_the_key_touches_nothing(sink: Sink, settings: Settings) -> None:
    settings.SEALING_PRIVATE_KEY_FILE = None

    with pytest.raises(NoPrivateKey):
        asked(build.chamber())

    assert SignUp.objects.get().attempts == 0


def test_a_letter_that_cannot_be_written_holds_nobody_up(
    sink: Sink, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    chamber = build.chamber()
    first, _ = reader(sink, chamber), reader(sink, chamber, address="b@example.org")
    news(chamber, build.deputy(chamber))
    Address.objects.filter(pk=first.pk).update(sealed=b"\x01damaged")

    assert sorted(sent()) == [DeliveryState.PLANNED, DeliveryState.SENT]

    [shouted] = caplog.records
    assert (shouted.levelno, shouted.exc_info) == (logging.ERROR, None)  # whose words could hold an address
    assert shouted.getMessage().splitlines()[0].endswith("failed: CannotOpen")


def test_leaving_erases_every_row(sink: Sink) -> None:
    chamber = build.chamber()
    reader(sink, chamber)
    news(chamber, build.deputy(chamber))
    sent()

    assert signing.leave(token=token_in(sink.letters[0]))
    assert not signing.leave(token=token_in(sink.letters[0]))

    for model in (Subscriber, Address, Subscription, Confirmation, Delivery):
        assert not model._default_manager.exists()


def test_whoever_left_gets_no_planned_letter(sink: Sink) -> None:
    chamber = build.chamber()
    subscriber = reader(sink, chamber)
    news(chamber, build.deputy(chamber))
    [letter] = planned()
    subscriber.delete()

    with Post() as post:
        assert sending.send_letter(delivery_id=letter, at=TUESDAY, post=post, composer=Composer()) is None
    assert sink.letters == []


def test_no_table_and_no_log_holds_an_address_or_a_token(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    chamber = build.chamber()
    signing.sign_up(address=READER, language="en", targets=[f"chamber:{chamber.pk}"], at=AT)
    stored = everything_stored()
    asked(chamber)
    confirming = token_in(sink.letters[0])
    signing.confirm(token=confirming, at=AT)
    news(chamber, build.deputy(chamber))
    sent()

    stored += everything_stored() + "\n".join(r.getMessage() for r in caplog.records if r.name != "mail.log").encode()

    for secret in (READER, READER.lower(), READER.split("@")[0], confirming, token_in(sink.letters[-1])):
        assert secret.encode() not in stored
