"""The pages of deadlines, as an administrator, 督查督办, a unit and a student use them."""

import pytest
from playwright.sync_api import expect

from hotline.cases.codes import State
from hotline.cases.services import dispatching
from hotline.cases.services.dispatching import Orders
from hotline.catalog import shelf
from hotline.catalog.models import Term
from hotline.oversight.services import slips
from tests.browser.looking import sound
from tests.make import NOON, a_case, a_user, an_actor, holder, unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db):
    owner = a_user("李小雨")
    case = a_case(State.ACCEPTED, owner=owner, next_due_at=NOON)
    dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=NOON)
    slip = slips.open_by_hand(
        case, requirement="请本周内办结", reason="DB04", by=an_actor("R9"), at=NOON
    )
    return {
        "owner": owner, "case": case, "slip": slip, "manager": holder("R4"), "overseer": holder("R9"),
        "contact": holder("R5", of="houqin"),
    }  # fmt: skip


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_of_deadlines_is_accessible_and_fits(visit, office, width):
    number, slip = office["case"].number, office["slip"].number
    seen = {
        "manager": [
            "/admin/calendars/", "/admin/calendars/office/", "/admin/calendars/load/",
            "/admin/calendars/try/?start=2026-09-30T17:10&limit=5wd&urgency=U3",
            "/admin/calendars/versions/", "/admin/policies/", "/admin/tables/ladder/",
            "/admin/tables/ladder/A1/", f"/desk/cases/{number}/clocks/",
        ],
        "overseer": ["/desk/supervisions/", f"/desk/supervisions/{slip}/", "/desk/supervisions/bulletin/"],
        "contact": ["/unit/supervisions/", f"/unit/supervisions/{slip}/", "/unit/promises/"],
        "owner": [f"/requests/{number}/clocks/"],
    }  # fmt: skip
    for who, paths in seen.items():
        page = visit(office[who], width=width, lang="en" if width == 360 else "zh-hans")
        for path in paths:
            page.goto(path)
            sound(page)


def test_a_vacation_is_published_and_seen_in_the_year(visit, office):
    page = visit(office["manager"])
    page.goto("/admin/calendars/?year=2026")
    page.get_by_role("link", name="修改作息、假期和日子").click()
    page.fill("[name=periods-0-name]", "寒假")
    page.fill("[name=periods-0-first]", "2026-01-24")
    page.fill("[name=periods-0-last]", "2026-02-28")
    page.fill("[name=note]", "2026 年寒假")
    page.get_by_role("button", name="发布").click()
    page.goto("/admin/calendars/?year=2026")
    expect(page.locator(".cal").first.locator(".cal-vacation").first).to_contain_text("假")
    page.get_by_role("link", name="历次发布").click()
    expect(page.locator("main")).to_contain_text("寒假 2026-01-24")


def test_a_due_time_is_tried_out_and_its_way_is_told(visit, office):
    page = visit(office["manager"], javascript=False)
    page.goto("/admin/calendars/try/")
    page.fill("[name=start]", "2026-09-30T17:10")
    page.fill("[name=limit]", "5wd")
    page.locator("[name=urgency][value=U3]").check(force=True)
    page.get_by_role("button", name="试算").click()
    expect(page.locator("main")).to_contain_text("10-10（周六）调休上班")
    expect(page.locator("main")).to_contain_text("到期 2026-10-13（周二）18:00")


def test_a_rung_of_the_ladder_is_changed(visit, office):
    page = visit(office["manager"])
    page.goto("/admin/tables/ladder/")
    page.get_by_role("link", name="时间过半提醒").click()
    page.fill("[name=amount]", "40")
    page.get_by_role("button", name="保存").click()
    page.goto("/admin/tables/ladder/")
    expect(page.locator("tr", has_text="A1")).to_contain_text("40")


def test_a_slip_is_answered_by_the_unit_and_discharged(visit, office):
    number = office["slip"].number
    unit_page = visit(office["contact"], width=360)
    unit_page.goto("/unit/")
    unit_page.get_by_role("link", name="督办单").click()
    unit_page.get_by_role("link", name=number).click()
    unit_page.get_by_label("说明原因、已采取的措施和办结时间").fill("配件明日到货，周五完成。")
    unit_page.get_by_role("button", name="反馈").click()
    expect(unit_page.locator("main")).to_contain_text("已反馈")
    desk = visit(office["overseer"])
    desk.goto("/desk/")
    desk.get_by_role("link", name="督办台账").click()
    desk.get_by_role("link", name=number).click()
    expect(desk.locator("main")).to_contain_text("配件明日到货")
    desk.get_by_label("销号依据").fill("已办结。")
    desk.get_by_role("button", name="销号").click()
    expect(desk.locator("main")).to_contain_text("已销号")


def test_a_student_reads_why_the_answer_comes_when_it_does(visit, office):
    page = visit(office["owner"], width=360)
    page.goto(f"/requests/{office['case'].number}/")
    page.get_by_role("link", name="为什么是这个时间").click()
    expect(page.locator("main")).to_contain_text("次日起算")
    expect(page.locator("main")).not_to_contain_text("签收时限")


@pytest.mark.parametrize("path", ["/desk/supervisions/", "/desk/supervisions/{slip}/"])
def test_slips_and_ledger_print_whole_moments_and_nothing_to_click(visit, office, path):
    page = visit(office["overseer"])
    page.add_init_script("window.print = () => { document.title = 'printed' }")
    page.goto(path.format(slip=office["slip"].number))
    page.get_by_role("link", name="打印").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    assert page.locator("form:visible, button:visible").count() == 0
    shown = page.locator("main time").evaluate_all(
        "times => times.map(t => [getComputedStyle(t).fontSize, getComputedStyle(t, '::after').content])"
    )
    assert shown and {size for size, _after in shown} == {"0px"}
    assert not any("none" in after for _size, after in shown)


def test_without_scripts_no_button_promises_to_print(visit, office):
    page = visit(office["overseer"], javascript=False)
    page.goto("/desk/supervisions/")
    expect(page.get_by_role("link", name="打印")).to_have_count(0)


def test_a_long_title_has_the_width_of_a_phone_to_itself(visit, office):
    case = a_case(
        State.ARCHIVED, outcome="PLANNED", promise_date=NOON.date(), promise_due_at=NOON,
        shown_title="反映一个情况，竹园二号楼四百零二房间的衣柜背板发霉长毛",
    )  # fmt: skip
    page = visit(office["contact"], width=360)
    page.goto("/unit/promises/")
    title = page.get_by_role("heading", name=case.shown_title)
    assert title.bounding_box()["width"] > 250


def test_clocks_beside_each_other_stand_at_one_height(visit, office):
    page = visit(office["manager"])
    page.goto(f"/desk/cases/{office['case'].number}/clocks/")
    first, second = (page.locator(".clock").nth(n).bounding_box() for n in (0, 1))
    assert first["y"] == second["y"]


def test_a_version_with_long_names_fits_a_phone(visit, office):
    Term.objects.update_or_create(code="alarm_minutes", defaults={"value": "3"})
    shelf.forget()
    again = a_case(State.ACCEPTED, next_due_at=NOON)
    dispatching.dispatch(again, Orders(unit()), by=an_actor("R3"), at=NOON)
    page = visit(office["manager"], width=360, lang="en")
    page.goto("/admin/policies/")
    expect(page.locator("main .stack tbody th")).to_have_count(1)
    sound(page)


def test_the_main_menu_of_a_phone_shows_where_one_is(visit, office):
    page = visit(office["manager"], width=360, lang="en")
    page.goto("/admin/policies/")
    tab = page.locator(".topbar [aria-current]").bounding_box()
    assert tab["x"] >= 0 and tab["x"] + tab["width"] <= 360 - 28
