import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from deputies.people.enums import Threshold
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Precision
from deputies.votes.reports.arithmetic import Arithmetic
from pledges.scorecards import wording
from pledges.scorecards.method import Tally
from pledges.scorecards.profiles import DEFAULT, PROFILES
from pledges.scorecards.reports.measures import Measure

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


def test_every_method_has_a_name_and_a_rule_in_words() -> None:
    others = {"as-corrected", "without-unanimous", "without-earlier"}

    assert set(wording.METHODS) == set(PROFILES) | others


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(), "no counted vote"),
        (Tally(with_=2000, votes_with=2, credit=20000, mass=20000), "2 of 2"),
        (Tally(with_=3000, votes_with=3, credit=30000, mass=30000), "3 of 3 (100 %)"),
        (
            Tally(with_=3000, against=2000, votes_with=2, votes_against=2, credit=30000, mass=50000),
            "2 of 4 (weighted: 60 %)",
        ),
        (
            Tally(with_=2000, half=1000, votes_with=2, votes_half=1, credit=25000, mass=30000),
            "2 of 3 (in points: 83 %)",
        ),
        (
            Tally(with_=3000, half=1000, votes_with=2, votes_half=1, credit=35000, mass=40000),
            "2 of 3 (in points: 88 %)",
        ),
        (
            Tally(
                with_=2000, half=1000, missed=2000, votes_with=2, votes_half=1, votes_missed=1, credit=25000, mass=30000
            ),
            "2 of 3 (in points: 83 %)",
        ),
        (Tally(with_=3000, missed=4000, votes_with=3, votes_missed=4, credit=30000, mass=30000), "3 of 3"),
    ],
)
def test_counts_come_first_and_the_percentage_says_what_it_is_of(tally: Tally, words: str) -> None:
    assert wording.counts_words(Measure(tally, DEFAULT)).replace("\N{NO-BREAK SPACE}", " ") == words
