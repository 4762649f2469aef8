"""From a file to the house: every row checked, the good ones handed on, the bad ones reported."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from tqdm import tqdm

from hotline.base.masking import KNOWN
from hotline.cases.services import history
from hotline.cases.services.history import BATCH, Past
from hotline.doors.console.importing.columns import Header, header_of
from hotline.doors.console.importing.report import Report
from hotline.doors.console.importing.rows import Fault, Lookup, Row
from hotline.doors.console.importing.sources import Line, first_filled, table_of


class BadRows(Exception):
    """Not every row is good, and nobody said to go on without them."""


@dataclass
class Tally:
    """What became of the rows."""

    read: int = 0
    open: int = 0
    closed: int = 0
    there: int = 0  # brought along before
    bad: int = 0

    @property
    def good(self) -> int:
        return self.open + self.closed


class Sheet:
    """A spreadsheet that is read once, from its header to its end."""

    def __init__(self, path: Path, *, at: datetime) -> None:
        """Open it and read its header. Raises Unusable."""
        table = table_of(path)
        self.encoding = table.encoding
        self.header: Header = header_of(first_filled(table.lines), table.encoding)
        self.tally = Tally()
        self._at = at
        self._lines = tqdm(table.lines, total=table.about, unit=" rows", disable=None, leave=False)
        self._lookup = Lookup.load()
        self._seen: dict[str, int] = {}

    def pasts(self, report: Report, *, skip_bad: bool) -> Iterator[Past]:
        """The requests in it. Bad rows go into the report and, unless skipped, raise BadRows at
        the end: by then all of them are known."""
        lines = (line for line in self._lines if not line.is_empty)
        while batch := list(islice(lines, BATCH)):
            for past in self._checked(batch, report):
                if skip_bad or not self.tally.bad:
                    yield past
        if self.tally.bad and not skip_bad:
            raise BadRows

    def _checked(self, lines: Iterable[Line], report: Report) -> Iterator[Past]:
        rows = [(line, Row(self.header.cells(line), self._lookup, self._at)) for line in lines]
        numbers = [row.number() for _line, row in rows]
        there = history.already_there({number for number in numbers if number})
        for number, (line, row) in zip(numbers, rows, strict=True):
            self.tally.read += 1
            past = self._past(line, row, number, is_there=number in there)
            if row.faults:
                self.tally.bad += 1
                report.add(line.number, row.shown("编号", KNOWN), row.faults)
            elif past is None:
                self.tally.there += 1
            else:
                self.tally.open += past.closed_at is None
                self.tally.closed += past.closed_at is not None
                yield past

    def _past(self, line: Line, row: Row, number: str, *, is_there: bool) -> Past | None:
        """What one row tells of. None with faults, and None without when it is here already."""
        if line.fault or self.header.overflows(line):
            row.faults[:] = [Fault("", line.fault or WIDE)]
            return None
        if number in self._seen:
            row.note("编号", f"stands in line {self._seen[number]} already")
        elif number:
            self._seen[number] = line.number
        if is_there and not row.faults:
            return None
        return row.past(number)


WIDE = "has more cells than the header: a comma in a text without quotation marks?"
