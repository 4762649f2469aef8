"""Everyone may read why a time is what it is: of their own promises, and no others."""

import pytest
from django.urls import reverse

from hotline.cases.codes import Mode, State
from hotline.cases.services import dispatching, intake
from hotline.cases.services.dispatching import Orders
from hotline.catalog import shelf
from hotline.catalog.models import Urgency
from hotline.people.queries import actor_of
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, a_user, an_actor, holder, unit, urgency

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatched():
    owner = a_user()
    case = a_case(State.ACCEPTED, owner=owner, next_due_at=NOON)
    dispatching.dispatch(
        case,
        Orders(unit(), joint=[unit("baowei")], joint_opinion="协助"),
        by=an_actor("R3"),
        at=NOON,
    )
    intake.urge(case, words="", by=actor_of(owner, on=NOON.date()), at=NOON)
    return case


def titles(response):
    return [line.title for line in response.context["clocks"]]


def test_the_requester_reads_what_they_were_promised_and_nothing_of_the_house(dispatched):
    response = signed_in(dispatched.owner).get(reverse("portal:clocks", args=[dispatched.number]))
    assert sorted(titles(response)) == ["催办回应时限", "师生钟"]
    assert "时限规则" not in response.content.decode()


def test_the_office_reads_all_of_them(dispatched):
    response = client_of("R3").get(reverse("desk:clocks", args=[dispatched.number]))
    assert sorted(titles(response)) == [
        "催办回应时限", "单位钟", "单位钟", "师生钟", "签收时限", "签收时限", "首次联系时限",
    ]  # fmt: skip
    assert "主办单位时限的 2/3" in response.content.decode()


def test_a_unit_reads_those_of_its_own_order(dispatched):
    order = dispatched.orders.get(part="JOINT")
    client = signed_in(holder("R5", of="baowei"))
    response = client.get(reverse("desk:order_clocks", args=[order.pk]))
    assert sorted(titles(response)) == ["单位钟", "签收时限"]
    other = dispatched.orders.get(part="LEAD")
    assert client.get(reverse("desk:order_clocks", args=[other.pk])).status_code == 404


def test_the_lead_reads_by_when_it_has_to_answer_an_urging(dispatched):
    order = dispatched.orders.get(part="LEAD")
    client = signed_in(holder("R5", of="houqin"))
    response = client.get(reverse("desk:order_clocks", args=[order.pk]))
    assert sorted(titles(response)) == ["催办回应时限", "单位钟", "签收时限", "首次联系时限"]


def test_the_page_of_an_order_shows_when_to_sign_and_to_answer_an_urging(dispatched):
    order = dispatched.orders.get(part="LEAD")
    client = signed_in(holder("R5", of="houqin"))
    page = client.get(reverse("desk:order", args=[order.pk]))
    due = dict(
        dispatched.clocks.filter(kind__in=["SIGN", "URGE"])
        .exclude(order__part="JOINT")
        .values_list("kind", "due_at")
    )
    assert page.context["awaited"] == due
    for at in due.values():
        assert f'datetime="{at.isoformat()}"' in page.content.decode()


def test_a_unit_that_assists_is_not_asked_to_contact_or_to_answer_an_urging(dispatched):
    order = dispatched.orders.get(part="JOINT")
    page = signed_in(holder("R5", of="baowei")).get(reverse("desk:order", args=[order.pk]))
    assert list(page.context["awaited"]) == ["SIGN"]
    assert "首次联系" not in page.content.decode()


def test_nobody_else_reads_any(dispatched):
    for client in (signed_in(a_user()), client_of("R13"), client_of("R10")):
        for name in ("desk:clocks", "portal:clocks"):
            assert client.get(reverse(name, args=[dispatched.number])).status_code == 404


def test_of_a_secret_request_the_clocks_say_nothing_of_who_asks():
    owner = a_user("卡纳瑞若")
    case = a_case(
        State.ACCEPTED, owner=owner, mode=Mode.CONFIDENTIAL, title="金丝雀", next_due_at=NOON
    )
    copy = {"shown_title": "副本", "shown_body": "副本"}
    order = dispatching.dispatch(case, Orders(unit(), **copy), by=an_actor("R3"), at=NOON)
    page = signed_in(holder("R5", of="houqin")).get(reverse("desk:order_clocks", args=[order.pk]))
    text = page.content.decode()
    assert "副本" in text and "卡纳瑞若" not in text and "金丝雀" not in text


def test_the_versions_of_the_limits_say_what_each_changed(dispatched):
    Urgency.objects.filter(code="U3").update(sign="1wh")
    shelf.forget()
    case = a_case(State.ACCEPTED, next_due_at=NOON)
    dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=NOON)
    response = client_of("R4").get(reverse("desk:admin_policies"))
    new, first = response.context["versions"]
    assert [tuple(line) for line in new.differences] == [("U3 普通 · 签收时限", "4wh", "1wh")]
    assert first.first and not first.differences
    assert client_of("R3").get(reverse("desk:admin_policies")).status_code == 404


def test_the_page_of_the_limits_shows_those_in_force_and_what_waits_for_its_first_dispatch(
    dispatched,
):
    office = client_of("R4")
    page = office.get("/admin/policies/")
    assert page.context["pending"] == []
    tier = page.content.decode().split("U3 ")[1].split("</tr>")[0]
    row = Urgency.objects.get(code="U3")
    assert all(limit in tier for limit in (row.sign, row.respond, row.resolve))
    Urgency.objects.filter(code="U3").update(sign="1wh")
    shelf.forget()
    page = office.get("/admin/policies/")
    assert [line.after for line in page.context["pending"]] == ["1wh"]
    assert "下一次派单时生效" in page.content.decode()
    case = a_case(State.ACCEPTED, next_due_at=NOON)
    dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=NOON)
    assert office.get("/admin/policies/").context["pending"] == []


def test_the_house_reads_whose_limit_a_time_is_and_the_requester_does_not(dispatched):
    office = client_of("R3").get(reverse("desk:clocks", args=[dispatched.number]))
    sources = {line.title: line.source for line in office.context["clocks"] if line.source}
    assert sources == {
        "签收时限": "紧急程度 U3", "首次联系时限": f"分类 {dispatched.category.code}",
        "单位钟": f"分类 {dispatched.category.code}", "师生钟": f"分类 {dispatched.category.code}",
    }  # fmt: skip
    assert f"分类 {dispatched.category.code}" in office.content.decode()
    own = signed_in(dispatched.owner).get(reverse("portal:clocks", args=[dispatched.number]))
    assert f"分类 {dispatched.category.code}" not in own.content.decode()


def test_where_a_tier_is_stricter_it_is_named(dispatched):
    case = a_case(State.ACCEPTED, urgency=urgency("U1"), next_due_at=NOON)
    order = dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=NOON)
    page = signed_in(holder("R5", of="houqin")).get(reverse("desk:order_clocks", args=[order.pk]))
    assert {line.source for line in page.context["clocks"]} == {"紧急程度 U1"}
