"""The first sheet of a spreadsheet (XLSX): measured before it is opened, its cells read as text. Pure."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from deputies.sources.tables import BadFile
from deputies.votes.imports.named import LARGEST, Gathering, Reading, Words, bad_file, tidy, unprintable
from deputies.votes.imports.pasted import Line, read_lines

LARGEST_UNPACKED = 20_000_000  # bytes of all members together
MOST_MEMBERS, MOST_COLUMNS, MOST_LINES = 200, 50, 2_000

AS_TEXT = "Copy the cells and paste them as text."
MOST_TAGS = 100_000  # openpyxl takes its time for each; a roll call of 450 in ten columns has a fifth of them
_CHUNK = 1 << 16


def read_sheet(content: bytes, name: str, words: Words) -> Reading:
    """The roll call in the first sheet of `content`, called `name` in errors. Raises BadFile or BadFiles."""
    check_archive(content, name)
    found = Gathering(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations that nobody reads here
            lines = list(_lines(content, found))
    except BadFile:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part leads it to
        raise bad_file(
            name, "the spreadsheet cannot be read", "Save it again as XLSX, or paste its cells as text."
        ) from error
    found.problems.refuse()
    return read_lines(lines, words, found, quoted=False)


def check_archive(content: bytes, name: str) -> None:
    """Refuse an archive that is not a spreadsheet, or dangerous to open. Raises BadFile."""
    if len(content) > LARGEST:
        raise bad_file(name, "the file is larger than 1 MB", AS_TEXT)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise bad_file(name, "the archive has more than %(most)s parts", AS_TEXT, most=MOST_MEMBERS)
            for member in members:
                if member.flag_bits & 1:
                    raise bad_file(name, "the file is encrypted", "Save it without a password.")
                if re.search(r"^[/\\]|^\w:|(^|[/\\])\.\.([/\\]|$)", member.filename):
                    raise bad_file(name, "a part of the archive points outside of it", AS_TEXT)
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(archive.namelist()):
                raise bad_file(name, "this archive is not a spreadsheet (XLSX)", "Copy the text and paste it.")
            _check_unpacked(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise bad_file(name, "the archive is damaged", "Save the spreadsheet again as XLSX.") from error


def _check_unpacked(archive: zipfile.ZipFile, name: str) -> None:
    """Unpack all of it without keeping any, to its end or the limit, whatever sizes it declares."""
    size = sum(max(0, member.file_size) for member in archive.infolist())
    unpacked = tags = 0
    for member in archive.infolist() if size <= LARGEST_UNPACKED else []:
        with archive.open(member) as stream:
            while unpacked <= LARGEST_UNPACKED and (chunk := stream.read(_CHUNK)):
                unpacked, tags = unpacked + len(chunk), tags + chunk.count(b"<")
    if max(size, unpacked) > LARGEST_UNPACKED:
        raise bad_file(name, "the archive unpacks to more than 20 MB", AS_TEXT)
    if tags > MOST_TAGS:  # a row is in memory before its cells can be counted
        raise bad_file(name, "the spreadsheet has too many cells", "Leave only one roll call.")


def _lines(content: bytes, found: Gathering) -> Iterator[Line]:
    """The rows of the first sheet that are not blank, with tabs between the cells."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    if hidden := [sheet.title for sheet in book.worksheets[1:] if sheet.sheet_state != "visible"]:
        found.note("Hidden sheets are not read: %(sheets)s", sheets=tidy(", ".join(hidden))[:200])
    sheet = book.worksheets[0]
    if sheet.sheet_state != "visible":
        found.note("The first sheet is hidden, and is the one that is read.")
    sheet.reset_dimensions()  # what it declares may be a lie
    for line, row in enumerate(sheet.iter_rows(), 1):
        if line > MOST_LINES:
            raise bad_file(found.file, "more than %(most)s rows", "Leave only one roll call.", most=MOST_LINES)
        if len(row) > MOST_COLUMNS:
            raise bad_file(found.file, "more than %(most)s columns", "Leave only names and marks.", most=MOST_COLUMNS)
        cells = [_text(cell, f"{get_column_letter(at)}{line}", found) for at, cell in enumerate(row, 1)]
        if any(cells):
            yield line, "\t".join(cells).rstrip()


def _text(cell: Any, place: str, found: Gathering) -> str:  # noqa: ANN401 - openpyxl has no types
    if cell.data_type == "f":
        problem = "cell %(place)s holds a formula, which is never worked out here"
        found.bad(None, problem, "Replace the formula by its text.", place=place)
    elif cell.data_type in ("b", "e"):
        found.bad(None, "cell %(place)s holds an error or a yes-or-no value", "Write it as text.", place=place)
    elif code := unprintable(str(cell.value or "")):
        found.bad(None, "cell %(place)s has the character %(code)s", "Write it again by hand.", place=place, code=code)
    else:
        return "" if cell.value is None else tidy(str(cell.value))
    return ""
