"""The paths that people walk, in a real browser."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from hotline.cases.codes import State
from hotline.cases.models import Case
from tests.browser.conftest import attempt, do, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = "七号楼四层的空调坏了三天，晚上睡不着，请尽快来修。"
CHECKED = ["contacted", "answered", "grounds", "private", "plain"]


def photo():
    out = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "JPEG")
    return {"name": "空调.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def submit(page, *, body=BODY, kind="QZ", category="H203", **choices):
    page.goto("/requests/new/")
    page.check(f"[name=type][value={kind}]", force=True)
    page.fill("#id_body", body)
    if category:
        page.select_option("#id_category", category)
    for name, value in choices.items():
        page.check(f"[name={name}][value={value}]", force=True)
    return page


def send(page):
    page.get_by_role("button", name="提交", exact=True).click()
    number = page.locator(".number.fs-2").first
    number.wait_for()
    return number.inner_text()


def figures(page):
    """The total row of the figures page: label of the column to its text."""
    page.goto("/figures/")
    heads = [h.strip() for h in page.locator("thead th").all_inner_texts()]
    cells = page.locator("tfoot th, tfoot td").all_inner_texts()
    return dict(zip(heads, [c.strip() for c in cells], strict=True))


def sign_and_answer(unit, number, text, **more):
    unit.goto("/unit/")
    unit.get_by_role("link", name=number).first.click()
    do(unit, "签收")
    expect(unit.locator("#messages")).to_contain_text("已签收")
    do(unit, "登记联系", means="PHONE", reached="YES", words="已与同学约好")
    expect(unit.locator("#messages")).to_contain_text("已登记")
    do(unit, "提交答复", text=text, outcome="RESOLVED", **more)
    expect(unit.locator("#messages")).to_contain_text("答复已提交")


def test_a_request_with_a_photo_is_dispatched_answered_reworked_and_counted(visit, staff, tmp_path):
    student = submit(visit(staff["student"]))
    student.set_input_files("#id_uploads", [photo()])
    expect(student.locator("[data-list] img")).to_be_visible()
    number = send(student)
    work(tmp_path)

    clerk = visit(staff["clerk"])
    clerk.goto("/desk/")
    clerk.get_by_role("link", name=number).click()
    expect(clerk.locator("ul.thumbs img")).to_have_js_property("complete", True)
    assert clerk.locator("ul.thumbs img").evaluate("e => e.naturalWidth") > 0
    do(clerk, "受理")
    expect(clerk.locator("#messages")).to_contain_text("请派单")
    do(clerk, "派单", lead="houqin", opinion="请尽快上门")
    expect(clerk.locator("#messages")).to_contain_text("已派单")
    expect(clerk.get_by_text("基建处")).to_be_visible()  # the directory's joint unit

    part = visit(staff["jijian"])
    part.goto("/unit/")
    part.get_by_role("link", name=number).first.click()
    do(part, "签收")
    do(part, "提交答复", text="在保修期内，已通知厂家。")
    expect(part.locator("#messages")).to_contain_text("答复已提交")
    unit = visit(staff["houqin"])
    unit.goto("/unit/")
    expect(unit.get_by_text("李小雨")).to_have_count(0)
    sign_and_answer(unit, number, "核查：压缩机损坏。处理：已更换，当晚恢复制冷。")

    boss = visit(staff["manager"])
    assert figures(boss)["已办结"] == "0"
    boss.goto("/desk/queues/review/")
    boss.get_by_role("link", name=number).click()
    do(boss, "审核通过", checked=CHECKED)
    expect(boss.locator("#messages")).to_contain_text("已办结")
    assert figures(boss)["已办结"] == "1"

    student.goto("/requests/")
    expect(student.get_by_text("有新进展")).to_be_visible()
    student.goto(f"/requests/{number}/")
    expect(student.get_by_text("已更换，当晚恢复制冷")).to_be_visible()
    rating = {"contacted": "yes", "solved": "NO", "result": "DISSATISFIED", "attitude": "FAIR"}
    attempt(student, "评价", **rating)  # without a reason
    expect(student.locator(".form-error").first).to_be_visible()
    student.fill("#id_words", "第二天又不制冷了。")
    with student.expect_navigation():
        student.locator("#action button[type=submit]").click()
    expect(student.locator(".state").first).to_have_text("不满意待定")

    boss.goto(f"/desk/cases/{number}/")
    do(boss, "重办", words="请彻底检修")
    expect(boss.locator("#messages")).to_contain_text("重办")
    assert figures(boss)["已办结"] == "0"
    sign_and_answer(unit, number, "已更换整机，跟踪三天正常。")
    boss.goto(f"/desk/cases/{number}/")
    do(boss, "审核通过", checked=CHECKED)
    student.goto(f"/requests/{number}/")
    do(student, "评价", **rating | {"solved": "YES", "result": "SATISFIED"})
    expect(student.locator(".state").first).to_have_text("已归档")
    table = figures(boss)
    assert (table["受理"], table["已办结"], table["评价数"], table["满意率"]) == (
        "1",
        "1",
        "2",
        "50.0%",
    )
    boss.locator("tfoot td a").nth(2).click()
    expect(boss.get_by_role("link", name=number).first).to_be_visible()


def dispatched(visit, staff, **how):
    student = submit(visit(staff["student"]), **how)
    number = send(student)
    clerk = visit(staff["clerk"])
    clerk.goto(f"/desk/cases/{number}/")
    do(clerk, "受理")
    do(clerk, "派单", lead="houqin", joint=[])
    expect(clerk.locator("#messages")).to_contain_text("已派单")
    return number, student, clerk


def test_a_return_is_reviewed_and_the_request_goes_to_the_unit_proposed(visit, staff):
    number, student, _clerk = dispatched(visit, staff)
    unit = visit(staff["houqin"])
    unit.goto("/unit/")
    unit.get_by_role("link", name=number).first.click()
    do(unit, "退单", reason="TD01", words="属基建保修范围", suggested="jijian")
    expect(unit.locator("#messages")).to_contain_text("审批")
    student.goto(f"/requests/{number}/")
    expect(student.get_by_text("热线办正在审核").first).to_be_visible()
    boss = visit(staff["manager"])
    boss.goto("/desk/queues/returns/")
    boss.get_by_role("link", name=number).click()
    expect(boss.get_by_text("属基建保修范围")).to_be_visible()
    do(boss, "同意退单并改派", words="同意")
    expect(boss.locator("#messages")).to_contain_text("已改派")
    other = visit(staff["jijian"])
    other.goto("/unit/")
    expect(other.get_by_role("link", name=number).first).to_be_visible()
    unit.goto("/unit/")
    expect(unit.get_by_role("link", name=number)).to_have_count(0)


def test_an_extension_is_asked_for_told_to_the_requester_and_granted(visit, staff):
    from datetime import timedelta

    number, student, _clerk = dispatched(visit, staff)
    case = Case.objects.get(number=number)
    until = (case.due_at + timedelta(days=6)).date().isoformat()
    unit = visit(staff["houqin"])
    unit.goto("/unit/")
    unit.get_by_role("link", name=number).first.click()
    do(unit, "签收")
    do(
        unit,
        "申请延期",
        reason="YQ02",
        until=until,
        words="等待配件",
        interim="配件已订购，预计下周更换。",
    )
    expect(unit.locator("#messages")).to_contain_text("延期")
    student.goto(f"/requests/{number}/")
    expect(student.get_by_text("配件已订购，预计下周更换。")).to_be_visible()
    boss = visit(staff["manager"])
    boss.goto("/desk/queues/extensions/")
    boss.get_by_role("link", name=number).click()
    do(boss, "延期审批", decision="yes")
    expect(boss.locator("#messages")).to_contain_text("已审批")
    case.refresh_from_db()
    assert case.due_at.date().isoformat() == until
    assert case.promised_at < case.due_at


def test_somebody_unknown_asks_follows_supplements_urges_rates_and_the_code_is_all_they_have(
    visit, staff
):
    page = submit(visit())
    number = send(page)
    code = page.locator("#code").inner_text()
    clerk = visit(staff["clerk"])
    clerk.goto(f"/desk/cases/{number}/")
    expect(clerk.locator("aside dl.facts dd").first).to_have_text("匿名")
    do(clerk, "受理")
    do(
        clerk,
        "派单",
        lead="houqin",
        joint=[],
        shown_title="空调故障",
        shown_body="七号楼空调坏了三天。",
    )

    other = visit()
    other.goto(f"/requests/{number}/")
    expect(other.get_by_text("没有找到")).to_be_visible()
    other.goto("/requests/track/")
    other.fill("#id_number", number.lower())
    other.fill("#id_code", code.lower())
    other.get_by_role("button", name="查询").click()
    expect(other.get_by_role("heading", name=re.compile("七号楼"))).to_be_visible()
    do(other, "补充内容", words="今天更热了。")
    expect(other.get_by_text("今天更热了。")).to_be_visible()
    do(other, "催办", words="麻烦快一点")
    expect(other.locator("#messages")).to_contain_text("已催办")

    unit = visit(staff["houqin"])
    unit.goto("/unit/")
    unit.get_by_role("link", name=number).first.click()
    expect(unit.get_by_text("热线办核对后提供").first).to_be_visible()
    do(unit, "签收")
    do(unit, "给诉求人留言", words="师傅下午三点到。")
    do(unit, "提交答复", text="已修复。", outcome="RESOLVED")
    boss = visit(staff["manager"])
    boss.goto(f"/desk/cases/{number}/")
    do(boss, "审核通过", checked=CHECKED)
    other.goto(f"/requests/{number}/")
    expect(other.get_by_text("师傅下午三点到。")).to_be_visible()
    good = {"contacted": "yes", "solved": "YES", "result": "SATISFIED", "attitude": "SATISFIED"}
    do(other, "评价", **good)
    expect(other.locator(".state").first).to_have_text("已归档")
    case = Case.objects.get(number=number)
    assert case.owner is None
    assert not case.steps.filter(side="REQUESTER", by__isnull=False).exists()


def test_a_complaint_is_refused_by_two_people_and_the_right_channel_is_told(visit, staff):
    student = submit(
        visit(staff["student"]), kind="TS", category="", body="校外商家欺骗消费者，请学校处理。"
    )
    number = send(student)
    clerk = visit(staff["clerk"])
    clerk.goto(f"/desk/cases/{number}/")
    do(clerk, "提议不予受理", reason="BS05", words="属市场监管部门职责，请拨打 12315。")
    expect(clerk.locator("#messages")).to_contain_text("已提议")
    boss = visit(staff["manager"])
    boss.goto("/desk/queues/proposals/")
    boss.get_by_role("link", name=number).click()
    boss.on("dialog", lambda dialog: dialog.accept())
    do(boss, "不予受理")
    expect(boss.locator("#messages")).to_contain_text("不予受理")
    student.goto(f"/requests/{number}/")
    expect(student.get_by_text("请拨打 12315").first).to_be_visible()
    assert Case.objects.get(number=number).state == State.REJECTED


def test_a_call_is_registered_with_the_keyboard_alone(visit, staff):
    page = visit(staff["agent"])
    page.goto("/desk/registrations/")
    page.locator("#id_phone").focus()
    page.keyboard.type("13912345678")
    page.keyboard.press("Tab")
    page.keyboard.type("王同学")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("东门外路灯不亮，晚上看不清路。")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="已登记")).to_be_visible()
    case = Case.objects.get()
    assert (case.channel, case.requester.phone, case.registered_by) == (
        "PHONE", "13912345678", staff["agent"],
    )  # fmt: skip
    expect(page.get_by_text(case.number)).to_be_visible()


def test_two_clerks_at_one_request_see_each_other_and_the_second_save_is_refused(visit, staff):
    number = send(submit(visit(staff["student"])))
    clerk, boss = visit(staff["clerk"]), visit(staff["manager"])
    clerk.goto(f"/desk/cases/{number}/")
    expect(clerk.locator("#presence")).to_be_attached()
    boss.goto(f"/desk/cases/{number}/")
    expect(boss.locator("#presence")).to_contain_text("受理员王敏")
    boss.get_by_role("link", name="要求补充", exact=True).click()
    boss.fill("#action textarea", "请写明房间号")
    do(clerk, "受理")
    expect(clerk.locator("#messages")).to_contain_text("请派单")
    boss.locator("#action button[type=submit]").click()
    expect(boss.locator("#action")).to_contain_text("刚刚被其他人处理过")
    expect(boss.locator("#action textarea")).to_have_value("请写明房间号")


def test_the_core_path_works_without_javascript(visit, staff):
    student = submit(visit(staff["student"], javascript=False))
    number = send(student)
    clerk = visit(staff["clerk"], javascript=False)
    for label in ("受理", "派单"):
        clerk.goto(f"/desk/cases/{number}/")
        clerk.get_by_role("link", name=label, exact=True).first.click()
        clerk.locator("main form button[type=submit]").first.click()
        expect(clerk.locator("#messages")).to_contain_text("派单")
    student.goto(f"/requests/{number}/")
    student.get_by_role("link", name="催办").click()
    student.locator("main form button[type=submit]").click()
    expect(student.locator("#messages")).to_contain_text("已催办")


def test_numbers_to_call_appear_while_somebody_writes_of_despair(visit, staff):
    page = visit(staff["student"])
    page.goto("/requests/new/")
    expect(page.get_by_text("12356")).to_have_count(0)
    page.locator("#id_body").press_sequentially("我真的不想活了，没有人帮我", delay=20)
    expect(page.locator("#danger")).to_contain_text("12356")
    send(page)
    expect(page.get_by_text("12356").first).to_be_visible()
    assert "个工作日" not in page.content()
    assert Case.objects.get().state == State.CRISIS


def test_a_category_is_found_by_the_word_one_would_use(visit, staff):
    page = visit(staff["student"])
    page.goto("/requests/new/")
    page.locator("#pick-word").press_sequentially("路灯", delay=30)
    page.locator(".picks button").first.click()
    expect(page.locator("#id_category")).to_have_value("T104")


def test_the_switch_in_the_header_turns_the_page_to_english_and_back(visit, staff):
    page = visit(staff["student"])
    page.goto("/requests/new/")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Submit", exact=True)).to_be_visible()
    assert "/requests/new/" in page.url
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_visible()
