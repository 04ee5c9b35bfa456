"""Small files that machines look for at fixed addresses."""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from coalition.pages.public import public


@require_safe
@public(record=False)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /s/", "Disallow: /accounts/", "Disallow: /admin/"]
    lines += ["Disallow: /en/report/", "Disallow: /ru/report/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@require_safe
@public()
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116; it expires at the end of next year, so the file changes once a year."""
    expires = dt.datetime(timezone.now().year + 1, 12, 31, 23, 59, tzinfo=dt.UTC)
    lines = [
        f"Contact: {f'mailto:{settings.CONTACT}' if settings.CONTACT else f'{settings.SITE_URL}/en/method/#mistake'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: ru, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain")
