"""Merging, crisis, and what may go where."""

import pytest

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases.codes import Mode, OrderState, Seal, State
from hotline.cases.models import Case, CrisisFile
from hotline.cases.services import aftercare, crisis, handling, intake, merging, recusing, triage
from hotline.cases.services.aftercare import CHECKLIST, Opinion
from hotline.cases.services.given import Words
from hotline.cases.services.handling import Answer
from hotline.people.queries import actor_of
from tests.make import NOON, a_case, a_requester, an_actor, holder, type_, unit

pytestmark = pytest.mark.django_db


def test_merged_requests_are_answered_and_rated_one_by_one():
    owner = a_requester()
    master = a_case(State.ANSWERED)
    child = a_case(State.ACCEPTED, owner=owner.user)
    merging.merge(child, into=master, reason="BD02", by=an_actor("R3"), at=NOON)
    assert (child.state, child.event.master) == (State.MERGED, master)
    aftercare.close(master, checked=CHECKLIST, by=an_actor("R4"), at=NOON)
    assert merging.close_merged(master, at=NOON) == 1
    assert merging.close_merged(master, at=NOON) == 0  # a job may run twice
    child.refresh_from_db()
    assert (child.state, child.answer) == (State.CLOSED, "已更换龙头。")
    good = Opinion(result="SATISFIED", contacted=True, solved="YES", attitude="SATISFIED")
    aftercare.rate(child, good, by=owner, at=NOON)
    master.refresh_from_db()
    assert (child.state, master.state) == (State.ARCHIVED, State.CLOSED)


def test_a_merge_can_be_taken_back():
    master, child = a_case(State.ACCEPTED), a_case(State.ACCEPTED)
    merging.merge(child, into=master, reason="BD02", by=an_actor("R3"), at=NOON)
    merging.unmerge(child, words="不是一回事", by=an_actor("R3"), at=NOON)
    assert (child.state, child.merged_into, child.event) == (State.ACCEPTED, None, None)


def test_what_is_merged_does_not_wait_for_a_master_that_will_not_be_answered():
    owner = a_requester()
    master, child = a_case(State.ACCEPTED, owner=owner.user), a_case(State.ACCEPTED)
    merging.merge(child, into=master, reason="BD02", by=an_actor("R3"), at=NOON)
    intake.withdraw(master, reason="CH02", by=owner, at=NOON)
    assert merging.free_merged(master, at=NOON) == 1
    child.refresh_from_db()
    assert child.state == State.ACCEPTED


@pytest.mark.parametrize("state", [State.CLOSED, State.ARCHIVED, State.WITHDRAWN, State.CRISIS])
def test_nothing_is_merged_into_what_is_over(state):
    master, child = a_case(state), a_case(State.ACCEPTED)
    with pytest.raises(WrongState):
        merging.merge(child, into=master, reason="BD02", by=an_actor("R3"), at=NOON)


def test_nothing_is_merged_into_itself_nor_in_a_chain_nor_as_the_same_person_when_it_is_not():
    first, second, third = (a_case(State.ACCEPTED) for _ in range(3))
    clerk = an_actor("R3")
    for case, into, reason in ((first, first, "BD02"), (first, second, "BD01")):
        with pytest.raises(Invalid):
            merging.merge(case, into=into, reason=reason, by=clerk, at=NOON)
    merging.merge(second, into=first, reason="BD02", by=clerk, at=NOON)
    with pytest.raises(Invalid):
        merging.merge(third, into=second, reason="BD02", by=clerk, at=NOON)
    with pytest.raises(Invalid):
        merging.merge(first, into=third, reason="BD02", by=clerk, at=NOON)


def test_a_plain_cry_for_help_opens_the_crisis_lane_by_itself_and_seals_its_words():
    student = a_requester()
    receipt = intake.submit(
        Words(body="我真的不想活了，宿舍没有人理我。", type=type_("QZ")), by=student, at=NOON
    )
    case = receipt.case
    assert (case.state, case.seal, case.urgency.code) == (State.CRISIS, Seal.CRISIS, "U0")
    assert "不想活" not in case.body + case.title
    assert "不想活" in CrisisFile.objects.get(case=case).body


@pytest.mark.parametrize(
    "words", ["食堂排队笑死我了，希望能多开窗口。", "饿死了，夜宵窗口能不能晚点关？", "图书馆系统又卡死了请修一下。"]
)  # fmt: skip
def test_a_manner_of_speaking_is_no_crisis(words):
    case = intake.submit(Words(body=words, type=type_("JY")), by=a_requester(), at=NOON).case
    assert (case.state, case.flagged) == (State.SUBMITTED, False)


def test_a_weak_sign_is_flagged_and_decided_by_a_person():
    body = "室友最近总说没意思，把东西都送给别人做纪念，我很担心她。"
    case = intake.submit(Words(body=body, type=type_("QZ")), by=a_requester(), at=NOON).case
    assert (case.state, case.flagged) == (State.SUBMITTED, True)


def test_anyone_of_the_staff_may_raise_the_alarm_and_all_units_are_called_off():
    case = a_case(State.IN_PROGRESS)
    crisis.alarm(case, by=an_actor("R5", of="houqin"), at=NOON)
    assert case.state == State.CRISIS
    assert case.orders.get().state == OrderState.CANCELLED
    with pytest.raises(NotAllowed):
        crisis.alarm(a_case(State.SUBMITTED), by=a_requester(), at=NOON)


def test_after_a_crisis_only_the_remaining_matter_goes_on_and_under_secrecy():
    case = a_case(State.SUBMITTED)
    words = case.body
    team = an_actor("R12")
    crisis.alarm(case, by=an_actor("R2"), at=NOON)
    crisis.note(case, words="已联系，平安。", by=team, at=NOON)
    crisis.stand_down(case, title="宿舍漏水", remaining="宿舍漏水需要维修。", by=team, at=NOON)
    case.refresh_from_db()
    assert (case.state, case.seal, case.mode) == (State.ACCEPTED, "", Mode.CONFIDENTIAL)
    assert case.body == "宿舍漏水需要维修。"
    assert CrisisFile.objects.get(case=case).body == words


def test_a_finished_crisis_is_sealed_for_good_without_rating_or_figures():
    from datetime import timedelta

    from hotline.insight.cohorts import Period
    from hotline.insight.figures import total

    case = a_case(State.SUBMITTED)
    team = an_actor("R12")
    crisis.alarm(case, by=team, at=NOON)
    crisis.seal(case, words="转介医院", by=team, at=NOON)
    assert (case.state, case.seal) == (State.ARCHIVED, Seal.CRISIS)
    assert total(Period(None, NOON + timedelta(days=1))).received == 0


def test_what_is_referred_to_discipline_is_closed_to_the_office():
    from hotline.cases import queries
    from hotline.cases.codes import Referral

    case = a_case(State.ACCEPTED, type=type_("JB"))
    boss, discipline = an_actor("R4"), an_actor("R11")
    triage.refer(case, to=Referral.DISCIPLINE, reason="BS02", words="已转纪委。", by=boss, at=NOON)
    assert list(queries.visible_to(boss)) == []
    assert list(queries.visible_to(discipline)) == [case]


def test_forced_secrecy_goes_up_by_itself_and_never_down():
    from tests.make import category, urgency

    case = a_case(State.SUBMITTED)
    clerk = an_actor("R3")
    triage.accept(
        case, category=category("L104"), type=type_("JB"), urgency=urgency("U2"), by=clerk, at=NOON
    )
    assert case.mode == Mode.CONFIDENTIAL
    triage.reclassify(
        case, category=category("H204"), type=type_("QZ"), urgency=urgency("U2"), by=clerk, at=NOON
    )
    assert case.mode == Mode.CONFIDENTIAL


def test_steps_are_only_added():
    from django.db import DatabaseError, connection, transaction

    case = a_case(State.SUBMITTED)
    triage.note(case, words="备注", by=an_actor("R3"), at=NOON)
    step = case.steps.get()
    for sql in (
        "UPDATE cases_step SET verb = 'x' WHERE id = %s",
        "DELETE FROM cases_step WHERE id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [step.pk])
    assert Case.objects.get(pk=case.pk).steps.count() == 1


def test_whom_a_merged_request_names_keeps_away_from_the_one_that_answers_it():
    head, clerk = holder("R6", of="houqin", name="宇文某"), an_actor("R3")
    contact = holder("R5", of="houqin")
    master, child = a_case(State.IN_PROGRESS, type=type_("TS")), a_case(State.ACCEPTED)
    recusing.name_people(child, names="宇文某、查无此人", by=clerk, at=NOON)
    merging.merge(child, into=master, reason="BD02", by=clerk, at=NOON)
    names = master.named_people.order_by("id").values_list("name", "user")
    assert list(names) == [("宇文某", head.pk), ("查无此人", None)]
    order = master.orders.get()
    assert order.head_aside
    with pytest.raises(NotAllowed):
        handling.reply(
            order, Answer("已处理。", "RESOLVED"), by=actor_of(head, on=NOON.date()), at=NOON
        )
    recusing.name_people(child, names=contact.account, by=clerk, at=NOON)
    master.refresh_from_db()
    assert master.state == State.ACCEPTED  # nobody of the unit is left
    assert master.steps.filter(verb="name_people").count() == 2


def test_who_made_a_request_does_not_keep_away_from_it_because_another_names_them():
    owner, clerk = holder("R5", of="houqin"), an_actor("R3")
    master, child = a_case(State.ACCEPTED, owner=owner), a_case(State.ACCEPTED)
    recusing.name_people(child, names=owner.account, by=clerk, at=NOON)
    merging.merge(child, into=master, reason="BD02", by=clerk, at=NOON)
    assert not master.named_people.exists()


def test_what_names_somebody_is_not_merged_into_what_has_its_answer_already():
    clerk, head = an_actor("R3"), holder("R6", of="houqin")
    master, child = a_case(State.ANSWERED), a_case(State.ACCEPTED)
    recusing.name_people(child, names=head.account, by=clerk, at=NOON)
    with pytest.raises(Invalid):
        merging.merge(child, into=master, reason="BD02", by=clerk, at=NOON)


def test_a_complaint_about_a_unit_is_merged_only_into_one_about_the_same():
    clerk = an_actor("R3")
    for of in (None, "baowei"):
        master = a_case(State.ACCEPTED, target_unit=unit(of) if of else None)
        child = a_case(State.ACCEPTED, target_unit=unit("houqin"))
        with pytest.raises(Invalid):
            merging.merge(child, into=master, reason="BD02", by=clerk, at=NOON)
    master = a_case(State.ACCEPTED, target_unit=unit("houqin"))
    merging.merge(child, into=master, reason="BD02", by=clerk, at=NOON)
    merging.merge(a_case(State.ACCEPTED), into=master, reason="BD02", by=clerk, at=NOON)
