import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from deputies.people.enums import Threshold
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Precision
from deputies.votes.reports.arithmetic import Arithmetic
from pledges.scorecards import wording

MOSCOW = ZoneInfo("Europe/Moscow")
MARCH = dt.datetime(2023, 3, 5, 9, tzinfo=dt.UTC)
NOTHING = Arithmetic(
    for_=None,
    against=None,
    abstain=None,
    not_voting=None,
    absent=None,
    threshold=Threshold.MEMBERS,
    needed=23,
    seats=45,
)
BOTH = "В протоколе ошибка. / The minutes are wrong."


@pytest.mark.parametrize(
    ("precision", "russian", "english"),
    [
        (Precision.DAY, "5 марта 2023", "5 March 2023"),
        (Precision.MONTH, "марта 2023", "March 2023"),
        (Precision.YEAR, "2023 года", "2023"),
        (Precision.UNKNOWN, "", ""),
    ],
)
def test_date_is_declined_after_since_and_until(precision: Precision, russian: str, english: str) -> None:
    date = PartialDate(MARCH, precision)

    with override("ru"):
        assert wording.bound_words(date, MOSCOW) == russian
    with override("en"):
        assert wording.bound_words(date, MOSCOW) == english


def test_text_in_both_languages_is_told_in_the_readers() -> None:
    with override("ru"):
        assert (own := wording.own_half(BOTH)) == "В протоколе ошибка."
        assert own.lang == "ru"
    with override("en"):
        assert (own := wording.own_half(BOTH)) == "The minutes are wrong."
        assert own.lang == "en"


@pytest.mark.parametrize(
    ("text", "lang"), [("Протокол 5", "ru"), ("Minutes 5 / 6", "en"), ("Протокол / от 5 мая", "ru"), ("", "en")]
)
def test_text_in_one_language_stays_whole(text: str, lang: str) -> None:
    with override("ru"):
        own = wording.own_half(text)

    assert (own, own.lang) == (text, lang)


def test_result_without_numbers_is_told_in_russian() -> None:
    with override("ru"):
        assert wording.result_sentence("adopted", NOTHING) == "Принято. Чисел за и против в записи нет."
