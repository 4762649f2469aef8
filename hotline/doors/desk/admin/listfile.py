"""A list of accounts as somebody's spreadsheet program saved it."""

import csv
from io import StringIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.base.refusals import Invalid
from hotline.people.services import AccountRow

HEADINGS = {
    "学号/工号": "account", "学号": "account", "工号": "account", "account": "account",
    "university id": "account",
    "姓名": "name", "name": "name",
    "手机号": "phone", "手机": "phone", "电话": "phone", "联系电话": "phone", "phone": "phone",
    "mobile number": "phone",
    "身份": "kind", "kind": "kind", "affiliation": "kind",
    "单位": "unit", "所在单位": "unit", "学院": "unit", "unit": "unit",
    "年级": "grade", "grade": "grade", "year": "grade",
}  # fmt: skip
LABELS = {
    "account": gettext_lazy("学号/工号"), "name": gettext_lazy("姓名"),
    "phone": gettext_lazy("手机号"), "kind": gettext_lazy("身份"), "unit": gettext_lazy("单位"),
    "grade": gettext_lazy("年级"),
}  # fmt: skip
ROWS_MOST = 5_000
BYTES_MOST = 2_000_000


def read(content: bytes) -> list[AccountRow]:
    """The lines of a CSV file with a heading, in UTF-8 (with or without BOM) or GB18030.

    Empty lines are passed over. Raises Invalid when it is no such file.
    """
    rows = csv.reader(StringIO(_decoded(content), newline=""))
    try:
        heading = next(rows, [])
        columns = _columns(heading)
        found = [
            AccountRow(line=rows.line_num, **{name: row[i].strip() for i, name in columns.items() if i < len(row)})
            for row in rows
            if any(cell.strip() for cell in row)
        ]  # fmt: skip
    except csv.Error:
        raise _wrong(_("这不是一个 CSV 文件。")) from None
    if len(found) > ROWS_MOST:
        raise _wrong(_("一次最多导入 %d 行，请分成几个文件。") % ROWS_MOST)
    if not found:
        raise _wrong(_("文件里没有数据行。"))
    return found


def _decoded(content: bytes) -> str:
    if len(content) > BYTES_MOST:
        raise _wrong(_("文件超过 2 MB，请分成几个文件。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _wrong(_("无法识别文件的编码。请另存为“CSV UTF-8”后再上传。"))


def _columns(heading: list[str]) -> dict[int, str]:
    """Which column is what; each only once, and the account must be there."""
    columns: dict[int, str] = {}
    for index, cell in enumerate(heading):
        name = HEADINGS.get(cell.strip().lower())
        if name in columns.values():
            raise _wrong(_("“%s”这一列出现了两次。") % cell.strip()[:20])
        if name:
            columns[index] = name
    if "account" not in columns.values():
        raise _wrong(_("第一行须是列名，其中要有“学号/工号”。"))
    return columns


def _wrong(words: str) -> Invalid:
    return Invalid(words, file=words)
