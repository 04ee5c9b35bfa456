"""One `kill -9` of a working worker; the twenty runs with every kind of crash are `make trials`."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest
from django.db import connection

from coalition.digests.models import Subscriber
from tests.bench.letters import DUE, readers
from tests.coalition.digests.trials.stage import on_stage
from tests.coalition.pages.build import town

READERS = 30


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_among_letters_loses_none_and_sends_none_twice_to_anybody(tmp_path: Path) -> None:
    readers(READERS, town(3, votes=1).chamber.pk)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]

    with on_stage(tmp_path, os.environ | {"DATABASE_URL": database}, port, seed=1) as stage:
        while not stage.accepted.stat().st_size:
            assert stage.worker.process.poll() is None
            time.sleep(0.01)
        os.killpg(stage.worker.process.pid, signal.SIGKILL)
        stage.worker.restart()
        figures = stage.run({}, "2026-W48", patience=60)

    accepted = [line for line in stage.accepted.read_text().splitlines() if not line.startswith("- ")]
    assert len({line.split()[1] for line in accepted}) == len(set(accepted)) == READERS
    assert len(accepted) <= READERS + 2  # of two processes that were each handing one over
    assert (figures.letters, figures.unmarked) == (READERS, 0)
    assert Subscriber.objects.filter(next_digest_at__gt=DUE).count() == READERS
