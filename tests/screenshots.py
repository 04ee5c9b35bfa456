"""Pictures of every page in both languages, at two widths, in light and dark.

python -m tests.screenshots [BASE] [--only PATTERN] [--into FOLDER] [--extremes] needs a running site with the
demonstration; with --extremes, three chambers of tests/extremes.py are first put into its database (that of NAKAZ_VAR).
"""

import argparse
import os
import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from tests import extremes

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = {
    "chambers": "",
    "home": "zarechny/",
    "home-ended": "moscow/",
    "deputies": "zarechny/deputies/",
    "deputies-sparse": "moscow/deputies/",
    "deputies-found": "zarechny/deputies/?q=Слободская",
    "deputies-near": "zarechny/deputies/?q=Садвая",
    "home-sides": "zarechny/?view=side",
    "district": "zarechny/districts/5/",
    "district-by-election": "zarechny/districts/8/",
    "district-split": "moscow/districts/3/",
    "district-blank": "moscow/districts/11/",
    "deputy": "zarechny/deputies/gennady-sukhonosov/",
    "deputy-inferred": "moscow/deputies/andrey-titov/",
    "deputy-one-vote": "moscow/deputies/darya-besedina/",
    "deputy-left": "zarechny/deputies/anatoly-romashev/",
    "deputy-crossed": "zarechny/deputies/ilya-molotilov/",
    "deputy-history": "zarechny/deputies/gleb-kamyshev/?on=2025-06-30",
    "deputy-declared": "zarechny/deputies/gleb-kamyshev/transport/",
    "deputy-ruling": "zarechny/deputies/gennady-sukhonosov/free-assembly/",
    "deputy-red-line": "zarechny/deputies/ilya-molotilov/oak-grove/",
    "deputy-demand": "zarechny/deputies/raisa-zavalishina/green-city/",
    "platform": "zarechny/platform/",
    "method-change": "zarechny/platform/method-change/",
    "red-line": "zarechny/demands/oak-grove/",
    "demand": "zarechny/demands/green-city/",
    "search": "zarechny/search/?q=жильё",
    "search-repaired": "zarechny/search/?q=трамай",
    "search-empty": "zarechny/search/?q=бегемот",
    "search-all": "search/?q=голосовали",
    "votes": "zarechny/votes/",
    "upcoming": "zarechny/upcoming/",
    "upcoming-ended": "moscow/upcoming/",
    "upcoming-record": "zarechny/upcoming/record/",
    "upcoming-record-empty": "moscow/upcoming/record/",
    "upcoming-next": "zarechny/upcoming/a-register-of-meetings-with-developers-first-reading/",
    "upcoming-compared": "zarechny/upcoming/binding-public-hearings-second-reading/",
    "upcoming-moved": "zarechny/upcoming/visits-of-residents-to-police-stations-first-reading/",
    "upcoming-withdrawn": "zarechny/upcoming/paid-appointments-at-the-outpatient-clinics/",
    "votes-linked": "zarechny/votes/?linked=1",
    "votes-ended": "moscow/votes/",
    "vote": "zarechny/votes/2026-10-14-visits-again-first/",
    "vote-corrected": "zarechny/votes/2025-10-15-evict-first/",
    "vote-inferred": "moscow/votes/mgd-2019-11-27-budget/",
    "vote-claims": "moscow/votes/mgd-pension-repeal/",
    "vote-totals": "moscow/votes/mgd-2019-budget-1/",
    "coalition": "zarechny/coalition/",
    "coalition-what-if": "zarechny/coalition/?held=20&gained=2&absent=3",
    "coalition-refused": "zarechny/coalition/?held=99&gained=x&on=soon",
    "coalition-ended": "moscow/coalition/",
    "compare-choice": "zarechny/compare/?a=gleb-kamyshev",
    "compare-refused": "zarechny/compare/?a=gleb-kamyshev&b=gleb-kamyshev",
    "compare": "zarechny/compare/gleb-kamyshev/raisa-zavalishina/",
    "compare-sparse": "moscow/compare/darya-besedina/andrey-titov/",
    "styleguide": "styleguide/",
    "method": "method/",
    "about": "about/",
    "privacy": "privacy/",
    "privacy-leak": "privacy/leak/",
    "following": "following/",
    "corrections": "corrections/",
    "report": "report/?chamber=zarechny&vote=2025-10-15-evict-first&deputy=gennady-sukhonosov",
    "report-empty": "report/",
    "subscribe": "subscribe/",
    "subscribe-named": "subscribe/?chamber=zarechny&deputy=gleb-kamyshev&demand=transport",
    "subscribe-link": "subscribe/link/",
    "subscribe-sent": "subscribe/sent/",
    "data": "data/",
    "embed": "zarechny/embed/deputies/gennady-sukhonosov/",
    "embed-ended": "moscow/embed/deputies/darya-besedina/",
    "ask": "zarechny/deputies/gennady-sukhonosov/ask/",
    "missing": "nowhere/",
    "missing-near": "zarechny/deputies/genady-suhonosov/",
    "missing-nothing-near": "moscow/votes/o-chem-eto-bylo/",
    "ballot": "zarechny/votes/2025-10-15-evict-first/gennady-sukhonosov/",
    "ballot-inferred": "moscow/votes/mgd-2019-11-27-budget/andrey-titov/",
    "deputy-by-election": "zarechny/deputies/taisiya-rudnitsyna/",
    "deputies-ordered": "zarechny/deputies/?sort=social",
    "faction": "zarechny/factions/shore/",
    "faction-ended": "moscow/factions/moya-moskva/",
    "sitting": "zarechny/sittings/2025-10-15/",
    "decision": "zarechny/decisions/clinic-merge/",
    "contradictions": "zarechny/contradictions/",
    "contradiction": "zarechny/contradictions/12/",
    "contradiction-silent": "zarechny/contradictions/19/",
    "contradiction-as-pledged": "zarechny/contradictions/8/",
    "contradiction-red-line": "zarechny/contradictions/3/",
    "not-used": "zarechny/platform/not-used/",
    "terms": "moscow/terms/",
    "glossary": "glossary/",
    "word-list": "zarechny/pledges/",
    "word-none": "zarechny/pledges/?stance=refused&chapter=social&faction=shore",
    "word-differs": "zarechny/pledges/4/",
    "word-party": "zarechny/pledges/2/",
    "word-silence": "zarechny/pledges/18/",
    "word-not-measurable": "zarechny/pledges/6/",
    "word-changes": "zarechny/platform/changes/",
    "word-version": "zarechny/platform/versions/1/",
    "word-demand": "zarechny/demands/police-oversight/",
    "word-platform": "zarechny/platform/",
    "word-deputy": "zarechny/deputies/ilya-molotilov/",
    "word-coalition": "zarechny/coalition/",
    "word-groups": "moscow/demands/free-the-prisoners/",
}

VIEWS: list[tuple[int, Literal["light", "dark"]]] = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]


def take(browser: Browser, base: str, only: str, into: Path, pages: dict[str, str]) -> int:
    """One picture per page, language, width and scheme whose name matches `only`; how many."""
    taken = 0
    for width, scheme in VIEWS:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        for name, path in pages.items():
            for language in ("ru", "en"):
                file = f"{name}-{language}-{width}-{scheme}"
                if re.search(only, file):
                    page.goto(f"{base}/{language}/{path}")
                    page.screenshot(path=into / f"{file}.png", full_page=True)
                    taken += 1
        context.close()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("base", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--only", default="", metavar="PATTERN", help="a regular expression, such as home-ru")
    parser.add_argument("--into", type=Path, default=Path("screenshots"))
    parser.add_argument("--extremes", action="store_true", help="load the chambers of tests/extremes.py, and show them")
    chosen = parser.parse_args()
    pages = PAGES
    if chosen.extremes:
        extremes.main()
        pages = PAGES | extremes.PAGES
    chosen.into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=FLAGS
        )
        taken = take(browser, chosen.base.rstrip("/"), chosen.only, chosen.into, pages)
        browser.close()
    print(f"{taken} pictures in {chosen.into}/")


if __name__ == "__main__":
    main()
