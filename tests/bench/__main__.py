"""`make bench`: what the heavy work costs beside the least that PostgreSQL needs for it, each with its budget.

python -m tests.bench [--only PATTERN] [--quick] [--times N]

Runs on a PostgreSQL of its own with the durable settings of a real site, in a temporary folder that is removed at the
end. Exit code 1 if a budget is exceeded.
"""

import argparse
import fnmatch
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from coalition.local import local_environment, services_of
from tests.bench.measure import Measured, say, table

PREFIX = "nakaz-bench-"


@contextmanager
def own_services() -> Iterator[None]:
    """Servers made for this run and thrown away with it; the environment names them."""
    services = services_of(Path(tempfile.mkdtemp(prefix=PREFIX)), {})
    try:
        services.attach()
        os.environ.update(local_environment(services, {}), NAKAZ_POOL="1")
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # stopping takes a moment and must not be cut short
        services.detach()
        shutil.rmtree(services.home, ignore_errors=True)
        shutil.rmtree(services.var, ignore_errors=True)


def measured(only: str, quick: bool, times: int) -> list[Measured]:
    from tests.bench.rows import ROWS  # reads the models, so only once the settings are there

    found: list[Measured] = []
    for name, row in ROWS.items():
        if fnmatch.fnmatch(name, f"*{only}*"):
            say(f"{name}: {(row.__doc__ or '').splitlines()[0]}")
            found += row(quick, times)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure the heavy work against its budgets.")
    parser.add_argument("--only", default="", metavar="PATTERN", help="rows whose name holds this, such as publish")
    parser.add_argument("--quick", action="store_true", help="small sizes: a look at the harness, not at the budgets")
    parser.add_argument("--times", type=int, default=5, help="repetitions of each measurement (default 5)")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with own_services():
        django.setup()
        say("preparing the database")
        call_command("migrate", verbosity=0, interactive=False)
        found = measured(args.only, args.quick, args.times)
    print(table(found))
    if args.quick:
        print("Quick: small sizes, so the ratios say nothing about the budgets.")
        return 0
    return int(any(row.is_over for row in found))


if __name__ == "__main__":
    sys.exit(main())
