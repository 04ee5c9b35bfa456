import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputies.sources.tables import MOST_PROBLEMS, BadFile, BadFiles, Problems, opened, read

TEXT = "id;name\n1;Ёлкин «Дом»\n2;Сёмина\n"


def cells(content: bytes, *required: str) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, dict(row.cells)) for row in read(io.BytesIO(content), "x.csv", required)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_accepted_shape_reads_the_same(encoding: str, separator: str, newline: str) -> None:
    content = TEXT.replace(";", separator).replace("\n", newline).encode(encoding)

    assert cells(content) == [(2, {"id": "1", "name": "Ёлкин «Дом»"}), (3, {"id": "2", "name": "Сёмина"})]


def test_lines_are_counted_through_quoted_breaks_and_blank_lines() -> None:
    content = b'a,b\n"one\nmore",2\n\n,\n3,4'

    assert cells(content) == [(2, {"a": "one\nmore", "b": "2"}), (6, {"a": "3", "b": "4"})]


def test_a_separator_too_many_at_the_end_is_forgiven() -> None:
    assert cells(b"a,b\n1,2,,\n") == [(2, {"a": "1", "b": "2"})]


def test_picked_columns_come_in_the_order_asked_for() -> None:
    table = read(io.BytesIO(b"a,b,c\n1, 2 ,3\n"), "x.csv")

    assert list(table.pick("c", "none", "b")) == [(2, ("3", "", "2"))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x.csv: the file is empty. Get it again."),
        (b"\xef\xbb\xbf", "x.csv: the file is empty. Get it again."),
        (b"\n\n", "x.csv, line 1: the header is missing. The first line names the columns."),
        (
            b"vote,member\n",
            "x.csv, line 1: no column id; the columns are vote, member. Add the column, or correct its name.",
        ),
        (b"id,id\n", 'x.csv, line 1: the column "id" is there twice. Rename or remove one of them.'),
        (
            b'id,b\n1,2\n3,"4\n5,6\n',
            "x.csv, line 3: a quotation mark is opened here and never closed. "
            "The file seems to be cut off: get it again.",
        ),
        (
            b'id,b\n1,"' + b"x" * 200_000,
            "x.csv, line 2: a cell that begins here does not end. Close its quotation mark.",
        ),
        (b'id,b\n"1"2,3\n', 'x.csv, line 2: a quotation mark inside a quoted cell. Write it twice: "".'),
        (
            b"id,b\n1,2\n3",
            "x.csv, line 3: 1 cells where the header has 2. The file seems to be cut off: get it again.",
        ),
        (
            b"id,b\n1,2,3\n",
            "x.csv, line 2: 3 cells where the header has 2. Put a cell with a separator in it into quotation marks.",
        ),
        (
            b"id,b\n1,2\n3,\x00\n",
            "x.csv, line 3: a NUL byte. This is not plain text. Save the file again as CSV in UTF-8.",
        ),
        (
            b"id\n\x1b[1m\n",
            "x.csv, line 2: the control character 0x1B. This is not plain text. Save the file again as CSV in UTF-8.",
        ),
        ("id\nЁлкин".encode()[:-1], "x.csv, line 2: the file ends in the middle of a character. "
         "The file seems to be cut off: get it again."),
        ("id,b".encode("utf-16"), "x.csv: the file is in UTF-16. Save the file again as CSV in UTF-8."),
        (
            "id\nИванова Мария\n".encode()[:6] + b"\xff" + "Иванова Мария\n".encode(),
            "x.csv, line 2: bytes that are neither UTF-8 nor windows-1251. Save the file again as CSV in UTF-8.",
        ),
        (
            "id\nПривет\n".encode("cp1251") + b"\x98\n",
            "x.csv, line 2: bytes that are neither UTF-8 nor windows-1251. Save the file again as CSV in UTF-8.",
        ),
        (
            "id\nDvořák\nŠtěpán\n".encode("cp1250"),
            "x.csv, line 2: bytes that are neither UTF-8 nor windows-1251. Save the file again as CSV in UTF-8.",
        ),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_with_the_remedy(content: bytes, message: str) -> None:
    with pytest.raises(BadFile) as refusal:
        cells(content, "id")

    assert str(refusal.value) == message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(BadFile, match=r"^votes\.csv: there is no such file in .*\. Put it there\.$"),
        opened(tmp_path / "votes.csv"),
    ):
        pass


def test_a_web_address_is_nothing_else() -> None:
    (row,) = read(io.BytesIO(b"url\njavascript:alert(1)\n"), "x.csv")

    with pytest.raises(BadFile, match="is not a web address"):
        row.address("url")


def test_problems_stop_when_there_are_too_many() -> None:
    problems = Problems()
    for line in range(1, MOST_PROBLEMS):
        problems.add(BadFile("x.csv", line, "wrong", "Mend it."))

    with pytest.raises(BadFiles) as refusal:
        problems.add(BadFile("x.csv", MOST_PROBLEMS, "wrong", "Mend it."))

    assert len(refusal.value.problems) == MOST_PROBLEMS
    assert str(refusal.value).splitlines()[0] == "x.csv, line 1: wrong. Mend it."


@given(
    st.binary(max_size=200)
    | st.text(max_size=80).map(str.encode)
    | st.text('aя,;"\n\t\x00', max_size=60).map(str.encode)
)
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    try:
        rows = cells(content)
    except BadFile as refusal:
        assert str(refusal).startswith("x.csv")  # noqa: PT017 - either outcome is right
    else:
        assert all(line >= 2 for line, _ in rows)
