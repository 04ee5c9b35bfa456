"""Addresses of the readers' pages; those under a language come twice, once in each."""

import datetime as dt

from django.conf import settings
from django.urls import path, register_converter

from coalition.accounts.language import LANGUAGES
from coalition.pages import (
    ask,
    ballots,
    calendars,
    coalition,
    compare,
    contradictions,
    data,
    demands,
    deputies,
    disputes,
    districts,
    factions,
    feeds,
    files,
    following,
    health,
    home,
    letters,
    method,
    pledges,
    search,
    share,
    sitemaps,
    sittings,
    sources,
    styleguide,
    terms,
    upcoming,
    versions,
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


class Day:
    """A day as year-month-day."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        day = dt.date.fromisoformat(value)
        if not 1900 <= day.year <= 2100:
            raise ValueError
        return day

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


register_converter(Language, "lang")
register_converter(Day, "day")

urlpatterns = [
    path("", home.front, name="front"),
    path("robots.txt", wellknown.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap_index"),
    path("sitemap-<str:section>.xml", sitemaps.section, name="sitemap"),
    path(".well-known/security.txt", wellknown.security, name="security"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("<lang:lang>/", home.chamber_list, name="chamber_list"),
    path("<lang:lang>/method/", method.method_page, name="method_page"),
    path("<lang:lang>/glossary/", terms.glossary_page, name="glossary_page"),
    path("<lang:lang>/about/", method.about_page, name="about_page"),
    path("<lang:lang>/privacy/", method.privacy_page, name="privacy_page"),
    path("<lang:lang>/privacy/leak/", method.leak_page, name="leak_page"),
    path("<lang:lang>/following/", following.following_page, name="following_page"),
    path("<lang:lang>/corrections/", method.corrections_page, name="corrections_page"),
    path("<lang:lang>/report/", disputes.report, name="report"),
    path("<lang:lang>/report/<slug:token>/", disputes.report_page, name="report_page"),
    path("<lang:lang>/data/", data.data_page, name="data_page"),
    path("<lang:lang>/data/bundle-<int:number>.zip", data.bundle_file, name="bundle_file"),
    path("<lang:lang>/sources/<slug:sha256>/", sources.source_copy, name="source_copy"),
    path("<lang:lang>/search/", search.search_page, name="search_all"),
    path("<lang:lang>/subscribe/", letters.subscribe, name="subscribe"),
    path("<lang:lang>/subscribe/link/", letters.subscribe_link, name="subscribe_link"),
    path("<lang:lang>/subscribe/sent/", letters.subscribe_sent, name="subscribe_sent"),
]
if settings.DEVELOPMENT:
    urlpatterns.append(path("<lang:lang>/styleguide/", styleguide.styleguide, name="styleguide"))
urlpatterns += [
    path("<lang:lang>/<slug:chamber>/", home.chamber_page, name="chamber_page"),
    path("<lang:lang>/<slug:chamber>/deputies/", deputies.deputy_list, name="deputy_list"),
    path("<lang:lang>/<slug:chamber>/votes/votes.csv", files.vote_file, name="vote_file"),
    path("<lang:lang>/<slug:chamber>/deputies/deputies.csv", files.deputy_file, name="deputy_file"),
    path("<lang:lang>/<slug:chamber>/deputies/<slug:slug>/", deputies.deputy_page, name="deputy_page"),
    path("<lang:lang>/<slug:chamber>/share/<slug:kind>/<slug:name>.png", share.share_image, name="share_image"),
    path("<lang:lang>/<slug:chamber>/embed/deputies/<slug:slug>/", share.deputy_embed, name="deputy_embed"),
    path("<lang:lang>/<slug:chamber>/deputies/<slug:slug>/ask/", ask.ask_page, name="deputy_ask"),
    path("<lang:lang>/<slug:chamber>/deputies/<slug:slug>/ask/asked/", ask.asked_page, name="deputy_asked"),
    path("<lang:lang>/corrections/feed.atom", feeds.corrections_feed, name="corrections_feed"),
    path("<lang:lang>/<slug:chamber>/feed.atom", feeds.chamber_feed, name="chamber_feed"),
    path("<lang:lang>/<slug:chamber>/votes/feed.atom", feeds.votes_feed, name="votes_feed"),
    path("<lang:lang>/<slug:chamber>/deputies/<slug:slug>/feed.atom", feeds.deputy_feed, name="deputy_feed"),
    path("<lang:lang>/<slug:chamber>/demands/<slug:slug>/feed.atom", feeds.demand_feed, name="demand_feed"),
    path("<lang:lang>/<slug:chamber>/districts/<int:number>/feed.atom", feeds.district_feed, name="district_feed"),
    path("<lang:lang>/<slug:chamber>/platform/<slug:chapter>/feed.atom", feeds.chapter_feed, name="chapter_feed"),
    path("<lang:lang>/<slug:chamber>/upcoming/feed.atom", feeds.upcoming_feed, name="upcoming_feed"),
    path("<lang:lang>/<slug:chamber>/sittings.ics", calendars.sittings_calendar, name="sittings_calendar"),
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
    path("<lang:lang>/<slug:chamber>/contradictions/", contradictions.contradiction_list, name="contradiction_list"),
    path(
        "<lang:lang>/<slug:chamber>/contradictions/<int:pk>/",
        contradictions.contradiction_page,
        name="contradiction_page",
    ),
    path("<lang:lang>/<slug:chamber>/compare/", compare.compare_choice, name="compare_choice"),
    path("<lang:lang>/<slug:chamber>/compare/<slug:one>/<slug:other>/", compare.compare_page, name="compare_page"),
    path(
        "<lang:lang>/<slug:chamber>/compare/<slug:one>/<slug:other>/compare.csv",
        compare.compare_file,
        name="compare_file",
    ),
    path("<lang:lang>/<slug:chamber>/search/", search.search_page, name="search_page"),
    path("<lang:lang>/<slug:chamber>/votes/", votes.vote_list, name="vote_list"),
    path("<lang:lang>/<slug:chamber>/votes/<slug:slug>/", votes.vote_page, name="vote_page"),
    path("<lang:lang>/<slug:chamber>/votes/<slug:slug>/<slug:deputy>/", ballots.ballot_page, name="ballot_page"),
    path("<lang:lang>/<slug:chamber>/factions/<slug:slug>/", factions.faction_page, name="faction_page"),
    path("<lang:lang>/<slug:chamber>/sittings/<day:day>/", sittings.sitting_page, name="sitting_page"),
    path("<lang:lang>/<slug:chamber>/decisions/<path:key>/", sittings.decision_page, name="decision_page"),
    path("<lang:lang>/<slug:chamber>/platform/not-used/", demands.not_used_page, name="not_used_page"),
    path("<lang:lang>/<slug:chamber>/upcoming/", upcoming.upcoming_list, name="upcoming_list"),
    path("<lang:lang>/<slug:chamber>/upcoming/record/", upcoming.upcoming_record, name="upcoming_record"),
    path("<lang:lang>/<slug:chamber>/upcoming/<slug:slug>/", upcoming.upcoming_page, name="upcoming_page"),
    path("<lang:lang>/<slug:chamber>/upcoming.ics", calendars.upcoming_calendar, name="upcoming_calendar"),
    path("<lang:lang>/<slug:chamber>/pledges/", pledges.pledge_list, name="pledge_list"),
    path("<lang:lang>/<slug:chamber>/pledges/pledges.csv", pledges.pledge_file, name="pledge_file"),
    path("<lang:lang>/<slug:chamber>/pledges/<int:pk>/", pledges.pledge_page, name="pledge_page"),
    path("<lang:lang>/<slug:chamber>/platform/changes/", versions.platform_changes, name="platform_changes"),
    path(
        "<lang:lang>/<slug:chamber>/platform/versions/<int:number>/", versions.platform_version, name="platform_version"
    ),
    path("<lang:lang>/<slug:chamber>/terms/", terms.terms_page, name="terms_page"),
]
