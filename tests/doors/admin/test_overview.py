"""Where administration begins: every part of it, and what asks for attention."""

import json
from datetime import date

import pytest

from hotline.catalog import shelf
from hotline.catalog.models import Urgency
from hotline.catalog.services import calendars
from hotline.doors.desk.admin.views import overview
from hotline.notices.models import Gateway
from hotline.people.actor import SYSTEM
from tests.doors.people import client_of
from tests.make import NOON

pytestmark = pytest.mark.django_db


def cards(client):
    groups = client.get("/admin/").context["groups"]
    return {str(card.label): card for _label, group in groups for card in group}


def test_every_page_of_the_menu_has_a_card():
    for role in ("R4", "R13"):
        client = client_of(role)
        response = client.get("/admin/")
        menu = {str(item.label) for _label, items in response.context["menus"] for item in items}
        without = {"导入账号", "特殊编码"}  # reached from another card, and never changed
        assert menu - without == set(cards(client)), role


@pytest.mark.parametrize(
    ("today", "missing"),
    [(date(2026, 10, 31), 0), (date(2026, 11, 1), 2027), (date(2027, 1, 1), 2027)],
)
def test_holidays_that_are_missing_late_in_the_year_are_missed(today, missing):
    assert overview._unknown_year(today) == missing


def test_a_year_that_was_loaded_is_not_missed():
    days = [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]
    calendars.load_year(json.dumps({"year": 2027, "days": days}), by=SYSTEM, at=NOON)
    assert overview._unknown_year(date(2026, 12, 1)) == 0


def test_it_is_said_that_messages_only_go_to_the_test_postbox(settings):
    assert "测试模式" in cards(client_of("R13"))["发送通道"].warning
    settings.NOTICES = "live"
    Gateway.objects.create(
        code="sms", name="短信", kind="kannel", channel="SMS", enabled=True, out_since=NOON
    )
    found = cards(client_of("R13"))
    assert found["发送通道"].warning == "1 个没有应答" and "测试邮箱" not in found


def test_a_change_that_nobody_was_promised_anything_by_is_told_on_its_card():
    client = client_of("R4")
    assert str(cards(client)["时限规则"].words) == "已修改、尚未使用"  # nothing was ever promised
    from hotline.catalog import policy

    policy.in_force(NOON)
    assert str(cards(client)["时限规则"].words) == "版"
    Urgency.objects.filter(code="U3").update(sign="1wh")
    shelf.forget()
    assert str(cards(client)["时限规则"].words) == "已修改、尚未使用"
