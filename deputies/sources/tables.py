"""Tables in CSV files: bytes in, rows with their line numbers out, or an error that says what to do.

Read are UTF-8 (with or without a byte order mark) and windows-1251, with `,`, `;` or tabs between the cells. A file is
gone through twice, first for its encoding and for damage, so that one of several hundred megabytes needs no memory.
"""

import codecs
import contextlib
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

MOST_PROBLEMS = 20
CUT_OFF = "The file seems to be cut off: get it again."
SAVE_AGAIN = "Save the file again as CSV in UTF-8."

_CHUNK = 1 << 20
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_SEQUENCE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")  # a character of UTF-8; hardly ever met in windows-1251
_WORD = re.compile(rb"[\xc0-\xff\xa8\xb8]{2,}")  # letters side by side in windows-1251
_MIXED = re.compile(rb"[A-Za-z][\xc0-\xff]|[\xc0-\xff][A-Za-z]")


class BadFile(Exception):
    """A file that cannot be used as it is."""

    def __init__(self, path: str, line: int | None, problem: str, remedy: str) -> None:
        super().__init__(path, line, problem, remedy)
        self.path, self.line, self.problem, self.remedy = path, line, problem, remedy

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}, line {self.line}"
        return f"{where}: {self.problem}. {self.remedy}"


class BadFiles(Exception):
    """All that was found wrong, in the order in which it was found, at most MOST_PROBLEMS."""

    def __init__(self, problems: Sequence[BadFile]) -> None:
        super().__init__(*problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class Problems:
    """Gathers what is wrong, so that a person learns of all of it at once."""

    def __init__(self) -> None:
        self.found: list[BadFile] = []

    def add(self, problem: BadFile) -> None:
        """Raises BadFiles if there are too many."""
        self.found.append(problem)
        if len(self.found) >= MOST_PROBLEMS:
            self.refuse()

    def refuse(self) -> None:
        """Raises BadFiles if there are any."""
        if self.found:
            raise BadFiles(self.found)


def is_russian(text: str) -> bool:
    """Whether there are Cyrillic letters in it."""
    return bool(re.search("[А-Яа-яЁё]", text))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a small table; a column that the file lacks reads as ""."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def bad(self, problem: str, remedy: str) -> BadFile:
        return BadFile(self.file, self.line, problem, remedy)

    def text(self, column: str, limit: int, *, required: bool = False) -> str:
        """Raises BadFile if the cell is longer than `limit` characters, or empty but required."""
        text = self[column]
        if required and not text:
            raise self.bad(f'"{column}" is empty', "Fill it in.")
        if len(text) > limit:
            raise self.bad(f'"{column}" has {len(text)} characters', f"Write at most {limit}.")
        return text

    def both(self, column: str, limit: int = 20_000, *, instead: str = "") -> tuple[str, str]:
        """The text in Russian and in English: of columns with _ru and _en, and of one without by its letters.

        `instead` stands for a text that is not there at all. Raises BadFile if one is longer than `limit`.
        """
        russian, english, plain = (self.text(f"{column}{end}", limit) for end in ("_ru", "_en", ""))
        plain = plain or ("" if russian or english else instead)
        if is_russian(plain):
            return russian or plain, english
        return russian, english or plain

    def address(self, column: str) -> str:
        """Raises BadFile if the cell holds something else than a web address."""
        text = self.text(column, 1000)
        if text and not re.match(r"https?://\S+$", text):
            raise self.bad(f'"{text}" in "{column}" is not a web address', "Write one like https://example.org/1.")
        return text


@dataclass(slots=True)
class Table:
    """The rows of a file, to be read once; `columns` are in lower case, `sha256` is of the whole file."""

    file: str
    columns: Sequence[str]
    sha256: str
    _reader: "Iterator[list[str]]" = field(repr=False)
    _end_of_header: int = 1

    def __iter__(self) -> Iterator[Row]:
        for line, cells in self._rows():
            stripped = [cell.strip() for cell in cells]
            yield Row(self.file, line, dict(zip(self.columns, stripped, strict=False)))

    def pick(self, *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The line and the named cells of each row, "" where there is no such column; for long files."""
        where = itemgetter(*(self.columns.index(name) if name in self.columns else -1 for name in columns))
        for line, cells in self._rows():
            yield line, where([*map(str.strip, cells[: len(self.columns)]), ""])

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        width, line = len(self.columns), self._end_of_header + 1
        try:
            for cells in self._reader:
                if any(cells):
                    if len(cells) != width:
                        self._check_width(line, cells)
                    yield line, cells
                line = self._reader.line_num + 1  # type: ignore[attr-defined]
        except csv.Error as error:
            raise _bad_quotes(self.file, line, error) from error

    def _check_width(self, line: int, cells: list[str]) -> None:
        width = len(self.columns)
        problem = f"{len(cells)} cells where the header has {width}"
        if len(cells) < width:
            raise BadFile(self.file, line, problem, CUT_OFF)
        if any(cells[width:]):
            raise BadFile(self.file, line, problem, "Put a cell with a separator in it into quotation marks.")


def read(stream: BinaryIO, file: str, required: Sequence[str] = ()) -> Table:
    """The table in `stream`, which is called `file` in errors and must have the `required` columns.

    Raises BadFile, here or while the rows are read, and nothing else.
    """
    encoding, sha256 = _examine(stream, file)
    stream.seek(0)
    lines = io.TextIOWrapper(stream, encoding, newline="")
    try:
        header, reader = _header(lines, file)
    except csv.Error as error:
        raise _bad_quotes(file, 1, error) from error
    columns = [name.strip().lower() for name in header]
    _check_columns(columns, required, file)
    return Table(file, columns, sha256, reader, reader.line_num)  # type: ignore[attr-defined]


def text_of(content: bytes, file: str) -> str:
    """All of a small file as text. Raises BadFile as `read` does."""
    encoding, _ = _examine(io.BytesIO(content), file)
    return content.decode(encoding)


@contextlib.contextmanager
def opened(path: Path, required: Sequence[str] = ()) -> Iterator[Table]:
    """The table in the file `path`, open as long as the block lasts. Raises BadFile."""
    try:
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise BadFile(path.name, None, f"there is no such file in {path.parent}", "Put it there.") from error
    except OSError as error:
        raise BadFile(path.name, None, f"cannot be read ({error.strerror})", "Check the file.") from error
    with stream:
        yield read(stream, path.name, required)


def _header(lines: io.TextIOWrapper, file: str) -> tuple[list[str], Iterator[list[str]]]:
    """The header's cells, and a reader that goes on after it, with the separator that gives most cells."""
    first = lines.readline()
    if not first.strip():
        raise BadFile(file, None if not first else 1, "the header is missing", "The first line names the columns.")
    widths = {mark: len(next(csv.reader([first], delimiter=mark), [])) for mark in ",;\t"}
    separator = max(widths, key=widths.__getitem__)
    lines.seek(0)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    return next(reader), reader


def _check_columns(columns: Sequence[str], required: Sequence[str], file: str) -> None:
    named = [name for name in columns if name]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise BadFile(file, 1, f'the column "{twice[0]}" is there twice', "Rename or remove one of them.")
    missing = [name for name in required if name not in columns]
    if missing:
        problem = f"no column {', '.join(missing)}; the columns are {', '.join(named)}"
        raise BadFile(file, 1, problem, "Add the column, or correct its name.")


def _bad_quotes(file: str, line: int, error: csv.Error) -> BadFile:
    if "unexpected end" in str(error):
        return BadFile(file, line, "a quotation mark is opened here and never closed", CUT_OFF)
    if "field larger" in str(error):
        return BadFile(file, line, "a cell that begins here does not end", "Close its quotation mark.")
    return BadFile(file, line, "a quotation mark inside a quoted cell", 'Write it twice: "".')


def _examine(stream: BinaryIO, file: str) -> tuple[str, str]:
    """The encoding of the stream and its SHA-256. Raises BadFile if it is empty, damaged or in another encoding."""
    decoder, digest = codecs.getincrementaldecoder("utf-8")(), hashlib.sha256()
    start, line, bad_line = b"", 1, 0
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
        start = start or chunk[:4]
        digest.update(chunk)
        _check_control(chunk, start, line, file)
        if not bad_line:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                bad_line = line + error.object.count(b"\n", 0, error.start)
        line += chunk.count(b"\n")
    if not start.removeprefix(codecs.BOM_UTF8):
        raise BadFile(file, None, "the file is empty", "Get it again.")
    if bad_line:
        _check_cyrillic(stream, file, bad_line)
        return "cp1251", digest.hexdigest()
    if decoder.getstate()[0]:
        raise BadFile(file, line, "the file ends in the middle of a character", CUT_OFF)
    return "utf-8-sig", digest.hexdigest()


def _check_control(chunk: bytes, start: bytes, line: int, file: str) -> None:
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise BadFile(file, None, "the file is in UTF-16", SAVE_AGAIN)
    if found := _CONTROL.search(chunk):
        line += chunk.count(b"\n", 0, found.start())
        what = "a NUL byte" if found[0] == b"\0" else f"the control character 0x{found[0][0]:02X}"
        raise BadFile(file, line, what, f"This is not plain text. {SAVE_AGAIN}")


def _check_cyrillic(stream: BinaryIO, file: str, bad_line: int) -> None:
    """Refuse what is not UTF-8 and does not look like Russian in windows-1251 either.

    Russian letters stand side by side. In damaged UTF-8 most bytes above 127 still form its sequences, and in a
    Western encoding they stand alone among Latin letters.
    """
    stream.seek(0)
    high = in_sequences = words = mixed = 0
    undefined = False
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
        undefined = undefined or b"\x98" in chunk
        high += len(_HIGH.findall(chunk))
        in_sequences += sum(map(len, _SEQUENCE.findall(chunk)))
        words += len(_WORD.findall(chunk))
        mixed += len(_MIXED.findall(chunk))
    if undefined or 2 * in_sequences > high or mixed > words:
        raise BadFile(file, bad_line, "bytes that are neither UTF-8 nor windows-1251", SAVE_AGAIN)
