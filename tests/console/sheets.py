"""Spreadsheets for tests: dull rows, written in whatever way an office may have written them."""

import csv
import io

import openpyxl

from hotline.doors.console.importing.columns import COLUMNS

ROW = {
    "编号": "2022-001", "渠道": "来电", "类型": "求助", "标题": "宿舍水龙头漏水",
    "内容": "三号楼二层的水龙头一直漏水，报修两次没有人来。", "分类编码": "H204", "承办单位": "后勤处",
    "诉求人": "李小雨", "联系电话": "13912345678", "受理时间": "2022-06-20 09:00",
    "派单时间": "2022-06-20 09:30", "办结时间": "2022-06-20 16:00", "答复内容": "已更换龙头。",
    "满意度": "满意", "12345工单号": "",
}  # fmt: skip


def a_row(**cells):
    return ROW | cells


def rows(*changes):
    """A row for each change, numbered."""
    return [a_row(**{"编号": f"2022-{n:03d}"} | change) for n, change in enumerate(changes, 1)]


def text(table, columns=COLUMNS, ends="\n"):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator=ends, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def a_csv(path, table, encoding="utf-8-sig", **how):
    file = path / "history.csv"
    file.write_bytes(text(table, **how).encode(encoding))
    return file


def a_workbook(path, table, columns=COLUMNS):
    file = path / "history.xlsx"
    book = openpyxl.Workbook()
    book.active.append(list(columns))
    for row in table:
        book.active.append([row[name] for name in columns])
    book.save(file)
    return file
