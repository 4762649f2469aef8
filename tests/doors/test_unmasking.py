"""To ask, to decide and to end by clicking; and who learns of it."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from hotline.cases.codes import Mode, State
from hotline.cases.models import Look, NamedPerson, Unmasking, UnmaskingEvent
from hotline.cases.services import enclosing
from hotline.cases.unmasking import WAITS
from hotline.doors.portal import looks
from hotline.people.models import User
from tests.doors.people import ROLES, client_of, signed_in
from tests.make import a_case, a_user, an_actor, category, holder

pytestmark = pytest.mark.django_db

NAME, PHONE = "欧阳若兰", "13812345678"
WHY = "需要当面核对补办材料的领取人"
FORM = {"fields_": ["name"], "purpose": "VERIFY", "words": WHY}


def a_named_case(code="H204", **more):
    at = now() - timedelta(hours=5)
    owner = User.objects.filter(phone=PHONE).first() or a_user(NAME, phone=PHONE)
    return a_case(State.IN_PROGRESS, owner=owner, category=category(code), at=at, **more)


def test_a_clerk_asks_sees_the_name_for_half_an_hour_and_hides_it_again():
    case, clerk = a_named_case(), client_of("R3")
    page = f"/desk/cases/{case.number}/"
    assert NAME not in clerk.get(page).content.decode()
    assert clerk.post(page + "unmaskings/", FORM).url == page
    text = clerk.get(page).content.decode()
    assert NAME in text
    assert PHONE not in text
    assert "还可查看 30 分钟" in text
    row = Unmasking.objects.get()
    assert client_of("R3").post(f"/desk/unmaskings/{row.pk}/end/").status_code == 404
    clerk.post(f"/desk/unmaskings/{row.pk}/end/")
    assert NAME not in clerk.get(page).content.decode()
    assert Look.objects.filter(facts={"unmasking": row.pk}).exists()


def test_what_is_wrong_stands_in_the_form_with_what_was_typed():
    case, clerk = a_named_case(), client_of("R3")
    response = clerk.post(f"/desk/cases/{case.number}/unmaskings/", FORM | {"words": "太短"})
    assert response.status_code == 422
    assert "至少 10 个字" in response.content.decode()
    assert clerk.post(
        f"/desk/cases/{case.number}/unmaskings/", FORM | {"fields_": ["crisis"]}
    ).status_code == 422  # fmt: skip
    assert not Unmasking.objects.exists()


def test_two_people_for_a_sensitive_class():
    case = a_named_case("L104")
    clerk, boss = client_of("R3"), client_of("R4")
    page = f"/desk/cases/{case.number}/"
    clerk.post(page + "unmaskings/", FORM)
    assert NAME not in clerk.get(page).content.decode()
    row = Unmasking.objects.get()
    queue = boss.get("/desk/unmaskings/").content.decode()
    assert WHY in queue
    assert NAME not in queue
    assert boss.post(f"/desk/unmaskings/{row.pk}/", {"words": "不行"}).status_code == 422
    assert boss.post(f"/desk/unmaskings/{row.pk}/", {"grant": "1"}).status_code == 302
    assert NAME in clerk.get(page).content.decode()
    assert NAME not in boss.get(page).content.decode()
    assert boss.post(f"/desk/unmaskings/{row.pk}/", {"grant": "1"}).status_code == 409


def test_the_asker_does_not_decide():
    case, boss = a_named_case("L104"), client_of("R4")
    boss.post(f"/desk/cases/{case.number}/unmaskings/", FORM)
    row = Unmasking.objects.get()
    assert boss.post(f"/desk/unmaskings/{row.pk}/", {"grant": "1"}).status_code == 403
    assert not UnmaskingEvent.objects.exists()


def test_a_unit_asks_at_its_order_and_not_for_a_secret_request():
    named, secret = a_named_case(), a_named_case(mode=Mode.CONFIDENTIAL)
    contact = client_of("R5", of="houqin")
    order = f"/unit/orders/{named.orders.get().pk}/"
    assert contact.get(order + "unmaskings/").status_code == 200
    assert contact.post(order + "unmaskings/", FORM).url == order
    assert NAME in contact.get(order).content.decode()
    hidden = f"/unit/orders/{secret.orders.get().pk}/"
    assert contact.get(hidden + "unmaskings/").status_code == 404
    assert contact.post(hidden + "unmaskings/", FORM).status_code == 404
    assert client_of("R5", of="baowei").get(order + "unmaskings/").status_code == 404


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"R4", "R9"}])
def test_the_queue_exists_for_who_decides_alone(role):
    client = client_of(role, of="houqin")
    assert client.get("/desk/unmaskings/").status_code == 404
    assert client.post("/desk/unmaskings/1/", {"grant": "1"}).status_code == 404


def test_the_requester_and_the_auditor_learn_of_it():
    case = a_named_case("L104")
    signed_in(holder("R3", name="受理员乙")).post(f"/desk/cases/{case.number}/unmaskings/", FORM)
    signed_in(holder("R4", name="主任丙")).post(
        f"/desk/unmaskings/{Unmasking.objects.get().pk}/", {"grant": "1"}
    )
    own = signed_in(case.owner).get(f"/requests/{case.number}/looks/").content.decode()
    for words in ("申请查看您的身份", "核实身份或资格", "经第二人同意，限时查看"):
        assert words in own, words
    assert WHY not in own
    assert "受理员乙" not in own
    audit = client_of("R13A").get("/audit/unmaskings/").content.decode()
    for words in (WHY, "受理员乙", "主任丙", case.number):
        assert words in audit, words
    assert NAME not in audit
    assert client_of("R4").get("/audit/unmaskings/").status_code == 404


def test_the_requester_reads_that_those_of_its_room_asked_and_what_waits():
    case, receiver, clerk = a_named_case("L104"), holder("R9"), an_actor("R4")
    signed_in(clerk.user).post(f"/desk/cases/{case.number}/unmaskings/", FORM)
    enclosing.enclose(case, words="反映的其实是热线办的接线员", by=clerk, at=now())
    signed_in(receiver).post(f"/desk/cases/{case.number}/unmaskings/", FORM)
    case.refresh_from_db()
    latest, first = looks.unmasked(case, at=now())
    assert (str(latest.who), str(first.who)) == ("党政办专门接收人员", "热线办工作人员")
    assert {latest.became, first.became} == {"待决定"}
    assert looks.unmasked(case, at=now() + WAITS)[0].became == "未获同意"


def test_an_auditor_whom_a_request_names_reads_no_number_of_it_beside_who_asked():
    case, clerk, auditor = a_named_case(), client_of("R3"), holder("R13A")
    clerk.post(f"/desk/cases/{case.number}/unmaskings/", FORM)
    assert case.number in signed_in(auditor).get("/audit/unmaskings/").content.decode()
    NamedPerson.objects.create(case=case, user=auditor, name=auditor.name, at=now())
    page = signed_in(auditor).get("/audit/unmaskings/").content.decode()
    assert WHY in page
    assert case.number not in page
    assert "密封件" in page
