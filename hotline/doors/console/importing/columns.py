"""The columns of the spreadsheet, by the names that offices know them by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotline.doors.console.importing.sources import Cell, Line, Unusable
from hotline.doors.console.importing.words import plain

NUMBER = "编号"
CHANNEL = "渠道"
TYPE = "类型"
TITLE = "标题"
BODY = "内容"
CATEGORY = "分类编码"
UNIT = "承办单位"
NAME = "诉求人"
PHONE = "联系电话"
HEARD = "受理时间"
SENT = "派单时间"
CLOSED = "办结时间"
ANSWER = "答复内容"
SCORE = "满意度"
CITY = "12345工单号"

COLUMNS = (
    NUMBER, CHANNEL, TYPE, TITLE, BODY, CATEGORY, UNIT, NAME, PHONE, HEARD, SENT, CLOSED, ANSWER,
    SCORE, CITY,
)  # fmt: skip
# Without 办结时间 everything would come in as open, and nobody would notice in time.
MANDATORY = (NUMBER, CHANNEL, TYPE, BODY, CATEGORY, HEARD, CLOSED)
PRIVATE = frozenset({NAME, PHONE, TITLE, BODY, ANSWER})  # their values are in no report


@dataclass(frozen=True)
class Header:
    """Which column stands where, and which ones are not ours."""

    places: Mapping[str, int]
    width: int
    ignored: tuple[str, ...]

    def cells(self, line: Line) -> dict[str, Cell]:
        """A line's cells by column; what is missing at its end is empty."""
        count = len(line.cells)
        return {
            name: line.cells[place] if place < count else "" for name, place in self.places.items()
        }

    def overflows(self, line: Line) -> bool:
        """Is there anything beyond the last column? A comma in a text that has no quotation marks."""
        return any(cell != "" for cell in line.cells[self.width :])


def header_of(line: Line, encoding: str = "") -> Header:
    """Read the header row. Raises Unusable when a column is missing or stands there twice."""
    names = [_name(cell) for cell in line.cells]
    places = {name: place for place, name in enumerate(names) if name in COLUMNS}
    if not places and encoding == "gb18030":
        raise Unusable("The file is neither UTF-8 nor GB18030 text, or its first row is no header.")
    twice = sorted({name for name in places if names.count(name) > 1})
    if twice:
        raise Unusable(f"Columns that stand there twice: {_listed(twice)}.")
    missing = [name for name in MANDATORY if name not in places]
    if missing:
        raise Unusable(f"Columns missing in the first row: {_listed(missing)}.")
    others = tuple(name for name in names if name and name not in COLUMNS)
    return Header(places, len(names), others)


def _name(cell: Cell) -> str:
    """A column's name without spaces and in usual widths: " １２３４５ 工单号" is 12345工单号."""
    return "".join(plain(cell).split()) if isinstance(cell, str) else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
