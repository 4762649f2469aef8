"""Files as lines of cells: CSV in UTF-8 or GB18030, and Excel workbooks. Nothing is understood here."""

import codecs
import csv
import warnings
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException

from hotline.base.archives import Hostile, look_over

CHUNK = 1024 * 1024  # bytes looked at in one go
ROWS_MOST = 1_048_576  # of a worksheet, by its format
COLUMNS_MOST = 100  # that are looked at; what stands further right is no column of ours
LINE_MOST = 1_000_000  # characters; a longer one would be no line of a table
NOTHING = {id(EMPTY_CELL)}  # every cell that is not there is this one
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BROKEN_BOOK = (
    BadZipFile, InvalidFileException, ParseError, zlib.error, EOFError,
    KeyError, ValueError, IndexError, TypeError, AttributeError,
)  # fmt: skip


class Unusable(Exception):
    """The file as a whole cannot be read; the words are for the operator."""


@dataclass(frozen=True)
class Unfit:
    """A cell that cannot be taken as it is, and why."""

    reason: str


Cell = str | datetime | Unfit


class Line(NamedTuple):
    """One row of the file: the line it begins on, its cells, and what is wrong with it as a row."""

    number: int
    cells: list[Cell]
    fault: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.fault and all(
            isinstance(cell, str) and not cell.strip() for cell in self.cells
        )


class Table(NamedTuple):
    """A file that has been opened: its lines, about how many, and in which encoding."""

    lines: Iterator[Line]
    about: int | None
    encoding: str = ""


def table_of(path: Path) -> Table:
    """Open a file by its extension. Raises Unusable, also later while its lines are read."""
    kind = path.suffix.lower()
    if kind not in {".csv", ".xlsx"}:
        raise Unusable(f"{path.name} is neither .csv nor .xlsx.")
    try:
        return _csv_table(path) if kind == ".csv" else _workbook(path)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror or error}.") from None


# --- CSV ---------------------------------------------------------------------------------


def _csv_table(path: Path) -> Table:
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(UTF_16):
        raise Unusable(f"{path.name} is in UTF-16; save it as CSV UTF-8.")
    names = ["utf-8-sig"] if start.startswith(codecs.BOM_UTF8) else ["utf-8-sig", "gb18030"]
    for name in names:
        lines = _count_lines(path, name)
        if lines is not None:
            return Table(_csv_lines(path, name), max(lines - 1, 0), name)
    raise Unusable(f"{path.name} is neither UTF-8 nor GB18030 text.")


def _count_lines(path: Path, encoding: str) -> int | None:
    """How many line ends the file has, None when it is not in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                lines += decoder.decode(chunk).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return lines


def _csv_lines(path: Path, encoding: str) -> Iterator[Line]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(_bounded(file), strict=True)
        while True:
            start = reader.line_num + 1
            try:
                cells: list[Cell] = [*next(reader)]
            except StopIteration:
                return
            except csv.Error as error:
                yield Line(start, [], _csv_words(error))
            else:
                yield Line(start, cells)


def _bounded(file: Any) -> Iterator[str]:
    """The file's lines; a quotation mark that is never closed must not fill the memory."""
    number = 0
    while line := file.readline(LINE_MOST):
        number += 1
        if len(line) == LINE_MOST:
            raise Unusable(f"Line {number} is longer than {LINE_MOST:,} characters.")
        yield line


def _csv_words(error: csv.Error) -> str:
    if "limit" in str(error):
        return f"a field is longer than {csv.field_size_limit():,} characters"
    if "end of data" in str(error):
        return "a quotation mark is opened and never closed"
    return f"is not CSV: {error}"


# --- Excel -------------------------------------------------------------------------------


def _workbook(path: Path) -> Table:
    """Its first sheet. Entities in its XML are refused (defusedxml), links lead nowhere."""
    try:
        with path.open("rb") as file:
            look_over(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and the like, which are not read
            book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    except Hostile as reason:
        if str(reason) == "damaged":
            raise Unusable(f"{path.name} is not an Excel workbook (.xlsx).") from None
        raise Unusable(f"{path.name} is no workbook that is opened: it {reason}.") from None
    except BROKEN_BOOK:
        raise Unusable(f"{path.name} is not an Excel workbook (.xlsx).") from None
    if not book.worksheets:
        raise Unusable(f"{path.name} has no worksheet.")
    sheet = book.worksheets[0]
    about = sheet.max_row
    sheet.reset_dimensions()  # programs that write workbooks are often wrong about them
    return Table(_book_lines(book, sheet, path), about and about - 1)


def _book_lines(book: Any, sheet: Any, path: Path) -> Iterator[Line]:
    number = 0
    try:
        for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS_MOST), 1):
            if number > ROWS_MOST:
                raise Unusable(f"{path.name} has rows beyond {ROWS_MOST:,}.")
            filled = set(map(id, row)) != NOTHING  # a gap may be a million rows
            yield Line(number, [_cell(cell) for cell in row] if filled else [])
    except BROKEN_BOOK:
        raise Unusable(f"{path.name} is damaged after row {number}.") from None
    finally:
        book.close()


def _cell(cell: Any) -> Cell:
    """A cell as text or as a moment; a formula is not trusted to have been computed."""
    value = cell.value
    if cell.data_type in {"f", "e"}:
        is_formula = cell.data_type == "f"
        return Unfit("is a formula: put its value there" if is_formula else "holds an error")
    if isinstance(value, datetime):  # Excel's own moments are fractions of a day: whole seconds
        return (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, time | timedelta):
        return Unfit("is a time without a day")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def first_filled(lines: Iterable[Line]) -> Line:
    """The first line with anything in it: the header. Raises Unusable when there is none."""
    for line in lines:
        if not line.is_empty:
            return line
    raise Unusable("The file is empty: the first row must name the columns.")
