"""The processes that letters go through, started, killed and started again, and the count of what arrived."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connection

from coalition.digests.enums import DeliveryState
from coalition.digests.models import Delivery, Subscriber
from coalition.local import ROOT

HERE = "tests.coalition.digests.trials"
SENDERS = 2  # processes of the worker, so letters that one crash can catch between the sink's yes and the commit


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the letters of one run; those `twice` were all accepted under one Message-ID each."""

    letters: int
    lost: int
    twice: int
    other_id: int
    unmarked: int  # deliveries that are not sent, and readers whose watermark is not that of their letter
    crashes: int  # of the sink, the worker or PostgreSQL, after each of which two letters may come twice
    spoilt: Counter[str]
    seconds: float

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.other_id or self.unmarked) and self.twice <= SENDERS * self.crashes


class Part:
    """A process with a log, which can be killed with all of its children and started again."""

    def __init__(self, name: str, words: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self._words, self._environment, self._log = [sys.executable, "-m", *words], environment, folder / f"{name}.log"
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._words, cwd=ROOT, env=dict(self._environment), stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.process = self._start()


class Stage:
    """A sink that misbehaves, a worker and a clock around the database and the broker that `environment` names."""

    def __init__(self, folder: Path, environment: Mapping[str, str], port: int, seed: int) -> None:
        self.accepted = folder / "accepted"
        self.accepted.touch()
        own = {**environment, "NAKAZ_SMTP_HOST": "127.0.0.1", "NAKAZ_SMTP_PORT": str(port), "NAKAZ_POOL": "0"}
        sink = [f"{HERE}.sink", "--log", str(self.accepted), "--port", str(port), "--seed", str(seed)]
        worker = [f"{HERE}.worker", "worker", f"--concurrency={SENDERS}", "--without-gossip", "--without-mingle"]
        beat = [f"{HERE}.worker", "beat", f"--schedule={folder / 'beat'}", "--pidfile="]
        self.sink = Part("sink", sink, own, folder)
        self.worker = Part("worker", worker, own, folder)
        self.beat = Part("beat", beat, own, folder)

    def stop(self) -> None:
        for part in (self.beat, self.worker, self.sink):
            part.kill()

    def one_sender(self) -> int | None:
        """The process id of one of the worker's children."""
        with suppress(OSError, IndexError):
            pid = self.worker.process.pid
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            return int(random.choice(children))  # noqa: S311
        return None

    def run(self, blows: Mapping[float, tuple[bool, Callable[[], None]]], period: str, patience: float) -> Figures:
        """Wait until every letter of `period` is sent, striking each of `blows` at its second; count what arrived.

        A blow is an act, and whether it can catch a letter between the sink's yes and the commit.
        """
        offset, began, crashes = self.accepted.stat().st_size, time.monotonic(), 0
        waiting = sorted(blows.items())
        while not (_is_done(period) and not waiting):
            assert time.monotonic() < began + patience, "the letters do not all leave"
            if waiting and time.monotonic() - began > waiting[0][0]:
                _, (catches, strike) = waiting.pop(0)
                strike()
                crashes += catches
            if self.sink.process.poll() is not None:
                self.sink.restart()
                crashes += 1
            time.sleep(0.05)
        lines = self.accepted.read_bytes()[offset:].decode().splitlines()
        return _figures(lines, period, crashes, time.monotonic() - began)


def _is_done(period: str) -> bool:
    """Whether every reader's letter is marked as sent; False too while the database is away."""
    try:
        sent = Delivery.objects.filter(period=period, state=DeliveryState.SENT.value).count()
        return sent == Subscriber.objects.count()
    except DatabaseError:
        connection.close()
        return False


def _figures(lines: list[str], period: str, crashes: int, seconds: float) -> Figures:
    spoilt = Counter(line[2:] for line in lines if line.startswith("- "))
    accepted = [tuple(line.split()) for line in lines if not line.startswith("- ")]
    recipients = Counter(recipient for _, recipient in accepted)
    letters = Delivery.objects.filter(period=period)
    unsent = letters.exclude(state=DeliveryState.SENT.value).count()
    behind = sum(
        watermark != until
        for watermark, until in letters.values_list("subscriber__watermark", "until_event").iterator()
    )
    return Figures(
        letters=letters.count(),
        lost=Subscriber.objects.count() - len(recipients),
        twice=sum(count > 1 for count in recipients.values()),
        other_id=len(set(accepted)) - len(recipients),
        unmarked=unsent + behind,
        crashes=crashes,
        spoilt=spoilt,
        seconds=seconds,
    )


@contextmanager
def on_stage(folder: Path, environment: Mapping[str, str], port: int, seed: int) -> Iterator[Stage]:
    stage = Stage(folder, environment, port, seed)
    try:
        yield stage
    finally:
        stage.stop()
