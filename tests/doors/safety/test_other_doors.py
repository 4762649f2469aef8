"""What one page does not show is not had through another: a form, a list, a filter, a count, a draft."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from hotline.base.refusals import Invalid
from hotline.cases.codes import Mode, Seal, State
from hotline.cases.models import Case, Draft, NamedPerson, Remark, WorkOrder
from hotline.cases.services import crisis, dispatching, enclosing, intake, looking, triage
from hotline.cases.services.given import Words
from hotline.cases.sight import sight_of
from hotline.people.actor import Actor
from hotline.people.models import Revision, Tries
from hotline.people.queries import actor_of
from hotline.people.services import accounts, tries
from hotline.rights.models import Act, Hold, RetentionRule
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_requester, a_user, an_actor, category, holder, type_, unit, urgency
from tests.surge.at_hand import a_lead, a_surge

pytestmark = pytest.mark.django_db
BODY = "热线办主任辱骂来电人，请调查处理。"


def text_of(response):
    return response.content.decode()


def test_a_clerk_reads_no_crisis_note_through_the_form_that_passes_on_what_was_said():
    case, team = a_case(State.IN_PROGRESS), an_actor("R12")
    Remark.objects.create(case=case, kind="SUPPLEMENT", text="我昨晚吞了一瓶药", at=now())
    crisis.alarm(case, by=team, at=now())
    crisis.note(case, words="已送安定医院，家长在外地", by=team, at=now())
    crisis.stand_down(case, title="宿舍报修", remaining="水龙头仍漏水", by=team, at=now())
    clerk = client_of("R3")
    for remark in case.remarks.all():
        page = clerk.get(f"/desk/cases/{case.number}/remarks/{remark.pk}/release/")
        assert page.status_code == 404, remark.kind
        with pytest.raises(Invalid):
            triage.release(case, remark=remark, words="█", by=an_actor("R3"), at=now())


def test_a_password_that_was_asked_for_in_between_is_kept_in_no_draft():
    user = holder("R3")
    client, case = signed_in(user), a_case(State.SUBMITTED)
    session = client.session
    session["idle"], session["seen"] = 30, int(now().timestamp()) - 3600
    session.save()
    to = f"/desk/cases/{case.number}/questions/"
    sent = {
        "words": "", "text": "请补充", "version": "99", "confirm-next": to, "confirm-locked": "1",
        "confirm-send": "1", "confirm-password": "a fine password",
    }  # fmt: skip
    answer = client.post("/account/confirm/", sent)
    assert (answer.status_code, answer["Location"]) == (307, to)
    client.post(to, sent)  # what a browser does with 307: the same body once more
    (draft,) = Draft.objects.filter(by=user)
    assert "请补充" in str(draft.data)
    assert "confirm" not in str(draft.data)


@pytest.mark.parametrize("how", ["sealed", "named"])
def test_an_auditor_learns_nothing_by_guessing_a_number(how):
    auditor, receiver = holder("R13A"), holder("R9", name="专收人某")
    words = Words(
        body=BODY, type=type_("TS"), about_office=how == "sealed",
        named=auditor.account if how == "named" else "",
    )  # fmt: skip
    case = intake.submit(words, by=a_requester(), at=now()).case
    reader = actor_of(receiver, on=localdate())
    looking.looked(sight_of(reader, Case.objects.get(pk=case.pk), at=now()), by=reader)
    client = signed_in(auditor)
    assert "专收人某" in text_of(client.get("/audit/looks/"))
    assert "专收人某" not in text_of(client.get("/audit/looks/", {"number": case.number}))


def test_what_the_rules_of_age_would_do_names_no_sealed_request_to_the_office():
    sealed, plain = (
        a_case(State.ARCHIVED, at=now() - timedelta(days=4000), seal=seal) for seal in (Seal.OFFICE, Seal.NONE)
    )  # fmt: skip
    for code in ("OFFICE", "REQUEST"):
        RetentionRule.objects.create(code=code, act=Act.ANONYMISE, days=1825)
    page = text_of(client_of("R4").get("/admin/retention/", {"plan": "1"}))
    assert plain.number in page
    assert sealed.number not in page


def test_who_takes_off_the_unit_complained_of_stands_in_the_history():
    clerk = an_actor("R3")
    words = Words(
        body="后勤处经理克扣学生补贴，请查处。", type=type_("TS"), target_unit=unit("houqin")
    )
    case = intake.submit(words, by=a_requester(), at=now()).case
    triage.accept(
        case, category=category(), type=type_("TS"), urgency=urgency(), by=clerk, at=now()
    )
    assert case.steps.get(verb="accept").facts["target"] == ["houqin", None]
    page = text_of(client_of("R4").get(f"/desk/cases/{case.number}/"))
    assert f"被反映单位：{unit('houqin')} → 无" in page


def test_a_unit_of_an_earlier_round_reads_no_newer_copy_in_its_list():
    at, boss = now() - timedelta(days=3), an_actor("R4")
    case = a_case(State.DISSATISFIED, at=at, mode=Mode.CONFIDENTIAL, type=type_("TS"))
    WorkOrder.objects.filter(case=case).update(ended_at=at)
    client = client_of("R5", of="houqin")
    assert case.shown_title in text_of(client.get("/unit/done/"))
    dispatching.rework(case, reason="CB06", words="重新核实", to=unit("renshi"), by=boss, at=now())
    triage.redacted(case, title="新的标题只给新单位", body="新的内容", by=boss, at=now())
    page = text_of(client.get("/unit/done/"))
    assert case.number in page
    assert "新的标题只给新单位" not in page


def test_nobody_keeps_or_lets_go_a_request_of_their_own():
    boss = holder("R4")
    case = a_case(State.ARCHIVED, owner=boss)
    Hold.objects.create(case=case, words="（2026）京01民初1号", at=now())
    client = signed_in(boss)
    assert client.get(f"/desk/cases/{case.number}/hold/").status_code == 404
    assert client.post(f"/desk/cases/{case.number}/hold/end/").status_code == 404
    assert Hold.objects.get().ended_at is None


@pytest.mark.parametrize("role", ["R8", "R9"])
def test_whoever_keeps_a_closed_room_reads_no_number_of_a_proceeding_outside_it(role):
    case = a_case(State.ARCHIVED)
    Hold.objects.create(case=case, words="（2026）京01民初1号", at=now())
    assert client_of(role).get(f"/desk/cases/{case.number}/hold/").status_code == 404
    Case.objects.filter(pk=case.pk).update(seal="OFFICE" if role == "R9" else "LEADERS")
    assert "民初1号" in text_of(client_of(role).get(f"/desk/cases/{case.number}/hold/"))


def test_staff_do_not_see_which_colleague_has_their_own_request_open():
    owner, clerk = holder("R3", name="自己某"), client_of("R4")
    case = a_case(State.SUBMITTED, owner=owner, mode=Mode.CONFIDENTIAL)
    address = f"/desk/cases/{case.number}/presence/?version=0"
    assert signed_in(owner).get(address).status_code == 404
    assert "自己某" not in text_of(clerk.get(address))


@pytest.mark.parametrize("how", ["sealed", "named"])
def test_a_lead_that_was_closed_to_a_clerk_is_named_on_no_page_of_the_surge(how):
    clerk, surge = holder("R3"), a_surge()
    lead, client = a_lead(surge), signed_in(clerk)
    address = f"/desk/surges/{surge.pk}/"
    assert lead.number in text_of(client.get(address))
    if how == "sealed":
        enclosing.enclose(lead, words="反映的其实是热线办的接线员", by=an_actor("R4"), at=now())
    else:
        NamedPerson.objects.create(case=lead, user=clerk, name=clerk.name, at=now())
    assert lead.number not in text_of(client.get(address))


def test_lifting_the_lock_of_a_place_is_on_record():
    at = now()
    row = Tries.objects.create(
        gate="SIGN_IN", who="", place="10.0.0.0", count=100, since=at, last_at=at,
        until=at + timedelta(minutes=15),
    )  # fmt: skip
    before = Revision.objects.count()
    tries.unlock_gate(row.pk, by=an_actor("R13"), at=at)
    assert Revision.objects.count() == before + 1


def test_nobody_takes_the_number_of_an_account_to_come_for_their_phone():
    mallory = a_user(phone=None)
    for number in ("2027000001", "10086", "+8613912345678"):
        with pytest.raises(Invalid):
            accounts.change_phone(mallory, number, by=Actor(user=mallory), at=now())
    accounts.change_phone(mallory, "13912345678", by=Actor(user=mallory), at=now())
    assert mallory.__class__.objects.get(pk=mallory.pk).phone == "13912345678"
