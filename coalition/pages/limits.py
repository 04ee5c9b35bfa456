"""How often one network, and everybody together, may do something in an hour, and for one e-mail address in a day.

Both are counted under an HMAC with a salt that lives in the cache for a day and nowhere else, so that nothing stored
tells an address, and nothing at all after the day.
"""

import datetime as dt
import hmac
import ipaddress
import logging
import secrets
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from redis.exceptions import RedisError

from coalition.pages.errors import fault_page

logger = logging.getLogger(__name__)
DAY, HOUR = 86_400, 3_600  # seconds


def too_many(request: HttpRequest, *, action: str, of_network: int, of_all: int) -> bool:
    """Count `action` and say whether this hour saw more of it than allowed; without a cache nothing is refused."""
    now = timezone.now()
    try:
        network = _salted(f"{action} {network_of(request)}", now)
        counts = [_count(f"limits:{key}:{now:%Y-%m-%dT%H}", HOUR) for key in (network, f"all-{action}")]
    except RedisError:
        logger.warning("the cache does not answer; %s is not limited", action)
        return False
    return counts[0] > of_network or counts[1] > of_all


def too_many_for(address: str, *, a_day: int) -> bool:
    """Count a form about an e-mail address, and say whether this day saw more of them than allowed, as above."""
    now = timezone.now()
    try:
        return _count(f"limits:{_salted(f'address {address.casefold()}', now)}:{now:%Y-%m-%d}", DAY) > a_day
    except RedisError:
        logger.warning("the cache does not answer; no address is limited")
        return False


def _salted(what: str, now: dt.datetime) -> str:
    cache.add(f"limits:{now:%Y-%m-%d}", secrets.token_bytes(32), timeout=DAY)
    salt: bytes = cache.get(f"limits:{now:%Y-%m-%d}") or b""
    return hmac.digest(salt, what.encode(), "sha256").hex()[:32]


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it expired in between
        return 1


def network_of(request: HttpRequest) -> str:
    """The reader's network: /24 of IPv4, /56 of IPv6; "" if unknown."""
    hops = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    address = forwarded[-hops] if 0 < hops <= len(forwarded) else request.META.get("REMOTE_ADDR", "")
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 56), strict=False))


View = Callable[..., HttpResponse]


def same_origin(view: View) -> View:
    """Refuse a form that a page of another site sent; needs no cookie, unlike a token."""
    return _refusing(view, hidden=False)


def same_origin_or_hidden(view: View) -> View:
    """As `same_origin`, for a page whose address is a secret that no other site knows.

    It says no-referrer, and then a browser calls the origin of its form "null".
    """
    return _refusing(view, hidden=True)


def _refusing(view: View, *, hidden: bool) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "POST" and not _is_from_here(request, hidden=hidden):
            return fault_page(request, 403, gettext("This form was sent from another site."))
        return view(request, *args, **kwargs)

    return checked


def _is_from_here(request: HttpRequest, *, hidden: bool) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    known = (settings.SITE_URL, f"{request.scheme}://{request.get_host()}")
    return origin is None or origin in known or (hidden and origin == "null")
