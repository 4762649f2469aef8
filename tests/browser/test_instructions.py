"""A leader with a phone: reads what waits, writes, and the unit sees it."""

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from hotline.cases.codes import State
from tests.browser.conftest import do
from tests.browser.looking import sound
from tests.make import a_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "请后勤牵头，尽快修好并报结果。"


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_pages_of_instructions_are_accessible_and_fit_a_phone(lang, visit, staff):
    a_case(State.AWAIT_INSTRUCTION, next_due_at=now())
    leader = visit(staff["leader"], width=360, lang=lang)
    for tab in ("waiting", "open", "done"):
        leader.goto(f"/desk/instructions/?tab={tab}")
        sound(leader)


def test_a_leader_reads_a_request_on_a_phone_instructs_and_the_unit_sees_it(visit, staff):
    case = a_case(State.AWAIT_INSTRUCTION, next_due_at=now())
    leader = visit(staff["leader"], width=360)
    leader.goto("/desk/instructions/")
    leader.get_by_role("link", name=case.title).first.click()
    expect(leader.get_by_text(case.body)).to_be_visible()
    do(leader, "批示", words=WORDS, lead="houqin")
    expect(leader.locator("#messages")).to_contain_text("批示已登记")
    leader.get_by_role("link", name="PS").first.click()
    expect(leader.get_by_role("heading", name="批示件办理单")).to_be_visible()
    sound(leader)
    leader.get_by_role("button", name="圈阅").click()
    expect(leader.locator("#messages")).to_contain_text("已记录")

    unit = visit(staff["houqin"], width=360)
    unit.goto("/unit/")
    unit.get_by_role("link", name="批示件").click()
    expect(unit.get_by_role("link", name="PS").first).to_be_visible()
    sound(unit)
    unit.get_by_role("link", name="PS").first.click()
    expect(unit.get_by_role("heading", name="批示件办理单")).to_be_visible()
    expect(unit.get_by_text(WORDS).first).to_be_visible()
    sound(unit)
    unit.get_by_label("办理结果").fill("已修好")
    unit.get_by_role("button", name="报结果").click()
    expect(unit.locator("#messages")).to_contain_text("已记录")
    leader.goto("/desk/instructions/?tab=open")
    expect(leader.get_by_text("已报结果").first).to_be_visible()
    sound(leader)
