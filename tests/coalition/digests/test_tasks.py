"""The doors of the worker, and the command that opens them by hand."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import Settings

from coalition.celery import app
from coalition.digests import tasks
from coalition.digests.models import Delivery
from deputies.votes.enums import Position
from tests import build
from tests.coalition.digests.build import TUESDAY, WEEK, asked, reader
from tests.coalition.digests.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]


def test_every_task_of_the_schedule_exists(settings: Settings) -> None:
    app.loader.import_default_modules()  # as a worker does

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_nobody_listening_is_no_error(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def no_broker(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.send_letters, "apply_async", no_broker)

    tasks.ring(tasks.send_letters, 1)

    assert [r.message for r in caplog.records] == [
        "the broker does not answer; coalition.digests.tasks.send_letters waits for the schedule"
    ]


def test_a_letter_whose_task_was_lost_is_rung_for_again(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber)
    reader(sink, chamber, person=somebody)
    build.vote(chamber, {somebody: Position.FOR})
    rung: list[tuple[int, ...]] = []
    monkeypatch.setattr(tasks, "ring", lambda task, *ids: rung.append(ids))

    tasks.plan_digests()
    tasks.ring_again()
    early = len(rung)
    Delivery.objects.update(next_try_at=timezone.now())
    tasks.ring_again()
    tasks.send_letters(*rung[1])
    tasks.send_letters(*rung[0])

    assert (early, rung, len(sink.letters)) == (1, [(Delivery.objects.get().pk,)] * 2, 1)


def test_the_command_plans_and_sends_once(sink: Sink) -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber)
    reader(sink, chamber, person=somebody)
    build.vote(chamber, {somebody: Position.FOR})
    at = f"--at={TUESDAY:%Y-%m-%dT%H:%M}"
    words = StringIO()

    call_command("digests", "plan", at, stdout=words)
    call_command("digests", "send", at, stdout=words)
    call_command("digests", "send", at, stdout=words)
    call_command("digests", "send", f"--at={(TUESDAY + WEEK).isoformat()}", stdout=words)

    nothing = "Planned: 0.\nSent: 0. Nothing to say: 0. Refused: 0. To be tried again: 0.\n"
    assert words.getvalue() == (
        "Planned: 1.\n"
        "Planned: 0.\nSent: 1. Nothing to say: 0. Refused: 0. To be tried again: 0.\n"
        f"{nothing}"
        "Planned: 1.\nSent: 0. Nothing to say: 1. Refused: 0. To be tried again: 0.\n"
    )
    assert len(sink.letters) == 1


def test_the_command_says_when_letters_wait(sink: Sink) -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber)
    reader(sink, chamber, person=somebody)
    build.vote(chamber, {somebody: Position.FOR})
    sink.to_letter = ["451 later"]

    with pytest.raises(CommandError, match="did not take every letter"):
        call_command("digests", "send", f"--at={TUESDAY.isoformat()}", stdout=StringIO())
    with pytest.raises(CommandError, match="is not a time; write one like"):
        call_command("digests", "send", "--at=tomorrow")


def test_the_doors_read_the_clock(sink: Sink) -> None:
    asked(build.chamber(), at=timezone.now())

    assert (tasks.take_sign_ups(), tasks.expire(), len(sink.letters)) == (0, None, 1)
