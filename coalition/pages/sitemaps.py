"""Maps of the site for search engines: every published page in both languages, each naming the other."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from coalition.pages.public import public
from pledges.scorecards.reports.index import SECTIONS, Indexed

PER_FILE = 2_000  # addresses


class Map(Sitemap[Indexed]):
    """The pages of one section under the public address of the site, whatever host was asked."""

    limit = PER_FILE
    i18n = alternates = True
    protocol = urlsplit(settings.SITE_URL).scheme

    def __init__(self, section: str) -> None:
        self.rows = SECTIONS[section]()

    def items(self) -> list[Indexed]:
        return self.rows

    def location(self, item: Indexed) -> str:
        return reverse(item.page, args=[get_language(), *item.args])

    def lastmod(self, item: Indexed) -> dt.datetime | None:
        return item.changed_at

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


@require_safe
@public()
def index(request: HttpRequest) -> HttpResponse:
    files = []
    for section in SECTIONS:
        made = Map(section)
        address = f"{settings.SITE_URL}{reverse('sitemap', args=[section])}"
        for number in made.paginator.page_range if made.rows else ():
            files.append({"location": f"{address}?p={number}", "last_mod": made.get_latest_lastmod()})
    return TemplateResponse(request, "sitemap_index.xml", {"sitemaps": files}, content_type="application/xml")


@require_safe
@public("p")
def section(request: HttpRequest, section: str) -> HttpResponse:
    return views.sitemap(request, {section: Map(section)} if section in SECTIONS else {}, section=section)
