"""Every kind of page: accessible by axe, within 360 px, in both languages, by keyboard."""

import pytest
from playwright.sync_api import expect

from hotline.cases.codes import Mode, OrderState, Part, State
from hotline.cases.models import Remark
from hotline.notices.models import Message
from tests.browser.looking import faults, overflow
from tests.make import NOON, a_case, a_user, an_order, holder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    """A little of everything that the pages show."""
    owner = a_user("李小雨")
    cases = {
        "working": a_case(State.IN_PROGRESS, owner=owner),
        "secret": a_case(State.IN_PROGRESS, owner=owner, mode=Mode.CONFIDENTIAL),
        "new": a_case(State.SUBMITTED, owner=owner, flagged=True),
        "accepted": a_case(State.ACCEPTED, owner=owner),
        "answered": a_case(State.ANSWERED, owner=owner, answer="请找王建国老师 13912345678"),
        "closed": a_case(State.CLOSED, owner=owner),
        "dissatisfied": a_case(State.DISSATISFIED, owner=owner),
        "crisis": a_case(State.CRISIS, owner=owner),
    }
    an_order(cases["working"], unit="jijian", part=Part.JOINT, state=OrderState.SENT)
    Remark.objects.create(case=cases["secret"], kind="SUPPLEMENT", text="又漏了", at=NOON)
    told(cases["closed"])
    cases["closed"].visits.create(round=1, why="SAMPLE", due_at=NOON)
    return {
        "owner": owner, "clerk": holder("R3"), "manager": holder("R4"), "agent": holder("R2"),
        "houqin": holder("R5", of="houqin"), "head": holder("R6", of="houqin"),
        "admin": holder("R13"), "crisis": holder("R12"), "supervisor": holder("R9"),
        "petition": holder("R10"), "auditor": holder("R13A"), "cases": cases,
    }  # fmt: skip


def told(case):
    """Messages of every kind of state, one of which a clerk is to ring up about."""
    for state, channel in (
        ("SENT", "SMS"),
        ("FAILED", "WECHAT"),
        ("HELD", "SMS"),
        ("READY", "CALL"),
    ):
        Message.objects.create(
            key=state, case=case, user=case.owner, who=f"u{case.owner_id}", to_requester=True,
            purpose="close", template="closed", title="已答复", text="已答复。", state=state,
            channel=channel, ladder=[channel], created_at=NOON, not_before=NOON, urgent=state == "SENT",
        )  # fmt: skip


def pages(town):
    case = town["cases"]
    order = case["working"].orders.get(part="LEAD")
    number = {name: row.number for name, row in case.items()}
    yield (
        None,
        ["/portal/", "/requests/new/", "/requests/track/", "/sign-in/", "/nowhere/", "/privacy/"],
    )
    yield "owner", [
        "/requests/", "/requests/new/", "/account/", f"/requests/{number['working']}/",
        "/messages/", "/messages/settings/", "/me/", "/me/erasure/",
        f"/requests/{number['closed']}/ratings/", f"/requests/{number['closed']}/",
    ]  # fmt: skip
    yield "manager", [
        "/desk/queues/triage/", "/desk/queues/dispatch/", "/desk/cases/?state=CLOSED", "/desk/visits/",
        f"/desk/cases/{number['working']}/", f"/desk/cases/{number['secret']}/",
        f"/desk/cases/{number['accepted']}/dispatches/", f"/desk/cases/{number['new']}/acceptances/",
        f"/desk/cases/{number['answered']}/closings/", f"/desk/cases/{number['dissatisfied']}/",
        "/desk/registrations/", "/figures/?since=2026-01-01&until=2026-12-31", "/figures/?by=unit",
        "/figures/cases/?cohort=received", "/desk/deliveries/", "/desk/calls/",
        "/desk/surges/", "/desk/surges/new/", "/desk/claims/", "/admin/recusals/",
    ]  # fmt: skip
    yield "houqin", ["/unit/", "/unit/work/", f"/unit/orders/{order.pk}/", f"/unit/orders/{order.pk}/replies/"]  # fmt: skip
    yield "supervisor", ["/desk/rooms/office/"]
    yield "petition", ["/desk/rooms/petition/"]
    yield "auditor", ["/audit/looks/", "/audit/seals/"]
    yield "crisis", ["/desk/rooms/crisis/", f"/desk/cases/{number['crisis']}/"]
    yield "admin", [
        "/admin/", "/admin/units/", "/admin/accounts/", "/admin/roles/", "/admin/catalog/",
        "/admin/directory/", "/admin/terms/", "/admin/templates/",
        "/admin/templates/accepted/SMS/zh-hans/", "/admin/templates/accepted/WECHAT/en/",
        "/admin/gateways/", "/admin/gateways/new/http_sms/", "/admin/postbox/", "/messages/settings/",
        "/admin/limits/", "/admin/privacy/", "/admin/privacy/draft/", "/admin/retention/",
        "/admin/retention/certificates/", "/admin/upkeep/",
        "/admin/reviews/", "/admin/safety/",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_every_page_is_accessible_and_fits_a_phone(lang, visit, town):
    problems = []
    for who, paths in pages(town):
        page = visit(town.get(who), lang=lang)
        for path in paths:
            page.set_viewport_size({"width": 1280, "height": 900})
            response = page.goto(path)
            expected = 404 if path == "/nowhere/" else 200
            if response.status != expected:
                problems.append(f"{path}: {response.status}")
            problems += [f"{lang} {path} {fault}" for fault in faults(page)]
            page.set_viewport_size({"width": 360, "height": 740})
            if overflow(page) > 0:
                problems.append(f"{lang} {path}: {overflow(page)} px too wide at 360")
    assert not problems, "\n".join(problems)


def test_the_whole_of_a_page_is_reached_with_the_tab_key_and_focus_is_seen(visit, town):
    page = visit(town["manager"])
    page.goto(f"/desk/cases/{town['cases']['accepted'].number}/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip")
    page.keyboard.press("Enter")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.textContent.trim().slice(0, 20)"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or page.evaluate("document.activeElement === document.body")
    assert {"派单", "更正分类", "并单"} <= seen


def test_after_an_error_the_first_wrong_field_has_the_focus(visit, town):
    page = visit(town["owner"])
    page.goto("/requests/new/")
    page.fill("#id_body", "短")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#id_body")).to_be_focused()
    expect(page.locator("#id_body")).to_have_value("短")
    assert page.locator("#id_body").get_attribute("aria-invalid") == "true"


def test_leaving_a_half_written_answer_and_coming_back_finds_it(visit, town):
    order = town["cases"]["working"].orders.get(part="LEAD")
    page = visit(town["houqin"])
    page.goto(f"/unit/orders/{order.pk}/")
    page.get_by_role("link", name="提交答复").click()
    page.fill("#id_text", "已经派人到现场查看")
    expect(page.locator("#saving")).to_contain_text("草稿已保存")
    page.goto("/unit/")
    page.goto(f"/unit/orders/{order.pk}/replies/")
    expect(page.locator("#id_text")).to_have_value("已经派人到现场查看")


def test_clerks_dispatch_several_at_once_to_where_the_directory_says(visit, town):
    a_case(State.ACCEPTED)
    page = visit(town["clerk"])
    page.goto("/desk/queues/dispatch/")
    for box in page.locator("input[name=case]").all():
        box.check()
    page.get_by_role("button", name="批量派单所选").click()
    expect(page.get_by_text("待确认")).to_have_count(2)
    page.get_by_role("button", name="确认派单").click()
    expect(page.locator("tbody").get_by_text("已派单")).to_have_count(2)


def test_a_filter_is_kept_under_a_name_and_found_again(visit, town):
    page = visit(town["clerk"])
    page.goto("/desk/cases/")
    page.select_option("#id_state", "CLOSED")
    page.get_by_role("button", name="筛选", exact=True).click()
    page.fill("#filter-name", "待评价的")
    page.get_by_role("button", name="保存", exact=True).click()
    page.goto("/desk/queues/triage/")
    page.get_by_role("link", name="待评价的").click()
    assert "state=CLOSED" in page.url


def test_what_a_student_writes_is_kept_by_the_page_and_found_again(visit, town):
    page = visit(town["owner"])
    page.goto("/requests/new/")
    page.fill("#id_body", "三号楼浴室的灯坏了")
    expect(page.locator("#kept")).to_contain_text("草稿已保存")
    page.goto("/requests/")
    page.get_by_role("link", name="三号楼浴室的灯坏了").click()
    expect(page.locator("#id_body")).to_have_value("三号楼浴室的灯坏了")


def test_a_page_with_unsaved_words_asks_before_it_is_left(visit):
    page = visit(None)
    page.goto("/requests/new/")
    page.locator("#id_body").press_sequentially("三号楼")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/portal/")
    assert asked == ["beforeunload"]


def test_a_call_that_breaks_off_is_there_when_the_clerk_comes_back(visit, town):
    page = visit(town["clerk"])
    page.goto("/desk/registrations/")
    expect(page.locator("#id_phone")).to_be_focused()
    page.keyboard.type("13912345678")
    page.fill("#id_body", "来电说三号楼漏水")
    expect(page.locator("#kept")).to_contain_text("草稿已保存")
    page.goto("/desk/")
    page.goto("/desk/registrations/")
    expect(page.locator("#id_body")).to_have_value("来电说三号楼漏水")
    page.get_by_role("button", name="清空").click()
    expect(page.locator("#id_body")).to_have_value("")
