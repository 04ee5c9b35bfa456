"""Both languages are equals: every word of the pages is translated, and what is compiled is what is written."""

import re
from pathlib import Path

import polib
import pytest

from tests import catalogue

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
