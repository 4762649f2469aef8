"""回避 on the pages: naming people, stepping aside, the standing list."""

from uuid import uuid4

import pytest

from hotline.cases.codes import State
from hotline.cases.models import Case, NamedPerson, Recusal
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_user, holder, unit

pytestmark = pytest.mark.django_db


def test_the_requester_names_somebody_and_a_draft_keeps_it():
    named, owner = holder("R4", name="郑某某"), a_user()
    client = signed_in(owner)
    form = {
        "type": "TS",
        "body": "主任在会上当众辱骂学生，请调查。",
        "mode": "NAMED",
        "named": "郑某某",
    }
    client.post("/requests/new/", {**form, "key": uuid4(), "draft": "1"})
    draft = Case.objects.get(owner=owner)
    assert 'value="郑某某"' in client.get(f"/requests/new/?draft={draft.pk}").content.decode()
    client.post("/requests/new/", {**form, "key": draft.form_key})
    case = Case.objects.get(owner=owner)
    assert NamedPerson.objects.get(case=case).user == named
    assert signed_in(named).get(f"/desk/cases/{case.number}/").status_code == 404


def test_a_clerk_writes_down_whom_it_names_and_the_page_says_who_that_is():
    case, named = a_case(State.SUBMITTED), holder("R5", of="houqin", name="冯某某")
    client = client_of("R3")
    done = client.post(f"/desk/cases/{case.number}/named-people/", {"names": "冯某某\n陌生人"})
    assert done.status_code == 302
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert named.account in page
    assert "未对上账号" in page
    row = NamedPerson.objects.get(user=named)
    client.post(f"/desk/cases/{case.number}/named-people/", {"removed": [row.pk]})
    assert named.account not in client.get(f"/desk/cases/{case.number}/").content.decode()


def test_a_clerk_steps_aside_and_is_led_away():
    case, user = a_case(State.SUBMITTED), holder("R3")
    client = signed_in(user)
    assert "申请回避" in client.get(f"/desk/cases/{case.number}/").content.decode()
    done = client.post(
        f"/desk/cases/{case.number}/recusals/", {"words": "诉求人是亲属"}, follow=True
    )
    assert "已回避" in done.content.decode()
    assert client.get(f"/desk/cases/{case.number}/").status_code == 404


def test_a_contact_steps_aside_from_an_order():
    case, user = a_case(State.IN_PROGRESS), holder("R5", of="houqin")
    holder("R5", of="houqin")
    order, client = case.orders.get(), signed_in(user)
    assert "申请回避" in client.get(f"/unit/orders/{order.pk}/").content.decode()
    client.post(f"/unit/orders/{order.pk}/recusals/", {"words": "诉求人是亲属"}, follow=True)
    assert client.get(f"/unit/orders/{order.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["R13", "R4", "R9"])
def test_administrators_managers_and_receivers_keep_the_list(role):
    clerk, client = holder("R3", name="陈某某"), client_of(role)
    data = {"user": clerk.account, "unit": "houqin", "words": "曾在后勤处任职"}
    assert client.post("/admin/recusals/", {**data, "unit": ""}).status_code == 422
    assert client.post("/admin/recusals/", {**data, "user": "0"}).status_code == 422
    assert client.post("/admin/recusals/", data).status_code == 302
    page = client.get("/admin/recusals/").content.decode()
    assert "陈某某" in page
    assert "曾在后勤处任职" in page
    case = a_case(State.SUBMITTED, target_unit=unit("houqin"))
    assert signed_in(clerk).get(f"/desk/cases/{case.number}/").status_code == 404
    client.post(f"/admin/recusals/{Recusal.objects.get().pk}/end/")
    assert signed_in(clerk).get(f"/desk/cases/{case.number}/").status_code == 200


@pytest.mark.parametrize("role", ["R2", "R3", "R5", "R8", "R13A"])
def test_for_everyone_else_there_is_no_list(role):
    assert client_of(role).get("/admin/recusals/").status_code == 404


def test_which_single_requests_somebody_left_stands_in_no_list():
    case, user = a_case(State.SUBMITTED), holder("R3", name="褚某某")
    Recusal.objects.create(user=user, case=case, reason="亲属", at=case.created_at)
    page = client_of("R13").get("/admin/recusals/").content.decode()
    assert "褚某某" not in page


def test_the_office_cannot_keep_those_away_who_read_complaints_about_it():
    receiver, client = holder("R9"), client_of("R4")
    data = {"user": receiver.account, "unit": "hotline", "words": "工作需要"}
    assert client.post("/admin/recusals/", data).status_code == 403
    assert client_of("R13S").post("/admin/recusals/", data).status_code == 302
    end = f"/admin/recusals/{Recusal.objects.get().pk}/end/"
    assert end not in client.get("/admin/recusals/").content.decode()
    assert client.post(end).status_code == 403
    other = client_of("R9")
    assert end in other.get("/admin/recusals/").content.decode()
    assert other.post(end).status_code == 302


def test_whoever_keeps_the_list_proves_anew_who_they_are():
    client = client_of("R4")
    session = client.session
    session["proved"] = 0
    session.save()
    data = {"user": holder("R3").account, "unit": "houqin", "words": "曾在后勤处任职"}
    assert client.get("/admin/recusals/").status_code == 200
    assert "confirm-password" in client.post("/admin/recusals/", data).content.decode()
    assert not Recusal.objects.exists()


def test_a_receiver_finds_the_list_and_no_way_to_the_rest_of_the_administration():
    page = client_of("R9").get("/admin/recusals/").content.decode()
    assert 'href="/admin/"' not in page
    assert 'href="/admin/recusals/"' in client_of("R9").get("/desk/", follow=True).content.decode()
