"""批示 on pages: a leader writes, the unit reads and reports, the office closes, nobody else sees."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate, now
from PIL import Image

from hotline.cases.codes import Mode, State
from hotline.cases.services import crisis
from hotline.oversight.models import Instruction
from hotline.oversight.services import instructions
from tests.doors.admin.paper import errors, filled, queries_of
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, a_user, an_actor, holder

pytestmark = pytest.mark.django_db
WORDS = "请后勤牵头，尽快修好并报结果。"


def an_instruction(**fields):
    case = a_case(State.IN_PROGRESS, next_due_at=NOON, **fields)
    return instructions.direct(case, words=WORDS, due=None, by=an_actor("R8"), at=NOON)


def office_page(row):
    return reverse("desk:instruction", args=[row.number])


def unit_page(row):
    return reverse("desk:unit_instruction", args=[row.number])


def contact(of="houqin"):
    return signed_in(holder("R5", of=of))


def photo():
    out = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return SimpleUploadedFile("批示.jpg", out.getvalue(), "image/jpeg")


def test_a_leader_instructs_what_waits_and_the_unit_finds_it_and_reports():
    leader = client_of("R8")
    case = a_case(State.AWAIT_INSTRUCTION, next_due_at=now())
    assert case.number in leader.get("/desk/instructions/").content.decode()
    path = f"/desk/cases/{case.number}/instructions/"
    form = filled(leader.get(path), path)
    sent = leader.post(path, {**form, "words": WORDS, "lead": "houqin", "joint": []})
    assert sent.status_code == 302
    row = Instruction.objects.get()
    assert "批示已登记" in leader.get(f"/desk/cases/{case.number}/").content.decode()
    assert case.number not in leader.get("/desk/instructions/").content.decode().split("<main")[1]
    assert row.number in leader.get("/desk/instructions/?tab=open").content.decode()

    unit = contact()
    assert row.number in unit.get(reverse("desk:unit_instructions")).content.decode()
    order = case.orders.get(part="LEAD")
    assert WORDS in unit.get(f"/unit/orders/{order.pk}/").content.decode()
    for act, words in (("progress", "已到现场"), ("result", "已修好")):
        row.refresh_from_db()
        typed = {"act": act, "words": words, "version": row.version}
        assert unit.post(unit_page(row), typed).status_code == 302
    page = leader.get(office_page(row)).content.decode()
    assert "已到现场" in page and "已修好" in page
    assert leader.post(office_page(row), {"act": "read"}).status_code == 302
    assert "圈阅" not in leader.get(office_page(row)).content.decode().split("<aside")[1]
    row.refresh_from_db()
    closing = {"act": "close", "words": "呈阅", "version": row.version}
    assert client_of("R9").post(office_page(row), closing).status_code == 302
    assert row.number in leader.get("/desk/instructions/?tab=done").content.decode()
    assert row.number not in leader.get("/desk/instructions/?tab=open").content.decode()


def test_supervision_registers_a_paper_with_its_photo_on_a_request_at_work():
    leader, case = holder("R8", name="校领导甲"), a_case(State.IN_PROGRESS, next_due_at=now())
    office, path = client_of("R9"), f"/desk/cases/{case.number}/directions/"
    form = filled(office.get(path), path)
    form |= {"words": WORDS, "leader": leader.pk, "photo": photo(), "joint": ["baowei"]}
    form["due"] = (localdate() + timedelta(days=1)).isoformat()
    assert office.post(path, form).status_code == 302
    row = Instruction.objects.get()
    assert (row.came, row.leader, row.photo.inner) == ("PAPER", leader, True)
    assert "照片" in office.get(office_page(row)).content.decode()
    assert row.number in contact("baowei").get(reverse("desk:unit_instructions")).content.decode()


@pytest.mark.parametrize("change", [
    {"words": " "}, {"leader": ""}, {"leader": "x"}, {"written_on": "2099-01-01"}, {"written_on": "x"},
    {"due": "2020-01-01"}, {"joint": "x"}, {"photo": SimpleUploadedFile("a.txt", b"words", "text/plain")},
])  # fmt: skip
def test_bad_input_is_told_beside_its_field_and_what_was_typed_is_kept(change):
    leader, case = holder("R8"), a_case(State.IN_PROGRESS, next_due_at=now())
    office, path = client_of("R9"), f"/desk/cases/{case.number}/directions/"
    form = {**filled(office.get(path), path), "words": WORDS, "leader": leader.pk, **change}
    page = office.post(path, form)
    assert page.status_code == 422
    assert errors(page)
    assert "words" in change or WORDS in page.content.decode()
    assert not Instruction.objects.exists()


def test_an_empty_or_a_stale_report_is_refused_and_what_was_typed_is_kept():
    row, unit = an_instruction(), contact()
    sent = {"act": "result", "words": " ", "version": row.version}
    assert unit.post(unit_page(row), sent).status_code == 422
    stale = unit.post(unit_page(row), {"act": "result", "words": "已修好", "version": "7"})
    assert stale.status_code == 409 and "已修好" in stale.content.decode()
    for act in ("close", "return", "read", "x"):
        assert unit.post(unit_page(row), {**sent, "act": act}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_list():
    leader, unit = client_of("R8"), contact()
    paths = ["/desk/instructions/?tab=open", "/desk/instructions/", "/unit/instructions/"]
    an_instruction()
    a_case(State.AWAIT_INSTRUCTION, next_due_at=NOON)
    asked = [queries_of(client, path) for client, path in zip([leader, leader, unit], paths, strict=True)]  # fmt: skip
    for _ in range(3):
        an_instruction()
        a_case(State.AWAIT_INSTRUCTION, next_due_at=NOON)
    again = [queries_of(client, path) for client, path in zip([leader, leader, unit], paths, strict=True)]  # fmt: skip
    assert asked == again


def test_an_instruction_says_nothing_of_who_asked():
    owner = a_user("卡纳瑞若", phone="13955550123")
    row = an_instruction(
        owner=owner, mode=Mode.CONFIDENTIAL, title="金丝雀的标题", body="卡纳瑞若说的话",
        shown_title="副本标题",
    )  # fmt: skip
    unit, leader = contact(), client_of("R8")
    for client, path in (
        (unit, unit_page(row)), (unit, reverse("desk:unit_instructions")),
        (leader, office_page(row)), (leader, "/desk/instructions/?tab=open"),
    ):  # fmt: skip
        page = client.get(path)
        text = page.content.decode()
        assert page.status_code == 200
        assert "卡纳瑞若" not in text and "13955550123" not in text, path
        assert client is leader or "金丝雀" not in text, path
    assert "副本标题" in unit.get(unit_page(row)).content.decode()


def test_nobody_else_sees_instructions():
    row = an_instruction()
    paths = ["/desk/instructions/", "/desk/instructions/sheet/", office_page(row)]
    for role in ("R2", "R3", "R5", "R6", "R10", "R11", "R12", "R13"):
        for path in paths:
            assert client_of(role, of="houqin").get(path).status_code == 404, (role, path)
    assert contact("baowei").get(unit_page(row)).status_code == 404
    asker = signed_in(row.case.owner)
    for path in (*paths, unit_page(row), reverse("desk:unit_instructions")):
        assert asker.get(path).status_code == 404
    assert WORDS not in asker.get(f"/requests/{row.case.number}/").content.decode()


def test_what_became_a_crisis_is_gone_from_every_list():
    row = an_instruction()
    crisis.alarm(row.case, by=an_actor("R3"), at=NOON)
    leader, unit = client_of("R8"), contact()
    assert row.number not in leader.get("/desk/instructions/?tab=open").content.decode()
    assert row.number not in unit.get(reverse("desk:unit_instructions")).content.decode()
    assert leader.get(office_page(row)).status_code == 404
    assert unit.get(unit_page(row)).status_code == 404


def test_the_spreadsheet_holds_numbers_and_words_and_no_title():
    an_instruction(title="金丝雀的标题")
    answer = client_of("R9").get("/desk/instructions/sheet/")
    with ZipFile(BytesIO(answer.content)) as book:
        inside = "".join(book.read(name).decode() for name in book.namelist())
    assert "PS2606-001" in inside and WORDS in inside and "金丝雀" not in inside


def test_empty_pages_say_what_will_be_there():
    leader = client_of("R8")
    for tab in ("waiting", "open", "done"):
        assert "empty" in leader.get(f"/desk/instructions/?tab={tab}").content.decode()
    assert leader.get("/desk/instructions/?tab=x").status_code == 404
    assert contact().get("/unit/instructions/").status_code == 200


def test_a_leader_has_no_paper_to_register_and_a_form_sent_as_it_stands_is_the_draft():
    leader, case = client_of("R8"), a_case(State.IN_PROGRESS, next_due_at=now())
    path = f"/desk/cases/{case.number}/directions/"
    page = leader.get(path).content.decode()
    assert 'name="words"' in page
    assert not [name for name in ("leader", "photo", "written_on") if f'name="{name}"' in page]
    assert send_words(leader, path).status_code == 302


def send_words(client, path):
    return client.post(path, {**filled(client.get(path), path), "words": WORDS})
