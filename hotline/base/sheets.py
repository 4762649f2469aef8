"""Tables as XLSX files that nobody's spreadsheet program takes for formulas."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """A text that stays a text when it is opened in a spreadsheet, also after a detour by CSV."""
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


def workbook(
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[object]],
    *,
    mark: str = "",
) -> bytes:
    """An XLSX file of one sheet: ``columns`` are headings with their widths in characters.

    Cells are numbers, texts, or decimals, which are shares and shown in percent. Prints on A4, lying, with the headings on every page.
    ``mark`` says who made it and when: in the last line, after an empty one, and on every page of a print.
    """
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8F0F8", "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    share = book.add_format({"num_format": "0.0%", "valign": "top"})
    for column, (_heading, width) in enumerate(columns):
        sheet.set_column(column, column, width)
    _print_well(sheet, len(columns), mark)
    sheet.write_row(0, 0, [neutral(heading) for heading, _width in columns], head)
    number = 0
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(number, column, float(value), share)
            elif isinstance(value, int | float):
                sheet.write_number(number, column, value, body)
            else:
                sheet.write_string(number, column, neutral(str(value or "")), body)
    if mark:
        sheet.write_string(number + 2, 0, neutral(mark))
    book.close()
    return file.getvalue()


def _print_well(sheet: xlsxwriter.worksheet.Worksheet, columns: int, mark: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 0, columns - 1)
    sheet.set_footer(f"&L&A&C{mark.replace('&', '&&')[:120]}&R&P / &N")
