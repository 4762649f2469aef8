"""Who looked at my request: told to the requester in plain words, and to the auditors in full."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from hotline.cases import access
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, Door, Look, Table
from hotline.cases.services import looking
from hotline.cases.sight import sight_of, unit_sight
from hotline.catalog import shelf
from hotline.catalog.models import Term
from hotline.people.queries import actor_of
from tests.doors.people import ROLES, client_of, signed_in
from tests.make import NOON, a_case, a_user, holder

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def looked_at():
    """A request that a clerk and a contact of its unit have looked at, and that an export took along."""
    case = a_case(State.IN_PROGRESS, owner=a_user("欧阳若兰"))
    clerk, contact = holder("R4", name="受理员乙"), holder("R5", of="houqin", name="联系人甲")
    boss = actor_of(clerk, on=NOON.date())
    looking.looked(sight_of(boss, case, at=LATER), by=boss)
    unit = actor_of(contact, on=NOON.date())
    looking.looked(unit_sight(case.orders.get(), at=LATER), by=unit)
    looking.exported([case.pk], "body:full", what=Table.REQUESTS, chosen={}, by=boss, at=LATER)
    return case


def page_of(client, case):
    return client.get(f"/requests/{case.number}/looks/").content.decode()


def test_the_requester_reads_role_hour_and_what_was_seen_but_no_name(looked_at):
    text = page_of(signed_in(looked_at.owner), looked_at)
    for words in (
        "热线办工作人员", "后勤处（承办）", "2026-06-03 15 时", "导出表格", "遮盖的姓名", "转给单位的内容",
        "共查看 3 次，涉及 2 人",
    ):  # fmt: skip
        assert words in text, words
    assert "受理员乙" not in text
    assert "联系人甲" not in text


def test_with_the_school_s_word_the_names_stand_there_too(looked_at):
    Term.objects.create(code="looks_name_staff", value="1")
    shelf.forget()
    text = page_of(signed_in(looked_at.owner), looked_at)
    assert "后勤处（承办） 联系人甲" in text


def test_in_english(looked_at):
    client = signed_in(looked_at.owner)
    client.cookies["django_language"] = "en"
    text = page_of(client, looked_at)
    assert "Who has looked at my request" in text
    assert "Hotline office staff" in text
    assert "2026-06-03, after 15:00" in text


def test_a_bearer_of_number_and_code_reads_it_as_well(client):
    code = access.new_code()
    case = a_case(State.IN_PROGRESS, mode=Mode.ANONYMOUS)
    Case.objects.filter(pk=case.pk).update(code_hash=access.hashed(case.number, code))
    boss = actor_of(holder("R4"), on=NOON.date())
    looking.looked(sight_of(boss, case, at=LATER), by=boss)
    assert client.get(f"/requests/{case.number}/looks/").status_code == 404
    client.post("/requests/track/", {"number": case.number, "code": code})
    text = page_of(client, case)
    assert "热线办工作人员" in text
    assert "姓名" not in text, "nobody knows an anonymous requester's"


@pytest.mark.parametrize("role", ROLES)
def test_nobody_else_reads_who_looked_at_a_request(role, looked_at):
    for client in (client_of(role, of="houqin"), signed_in(a_user("另一个学生"))):
        assert client.get(f"/requests/{looked_at.number}/looks/").status_code == 404


def test_it_is_paged(looked_at):
    boss = actor_of(holder("R4"), on=NOON.date())
    for n in range(60):
        at = LATER + timedelta(minutes=6 * n)
        looking.looked(sight_of(boss, looked_at, at=at), by=boss)
    text = page_of(signed_in(looked_at.owner), looked_at)
    assert text.count("<tr><td") == 50
    assert "更早的记录" in text


# --- The auditors ------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in ROLES if role != "R13A"])
def test_the_record_of_looking_exists_for_auditors_alone(role, looked_at):
    client = client_of(role, of="houqin")
    assert client.get("/audit/looks/").status_code == 404
    assert client.get("/audit/looks/sheet/").status_code == 404


def rows_of(client, **asked):
    return client.get("/audit/looks/", asked).context["lines"]


def test_an_auditor_finds_looks_by_person_request_door_and_day(looked_at):
    client = client_of("R13A")
    assert [line.row.door for line in rows_of(client)] == ["EXPORT", "PAGE", "PAGE"]
    assert len(rows_of(client, q="联系人甲")) == 1
    assert len(rows_of(client, number=looked_at.number)) == 3
    assert len(rows_of(client, number="没有这个编号")) == 0
    assert len(rows_of(client, door="EXPORT")) == 1
    assert len(rows_of(client, since="2026-06-03", until="2026-06-03")) == 3
    assert len(rows_of(client, since="2026-06-04", until="2026-06-04")) == 0
    assert len(rows_of(client, since="nonsense", door="nonsense")) >= 3


def test_looking_at_the_record_is_on_record_itself(looked_at):
    client = client_of("R13A")
    client.get("/audit/looks/", {"q": "联系人甲", "door": "PAGE"})
    client.get("/audit/looks/sheet/")
    page, sheet = Look.objects.filter(door=Door.AUDIT).order_by("id")
    assert page.facts == {"what": "looks", "filter": {"q": "typed", "door": "PAGE"}}
    assert sheet.facts == {"what": "looks.sheet", "filter": {}}
    assert "审计" not in page_of(signed_in(looked_at.owner), looked_at)


def test_a_table_and_its_filter_are_told_in_the_words_of_its_form(looked_at):
    boss = actor_of(holder("R4"), on=NOON.date())
    chosen = {"q": "typed", "state": "IN_PROGRESS", "unit": "houqin", "odd": "x"}
    looking.exported(
        [looked_at.pk], "body:full", what=Table.REQUESTS, chosen=chosen,
        by=boss, at=LATER,
    )  # fmt: skip
    more = rows_of(client_of("R13A"), door="EXPORT")[0].more
    assert more == "1 件 · 诉求表 · odd x · 查找：已填写 · 状态：办理中 · 承办单位：后勤处"


def test_the_auditors_spreadsheet_has_a_line_for_each_look(looked_at):
    response = client_of("R13A").get("/audit/looks/sheet/", {"number": looked_at.number})
    rows = list(load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))
    assert [row[3] for row in rows[1:4]] == ["导出", "页面", "页面"]
    assert looked_at.owner.name not in str(rows)


def test_an_auditor_reads_no_request_and_no_number_of_a_sealed_one():
    case = a_case(State.CRISIS, title="密封的标题")
    team = actor_of(holder("R12"), on=NOON.date())
    looking.looked(sight_of(team, case, at=LATER), by=team)
    client = client_of("R13A")
    text = client.get("/audit/looks/").content.decode()
    assert "密封件" in text
    assert case.number not in text
    assert client.get(f"/desk/cases/{case.number}/").status_code == 404


def test_a_page_of_looks_asks_as_much_for_one_as_for_many(looked_at, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("R13A")
    client.get("/audit/looks/")
    with CaptureQueriesContext(connection) as few:
        client.get("/audit/looks/", {"door": "PAGE"})
    with CaptureQueriesContext(connection) as many:
        client.get("/audit/looks/")
    assert len(few) == len(many)
