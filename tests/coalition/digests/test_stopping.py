"""Stopping all letters, and how many go out in a minute."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from coalition.digests.actions import planning, sending, signing
from coalition.digests.actions.stopping import give_back, resume_letters, stop_letters, take_turns
from coalition.digests.composing import Composer
from coalition.digests.enums import DeliveryState
from coalition.digests.models import Delivery, MailRoom, SignUp
from coalition.digests.posting import Post
from deputies.votes.enums import Position
from tests import build
from tests.coalition.digests.build import AT, TUESDAY, asked, reader
from tests.coalition.digests.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]
MINUTE = dt.timedelta(minutes=1)


def planned_for(sink: Sink, count: int) -> None:
    """Letters with news for some readers."""
    chamber = build.chamber()
    for number in range(count):
        reader(sink, chamber, address=f"r{number}@example.org")
    build.link(build.platform(chamber).demands.get(), build.vote(chamber, {build.deputy(chamber): Position.FOR}))
    list(planning.plan_digests(at=TUESDAY))


def sent(at: dt.datetime = TUESDAY) -> list[DeliveryState]:
    return sending.send_waiting(at=at, among=Delivery.objects.all())


def test_no_letter_of_any_kind_leaves_while_all_are_stopped(sink: Sink) -> None:
    planned_for(sink, 1)
    stop_letters(reason="the key was stolen", at=AT)

    assert sent() == [DeliveryState.PLANNED]
    asked(build.chamber(), address="new@example.org")
    with pytest.raises(CommandError, match=r"All letters are stopped \(the key was stolen\)"):
        call_command("digests", "send", f"--at={TUESDAY.isoformat()}", stdout=StringIO())
    assert (sink.letters, SignUp.objects.get().attempts, Delivery.objects.get().attempts) == ([], 0, 0)

    assert resume_letters()
    assert not resume_letters()
    assert sent() == [DeliveryState.SENT]
    assert signing.take_sign_ups(at=TUESDAY) == 1
    assert len(sink.letters) == 2


def test_a_stop_in_the_middle_of_a_round_holds_the_next_letter_back(sink: Sink) -> None:
    planned_for(sink, 2)

    with Post() as post:
        first, second = Delivery.objects.order_by("pk")
        composer = Composer()
        assert sending.send_letter(delivery_id=first.pk, at=TUESDAY, post=post, composer=composer) == "sent"
        stop_letters(reason="now", at=TUESDAY)
        assert sending.send_letter(delivery_id=second.pk, at=TUESDAY, post=post, composer=composer) is None


def test_the_command_stops_and_resumes(sink: Sink) -> None:
    words = StringIO()

    call_command("digests", "stop", "a mistake in every letter", stdout=words)
    assert str(MailRoom.objects.get()) == "stopped"
    assert MailRoom.objects.get().reason == "a mistake in every letter"
    call_command("digests", "resume", stdout=words)
    call_command("digests", "resume", stdout=words)

    assert words.getvalue() == (
        "No letter leaves until `manage.py digests resume`.\nLetters go out again.\nLetters were not stopped.\n"
    )
    with pytest.raises(CommandError, match="Say why"):
        call_command("digests", "stop")
    with pytest.raises(CommandError, match="Only `digests stop` takes a reason"):
        call_command("digests", "plan", "because")


def test_all_workers_together_send_so_many_letters_a_minute(sink: Sink, settings: Settings) -> None:
    settings.LETTERS_A_MINUTE = 2
    planned_for(sink, 3)

    assert sorted(sent()) == [DeliveryState.PLANNED, DeliveryState.SENT, DeliveryState.SENT]
    assert sent(TUESDAY + MINUTE / 2) == [DeliveryState.PLANNED]
    assert sent(TUESDAY + MINUTE) == [DeliveryState.SENT]


def test_turns_that_no_letter_needed_are_given_back(settings: Settings) -> None:
    settings.LETTERS_A_MINUTE = 10

    assert take_turns(wanted=8, at=AT) == 8
    give_back(turns=7, at=AT)
    assert take_turns(wanted=20, at=AT) == 9
    assert take_turns(wanted=1, at=AT) == 0
    stop_letters(reason="now", at=AT)
    assert take_turns(wanted=1, at=AT + MINUTE) == 0
