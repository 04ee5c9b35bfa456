"""Both languages are equals: every word of the pages is translated, and what is compiled is what is written."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.test import Client

from deputies.people.models import Faction, Person
from deputies.votes.enums import Position
from pledges.platform.enums import Chapter
from tests import build, catalogue
from tests.coalition.pages.addresses import addresses
from tests.coalition.pages.build import town
from tests.coalition.pages.test_pseudo_locale import VOID

FOLDER = Path("locale/ru/LC_MESSAGES")


@pytest.fixture(scope="module")
def written() -> polib.POFile:
    return polib.pofile(str(FOLDER / "django.po"))


def test_nothing_is_missing_or_doubtful(written: polib.POFile) -> None:
    assert [entry.msgid for entry in written.untranslated_entries()] == []
    assert [entry.msgid for entry in written.fuzzy_entries()] == []
    assert [entry.msgid for entry in written.obsolete_entries()] == []


def test_compiled_words_are_the_written_ones(written: polib.POFile) -> None:
    compiled = polib.mofile(str(FOLDER / "django.mo"))

    def told(entries: polib.POFile | polib.MOFile) -> dict[tuple[str, str], object]:
        return {(e.msgctxt or "", e.msgid): dict(e.msgstr_plural) or e.msgstr for e in entries}

    assert told(compiled) == told(written)


def test_plurals_have_three_forms(written: polib.POFile) -> None:
    assert all(len(entry.msgstr_plural) == 3 for entry in written if entry.msgid_plural)


def test_placeholders_survive(written: polib.POFile) -> None:
    for entry in written:
        wanted = set(re.findall(r"%\((\w+)\)", entry.msgid))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert not text or set(re.findall(r"%\((\w+)\)", text)) == wanted, entry.msgid


@pytest.mark.parametrize(
    "pattern", [r"проголосовал", r"воздержал[са]", r"отсутствовал", r"поддержал", r"красн\w+ лини"]
)
def test_words_have_no_gender_and_no_leaflet(written: polib.POFile, pattern: str) -> None:
    texts = [text for entry in written for text in [entry.msgstr, *entry.msgstr_plural.values()]]

    assert [text for text in texts if re.search(pattern, text, re.IGNORECASE)] == []


def test_the_catalogue_has_every_word_of_the_code_and_no_other(written: polib.POFile) -> None:
    """`make words` brings it in line; then the words are translated."""
    assert list(catalogue.missing(written)) == []
    assert [entry.msgid for entry in catalogue.gone(written)] == []


LATIN = {  # names, keys, kinds of files, and words that a file or a command must hold as they are
    "AGPL", "Aegis", "Anna", "Atom", "BY", "CC", "CSV", "Ctrl", "DOC", "Delete", "Enter", "Europe", "FreeOTP", "HTML",
    "IP", "Id", "Ivanova", "JPEG", "JSON", "JavaScript", "Moscow", "NUL", "OpenCivicData", "PDF", "PNG", "Popolo",
    "Python", "QR", "README", "RTF", "SHA", "Shift", "TSV", "UTC", "UTF", "XLS", "XLSX", "XML", "absent", "abstain",
    "anna-ivanova", "cookie", "events", "groups", "iCalendar", "id", "labour", "member", "members.csv",
    "memberships.csv", "no", "or-later", "roll-call", "slug", "vote", "votes.csv", "windows", "yes",
}  # fmt: skip
OTHER_END = {"Hello,", "No.", "chosen by", "link approved by"}  # what Russian writes otherwise
CYRILLIC_EXAMPLES = ("One per line: district; name in Russian", "Write a result such as “принято”")


def texts(entry: polib.POEntry) -> list[str]:
    return [text for text in (entry.msgstr, *entry.msgstr_plural.values()) if text]


def test_russian_has_no_latin_leftovers(written: polib.POFile) -> None:
    marks = re.compile(r"%\(\w+\)[a-z]|%\w|\{\w*\}|<[^>]+>|https?://\S+|&\w+;")
    latin = re.compile("[A-Za-z][A-Za-z.-]*[A-Za-z]")
    found = {word for entry in written for text in texts(entry) for word in latin.findall(marks.sub(" ", text))}

    assert found - LATIN == set()


def test_both_languages_end_alike_and_hold_the_same_marks(written: polib.POFile) -> None:
    ends, tags = set(), []
    for entry in written:
        for text in texts(entry):
            mine, other = entry.msgid.rstrip()[-1:], text.rstrip()[-1:]
            if mine != other and {mine, other} & set(".?!:…;,"):
                ends.add(entry.msgid)
            if re.findall(r"</?\w+", entry.msgid) != re.findall(r"</?\w+", text):
                tags.append(entry.msgid)

    assert (ends - OTHER_END, tags) == (set(), [])


def test_english_is_english_and_has_its_plural(written: polib.POFile) -> None:
    plural = [entry for entry in written if entry.msgid_plural]
    cyrillic = [entry.msgid for entry in written if re.search("[А-Яа-яЁё]", entry.msgid + entry.msgid_plural)]

    assert [text for text in cyrillic if not text.startswith(CYRILLIC_EXAMPLES)] == []
    for entry in plural:
        named = [set(re.findall(r"%\((\w+)\)", text)) for text in (entry.msgid, entry.msgid_plural)]
        assert named[0] == named[1] != set(), entry.msgid


class Foreign(HTMLParser):
    """The texts of a page in another alphabet than its own that are not marked with their language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("lang") or (self.open[-1][1] if self.open else "")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if (
            self.open
            and self.open[-1][1] == "en"
            and re.search("[А-Яа-яЁё]", data)
            and self.open[-1][0] not in ("title", "script")
        ):
            self.found.append(data.strip())


@pytest.mark.django_db
def test_russian_on_an_english_page_says_that_it_is_russian(client: Client) -> None:
    """What the record has in Russian only is shown as it is, marked for whoever listens to the page."""
    built = town(3, chapters=tuple(Chapter))
    built.chamber.name_ru, built.chamber.name_en = "Городская дума", ""
    built.chamber.save()
    for number, person in enumerate(built.people):
        Person.objects.filter(pk=person.pk).update(name_ru=f"Аида Пример {number}", name_en="")
    Faction.objects.update(name_ru="Красные", name_en="")
    more = {"title_ru": "О парках", "title_en": "", "question_ru": "Принять", "summary_ru": "Парки."}
    vote = build.vote(built.chamber, dict.fromkeys(built.people, Position.FOR), held_at=build.moment(30), **more)
    build.link(built.platform.demands.get(slug="d1"), vote)
    shown = replace(built, votes=[vote, *built.votes])
    found = {}

    for address in addresses(shown):
        if address.startswith("/en/"):
            page = Foreign()
            page.feed(client.get(address).text)
            if page.found:
                found[address] = page.found

    assert found == {}
