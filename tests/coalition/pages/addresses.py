"""One registry of what readers can open: at least one address, made from a town, for every named pattern.

A new pattern of coalition/pages/urls.py needs a line here; `test_addresses.py` says which one is missing. Tests of
budgets, accessibility, layout, cookies and translations walk all of them.
"""

import datetime as dt
import hashlib

from django.utils import timezone

from coalition.pages.urls import urlpatterns
from deputies.sources.models import keep_copy
from deputies.votes.actions import hold
from deputies.votes.enums import Position
from deputies.votes.models import AgendaItem, Decision, RollCall
from pledges.findings.actions.expecting import freeze_expectations
from pledges.findings.enums import FindingKind
from pledges.findings.models import Finding
from pledges.platform.enums import Chapter
from pledges.scorecards.bundles.actions import build_bundle
from pledges.tracker.enums import Status
from pledges.tracker.models import Pledge
from tests import build
from tests.coalition.pages.build import Town

TOKEN = "secret-of-a-report"
COPY = b"Everybody: for"

MAIN = ("chamber_page", "deputy_list", "deputy_page", "vote_page")
PAGES: dict[str, tuple[str, ...]] = {  # below a language
    "chamber_list": ("",),
    "method_page": ("method/",),
    "about_page": ("about/",),
    "privacy_page": ("privacy/",),
    "corrections_page": ("corrections/",),
    "leak_page": ("privacy/leak/",),
    "following_page": ("following/",),
    "report": ("report/", "report/?chamber={chamber}&vote={vote}&deputy={deputy}"),
    "data_page": ("data/",),
    "subscribe": ("subscribe/", "subscribe/?chamber={chamber}&deputy={deputy}&district=1&upcoming=1"),
    "subscribe_link": ("subscribe/link/",),
    "subscribe_sent": ("subscribe/sent/",),
    "chamber_page": ("{chamber}/", "{chamber}/?view=side"),
    "deputy_list": (
        "{chamber}/deputies/",
        "{chamber}/deputies/?q=nobody-at-all",
        "{chamber}/deputies/?q=adda",
        "{chamber}/deputies/?sort=social",
    ),
    "deputy_page": (
        "{chamber}/deputies/{deputy}/",
        "{chamber}/deputies/{deputy}/?on=2024-07-01",
        "{chamber}/deputies/{deputy}/?on=soon",
    ),
    "deputy_demand_page": ("{chamber}/deputies/{deputy}/{demand}/",),
    "platform_page": ("{chamber}/platform/",),
    "method_change_page": ("{chamber}/platform/method-change/",),
    "demand_page": ("{chamber}/demands/{demand}/",),
    "coalition_page": (
        "{chamber}/coalition/",
        "{chamber}/coalition/?held=2&absent=99&on=soon",
        "{chamber}/coalition/?held=2&gained=1",
    ),
    "ballot_page": ("{chamber}/votes/{vote}/{deputy}/",),
    "faction_page": ("{chamber}/factions/red/",),
    "sitting_page": ("{chamber}/sittings/2024-01-11/",),
    "contradiction_list": ("{chamber}/contradictions/",),
    "not_used_page": ("{chamber}/platform/not-used/",),
    "terms_page": ("{chamber}/terms/",),
    "glossary_page": ("glossary/",),
    "district_page": ("{chamber}/districts/1/",),
    "search_page": ("{chamber}/search/", "{chamber}/search/?q=question&kind=votes", "{chamber}/search/?q=qestion"),
    "search_all": ("search/", "search/?q=question"),
    "deputy_ask": ("{chamber}/deputies/{deputy}/ask/",),
    "deputy_asked": ("{chamber}/deputies/{deputy}/ask/asked/",),
    "deputy_embed": ("{chamber}/embed/deputies/{deputy}/",),
    "compare_choice": ("{chamber}/compare/", "{chamber}/compare/?a={deputy}&b={deputy}"),
    "compare_page": ("{chamber}/compare/{deputy}/{other}/",),
    "vote_list": ("{chamber}/votes/", "{chamber}/votes/?linked=1", "{chamber}/votes/?term=1"),
    "vote_page": ("{chamber}/votes/{vote}/",),
    "upcoming_list": ("{chamber}/upcoming/",),
    "upcoming_record": ("{chamber}/upcoming/record/",),
    "pledge_list": ("{chamber}/pledges/", "{chamber}/pledges/?stance=promised", "{chamber}/pledges/?by=nobody"),
    "platform_changes": ("{chamber}/platform/changes/", "{chamber}/platform/changes/?from=1&to=2"),
    "platform_version": ("{chamber}/platform/versions/1/",),
}
OF_RED_LINE: dict[str, tuple[str, ...]] = {  # besides, in a town that has one
    "deputy_demand_page": ("{chamber}/deputies/{deputy}/{red_line}/",),
    "demand_page": ("{chamber}/demands/{red_line}/",),
}
FURNISHED: dict[str, tuple[str, ...]] = {  # pages of a town that is `furnished`
    "pledge_page": ("{chamber}/pledges/{pledge}/",),
    "report_page": (f"report/{TOKEN}/",),
    "decision_page": ("{chamber}/decisions/text-1/",),
    "upcoming_page": ("{chamber}/upcoming/coming-one/", "{chamber}/upcoming/held-one/"),
    "contradiction_page": ("{chamber}/contradictions/{finding}/",),
}
FILES: dict[str, tuple[str, ...]] = {  # whole addresses of what is not a page; the last two need a furnished town too
    "front": ("/",),
    "robots": ("/robots.txt",),
    "sitemap_index": ("/sitemap.xml",),
    "sitemap": ("/sitemap-votes.xml",),
    "security": ("/.well-known/security.txt",),
    "health_live": ("/health/live",),
    "health_ready": ("/health/ready",),
    "bundle_file": ("/en/data/bundle-{bundle}.zip",),
    "corrections_feed": ("/en/corrections/feed.atom", "/ru/corrections/feed.atom"),
    "chamber_feed": ("/en/{chamber}/feed.atom", "/ru/{chamber}/feed.atom"),
    "votes_feed": ("/en/{chamber}/votes/feed.atom", "/ru/{chamber}/votes/feed.atom"),
    "deputy_feed": ("/en/{chamber}/deputies/{deputy}/feed.atom", "/ru/{chamber}/deputies/{deputy}/feed.atom"),
    "demand_feed": ("/en/{chamber}/demands/{demand}/feed.atom", "/ru/{chamber}/demands/{demand}/feed.atom"),
    "district_feed": ("/en/{chamber}/districts/1/feed.atom", "/ru/{chamber}/districts/1/feed.atom"),
    "chapter_feed": ("/en/{chamber}/platform/social/feed.atom", "/ru/{chamber}/platform/social/feed.atom"),
    "upcoming_feed": ("/en/{chamber}/upcoming/feed.atom", "/ru/{chamber}/upcoming/feed.atom"),
    "sittings_calendar": ("/en/{chamber}/sittings.ics", "/ru/{chamber}/sittings.ics"),
    "upcoming_calendar": ("/en/{chamber}/upcoming.ics", "/ru/{chamber}/upcoming.ics"),
    "share_image": ("/en/{chamber}/share/chamber/{chamber}-0.png",),  # leads on to the present picture
    "vote_file": ("/en/{chamber}/votes/votes.csv",),
    "deputy_file": ("/en/{chamber}/deputies/deputies.csv",),
    "pledge_file": ("/en/{chamber}/pledges/pledges.csv", "/ru/{chamber}/pledges/pledges.csv"),
    "compare_file": ("/en/{chamber}/compare/{deputy}/{other}/compare.csv",),
    "source_copy": (f"/en/sources/{hashlib.sha256(COPY).hexdigest()}/",),
}


def furnished(built: Town) -> Town:
    """The town with a pledge, a followed report, a decided text, a kept copy of a source, an agenda, and a bundle."""
    text = Decision.objects.create(chamber=built.chamber, key="text-1", title_en="Text")
    RollCall.objects.filter(pk__in=[vote.pk for vote in built.votes[:2]]).update(decision=text)
    Decision.objects.filter(pk=text.pk).update(main=built.votes[0])
    build.dispute(built.votes[0], built.people[0], shows=["https://example.org/protocol"], text="x" * 90, token=TOKEN)
    build.status(build.pledge(built.people[0], built.platform.demands.earliest("pk")), Status.KEPT)
    source = keep_copy(content=COPY, title="The protocol", media_type="text/plain")
    build.vote(built.chamber, {}, source=source)
    agenda(built)
    demand = built.platform.demands.order_by("pk").first()
    if demand is not None and not Finding.objects.published().exists():
        build.link(demand, build.vote(built.chamber, {built.people[0]: Position.AGAINST}, held_at=build.moment(50)))
        build.findings(FindingKind.DIFFERS)
    build_bundle(at=build.AT)
    return built


def agenda(built: Town) -> tuple[AgendaItem, AgendaItem]:
    """A vote that was expected and held, and one that comes in ten days, both about the first demand."""
    demand = built.platform.demands.exclude(chapter=Chapter.RED_LINE.value).order_by("pk")[0]
    early, now = build.moment(1), timezone.now()
    held = build.item(built.chamber, build.moment(10), title_en="Held one", at=early)
    coming = build.item(built.chamber, now + dt.timedelta(days=10), title_en="Coming one", at=now)
    for item, at in ((held, early), (coming, now)):
        build.item_link(demand, item, at=at)
    freeze_expectations(item=held, at=held.starts_at)
    hold(item=held, roll_call=built.votes[0])
    return AgendaItem.objects.get(pk=held.pk), coming


def names() -> set[str]:
    """Of the patterns that a reader's site has; those of development are left out."""
    return {pattern.name for pattern in urlpatterns if pattern.name} - {"styleguide"}


def pages(built: Town, *, is_furnished: bool = False) -> list[tuple[str, str]]:
    """Every page with the name of its pattern, the main ones of the chamber first, each in both languages."""
    first = {name: PAGES[name] for name in MAIN}
    groups = [first, {name: rests for name, rests in PAGES.items() if name not in MAIN}]
    groups += [OF_RED_LINE] if _red_line(built) else []
    groups += [FURNISHED] if is_furnished else []
    return [
        (name, f"/{lang}/{rest.format(**slugs(built))}")
        for group in groups
        for name, rests in group.items()
        for rest in rests
        for lang in ("en", "ru")
        if name != "compare_page" or len(built.people) > 1
    ]


def addresses(built: Town, *, is_furnished: bool = False) -> list[str]:
    """The addresses of `pages`."""
    return [address for _, address in pages(built, is_furnished=is_furnished)]


def main_addresses(built: Town) -> list[str]:
    """The four pages that most readers see, in both languages."""
    return [address for name, address in pages(built) if name in MAIN and "?" not in address]


def _red_line(built: Town) -> str:
    found = built.platform.demands.filter(chapter=Chapter.RED_LINE.value).order_by("pk").first()
    return found.slug if found else ""


def slugs(built: Town) -> dict[str, str]:
    demand = built.platform.demands.exclude(chapter=Chapter.RED_LINE.value).order_by("pk").first()
    return {
        "chamber": built.chamber.slug,
        "deputy": built.people[0].slug,
        "other": built.people[-1].slug,
        "vote": built.votes[0].slug,
        "demand": demand.slug if demand else "",
        "red_line": _red_line(built),
        "finding": str(Finding.objects.published().order_by("pk").values_list("pk", flat=True).first() or 0),
        "pledge": str(getattr(Pledge.objects.filter(demand__platform=built.platform).first(), "pk", 0)),
    }
