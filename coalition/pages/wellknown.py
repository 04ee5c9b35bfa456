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
    lines = ["User-agent: *", "Disallow: /s/", "Disallow: /word/", "Disallow: /accounts/", "Disallow: /admin/"]
    lines += ["Disallow: /en/report/", "Disallow: /ru/report/", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@require_safe
@public()
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116; it expires on the first of the month half a year ahead: never within a month, and within a year."""
    ahead = timezone.now() + dt.timedelta(days=183)
    expires = dt.datetime(ahead.year, ahead.month, 1, tzinfo=dt.UTC)
    lines = [
        f"Contact: {f'mailto:{settings.CONTACT}' if settings.CONTACT else f'{settings.SITE_URL}/en/method/#mistake'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: ru, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain")
