"""Letters under `kill -9`: `make trials`.

python -m tests.coalition.digests.trials [--subscribers N] [--runs N] [--seed N]

PostgreSQL with its durable settings, Valkey, a celery worker and its clock, and a mail server that puts letters off,
keeps clients waiting, hangs up inside letters and dies after it has accepted one. In each run every subscriber is due a
letter; the planner is rung twice at once, and at random moments the worker or one of its children, the clock, Valkey,
PostgreSQL and the mail server are killed and started again. Afterwards each subscriber must have got one letter; two
only where a crash fell between the mail server's yes and our commit, and then with one Message-ID.
"""

import argparse
import datetime as dt
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import django
from django.core.management import call_command
from django.db import DatabaseError, connection

from coalition.embedded import Services
from coalition.local import local_environment, services_of

FIRST_DAY = dt.datetime(2025, 1, 1, 7, tzinfo=dt.UTC)
CATCHING = {"worker", "child", "postgresql"}  # a letter between yes and commit; a sink that died counts by itself
PATIENCE = 900.0  # seconds a run may take


@contextmanager
def own_services() -> Iterator[Services]:
    services = services_of(Path(tempfile.mkdtemp(prefix="nakaz-trials-")), {})
    try:
        services.attach()
        os.environ.update(local_environment(services, {}))
        yield services
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        services.detach()
        shutil.rmtree(services.home, ignore_errors=True)
        shutil.rmtree(services.var, ignore_errors=True)


def killed_postgresql(services: Services) -> None:
    if pid := services._postmaster():
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    services._start_postgresql()


def killed_valkey(services: Services) -> None:
    with suppress(OSError, ValueError):
        os.kill(int((services.home / "valkey.pid").read_text()), signal.SIGKILL)
    time.sleep(0.5)
    services._start_valkey()


def stubborn(act: Callable[[], object]) -> None:
    """Do it until the database is there."""
    for _ in range(100):
        try:
            act()
        except DatabaseError:
            connection.close()
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the database does not come back")


def trial(services: Services, subscribers: int, runs: int, seed: int) -> int:
    """Print a line for each run and the sums; how many runs went wrong."""
    from coalition.digests.models import Subscriber
    from coalition.digests.tasks import plan_digests
    from deputies.votes.enums import Position
    from tests import build
    from tests.bench.letters import readers
    from tests.coalition.digests.trials.stage import Figures, on_stage
    from tests.coalition.pages.build import town

    luck = random.Random(seed)  # noqa: S311
    built = town(5, votes=1)
    demand = built.platform.demands.order_by("pk")[0]
    readers(subscribers, built.chamber.pk, rhythm="daily")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found: list[Figures] = []
    print("run  letters  once   twice  lost  other id  unmarked  crashes  s      what happened", flush=True)
    with on_stage(services.var, os.environ, port, seed) as stage:

        def killed_child() -> None:
            if pid := stage.one_sender():
                os.kill(pid, signal.SIGKILL)

        kinds: dict[str, Callable[[], None]] = {
            "worker": stage.worker.restart,
            "child": killed_child,
            "beat": stage.beat.restart,
            "valkey": lambda: killed_valkey(services),
            "postgresql": lambda: killed_postgresql(services),
            "sink": stage.sink.kill,
        }
        span = 10.0
        for run in range(runs):
            due = FIRST_DAY + dt.timedelta(days=run)

            def news(due: dt.datetime = due) -> None:
                call = build.vote(built.chamber, dict.fromkeys(built.people, Position.FOR), held_at=build.moment(1))
                build.link(demand, call)
                Subscriber.objects.update(next_digest_at=due)

            stubborn(news)
            for _ in range(2):
                with suppress(Exception):
                    plan_digests.apply_async(retry=False)
            struck = luck.choices(list(kinds), k=3)
            blows = {luck.uniform(0.2, span): (kind in CATCHING, kinds[kind]) for kind in struck}
            figures = stage.run(blows, f"{due:%Y-%m-%d}", PATIENCE)
            span = min(60.0, max(3.0, figures.seconds * 0.8))
            found.append(figures)
            once = figures.letters - figures.twice - figures.lost
            told = ", ".join([*struck, *(f"{what} {count}" for what, count in sorted(figures.spoilt.items()))])
            print(
                f"{run + 1:<5}{figures.letters:<9,}{once:<7,}{figures.twice:<7}{figures.lost:<6}{figures.other_id:<10}"
                f"{figures.unmarked:<10}{figures.crashes:<9}{figures.seconds:<7.0f}killed {told}"
                f"{'' if figures.is_right else '  WRONG'}",
                flush=True,
            )
    wrong = sum(not figures.is_right for figures in found)
    print(
        f"{runs} runs, {sum(f.letters for f in found):,} letters: lost {sum(f.lost for f in found)}, "
        f"twice {sum(f.twice for f in found)} (all with one Message-ID: {not any(f.other_id for f in found)}) "
        f"after {sum(f.crashes for f in found)} crashes; runs that went wrong: {wrong}."
    )
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="make trials", description="Letters under kill -9.")
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with own_services() as services:
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        return int(trial(services, args.subscribers, args.runs, args.seed) > 0)


if __name__ == "__main__":
    sys.exit(main())
