"""The cache of readers' pages: without it every page is made anew, and none fails."""

import datetime as dt
import json
import logging
from base64 import b64decode, b64encode
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class Json:
    """Pages as JSON: whoever can write to the cache can change a page, and cannot run code, as a pickle could."""

    def dumps(self, value: object) -> bytes:
        return json.dumps(value, default=_packed).encode()

    def loads(self, kept: bytes) -> object:
        """A page with its headers, or a moment; raises ValueError if it is neither."""
        match json.loads(kept, object_hook=_unpacked):
            case ([bytes(), dict()] | dt.datetime()) as told:
                return told
        raise ValueError("not what a page cache writes")


def _packed(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"bytes": b64encode(value).decode()}
    assert isinstance(value, dt.datetime)
    return {"moment": value.isoformat()}


def _unpacked(value: dict[str, str]) -> object:
    if value.keys() == {"bytes"}:
        return b64decode(value["bytes"])
    return dt.datetime.fromisoformat(value["moment"]) if value.keys() == {"moment"} else value


class PageCache(RedisCache):
    """Valkey or Redis; what cannot be read or written is as if it were not kept, and the log says so."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:  # noqa: ANN401
        try:
            return super().get(key, default, version)
        except (RedisError, OSError, ValueError) as error:
            logger.warning("the cache of pages cannot be read: %s", error)
            return default

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:  # noqa: ANN401
        try:
            return super().add(key, value, timeout, version)
        except (RedisError, OSError) as error:
            logger.warning("the cache of pages cannot be written: %s", error)
            return False

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:  # noqa: ANN401
        try:
            super().set(key, value, timeout, version)
        except (RedisError, OSError) as error:
            logger.warning("the cache of pages cannot be written: %s", error)
