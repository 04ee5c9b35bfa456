"""The cache of readers' pages: without it every page is made anew, and none fails."""

import logging
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class PageCache(RedisCache):
    """Valkey or Redis; what cannot be read or written is as if it were not kept, and the log says so."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:  # noqa: ANN401
        try:
            return super().get(key, default, version)
        except (RedisError, OSError) as error:
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
