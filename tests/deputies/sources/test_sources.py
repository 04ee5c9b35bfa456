import datetime as dt

import pytest
from django.utils import translation

from deputies.sources.dates import UNKNOWN, PartialDate, beginning, end
from deputies.sources.enums import Precision
from deputies.sources.language import reader_words
from deputies.sources.models import Document, cite, keep_copy
from tests.refuses import refused_by


@pytest.mark.django_db
def test_a_document_says_where_it_is_and_its_hash_belongs_to_its_bytes() -> None:
    with refused_by("sources_document_says_where"):
        Document.objects.create()
    with refused_by("sources_document_hash_with_bytes"):
        Document.objects.create(title="Protocol", content=b"text")
    with refused_by("sources_document_hash_with_bytes"):
        Document.objects.create(title="Protocol", sha256="a" * 64)
    with refused_by("sources_document_once"):
        Document.objects.bulk_create([Document(title="Protocol"), Document(title="Protocol")])


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once() -> None:
    first = keep_copy(content="Протокол".encode(), title="Protocol 1")

    assert keep_copy(content="Протокол".encode(), title="Protocol 1") == first
    assert keep_copy(content=b"another", title="Protocol 1") != first
    assert cite(title="Protocol 1") != first
    assert cite(url="https://example.org/") == cite(url="https://example.org/")


@pytest.mark.parametrize(
    ("language", "ru", "en", "expected"),
    [
        ("ru", "Дума", "Duma", ("Дума", "ru")),
        ("en", "Дума", "Duma", ("Duma", "en")),
        ("ru", "", "Duma", ("Duma", "en")),
        ("en", "Дума", "", ("Дума", "ru")),
        ("en", "", "", ("", "en")),
    ],
)
def test_a_reader_gets_their_language_or_is_told_which(
    language: str, ru: str, en: str, expected: tuple[str, str]
) -> None:
    with translation.override(language):
        words = reader_words(ru=ru, en=en)

    assert (str(words), words.lang) == expected


def utc(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, tzinfo=dt.UTC)


def test_periods_show_their_ends_only_as_exactly_as_they_are_known() -> None:
    tick = dt.timedelta(microseconds=1)
    assert beginning(utc(2022, 1, 1), "year") == PartialDate(utc(2022, 1, 1) - tick, Precision.YEAR)  # "2021"
    assert beginning(utc(2019, 9, 8), "day") == PartialDate(utc(2019, 9, 8), Precision.DAY)
    assert end(utc(2020, 8, 1), "month") == PartialDate(utc(2020, 8, 1), Precision.MONTH)  # "August 2020"
    assert end(utc(2020, 8, 1), "day") == PartialDate(utc(2020, 8, 1) - tick, Precision.DAY)  # 31 July
    assert beginning(None, "day") == end(utc(2020, 8, 1), "unknown") == UNKNOWN
