"""Messages in a real browser: from a submission to the inbox, the ledger, and one's own words."""

import re

import pytest
from playwright.sync_api import expect

from hotline.notices.models import Message, Template
from hotline.notices.services import ladder
from tests.browser.conftest import work
from tests.browser.test_paths import send, submit
from tests.make import holder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def agreeing(page):
    """A request written by somebody who lets us tell them by text message and WeChat."""
    submit(page)
    for kind in ("SMS", "WECHAT"):
        page.check(f"[name=consents][value={kind}]")
    return page


def test_a_submission_rings_the_bell_and_the_ledger_has_it(visit, staff, tmp_path):
    student = agreeing(visit(staff["student"]))
    number = send(student)
    work(tmp_path)
    student.goto("/messages/")
    expect(student.locator(".letter").first).to_contain_text(number)
    expect(student.locator(".letters-link .count")).to_contain_text("1")
    student.locator(".letter").first.click()
    student.wait_for_url(f"**/requests/{number}/")
    expect(student.locator(".letters-link .count")).to_have_count(0)

    clerk = visit(staff["clerk"])
    clerk.goto("/desk/deliveries/")
    clerk.fill("#id_number", number)
    clerk.get_by_role("button", name="筛选").click()
    expect(clerk.locator(".ledger tbody tr")).to_have_count(1)
    expect(clerk.locator(".ledger tbody")).to_contain_text(
        re.compile("已送达|待早晨发送")
    )  # by the hour


def test_whom_no_message_reached_is_rung_up(visit, staff, tmp_path):
    number = send(agreeing(visit(staff["student"])))
    work(tmp_path)
    message = Message.objects.get(to_requester=True)
    Message.objects.filter(pk=message.pk).update(state="SENT")
    sms = ladder.fall(message, "BOUNCED", at=message.created_at)
    Message.objects.filter(key=sms.key).update(state="SENT")  # by night it waits for the morning
    ladder.fall(Message.objects.get(key=sms.key), "REFUSED", at=message.created_at, code="EMPTY")

    clerk = visit(staff["clerk"], width=360)
    clerk.goto("/desk/calls/")
    clerk.get_by_role("button", name="领取").click()
    expect(clerk.locator("tbody")).to_contain_text(staff["student"].phone)
    clerk.get_by_role("button", name="已告知").click()
    expect(clerk.locator("#messages")).to_contain_text("已登记电话通知")
    expect(clerk.locator("main")).to_contain_text("没有要打的电话")
    clerk.goto(f"/desk/cases/{number}/")
    expect(clerk.locator("main")).to_contain_text("发出的通知")


def test_a_template_is_changed_looked_at_refused_saved_and_taken_back(visit, transactional_db):
    page = visit(holder("R13"))
    page.goto("/admin/templates/")
    page.get_by_role("link", name="已受理", exact=True).click()
    page.fill("#id_text", "{number}已受理。{name}")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".form-error")).to_contain_text("没有变量 {name}")
    page.fill("#id_text", "{number}已受理，请放心。")
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".sample")).to_have_text("【师生服务热线】RX2606-0142-7已受理，请放心。")
    assert not Template.objects.exists()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#messages")).to_contain_text("模板已保存")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="恢复默认").click()
    expect(page.locator("#id_text")).to_have_value(
        "您的诉求{number}“{title}”已受理，可登录查看进展。"
    )


def test_a_gateway_is_set_up_without_javascript(visit, transactional_db):
    page = visit(holder("R13"), javascript=False)
    page.goto("/admin/gateways/")
    page.get_by_role("link", name="短信网关").first.click()
    page.fill("#id_code", "campus")
    page.fill("#id_own_url", "nonsense")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".is-wrong")).to_contain_text("https://")
    page.fill("#id_own_url", "https://sms.example.edu.cn/send")
    page.fill("#id_own_secret", "a secret of the gateway")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#messages")).to_contain_text("通道已保存")
    assert "a secret of the gateway" not in page.content()
    page.goto("/admin/gateways/")
    expect(page.locator("main")).to_contain_text("campus")


def test_the_postbox_shows_what_would_have_been_sent(visit, staff, tmp_path):
    send(agreeing(visit(staff["student"])))
    work(tmp_path)
    page = visit(holder("R13"))
    page.goto("/admin/postbox/")
    expect(page.locator(".letter").first).to_contain_text("×××")
    page.get_by_role("link", name="微信订阅消息").click()
    expect(page.locator(".letter")).to_have_count(1)
