"""The registers as XLSX files."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from hotline.base.sheets import neutral
from hotline.catalog.models import Category
from hotline.people.models import Unit
from tests.doors.people import client_of
from tests.make import holder

pytestmark = pytest.mark.django_db


def sheet_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert ".xlsx" in answer["Content-Disposition"]
    return list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))


def test_the_directory_is_downloaded_whole():
    head, *rows = sheet_of(client_of("R4"), "/admin/directory/sheet/")
    assert head[:4] == ("编码", "大类", "小类", "主办单位")
    assert len(rows) == 46
    line = next(row for row in rows if row[0] == "L105")
    assert line[3] == "教务部"
    assert "体育馆、操场" in line[5]


def test_the_units_are_downloaded_with_sections_and_people():
    person = holder("R6", of="houqin", name="后勤处长")
    _head, *rows = sheet_of(client_of("R13"), "/admin/units/sheet/")
    assert len(rows) == Unit.objects.count()
    line = next(row for row in rows if row[0] == "houqin")
    assert line[5] == f"后勤处长 {person.phone}"
    assert next(row for row in rows if row[0] == "houqin-weixiu")[2] == "维修科"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(text):
    Category.objects.filter(code="H204").update(name=f"{text}", aliases=[])
    answer = client_of("R4").get("/admin/directory/sheet/")
    book = load_workbook(BytesIO(answer.content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert f"'{text}" in {cell.value for cell in cells}
    assert neutral(text) == f"'{text}"
