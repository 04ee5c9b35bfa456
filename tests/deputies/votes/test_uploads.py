"""Uploaded files: spreadsheets, vote events and text, and everything a file should not do to us."""

import codecs
import contextlib
import datetime as dt
import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deputies.sources.tables import BadFile, BadFiles
from deputies.votes.checks import Totals
from deputies.votes.enums import Position
from deputies.votes.imports.named import LARGEST, Named
from deputies.votes.imports.upload import read_upload, shown
from tests.deputies.votes.test_pasted import WORDS
from tests.tidy import real

ROWS = [["Депутат", "Голос"], ["Иванов И. И.", "за"], ["Петров П. П.", "против"]]
READ = [("Иванов И. И.", Position.FOR), ("Петров П. П.", Position.AGAINST)]
EVENT: dict[str, Any] = {
    "identifier": "7",
    "motion": {"text": "О парке"},
    "start_date": "2019-11-20T10:00:00+03:00",
    "result": "pass",
    "counts": [{"option": "yes", "value": 1}, {"option": "no", "value": 1}],
    "votes": [{"option": "yes", "voter": {"name": "Иванов И. И."}}, {"option": "no", "voter_name": "Петров П. П."}],
    "sources": [{"url": "https://example.org/7"}],
}
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def workbook(rows: list[list[Any]], hidden: bool = False) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    if hidden:
        book.create_sheet("Черновик").sheet_state = "hidden"
    book.save(stream)
    return stream.getvalue()


def repacked(content: bytes, **parts: str | bytes) -> bytes:
    """The workbook with its sheet, or further parts by name, replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        replaced = {"xl/worksheets/sheet1.xml" if name == "sheet" else name: part for name, part in parts.items()}
        for member in old.namelist():
            if member not in replaced:
                new.writestr(member, old.read(member))
        for name, part in replaced.items():
            new.writestr(name, part)
    return stream.getvalue()


def pairs(content: bytes, name: str = "roll") -> list[tuple[str, Position | None]]:
    (reading,) = read_upload(name, content, WORDS)
    return [(row.name, row.position) for row in reading.rows]


def refusal(content: bytes, name: str = "roll") -> str:
    with pytest.raises((BadFile, BadFiles)) as caught:
        read_upload(name, content, WORDS)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        workbook(ROWS),
        workbook(ROWS[1:]),
        workbook(
            [["№", "Голос", "Депутат", "Дата"], [1, "за", "Иванов И. И.", 43000.5], [2, "против", "Петров П. П."]]
        ),
        workbook([["За — 1:"], ["Иванов И. И."], ["Против:"], ["Петров П. П."]]),
        workbook([["Протокол"], [], *ROWS, [], ["За", 1], ["Против", 1]]),
        "\n".join("\t".join(row) for row in ROWS).encode(),
        "\n".join(";".join(row) for row in ROWS).encode("utf-8-sig"),
        "\r\n".join(",".join(row) for row in ROWS).encode("cp1251"),
        json.dumps(EVENT).encode(),
        json.dumps([EVENT], ensure_ascii=False).encode("utf-8-sig"),
        json.dumps({"vote_events": [EVENT]}).encode(),
    ],
)
def test_each_kind_of_file_says_the_same(content: bytes) -> None:
    assert pairs(content) == READ


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("../../etc/passwd.xlsx", "passwd.xlsx"),
        ("C:\\Users\\anna\\roll.xlsx", "roll.xlsx"),
        ("/", "file"),
        ("..", "file"),
        ("a\0b\u202ecsv.exe\n", "abcsv.exe"),
        ("а" * 300, "а" * 100),
    ],
)
def test_the_name_of_a_file_is_only_shown(name: str, seen: str) -> None:
    assert shown(name) == seen
    assert refusal(b"", name).startswith(f"{seen}: the file is empty")
    assert pairs(workbook(ROWS), name) == READ


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 ...", "this is a PDF. Copy the text and paste it."),
        (b"{\\rtf1 }", "this is an RTF document. Copy the text and paste it."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is a document of an old format (DOC or XLS)."),
        (b"\x89PNG\r\n\x1a\n", "this is a picture."),
        (b"\xff\xd8\xff\xe0", "this is a picture."),
        ("\ufeff <!DOCTYPE html><p>За: Иванов".encode(), "this is a web page or XML."),
        (b"PK\x03\x04", "the archive is damaged."),
        ("За: Иванов".encode("utf-16"), "the file is in UTF-16."),
        ("За: Иванов".encode("utf-16-le"), "This is not plain text."),
        ("За: Иванов".encode("koi8-r").replace(b"\xe1", b"\x98"), "not a known vote word"),
        ("Müller\tyes".encode("latin-1"), "neither UTF-8 nor windows-1251"),
        ("За: Иванов".encode()[:-1], "the file ends in the middle of a character"),
        (b"For: Ivanov\0", "a NUL byte"),
        (b"For: Ivanov\x1b[2J", "the control character 0x1B"),
        (b"a" * (LARGEST + 1), "the file is larger than 1 MB."),
        (codecs.BOM_UTF8, "the file is empty"),
    ],
)
def test_foreign_files_are_refused_in_words(content: bytes, said: str) -> None:
    assert said in refusal(content)


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return stream.getvalue()


def lying_bomb() -> bytes:
    """A member that declares 10 bytes and unpacks to 30 MB."""
    content = bytearray(repacked(workbook(ROWS), **{"xl/bomb.xml": b"\0" * 30_000_000}))
    size = (30_000_000).to_bytes(4, "little")
    return bytes(content).replace(size, (10).to_bytes(4, "little"))


def encrypted() -> bytes:
    content = bytearray(workbook(ROWS))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (repacked(workbook(ROWS), **{"xl/bomb.xml": b"\0" * 30_000_000}), "unpacks to more than 20 MB"),
        (repacked(workbook(ROWS), **{f"xl/{n}.xml": b"\0" * 3_000_000 for n in range(9)}), "more than 20 MB"),
        (lying_bomb(), "the archive is damaged"),
        (repacked(workbook(ROWS), **{f"{n}": b"" for n in range(200)}), "more than 200 parts"),
        (repacked(workbook(ROWS), **{"../../etc/passwd": b""}), "points outside of it"),
        (repacked(workbook(ROWS), **{"/etc/passwd": b""}), "points outside of it"),
        (repacked(workbook(ROWS), **{"C:\\passwd": b""}), "points outside of it"),
        (encrypted(), "the file is encrypted. Save it without a password."),
        (archive(**{"word/document.xml": b"<w/>"}), "this archive is not a spreadsheet (XLSX). Copy the text"),
        (workbook(ROWS)[:-30], "the archive is damaged"),
        (repacked(workbook(ROWS), sheet=b"<not xml"), "the spreadsheet cannot be read. Save it again"),
        (repacked(workbook(ROWS), sheet=SHEET.format("<row>" + "<c/>" * 600_000 + "</row>")), "too many cells"),
        (
            repacked(workbook(ROWS), sheet='<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>' + SHEET.format("&c;")),
            "the spreadsheet cannot be read",
        ),
        (workbook([["x"] * 10_000]), "more than 50 columns"),
        (workbook([["Иванов"]] * 2_001), "more than 2000 rows"),
        (repacked(workbook(ROWS), sheet=SHEET.format('<row r="1048576"><c/></row>')), "more than 2000 rows"),
        (
            repacked(workbook(ROWS), sheet=SHEET.format('<row r="1"><c r="XFD1"><v>1</v></c></row>')),
            "more than 50 columns",
        ),
        (workbook([["Депутат", "Голос"], ["=cmd|' /C calc'!A0", "за"]]), "cell A2 holds a formula, which is never"),
        (workbook([*ROWS, ["Сидоров С. С.", '=IF(1,"за","против")']]), "cell B4 holds a formula"),
        (workbook([["Иванов", "за"], [45, "за"]]), "line 2: “за” is not a name."),
        (workbook([["Иванов", "за"], [dt.date(2019, 9, 8), "за"]]), "is not a name"),
        (workbook([["Иванов", "за"], [True, "за"]]), "cell A2 holds an error or a yes-or-no value"),
        (workbook([["Иванов", 1]]), "“1” is not a known vote word"),
        (workbook([]), "neither names nor totals were found"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_dangerous_spreadsheets_are_refused_in_words(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_the_declared_size_of_a_sheet_is_not_believed() -> None:
    content = workbook(ROWS)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")

    assert pairs(repacked(content, sheet=sheet.replace(b'ref="A1:B3"', b'ref="A1:A1"'))) == READ
    assert pairs(repacked(content, sheet=sheet.replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"'))) == READ


def test_hidden_sheets_and_macros_are_not_read() -> None:
    (reading,) = read_upload("x", repacked(workbook(ROWS, hidden=True), **{"xl/vbaProject.bin": b"macro"}), WORDS)

    assert [(row.name, row.position) for row in reading.rows] == READ
    assert reading.notes == ("Hidden sheets are not read: Черновик",)


def test_a_vote_event_with_all_its_parts() -> None:
    (reading,) = read_upload("x.json", json.dumps(EVENT).encode(), WORDS)

    assert reading.rows == (
        Named(1, "Иванов И. И.", "yes", Position.FOR),
        Named(2, "Петров П. П.", "no", Position.AGAINST),
    )
    assert (reading.totals, reading.notes) == (Totals(1, 1), ())


@pytest.mark.parametrize(
    ("option", "position"),
    [
        *(("yes", Position.FOR), ("no", Position.AGAINST), ("abstain", Position.ABSTAIN), ("absent", Position.ABSENT)),
        *(("not voting", Position.PRESENT_NOT_VOTING), ("excused", Position.EXCUSED)),
        *(("paired", None), ("other", None), ("paired yes", Position.PAIRED_FOR)),
    ],
)
def test_options_of_vote_events(option: str, position: Position | None) -> None:
    (reading,) = read_upload("x", json.dumps({"votes": [{"option": option, "voter_id": "ivanov"}]}).encode(), WORDS)

    assert [(row.name, row.mark, row.position) for row in reading.rows] == [("ivanov", option, position)]
    assert len(reading.notes) == (position is None)


def test_counts_of_open_civic_data() -> None:
    counts = [{"option": option, "value": value} for option, value in (("yes", 3), ("no", 0), ("other", 1))]
    event = {"motion_text": "Parks", "date": "2019-11-20", "counts": counts}
    (reading,) = read_upload("x", json.dumps(event).encode(), WORDS)

    assert reading.totals == Totals(3, 0)
    assert reading.notes == ("The number printed beside “other” is not kept: 1.",)


def test_the_example_of_the_specification() -> None:
    content = real("data", "popolo", "spec", "examples", "vote_event.json").read_bytes()
    (reading,) = read_upload("vote_event.json", content, WORDS)

    assert reading.totals == Totals(yes=28, no=39, abstain=1)
    assert reading.rows == (Named(1, "albert-ho", "yes", Position.FOR),)


@pytest.mark.parametrize("region", ["TAS", "VIC"])
def test_a_popolo_file_without_vote_events_is_refused(region: str) -> None:
    content = real("data", "popolo", "examples", "au-councillors", f"{region}.json").read_bytes()

    assert "neither names nor totals were found" in refusal(content)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"votes": [{"option": "aye-ish", "voter_name": "Иванов"}]}, "line 1: unknown option “aye-ish”."),
        ({"votes": [{"option": "yes"}]}, "line 1: “” is not a name."),
        ({"votes": [{"option": "yes", "voter_name": 5}]}, "“voter_name” is not plain text"),
        ({"votes": [{"option": "yes", "voter_name": "Ива\0нов"}]}, "“voter_name” is not plain text"),
        ({"votes": [{"option": "yes", "voter_name": "Ива\ud800нов"}]}, "“voter_name” is not plain text"),
        ({"votes": [{"option": "yes", "voter": ["Иванов"]}]}, "“voter” is not an object"),
        ({"votes": ["Иванов"]}, "“votes” is not a list of objects"),
        ({"votes": EVENT["votes"][:1] * 2}, "is already in line 1"),
        ({"counts": [{"option": "yes", "value": -1}]}, "the count of “yes” is not a number of votes"),
        ({"counts": [{"option": "yes", "value": 1.5}]}, "the count of “yes” is not a number of votes"),
        ({"counts": [{"option": "yes", "value": True}]}, "the count of “yes” is not a number of votes"),
        ({"counts": [{"option": "yes", "value": "1"}]}, "the count of “yes” is not a number of votes"),
        ({"counts": [{"option": "jein", "value": 1}]}, "unknown option “jein” in a count"),
        ({"counts": EVENT["counts"][:1] * 2}, "a second count of “yes”"),
        ({"counts": [{"option": "yes", "value": float("nan")}]}, "the count of “yes” is not a number of votes"),
    ],
)
def test_vote_events_that_cannot_be(changes: dict[str, Any], said: str) -> None:
    assert said in refusal(json.dumps({**EVENT, **changes}).encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"votes": [], "votes": []}', "“votes” is twice in one object"),
        (b'{"counts": {"yes": 1' + b"0" * 5_000 + b"}}", "this is not JSON in UTF-8"),
        (b"[" * 100_000, "the JSON is nested too deeply"),
        (b"[]", "these are not 1 to 100 vote events"),
        (b"[1]", "these are not 1 to 100 vote events"),
        (b"[{}]", "neither names nor totals were found"),
        (b'{"votes": [', "this is not JSON in UTF-8"),
        ("{'голос': 1}".encode("cp1251"), "this is not JSON in UTF-8"),
        (json.dumps([EVENT] * 101).encode(), "these are not 1 to 100 vote events"),
    ],
)
def test_damaged_json_is_refused_in_words(content: bytes, said: str) -> None:
    assert said in refusal(content)


WHOLE = workbook(ROWS)
starts = st.sampled_from(
    [b"", b"PK\x03\x04", b"PK", b"[{", b'{"votes": [{', b"\xef\xbb\xbf", b"\xff\xfe", "За: ".encode()]
)


@settings(deadline=None)
@given(starts, st.binary(max_size=2_000), st.text())
def test_any_bytes_are_a_reading_or_refused(start: bytes, rest: bytes, name: str) -> None:
    with contextlib.suppress(BadFile, BadFiles):
        assert read_upload(name, start + rest, WORDS)


@settings(deadline=None)
@given(st.integers(0, 5_000), st.integers(0, 255))
def test_a_damaged_spreadsheet_is_read_or_refused(at: int, byte: int) -> None:
    content = bytearray(WHOLE)
    content[at % len(content)] = byte
    with contextlib.suppress(BadFile, BadFiles):
        assert read_upload("x", bytes(content), WORDS)


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["yes", "no"])
)
keys = st.sampled_from([*EVENT, "option", "value", "name", "voter", "voter_name", "text", "url", "group"])
documents = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5))


@settings(deadline=None)
@given(st.dictionaries(keys, documents))
def test_any_json_is_a_reading_or_refused(document: dict[str, Any]) -> None:
    with contextlib.suppress(BadFile, BadFiles):
        assert read_upload("x", json.dumps(document).encode(), WORDS)
