"""Whether this process runs, and whether it can serve pages."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("live\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    missing = _missing()
    status = 503 if missing else 200
    return HttpResponse(f"not ready: {missing}\n" if missing else "ready\n", status=status, content_type="text/plain")


def _missing() -> str:
    """What keeps pages from being served; "" if nothing does."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations"
    except DatabaseError:
        return "database"
    try:
        cache.get("ready")
    except (RedisError, OSError):
        return "cache"
    return ""
