"""Addresses of the readers' pages; those under a language come twice, once in each."""

from django.conf import settings
from django.urls import path, register_converter

from coalition.accounts.language import LANGUAGES
from coalition.pages import (
    coalition,
    data,
    demands,
    deputies,
    disputes,
    districts,
    health,
    home,
    letters,
    method,
    search,
    sources,
    styleguide,
    votes,
    wellknown,
)


class Language:
    """One of the two languages of the site."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Language, "lang")

urlpatterns = [
    path("", home.front, name="front"),
    path("robots.txt", wellknown.robots, name="robots"),
    path(".well-known/security.txt", wellknown.security, name="security"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("<lang:lang>/", home.chamber_list, name="chamber_list"),
    path("<lang:lang>/method/", method.method_page, name="method_page"),
    path("<lang:lang>/about/", method.about_page, name="about_page"),
    path("<lang:lang>/privacy/", method.privacy_page, name="privacy_page"),
    path("<lang:lang>/corrections/", method.corrections_page, name="corrections_page"),
    path("<lang:lang>/report/", disputes.report, name="report"),
    path("<lang:lang>/report/<slug:token>/", disputes.report_page, name="report_page"),
    path("<lang:lang>/data/", data.data_page, name="data_page"),
    path("<lang:lang>/data/bundle-<int:number>.zip", data.bundle_file, name="bundle_file"),
    path("<lang:lang>/sources/<slug:sha256>/", sources.source_copy, name="source_copy"),
    path("<lang:lang>/search/", search.search_page, name="search_all"),
    path("<lang:lang>/subscribe/", letters.subscribe, name="subscribe"),
    path("<lang:lang>/subscribe/sent/", letters.subscribe_sent, name="subscribe_sent"),
]
if settings.DEVELOPMENT:
    urlpatterns.append(path("<lang:lang>/styleguide/", styleguide.styleguide, name="styleguide"))
urlpatterns += [
    path("<lang:lang>/<slug:chamber>/", home.chamber_page, name="chamber_page"),
    path("<lang:lang>/<slug:chamber>/deputies/", deputies.deputy_list, name="deputy_list"),
    path("<lang:lang>/<slug:chamber>/deputies/<slug:slug>/", deputies.deputy_page, name="deputy_page"),
    path(
        "<lang:lang>/<slug:chamber>/deputies/<slug:slug>/<slug:demand>/",
        deputies.deputy_demand_page,
        name="deputy_demand_page",
    ),
    path("<lang:lang>/<slug:chamber>/districts/<int:number>/", districts.district_page, name="district_page"),
    path("<lang:lang>/<slug:chamber>/platform/", demands.platform_page, name="platform_page"),
    path("<lang:lang>/<slug:chamber>/platform/method-change/", demands.method_change_page, name="method_change_page"),
    path("<lang:lang>/<slug:chamber>/demands/<slug:slug>/", demands.demand_page, name="demand_page"),
    path("<lang:lang>/<slug:chamber>/coalition/", coalition.coalition_page, name="coalition_page"),
    path("<lang:lang>/<slug:chamber>/search/", search.search_page, name="search_page"),
    path("<lang:lang>/<slug:chamber>/votes/", votes.vote_list, name="vote_list"),
    path("<lang:lang>/<slug:chamber>/votes/<slug:slug>/", votes.vote_page, name="vote_page"),
]
