"""The main road through the pages, without a browser: every form as HTML posts it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from hotline.cases import extensions
from hotline.cases.codes import State
from hotline.cases.models import Case, WorkOrder
from tests.make import a_case, a_user, holder

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user, backend="hotline.people.backends.AccountOrPhone")
    return client


def act(client, path, **data):
    """Open a form, and send it back with what it had filled in."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    form = page.context["form"]
    filled = {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, False)
    }
    answer = client.post(path, {**filled, **data})
    assert answer.status_code == 302, (path, answer.status_code, answer.context and answer.context["form"].errors)  # fmt: skip
    return answer


def test_a_request_is_heard_dispatched_handled_answered_rated_and_reworked():
    student, clerk, boss = a_user("李小雨"), holder("R3"), holder("R4")
    contact, joint = holder("R5", of="houqin"), holder("R5", of="jijian")
    mine, desk, office = signed_in(student), signed_in(clerk), signed_in(boss)
    unit, other = signed_in(contact), signed_in(joint)

    page = mine.get("/requests/new/")
    form = page.context["form"]
    receipt = mine.post(
        "/requests/new/",
        {"key": form["key"].value(), "type": "QZ", "mode": "NAMED", "category": "H203",
         "body": "七号楼四层的空调坏了三天，晚上睡不着，请尽快来修。"},
    )  # fmt: skip
    assert receipt.status_code == 200
    case = Case.objects.get()
    assert case.number in receipt.content.decode()

    act(desk, f"/desk/cases/{case.number}/acceptances/")
    act(desk, f"/desk/cases/{case.number}/dispatches/")
    case.refresh_from_db()
    assert case.state == State.DISPATCHED
    lead, part = case.orders.order_by("-part")
    assert (lead.unit.code, part.unit.code) == ("houqin", "jijian")

    act(unit, f"/unit/orders/{lead.pk}/signatures/")
    act(unit, f"/unit/orders/{lead.pk}/contacts/", means="PHONE", reached="YES", words="已约定上门")
    act(other, f"/unit/orders/{part.pk}/signatures/")
    act(other, f"/unit/orders/{part.pk}/replies/", text="保修期内，已通知厂家。")
    act(
        unit,
        f"/unit/orders/{lead.pk}/replies/",
        text="已更换压缩机，当晚恢复制冷。",
        outcome="RESOLVED",
    )
    checked = ["contacted", "answered", "grounds", "private", "plain"]
    act(office, f"/desk/cases/{case.number}/closings/", checked=checked)
    page = mine.get(f"/requests/{case.number}/")
    assert "已更换压缩机" in page.content.decode()

    rating = {"contacted": "yes", "solved": "NO", "result": "DISSATISFIED", "attitude": "FAIR"}
    act(mine, f"/requests/{case.number}/ratings/", **rating, words="第二天又不制冷了。")
    act(office, f"/desk/cases/{case.number}/reworks/", words="请彻底检修。")
    case.refresh_from_db()
    assert (case.state, case.round, case.closed_at) == (State.DISPATCHED, 2, None)
    lead = case.orders.get(round=2)
    act(unit, f"/unit/orders/{lead.pk}/signatures/")
    act(unit, f"/unit/orders/{lead.pk}/messages/", words="今天下午再次上门。")
    act(unit, f"/unit/orders/{lead.pk}/replies/", text="已更换整机。", outcome="RESOLVED")
    act(office, f"/desk/cases/{case.number}/closings/", checked=checked)
    rating |= {"solved": "YES", "result": "SATISFIED"}
    act(mine, f"/requests/{case.number}/ratings/", **rating)

    case.refresh_from_db()
    assert case.state == State.ARCHIVED
    assert [r.result for r in case.ratings.all()] == ["DISSATISFIED", "SATISFIED"]
    assert case.closed_at - case.first_closed_at < timedelta(minutes=1)
    for client, path in (
        (desk, f"/desk/cases/{case.number}/"),
        (office, f"/desk/cases/{case.number}/"),
        (unit, f"/unit/orders/{lead.pk}/"),
        (mine, f"/requests/{case.number}/"),
        (mine, "/requests/"),
        (desk, "/desk/queues/triage/"),
        (desk, "/desk/cases/?q=空调"),
        (unit, "/unit/done/"),
        (office, "/desk/visits/"),
    ):
        assert client.get(path).status_code == 200, path


def test_a_unit_reads_until_when_it_may_ask_for_more_time_before_it_types_anything():
    case = a_case(State.IN_PROGRESS, at=now())
    order = case.orders.get()
    unit, path = signed_in(holder("R5", of="houqin")), f"/unit/orders/{order.pk}/extensions/"
    last = localdate(extensions.latest(order))
    assert f"最晚 {last:%Y-%m-%d}" in unit.get(path).content.decode()
    assert path in unit.get(f"/unit/orders/{order.pk}/").content.decode()
    WorkOrder.objects.filter(pk=order.pk).update(due_at=order.sent_at)
    assert path not in unit.get(f"/unit/orders/{order.pk}/").content.decode()
    assert "办理时限已过" in unit.get(path).content.decode()
