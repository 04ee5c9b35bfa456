import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest

from deputies.people.enums import Threshold
from deputies.sources.dates import UNKNOWN, PartialDate
from deputies.sources.enums import Precision
from deputies.sources.tables import BadFiles, Problems, read
from deputies.votes.enums import Position, Result
from deputies.votes.imports.tidy import OPTIONS, NotADate, Vote, date_style, read_date, read_result, read_votes, window

MOSCOW = ZoneInfo("Europe/Moscow")


def moscow(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=MOSCOW)  # type: ignore[misc,arg-type]


def votes(text: str) -> dict[str, Vote]:
    problems = Problems()
    found = read_votes(read(io.BytesIO(text.encode()), "votes.csv"), MOSCOW, problems)
    problems.refuse()
    return found


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2019-09-08", moscow(2019, 9, 8), Precision.DAY),
        ("8.9.2019", moscow(2019, 9, 8), Precision.DAY),
        ("2019-09", moscow(2019, 9, 1), Precision.MONTH),
        ("2019", moscow(2019, 1, 1), Precision.YEAR),
        ("2019-09-08 14:30", moscow(2019, 9, 8, 14, 30), Precision.MINUTE),
        ("2019-09-08T14:30:05", moscow(2019, 9, 8, 14, 30, 5), Precision.MINUTE),
        ("2019-09-08T14:30Z", moscow(2019, 9, 8, 17, 30), Precision.MINUTE),
        ("2019-09-08T14:30+02:00", moscow(2019, 9, 8, 15, 30), Precision.MINUTE),
    ],
)
def test_dates_are_as_exact_as_they_are_written(text: str, at: dt.datetime, precision: Precision) -> None:
    assert read_date(text, MOSCOW) == PartialDate(at, precision)


def test_no_date_is_an_unknown_date() -> None:
    assert read_date("", MOSCOW) == UNKNOWN


@pytest.mark.parametrize("text", ["2019-02-30", "soon", "32.1.2019", "0000", "2019-13", "19-09-08", "2019-09-08 25:00"])
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(NotADate, match=f'"{text}" is not a date'):
        read_date(text, MOSCOW)


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["3/4/2017", "1/25/2017"], False),
        (["25/1/2017", "3/4/2017", ""], True),
        (["3/4/2017", "2017-01-25"], None),
        (["25/1/2017", "1/25/2017"], None),
    ],
)
def test_the_whole_file_shows_how_slashes_are_meant(dates: list[str], order: bool | None) -> None:
    assert date_style(dates).day_first is order


def test_the_whole_file_shows_which_century_is_meant() -> None:
    found = votes("vote_id,date\n1,1/25/2017\n2,3/4/18\n3,3/4/2018\n4,05.04.18\n")

    assert [vote.held.at for vote in found.values()] == [
        moscow(2017, 1, 25),
        moscow(2018, 3, 4),
        moscow(2018, 3, 4),
        moscow(2018, 4, 5),
    ]


@pytest.mark.parametrize("dates", ["25/1/18", "25/1/17\n2,2018-01-01", "25/1/17\n2,1899\n3,2018"])
def test_a_century_that_the_file_does_not_show_is_refused(dates: str) -> None:
    with pytest.raises(BadFiles, match="is not a date"):
        votes(f"vote_id,date\n1,{dates}\n")


def test_dates_with_slashes_follow_the_file() -> None:
    found = votes("vote_id,date\n1,1/25/2017\n2,3/4/2017\n")

    assert [vote.held.at for vote in found.values()] == [moscow(2017, 1, 25), moscow(2017, 3, 4)]


def test_dates_that_can_be_read_in_two_ways_are_refused() -> None:
    with pytest.raises(BadFiles) as refusal:
        votes("vote_id,date\n1,3/4/2017\n")

    assert str(refusal.value) == (
        'votes.csv, line 2: "3/4/2017" can be read in two ways, and the file does not show which. Write it like '
        "2019-09-08, 2019-09-08 14:30, 2019-09 or 2019, or leave it empty if it is not known."
    )


@pytest.mark.parametrize(
    ("text", "end"),
    [("2019-12-31", moscow(2020, 1, 1)), ("2019-12", moscow(2020, 1, 1)), ("2019", moscow(2020, 1, 1))],
)
def test_a_vote_lies_within_its_window(text: str, end: dt.datetime) -> None:
    held = read_date(text, MOSCOW)

    assert window(held, MOSCOW) == (held.at, end)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("pass", Result.ADOPTED),
        ("Agreed to", Result.ADOPTED),
        ("Confirmed", Result.ADOPTED),
        ("Принято", Result.ADOPTED),
        ("fail", Result.REJECTED),
        ("Not Sustained", Result.REJECTED),
        ("Не принято", Result.REJECTED),
        ("Отклонён", Result.REJECTED),
        ("rejected (no quorum)", Result.REJECTED),
        ("Held Nongermane", Result.UNKNOWN),
        ("passage postponed", Result.UNKNOWN),
        ("", Result.UNKNOWN),
    ],
)
def test_results_are_read_where_their_words_are_known(text: str, result: Result) -> None:
    assert read_result(text) is result


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("vote_id,date,number,title\n1,,7,О парках\n", ("О парках", "")),
        ("vote_id,date,number,title\n1,,7,On parks\n", ("", "On parks")),
        ("vote_id,date,number,title,title_ru\n1,,7,On parks,О парках\n", ("О парках", "On parks")),
        ("vote_id,date,number,title\n1,,7,\n", ("", "7")),
        ("vote_id,date\nv1,\n", ("", "v1")),
    ],
)
def test_titles_find_their_language(text: str, title: tuple[str, str]) -> None:
    (vote,) = votes(text).values()

    assert vote.title == title


def test_a_vote_can_state_its_threshold() -> None:
    found = votes("vote_id,date,threshold\n1,,two-thirds\n2,,30\n3,,\n")

    assert [vote.threshold for vote in found.values()] == [(Threshold.TWO_THIRDS, None), (Threshold.FIXED, 30), None]


def test_the_options_are_those_of_the_contract_and_no_position_lacks_a_word() -> None:
    assert len(OPTIONS) == 20
    assert set(OPTIONS.values()) == set(Position)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("vote_id,date\n,2020\n", 'votes.csv, line 2: "vote_id" is empty. Fill it in.'),
        ("vote_id,date\n1,\n1,\n", 'votes.csv, line 3: vote_id "1" is already in line 2. Give every vote its own id.'),
        (
            "vote_id,date,yes\n1,,many\n",
            'votes.csv, line 2: the total "many" of "yes" is not a whole number. '
            "Write a whole number, or leave it empty if the source states none.",
        ),
        (
            "vote_id,date,threshold\n1,,most\n",
            'votes.csv, line 2: unknown threshold "most". '
            "Write members, mandates, present, voting, two-thirds or a number of votes, or leave it empty.",
        ),
        (
            "vote_id,date,source_url\n1,,javascript:x\n",
            'votes.csv, line 2: "javascript:x" in "source_url" is not a web address. Write one like https://example.org/1.',
        ),
        (
            f"vote_id,date\n{'x' * 201},\n",
            'votes.csv, line 2: "vote_id" has 201 characters. Write at most 200.',
        ),
    ],
)
def test_a_bad_row_is_refused_with_the_remedy(text: str, message: str) -> None:
    with pytest.raises(BadFiles) as refusal:
        votes(text)

    assert str(refusal.value) == message
