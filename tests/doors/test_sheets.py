"""Spreadsheets: what the page shows, neutralised, and only for those who may take it along."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from hotline.cases.codes import State
from tests.doors.people import ROLES, client_of
from tests.make import a_case, a_user

pytestmark = pytest.mark.django_db


def cells(response):
    """The table; below it, after an empty line, stands who took it along and when."""
    sheet = load_workbook(BytesIO(response.content)).active
    *table, empty, mark = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert not any(empty)
    assert re.fullmatch(r".+（\d+）于 \d{4}-\d\d-\d\d \d\d:\d\d 导出", mark[0])
    return table


def test_the_list_is_exported_as_it_is_filtered_without_anybodys_name():
    owner = a_user("欧阳若兰", phone="13900001111")
    a_case(State.CLOSED, owner=owner, title="=HYPERLINK(1)")
    a_case(State.ACCEPTED, owner=owner)
    response = client_of("R4").get("/desk/cases/sheet/?state=CLOSED")
    head, *rows = cells(response)
    assert (head[0], len(rows), rows[0][1]) == ("编号", 1, "'=HYPERLINK(1)")
    text = str(rows)
    assert not [word for word in (owner.name, owner.phone, owner.account) if word in text]
    assert owner.name not in response["Content-Disposition"]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "R4"])
def test_nobody_else_exports_the_list(role):
    assert client_of(role).get("/desk/cases/sheet/").status_code == 404


def test_a_sealed_request_is_in_no_export():
    case = a_case(State.CRISIS)
    rows = cells(client_of("R4").get("/desk/cases/sheet/"))
    assert case.number not in str(rows)


def test_figures_are_exported_with_their_total_and_a_head_gets_the_own_unit_alone():
    for lead in ("houqin", "houqin", "houqin", "baowei"):
        a_case(State.CLOSED, lead=lead)
    query = "?since=2026-06-01&until=2026-06-30&by=unit"
    whole = cells(client_of("R8").get(f"/figures/sheet/{query}"))
    assert [row[:2] for row in whole[1:]] == [["后勤处", 3], ["保卫处", 1], ["合计", 4]]
    assert dict(zip(*whole[::3], strict=True))["办结率"] == 1.0  # a number, to go on counting with
    own = cells(client_of("R6", of="houqin").get(f"/figures/sheet/{query}"))
    assert [row[:2] for row in own[1:]] == [["后勤处", 3], ["合计", 3]]


def test_a_head_reads_no_row_that_is_too_small():
    a_case(State.CLOSED, lead="baowei")
    query = "?since=2026-06-01&until=2026-06-30&by=unit"
    assert cells(client_of("R6", of="baowei").get(f"/figures/sheet/{query}"))[1:] == []
    page = client_of("R6", of="baowei").get(f"/figures/{query}").content.decode()
    assert "件数过少" in page
