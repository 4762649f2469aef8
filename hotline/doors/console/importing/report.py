"""The file that says what is wrong where, for whoever corrects the spreadsheet."""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from hotline.base.sheets import neutral
from hotline.doors.console.importing.rows import Fault
from hotline.doors.console.importing.sources import Unusable

COLUMNS = ("line", "编号", "column", "reason", "value")


class Report:
    """Bad rows, written as they are found; no file appears as long as there are none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def add(self, line: int, number: str, faults: Iterable[Fault]) -> None:
        """Write down what is wrong in one row. Raises Unusable when the file cannot be written."""
        try:
            writer = csv.writer(self._opened())
            for fault in faults:
                cells = (number, fault.column, fault.reason, fault.value)
                writer.writerow([line, *(neutral(cell) for cell in cells)])
        except OSError as error:
            raise Unusable(f"{self.path} cannot be written: {error.strerror or error}.") from None

    def _opened(self) -> TextIO:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(COLUMNS)
        return self._file

    def __enter__(self) -> "Report":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
