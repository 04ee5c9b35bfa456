"""Planning a million subscribers, and sending beside a mail server that only takes.

The mail server is a process of its own. Its ceiling is what the standard library hands over on one connection, the
same bytes to the same addresses. Ours claims, composes, hands over, marks and durably commits each letter by itself;
while one worker process waits for the disk or the mail server, another works, so the budget is for four of them.
"""

import datetime as dt
import json
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from coalition.digests import sealing
from coalition.digests.actions import planning, sending
from coalition.digests.composing import Composer
from coalition.digests.enums import DeliveryState
from coalition.digests.models import Address, Delivery, Subscriber
from coalition.local import ROOT
from tests.bench import world
from tests.bench.measure import Measured, compare, say, seconds
from tests.coalition.pages.build import town

PLANNED, SENT = 1, 2  # budgets, times the reference
WORKERS = 4
MOST_MEMORY = 300.0  # megabytes
DUE = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)

_SUBSCRIBERS = """
INSERT INTO digests_subscriber (token_hash, bounce_hash, stage, language, rhythm, timezone, at_once, sign_of_life,
    plain_subject, confirmed_at, kept_at, watermark, next_digest_at)
SELECT md5('t' || n), md5('b' || n), 'confirmed', 'ru', (%(rhythms)s::text[])[n %% 20 + 1],
    (ARRAY['Europe/Kaliningrad', 'Europe/Moscow', 'Europe/Samara', 'Asia/Yekaterinburg', 'Asia/Omsk',
        'Asia/Krasnoyarsk', 'Asia/Irkutsk', 'Asia/Yakutsk', 'Asia/Vladivostok', 'Asia/Magadan', 'Asia/Kamchatka'])
        [n %% 11 + 1], true, false, true, now(), now(), 0, %(due)s
FROM generate_series(1, %(count)s) n
"""
_SUBSCRIPTIONS = """
INSERT INTO digests_subscription (subscriber_id, what, chamber_id, asked_at, confirmed_at, after_event)
SELECT id, 'chamber', %(chamber)s, now(), now(), 0 FROM digests_subscriber
"""
_PLANNER = f"""
import django, resource, time
django.setup()
from django.utils.dateparse import parse_datetime
from coalition.digests.actions.planning import plan_digests
began = time.perf_counter()
planned = sum(len(batch) for batch in plan_digests(at=parse_datetime("{DUE.isoformat()}")))
print(planned, time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
_SENDER = """
import django, json, sys
django.setup()
from coalition.digests.tasks import SHARE, send_letters
for line in sys.stdin:
    ids = json.loads(line)
    for start in range(0, len(ids), SHARE):
        send_letters(*ids[start : start + SHARE])
    print("done", flush=True)
"""


def plan_letters(quick: bool, times: int) -> list[Measured]:
    """planning the digests of a million subscribers: the peak memory of a process that does nothing else"""
    count = 20_000 if quick else 1_000_000
    made = _town()
    say(f"  making {count:,} subscribers")
    rhythms = ["weekly"] * 15 + ["daily"] * 3 + ["sitting", "monthly"]
    _subscribe(count, made, rhythms)
    world.run("VACUUM ANALYZE")
    words = subprocess.run(
        [sys.executable, "-c", _PLANNER], cwd=ROOT, env=os.environ, capture_output=True, check=True, text=True
    ).stdout
    planned, took, peak = words.split()
    assert int(planned) == Delivery.objects.count() == count, planned
    say(f"  {float(took):.1f} s, {float(peak):.0f} MB")
    return [
        Measured(f"plan {count:,} subscribers", float(took)),
        Measured(f"memory of planning {count:,} subscribers", float(peak), MOST_MEMORY, PLANNED, unit="MB"),
    ]


def send_letters(quick: bool, times: int) -> list[Measured]:
    """letters composed and sent, beside the same bytes on one connection"""
    count = 200 if quick else 2_000
    readers(count, _town())
    with _mail_server() as port:
        written = _written()

        def bare() -> float:
            return seconds(lambda: _hand_over(written, port))

        rows = []
        for number, budget in ((WORKERS, SENT), (1, None)):
            with _workers(number, port) as workers:
                work = f"compose, send and mark {count:,} letters, {number} worker{'s' * (number > 1)}"
                rows.append(compare(work, partial(_sent_by, workers), bare, budget=budget, times=times))
    return [rate for row in rows for rate in (row, _rate(row, count))]


def _rate(row: Measured, count: int) -> Measured:
    assert row.reference
    name = f"letters a second: {row.work.partition(', ')[2].rpartition(', ')[2]}"
    return Measured(name, count / row.ours, count / row.reference, unit="/s")


def _sent_by(workers: list[subprocess.Popen[str]]) -> float:
    """The seconds until some workers have sent everything, each its share of the letters."""
    _plan_again()
    ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))

    def send() -> None:
        for number, worker in enumerate(workers):
            assert worker.stdin
            worker.stdin.write(json.dumps(ids[number :: len(workers)]) + "\n")
            worker.stdin.flush()
        for worker in workers:
            assert worker.stdout
            assert worker.stdout.readline() == "done\n"

    took = seconds(send)
    assert Delivery.objects.filter(state=DeliveryState.SENT.value).count() == len(ids)
    return took


@contextmanager
def _workers(number: int, port: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that send the letters whose ids they are told, as those of a celery worker do."""
    own = os.environ | {"NAKAZ_SMTP_HOST": "127.0.0.1", "NAKAZ_SMTP_PORT": str(port), "NAKAZ_POOL": "0"}
    with ExitStack() as all_of_them:
        yield [
            all_of_them.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", _SENDER], cwd=ROOT, env=own,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )
            )
            for _ in range(number)
        ]  # fmt: skip


def _town() -> int:
    """The id of a chamber with news."""
    world.empty()
    built = town(15, votes=3)
    return int(built.chamber.pk)


def _subscribe(count: int, chamber: int, rhythms: list[str]) -> None:
    """Confirmed readers of a chamber from its first event on; each of `rhythms` is that of one in twenty."""
    with world.sleeping_triggers():
        words = "{" + ",".join(rhythms) + "}"
        world.run(_SUBSCRIBERS, {"count": count, "due": DUE.isoformat(), "rhythms": words})
        world.run(_SUBSCRIPTIONS, {"chamber": chamber})


def readers(count: int, chamber: int, rhythm: str = "weekly") -> None:
    """Confirmed readers of a chamber with sealed addresses."""
    _subscribe(count, chamber, [rhythm] * 20)
    Address.objects.bulk_create(
        Address(subscriber_id=pk, sealed=sealing.seal(f"r{pk}@example.org", sealing.new_token()), blind_index=str(pk))
        for pk in Subscriber.objects.values_list("pk", flat=True)
    )


def _plan_again() -> None:
    Delivery.objects.all().delete()
    Subscriber.objects.update(watermark=0, next_digest_at=DUE)
    list(planning.plan_digests(at=DUE))


def _written() -> list[tuple[str, str, bytes]]:
    """Sender, recipient and bytes of every letter."""
    _plan_again()
    composer = Composer()
    letters = []
    for pk in Delivery.objects.values_list("pk", flat=True):
        claimed = sending.claim(pk, DUE)
        letter = composer.compose(claimed.reader, DUE) if claimed else None
        assert letter
        letters.append((letter.sender, letter.address, letter.as_bytes(DUE)))
    return letters


def _hand_over(letters: list[tuple[str, str, bytes]], port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        for sender, address, content in letters:
            line.sendmail(sender, [address], content)


@contextmanager
def _mail_server() -> Iterator[int]:
    words = [sys.executable, "-m", "tests.coalition.digests.trials.sink"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
