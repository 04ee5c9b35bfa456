"""Every test session gets its own PostgreSQL and Valkey, made for it and thrown away with it.

pytest-django reads the settings in its own `pytest_configure`, so the environment must be ready when this file is
imported; that is why the settings' name is set here and not in pyproject.toml.
"""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from coalition.embedded import CannotStart, Services
from coalition.local import local_environment, services_of
from tests.screenshots import FLAGS

CHROMIUM = Path(os.environ.get("CHROMIUM") or "/usr/bin/chromium")
PREFIX = "nakaz-tests-"


def start_services() -> Services:
    """Start this session's services and put their addresses and fresh keys into the environment."""
    clear_after_killed_sessions()
    own = services_of(Path(tempfile.mkdtemp(prefix=PREFIX)), os.environ, fast=True)
    own.attach()
    os.environ.update(local_environment(own, os.environ), NAKAZ_VAR=str(own.var))
    return own


def clear_after_killed_sessions() -> None:
    """A session that was killed left its servers running; its lock is free, its folder no longer new."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, CannotStart):
            if left.stat().st_uid == os.geteuid() and left.stat().st_mtime < time.time() - 60:
                abandoned = Services(left, postgresql=False, valkey=False)
                abandoned.attach()
                remove(abandoned)


def remove(own: Services) -> None:
    if own.detach():
        shutil.rmtree(own.home, ignore_errors=True)
        shutil.rmtree(own.var, ignore_errors=True)


def move_to_own_cache(worker: str) -> None:
    """Workers share one Valkey; each takes a database of its own, as it does in PostgreSQL."""
    number = int(worker.removeprefix("gw")) % 15 + 1
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("?db=0", f"?db={number}")


services: Services | None = None
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    move_to_own_cache(worker)
else:
    services = start_services()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.option.disable_socket = False
    config.option.allow_hosts = "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True
    kept: Any = settings.CACHES
    for name in ("default", "pages"):
        kept[name]["LOCATION"] = os.environ["REDIS_URL"]  # a worker's settings are older than its own cache
    django.setup()  # pytest-django does so by itself only where the environment was ready before it was loaded


def pytest_unconfigure() -> None:
    if services is not None:
        remove(services)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM.exists():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROMIUM}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missed = [report for report in terminalreporter.stats.get("skipped", []) if "no Chromium" in str(report.longrepr)]
    if missed:
        terminalreporter.write_line(
            f"!!! {len(missed)} BROWSER TESTS DID NOT RUN: no Chromium at {CHROMIUM}; install it or set CHROMIUM. !!!",
            red=True,
            bold=True,
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; Playwright keeps an event loop running, in which Django would refuse a test's own queries."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
