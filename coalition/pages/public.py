"""Readers' pages from the cache: one look at the edition of the record, then a 304, the kept page, or a new one.

No reader's words are kept, in a page or in a key: only addresses without a query, or with short numbers that the view
names, are.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, lru_cache, wraps

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import get_language

from deputies.votes.reports.editions import Edition, edition_at, edition_without
from pledges.scorecards.bundles.reports import latest_bundle

View = Callable[..., HttpResponse]
CODE = ("coalition", "deputies", "pledges", "templates", "static", "locale", "requirements")
LONGEST_QUERY = 40
LARGEST = 400_000  # bytes of a page that is kept
_BUNDLE = re.compile(rb"(?<=<!--bundle-->).*?(?=<!--/bundle-->)", re.DOTALL)


def public(
    *numbers: str, without: Collection[str] = (), rows: Callable[..., object] | None = None, record: bool = True
) -> Callable[[View], View]:
    """Mark a view as a readers' page: the same for everybody, and never older than the record.

    A page is kept for an address without a query, or whose query holds short numbers of the parameters `numbers`;
    with another query it is made anew each time. It lives through changes of the tables `without`, from which it shows
    nothing but what `rows` names when called with the view's arguments, and the line about the latest bundle. One that
    shows nothing of the `record` and of the time needs no database. The mark stands right above the view: what
    decorators over it add, such as leave to be framed, they add to a kept page too.
    """
    # Each once and in one order: nobody fills the cache with one page under many addresses.
    kept_query = re.compile("&?".join(rf"({name}=[1-9]\d{{0,2}})?" for name in sorted(numbers)))

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if settings.DEBUG or (record and connection.in_atomic_block):  # what is not committed belongs to no edition
                return view(request, *args, **kwargs)
            now = timezone.now()
            edition = edition_at(now) if record else None  # before anything that the page shows is read
            query = request.META.get("QUERY_STRING", "")
            is_kept = len(query) <= LONGEST_QUERY and kept_query.fullmatch(query) is not None and query[-1:] != "&"
            place = _digest(request.path, query if is_kept else "", get_language(), fingerprint())
            key = _digest(place, edition)
            response = _unchanged(request, key)
            if response is None and is_kept:

                def keys() -> Iterator[str]:
                    yield key
                    if without:
                        yield _digest(
                            place, edition and edition.until, edition_without(without), rows and rows(*args, **kwargs)
                        )

                response = _kept(keys(), lambda: view(request, *args, **kwargs))
            elif response is None:
                response = view(request, *args, **kwargs)
            return _validated(response, key, edition, now)

        answered.is_public = True  # type: ignore[attr-defined]
        return answered

    return decorate


def _unchanged(request: HttpRequest, key: str) -> HttpResponse | None:
    """The answer to whoever has this very page; "*" does not say that it is there."""
    if request.headers.get("If-None-Match", "*") == "*":
        return None
    unchanged: HttpResponse | None = get_conditional_response(request, etag=f'W/"{key}"')
    return unchanged


def _kept(keys: Iterable[str], made: Callable[[], HttpResponse]) -> HttpResponse:
    """The page under the first of `keys` that has one, else a new one; the keys before it get it too."""
    found, missed = None, list[str]()
    for key in keys:
        found = caches["pages"].get(key)
        if found is not None:
            break
        missed.append(key)
    if found is None:
        response = made()
        if isinstance(response, SimpleTemplateResponse):
            response.render()
    else:
        response = HttpResponse(_with_latest_bundle(found[0]) if missed else found[0], headers=found[1])
    may_be_kept = response.status_code == 200 and "no-store" not in response.get("Cache-Control", "")
    if may_be_kept and len(response.content) <= LARGEST:
        for key in missed:
            caches["pages"].set(key, (response.content, dict(response.headers)))
    return response


def _with_latest_bundle(page: bytes) -> bytes:
    line = render_to_string("components/bundle.html", {"bundle": latest_bundle()})
    return _BUNDLE.sub(lambda _: line.encode(), page)


def _validated(response: HttpResponse, key: str, edition: Edition | None, now: dt.datetime) -> HttpResponse:
    """The page with what a browser needs to ask whether it is still good.

    A second may hold two editions: within the one in which an edition was first seen the date is that of the second
    before, which the next request finds outdated.
    """
    if response.status_code in (200, 304):
        seen = _first_seen(_digest(edition, fingerprint())).replace(microsecond=0)
        response.headers["ETag"] = f'W/"{key}"'
        response.headers["Last-Modified"] = http_date(
            (seen if now - seen >= dt.timedelta(seconds=1) else seen - dt.timedelta(seconds=1)).timestamp()
        )
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


@lru_cache(maxsize=8)
def _first_seen(edition: str) -> dt.datetime:
    """When any process of the site first saw an edition: not before it was there, and before any that follows it."""
    return caches["pages"].get_or_set(f"seen:{edition}", timezone.now) or timezone.now()


def _digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def fingerprint() -> str:
    """What a page is made with: the release, and the settings that pages show."""
    return _digest(_release(), settings.SITE_URL, settings.CONTACT, settings.SOURCE_URL, settings.DEVELOPMENT)


@cache
def _release() -> str:
    """The code, templates, words and files of this release."""
    digest = hashlib.sha256()
    for folder in CODE:
        for file in sorted((settings.BASE_DIR / folder).rglob("*")):
            if file.is_file() and file.suffix not in (".pyc", ".po"):
                digest.update(str(file.relative_to(settings.BASE_DIR)).encode() + file.read_bytes())
    return digest.hexdigest()
