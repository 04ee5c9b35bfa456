"""A celery worker or clock whose waits are short enough for a trial: everything else is as on a site.

python -m tests.coalition.digests.trials.worker worker|beat …
"""

import datetime as dt
import sys

import django

django.setup()

from celery.signals import worker_process_init  # noqa: E402

from coalition.celery import app  # noqa: E402
from coalition.digests.actions import planning  # noqa: E402
from coalition.digests.models import subscribers  # noqa: E402

WAIT = dt.timedelta(seconds=3)  # instead of minutes, until a letter that was put off or lost is tried again
SCHEDULE = {"plan_digests": 1.0, "ring_again": 1.0}


@worker_process_init.connect
def hurry(**more: object) -> None:
    planning.PATIENCE = subscribers.LONGEST_WAIT = WAIT


if __name__ == "__main__":
    app.conf.beat_schedule = {
        name: {"task": f"coalition.digests.tasks.{name}", "schedule": every} for name, every in SCHEDULE.items()
    }
    app.start(sys.argv[1:])
