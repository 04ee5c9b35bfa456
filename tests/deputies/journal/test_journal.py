import threading

import pytest
from django.db import connection, transaction

from deputies.journal.actions import append, wait_for_turn
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from tests import build
from tests.refuses import refused_by


def write(subject: str) -> Event:
    return append(kind=EventKind.VOTE_PUBLISHED, chamber="moscow", subject=subject, facts={}, at=build.AT)


@pytest.mark.django_db
def test_an_event_can_be_neither_changed_nor_deleted() -> None:
    write("roll-call:1")

    with refused_by("journal_event_append_only"):
        Event.objects.update(subject="roll-call:2")
    with refused_by("journal_event_append_only"):
        Event.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        write("roll-call:1")
    with pytest.raises(transaction.TransactionManagementError):
        wait_for_turn()


@pytest.mark.django_db(transaction=True)
def test_a_later_id_is_never_visible_before_an_earlier_one() -> None:
    """The second writer waits for the first to commit, so a watermark cannot jump over an event."""
    second_may_start, second_done = threading.Event(), threading.Event()

    def second() -> None:
        second_may_start.wait(10)
        with transaction.atomic():
            write("second")
        second_done.set()
        connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        write("first")
        second_may_start.set()
        assert not second_done.wait(0.3)
    thread.join(10)

    assert list(Event.objects.order_by("id").values_list("subject", flat=True)) == ["first", "second"]
