"""Hard-coded words: in a made-up language every translated text comes out in brackets, and nothing else may be there.

What is outside the brackets must be data: what is stored, numbers, dates, names of things that no language translates.
"""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils.translation.trans_real import DjangoTranslation

from coalition.pages import public
from coalition.pages.templatetags import nakaz
from pledges.platform.enums import Chapter
from pledges.scorecards.actions import announce_method
from pledges.scorecards.profiles import PROFILES
from tests import build
from tests.coalition.pages.addresses import addresses, furnished
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_withdrawn import correct

pytestmark = pytest.mark.django_db
TOLD = ("aria-label", "title", "alt", "placeholder")  # attributes whose words somebody reads
META = ("description", "og:title", "og:description", "og:image:alt")
SILENT = ("style", "script", "code")
VOID = ("meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "use", "wbr")
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{2,}")
ADDRESS = re.compile(r"https?://[^\s⟧]+")
NO_LANGUAGE = {"UTC", "SHA", "zip", "PDF", "PNG", "JPEG", "CC", "BY", "AGPL", "Русский", "English"}
ASKED = {"nobody", "all", "soon"}  # what a reader wrote into an address and sees again


class Words(HTMLParser):
    """The texts of a page in their order, what is written in attributes after them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.attributes: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        told = dict(attrs)
        is_read = tag == "meta" and (told.get("name") or told.get("property")) in META
        names = ("content",) if is_read else TOLD
        self.attributes += [told[name] or "" for name in names if name in told]

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not set(SILENT) & set(self.open):
            self.texts.append(data)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """At the lowest level: whatever is looked up in any catalogue comes back in brackets."""

    def one(self: DjangoTranslation, message: str) -> str:
        return f"⟦{message.rpartition(chr(4))[2]}⟧"

    def many(self: DjangoTranslation, singular: str, plural: str, number: int) -> str:
        return one(self, singular if number == 1 else plural)

    monkeypatch.setattr(DjangoTranslation, "gettext", one)
    monkeypatch.setattr(DjangoTranslation, "ngettext", many)
    monkeypatch.setattr(public, "fingerprint", lambda: "made up")  # no page of another language is kept
    nakaz._words.cache_clear()
    yield
    nakaz._words.cache_clear()


@pytest.fixture
def built() -> Town:
    made = town(5, votes=6, chapters=tuple(Chapter))
    build.link(made.platform.demands.get(chapter=Chapter.RED_LINE), made.votes[2])
    build.ruling(made.platform, made.votes[0], kind="tactical", person=made.people[0], reads_as="against")
    announce_method(platform=made.platform, profile=PROFILES["absence-against"], at=build.AT)
    build.signature(made.people[1], made.platform.demands.get(slug="d1"), build.moment(12).date())
    furnished(made)
    correct(made.votes[5])
    return made


def stored() -> re.Pattern[str]:
    """Every text in the tables of the record, as whole words, the longest first."""
    rooms = ("sources", "people", "votes", "platform", "scorecards", "tracker", "journal")
    found: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label in rooms:
            names = [
                f.attname for f in model._meta.concrete_fields if isinstance(f, models.CharField | models.TextField)
            ]
            for row in model._default_manager.values_list(*names) if names else ():
                found |= {half.strip() for value in row if value for half in (str(value), *str(value).split(" / "))}
    return known_words(text for text in found if WORD.search(text))


def known_words(texts: Iterable[str]) -> re.Pattern[str]:
    every = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{every})(?!\w)")


def hard_coded(html: str, known: re.Pattern[str]) -> Iterator[str]:
    """The words of a page that are neither translated nor stored."""
    page = Words()
    page.feed(re.sub("</?mark>", "", html))  # what was looked for is marked within words of the record
    left = ADDRESS.sub(" ", "\n".join([*page.texts, *page.attributes]))
    while BRACKETED.search(left):
        left = BRACKETED.sub(" ", left)
    yield from sorted(set(WORD.findall(known.sub(" ", left))) - NO_LANGUAGE - ASKED)


@pytest.mark.usefixtures("made_up")
def test_no_page_has_words_of_its_own(client: Client, built: Town) -> None:
    known = stored()
    gone = [built.address(f"votes/{built.votes[5].slug}/", lang) for lang in ("en", "ru")]
    near = [built.address(f"deputies/{built.people[0].slug}x/", lang) for lang in ("en", "ru")]
    found = {
        address: words
        for address in [*addresses(built, is_furnished=True), "/en/", *gone, *near, "/ru/nowhere/at/all/"]
        if (words := list(hard_coded(client.get(address).text, known)))
    }

    assert found == {}


def test_the_search_for_words_finds_one() -> None:
    html = '<p title="Tooltip">⟦translated <b>⟦deeply⟧ too</b>⟧ 5 of 7, Ada <code>left</code> hard</p>'

    assert list(hard_coded(html, known_words(["Ada"]))) == ["Tooltip", "hard", "of"]
