"""A reader's page beside a view that says hello, both through the whole stack of the site, in CPU time of this process.

The stack is the site's own middleware under Django's WSGI handler, with a pool of database connections as in the web
process. Without any middleware the hello costs less: the last row says how much.
"""

import io
import time
from collections.abc import Callable
from importlib import import_module

from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from deputies.votes.enums import Position
from tests import build
from tests.bench import world
from tests.bench.measure import Measured, compare
from tests.coalition.pages.build import Town, town

NOTHING, ELSEWHERE, AGAIN, UNCHANGED = 100, 25, 9, 4  # budgets, times the hello
HELLO = "/en/hello/"

urlpatterns = [path(HELLO.lstrip("/"), lambda request: HttpResponse("Hello, world"))]


class Door:
    """Where a web server hands requests in."""

    def __init__(self) -> None:
        self._site = WSGIHandler()

    def get(self, address: str, validator: str = "") -> tuple[str, dict[str, str], int]:
        """The status, the headers and the length of an answer."""
        told: dict[str, object] = {}
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
            **({"HTTP_IF_NONE_MATCH": validator} if validator else {}),
        }

        def start(status: str, headers: list[tuple[str, str]], error: object = None, /) -> Callable[[bytes], object]:
            told.update(status=status, headers=dict(headers))
            return len

        answer = self._site(environ, start)
        length = sum(map(len, answer))
        answer.close()
        return str(told["status"]), told["headers"], length  # type: ignore[return-value]

    def cpu(self, address: str, validator: str = "", *, status: str = "200 OK", often: int = 1) -> float:
        """CPU seconds of one request, the mean of `often`."""
        began = time.process_time()
        for _ in range(often):
            answer = self.get(address, validator)
        spent = time.process_time() - began
        assert answer[0] == status, answer
        return spent / often


def reader_pages(quick: bool, times: int) -> list[Measured]:
    """a page with a table of 45 ballots, by what is in the cache"""
    import_module("coalition.wsgi")  # as the web process does, with what it says of collecting garbage
    world.empty()
    built = town(45, votes=5 if quick else 20)
    page = built.address(f"votes/{built.votes[0].slug}/")
    connection.close()
    site, (bare, whole) = Door(), _hellos()

    def nothing() -> float:
        caches["pages"].clear()
        site.get(page)  # the hello has other routes: those of the site are read anew, as at a start and for no page
        caches["pages"].clear()
        return site.cpu(page)

    def elsewhere() -> float:
        site.get(page)
        _publish_another(built)
        return site.cpu(page)

    def again() -> float:
        return site.cpu(page, often=50)

    def unchanged() -> float:
        return site.cpu(page, site.get(page)[1]["ETag"], status="304 Not Modified", often=50)

    kinds: list[tuple[str, Callable[[], float], int]] = [
        ("nothing cached", nothing, NOTHING),
        ("warm, another vote was published", elsewhere, ELSEWHERE),
        ("again, from the cache", again, AGAIN),
        ("not modified", unchanged, UNCHANGED),
    ]
    rows = [compare(f"page, {kind}", work, whole, budget=most, times=4 * times) for kind, work, most in kinds]
    return [*rows, compare("hello, middleware beside none", whole, bare, budget=None, times=4 * times)]


def _hellos() -> tuple[Callable[[], float], Callable[[], float]]:
    """The hello without any middleware, and through that of the site."""
    with override_settings(MIDDLEWARE=[]):
        bare = Door()

    def said(door: Door) -> Callable[[], float]:
        def once() -> float:
            with override_settings(ROOT_URLCONF=__name__):
                return door.cpu(HELLO, often=200)

        return once

    return said(bare), said(Door())


def _publish_another(built: Town) -> None:
    """A vote that readers see, linked to the same demand."""
    positions = dict.fromkeys(built.people, Position.FOR)
    call = build.vote(built.chamber, positions, held_at=build.moment(1))
    build.link(built.platform.demands.order_by("pk")[0], call)
