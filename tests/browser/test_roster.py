"""The roster, the sheet between two shifts and the crisis alarm, as those on duty use them."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime, now
from playwright.sync_api import expect

from hotline.cases.codes import State
from hotline.cases.services import crisis
from hotline.oversight.alarms import answering, calling
from hotline.roster.models import Handover, Shift
from hotline.roster.services import handover, swaps
from tests.browser.looking import sound
from tests.make import a_case, a_user, holder, urgency
from tests.roster.duty import HOUR, of, post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def a_shift(user, start, *, hours=8, code="hotline"):
    begin = now() + start * HOUR
    return Shift.objects.create(
        post=post(code), user=user, from_at=begin, to_at=begin + hours * HOUR
    )


@pytest.fixture
def night(transactional_db):
    """One who leaves, one who comes, one of the crisis group, and their manager."""
    people = {
        "leaving": holder("R3", name="赵雪"), "coming": holder("R3", name="王敏"),
        "manager": holder("R4", name="陈立"), "crisis": holder("R12", name="心理周老师"),
    }  # fmt: skip
    people["left"] = a_shift(people["leaving"], -8)
    people["now"] = a_shift(people["coming"], 0)
    people["ahead"] = a_shift(people["leaving"], 24)
    people["theirs"] = a_shift(people["coming"], 48)
    a_shift(people["crisis"], -1, hours=24, code="crisis")
    return people


def a_sheet(night):
    return handover.write(
        post(), open_items={}, notes="三号楼停水，厂家十点到。", by=of(night["leaving"]), at=now()
    )


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_of_the_roster_and_of_alarms_is_accessible_and_fits(visit, night, width):
    swaps.ask(
        night["ahead"], other=night["theirs"], to=night["coming"], words="家里有事",
        by=of(night["leaving"]), at=now(),
    )  # fmt: skip
    sheet = a_sheet(night)
    drill = answering.drill(by=of(night["manager"]), at=now())
    seen = {
        "manager": [
            "/desk/roster/", "/desk/roster/?view=month", "/desk/roster/posts/",
            "/desk/roster/posts/hotline/", "/desk/roster/posts/crisis/", "/desk/roster/posts/duty/",
            "/desk/roster/posts/hotline/planning/", "/desk/roster/posts/hotline/shifts/",
            "/desk/roster/patterns/", "/desk/roster/patterns/night/",
            f"/desk/roster/shifts/{night['ahead'].pk}/", "/desk/roster/swaps/",
            "/desk/roster/handovers/", "/desk/alarms/", f"/desk/alarms/{drill.pk}/",
        ],
        "coming": [
            "/desk/roster/", f"/desk/roster/shifts/{night['theirs'].pk}/", "/desk/roster/swaps/",
            "/desk/roster/posts/hotline/handovers/", f"/desk/roster/handovers/{sheet.pk}/",
        ],
        "crisis": ["/desk/alarms/", f"/desk/alarms/{drill.pk}/"],
    }  # fmt: skip
    for who, paths in seen.items():
        page = visit(night[who], width=width, lang="en" if width == 360 else "zh-hans")
        for path in paths:
            assert page.goto(path).status == 200, path
            sound(page)


def test_a_week_is_planned_by_rotation_seen_first_and_taken_back(visit, night):
    page = visit(night["manager"])
    page.goto("/desk/roster/")
    page.get_by_role("link", name="排班：热线").click()
    first = localtime(now()).date() + timedelta(days=10)
    page.fill("[name=from_date]", f"{first}")
    page.fill("[name=to_date]", f"{first + timedelta(days=6)}")
    page.get_by_label("白班").check(force=True)
    page.get_by_label("夜班").check(force=True)
    page.get_by_label("赵雪 主班").fill("1")
    page.get_by_label("王敏 主班").fill("2")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("button", name="排入 14 个班次")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="排入 14 个班次").click()
    expect(page.locator("#messages")).to_be_visible()
    page.goto(f"/desk/roster/?day={first}")
    expect(page.locator("table.roster")).to_contain_text("赵雪")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("#messages")).to_be_visible()
    assert Shift.objects.filter(run__isnull=False).count() == 0


def test_a_shift_is_swapped_from_hand_to_hand_on_phones(visit, night):
    asking = visit(night["leaving"], width=360)
    asking.goto(f"/desk/roster/?day={localtime(night['ahead'].from_at):%Y-%m-%d}")
    asking.locator("table.roster a.own").last.click()
    asking.get_by_label("换给谁").select_option(f"s{night['theirs'].pk}")
    asking.get_by_role("button", name="申请换班").click()
    expect(asking.locator("#messages")).to_be_visible()
    for who, verb in (("coming", "同意"), ("manager", "批准")):
        page = visit(night[who], width=360)
        page.goto("/desk/roster/swaps/")
        page.get_by_role("button", name=verb).first.click()
        expect(page.locator("#messages")).to_be_visible()
        sound(page)
    night["ahead"].refresh_from_db()
    assert night["ahead"].user == night["coming"]


def test_the_night_hands_over_without_scripts_and_the_morning_signs(visit, night):
    urgent = a_case(State.SUBMITTED, owner=a_user("李小雨"), urgency=urgency("U1"))
    leaving = visit(night["leaving"], width=360, javascript=False)
    leaving.goto("/desk/roster/handovers/")
    leaving.get_by_role("link", name="填写交接单：热线").click()
    expect(leaving.locator("main")).to_contain_text(urgent.number)
    leaving.fill("[name=notes]", "三号楼停水，厂家十点到。")
    leaving.get_by_role("button", name="保存交接单").click()
    expect(leaving.locator("main")).to_contain_text("待签收")

    coming = visit(night["coming"])
    coming.goto("/desk/roster/handovers/")
    coming.locator("td.main a").first.click()
    expect(coming.locator("main")).to_contain_text(urgent.number)
    expect(coming.locator("main")).not_to_contain_text("李小雨")
    coming.get_by_role("button", name="我已阅读，签收").click()
    expect(coming.locator("main")).to_contain_text("王敏")
    assert Handover.objects.get().signed_by == night["coming"]


def test_an_alarm_is_taken_with_one_click_on_a_phone_and_a_drill_is_ended(visit, night):
    case = a_case(State.SUBMITTED, owner=a_user("李小雨"), title="想不开")
    crisis.alarm(case, by=of(night["leaving"]), at=now())
    calling.raise_alarm(case, at=now())
    called = visit(night["crisis"], width=360, javascript=False)
    called.goto("/desk/alarms/")
    called.get_by_role("link", name=case.number).click()
    expect(called.locator("main")).not_to_contain_text("想不开")
    called.get_by_role("button", name="我来接手").click()
    expect(called.locator("main")).to_contain_text("心理周老师已接手")

    manager = visit(night["manager"])
    manager.goto("/desk/alarms/")
    expect(manager.locator("main")).not_to_contain_text(case.number)
    manager.get_by_text("开始一次演练").click()
    sound(manager)
    manager.get_by_role("button", name="确定，开始演练").click()
    expect(manager.locator("main")).to_contain_text("这是演练，没有真实的诉求。")
    manager.get_by_role("button", name="结束演练").click()
    manager.goto("/desk/alarms/")
    expect(manager.locator("main")).to_contain_text("无人接手")
