"""Rating, visits, rework, the end, and opening again."""

from datetime import date, timedelta

import pytest

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases.codes import Outcome, RatedBy, State
from hotline.cases.models import Visit
from hotline.cases.services import aftercare, dispatching, intake, triage
from hotline.cases.services.aftercare import CHECKLIST, Opinion
from hotline.cases.services.handling import Answer
from tests.make import NOON, a_case, a_requester, an_actor, category, type_, unit

pytestmark = pytest.mark.django_db

GOOD = Opinion(result="SATISFIED", contacted=True, solved="YES", attitude="SATISFIED")
BAD = Opinion(result="DISSATISFIED", contacted=False, solved="NO", attitude="FAIR", words="没人来")


def closed(**fields):
    owner = a_requester()
    return a_case(State.CLOSED, owner=owner.user, **fields), owner


def test_a_satisfied_requester_ends_it_and_rates_only_once_a_round():
    case, owner = closed()
    rating = aftercare.rate(case, GOOD, by=owner, at=NOON)
    assert (case.state, rating.source) == (State.ARCHIVED, RatedBy.REQUESTER)
    with pytest.raises(WrongState):
        aftercare.rate(case, GOOD, by=owner, at=NOON)


def test_a_dissatisfied_requester_says_why_and_the_office_decides():
    case, owner = closed()
    speechless = Opinion(result="DISSATISFIED", contacted=True, solved="NO", attitude="FAIR")
    with pytest.raises(Invalid):
        aftercare.rate(case, speechless, by=owner, at=NOON)
    aftercare.rate(case, BAD, by=owner, at=NOON)
    assert case.state == State.DISSATISFIED
    dispatching.rework(case, reason="CB05", words="重新办理", by=an_actor("R4"), at=NOON)
    assert (case.state, case.round, case.closed_at) == (State.DISPATCHED, 2, None)
    assert case.orders.get(round=2).unit.code == "houqin"


def test_rework_stays_with_the_unit_unless_it_gave_others_away():
    case, owner = closed()
    aftercare.rate(case, BAD, by=owner, at=NOON)
    with pytest.raises(Invalid):
        dispatching.rework(
            case, reason="CB05", words="换", to=unit("baowei"), by=an_actor("R4"), at=NOON
        )
    dispatching.rework(
        case, reason="CB06", words="泄露", to=unit("baowei"), by=an_actor("R4"), at=NOON
    )
    assert case.lead_unit.code == "baowei"


def test_an_end_without_remedy_needs_two_people_and_still_counts_as_dissatisfied():
    case, owner = closed()
    aftercare.rate(case, BAD, by=owner, at=NOON)
    first, second = an_actor("R4"), an_actor("R4")
    with pytest.raises(WrongState):
        aftercare.end(case, words="同意", by=first, at=NOON)
    aftercare.propose_end(case, words="政策不允许，已当面解释。", by=first, at=NOON)
    with pytest.raises(NotAllowed):
        aftercare.end(case, words="同意", by=first, at=NOON)
    aftercare.end(case, words="同意", by=second, at=NOON)
    assert case.state == State.ARCHIVED
    assert case.ratings.get().result == "DISSATISFIED"


def test_a_complaint_is_refused_only_by_a_second_person_and_a_question_by_one():
    clerk, boss = an_actor("R3"), an_actor("R4")
    question = a_case(State.SUBMITTED, type=type_("ZX"))
    triage.decline(question, reason="BS05", words="请咨询市政热线。", by=clerk, at=NOON)
    assert question.state == State.REJECTED

    complaint = a_case(State.SUBMITTED, type=type_("TS"))
    with pytest.raises(NotAllowed):
        triage.decline(complaint, reason="BS05", words="不归我们", by=clerk, at=NOON)
    with pytest.raises(WrongState):  # a manager alone is not two
        triage.decline(complaint, reason="BS05", words="不归我们", by=boss, at=NOON)
    triage.propose_decline(complaint, reason="BS05", words="不归学校管", by=clerk, at=NOON)
    triage.keep(complaint, words="应当受理", by=boss, at=NOON)
    assert complaint.state == State.SUBMITTED
    triage.propose_decline(complaint, reason="BS05", words="不归学校管", by=clerk, at=NOON)
    triage.decline(complaint, reason="BS05", words="请向劳动仲裁申请。", by=boss, at=NOON)
    assert (complaint.state, complaint.answer) == (State.REJECTED, "请向劳动仲裁申请。")


def audited(case, **more):
    aftercare.close(case, checked=CHECKLIST, by=an_actor("R4"), at=NOON, **more)


def test_an_answer_goes_out_only_when_every_question_of_the_audit_is_answered():
    case = a_case(State.ANSWERED)
    with pytest.raises(Invalid):
        aftercare.close(case, checked=CHECKLIST[:-1], by=an_actor("R4"), at=NOON)
    audited(case)
    assert case.state == State.CLOSED and case.first_closed_at == case.closed_at == NOON


def test_an_answer_with_somebodys_number_in_it_is_stopped_until_an_auditor_has_looked():
    case = a_case(State.ANSWERED, answer="请联系张伟老师 13912345678。")
    assert {find.kind for find in aftercare.leaks(case)} == {"name", "phone"}
    with pytest.raises(Invalid):
        audited(case)
    audited(case, leaks_seen=True)
    assert case.state == State.CLOSED


def test_the_leak_scan_knows_the_requesters_own_name():
    owner = a_requester(name="尉迟小满")
    case = a_case(State.ANSWERED, owner=owner.user, answer="尉迟小满反映的情况属实。")
    assert [find.kind for find in aftercare.leaks(case)] == ["known"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"type": "TS"}, "COMPLAINT"),
        ({"urgency": "U1"}, "URGENT"),
        ({"round": 2}, "REWORK"),
    ],
)
def test_some_closed_requests_are_always_called_back(fields, why):
    from tests.make import urgency

    make = {"type": type_, "urgency": urgency}
    case = a_case(State.ANSWERED, **{k: make[k](v) if k in make else v for k, v in fields.items()})
    audited(case)
    assert Visit.objects.get(case=case).why == why


def test_of_the_others_a_fifth_is_drawn_by_number_and_nobody_can_choose():
    drawn = 0
    for _ in range(60):
        case = a_case(State.ANSWERED)
        audited(case)
        drawn += Visit.objects.filter(case=case).exists()
    assert 4 <= drawn <= 24


def test_nobody_is_called_who_cannot_be_known():
    case = a_case(State.ANSWERED, mode="ANONYMOUS", type=type_("TS"))
    audited(case)
    assert not case.visits.exists()


def a_visit(**fields):
    case = a_case(State.ANSWERED, type=type_("TS"), **fields)
    audited(case)
    return case, case.visits.get()


def test_a_visit_records_what_the_requester_says_and_ends_it():
    case, visit = a_visit()
    aftercare.record_visit(
        visit, reached=True, words="都好了", opinion=GOOD, by=an_actor("R2"), at=NOON
    )
    case.refresh_from_db()
    assert (case.state, case.ratings.get().source) == (State.ARCHIVED, RatedBy.VISITOR)
    visit.refresh_from_db()
    assert visit.state == "DONE"


def test_a_visit_by_someone_who_handled_it_is_refused():
    from hotline.people.queries import actor_of
    from tests.make import BEGAN, Membership, Role, a_user

    _case, visit = a_visit()
    both = a_user()
    for role, of in (("R2", None), ("R5", unit("houqin"))):
        Membership.objects.create(
            user=both, role=Role.objects.get(code=role), unit=of, from_date=BEGAN
        )
    with pytest.raises(NotAllowed):
        aftercare.record_visit(
            visit, reached=True, words="", opinion=GOOD, by=actor_of(both, on=NOON.date()), at=NOON
        )


def test_three_calls_in_vain_at_different_hours_end_a_visit():
    _case, visit = a_visit()
    agent = an_actor("R2")
    aftercare.record_visit(visit, reached=False, words="无人接听", by=agent, at=NOON)
    with pytest.raises(Invalid):
        aftercare.record_visit(
            visit, reached=False, words="", by=agent, at=NOON + timedelta(minutes=5)
        )
    for hours in (2, 5):
        at = NOON + timedelta(hours=hours)
        aftercare.record_visit(visit, reached=False, words="", by=agent, at=at)
    visit.refresh_from_db()
    assert (visit.state, visit.tries.count()) == ("UNREACHED", 3)


def test_a_withdrawn_complaint_is_called_back_to_exclude_pressure():
    owner = a_requester()
    case = a_case(State.IN_PROGRESS, owner=owner.user, type=type_("TS"))
    intake.withdraw(case, reason="CH03", by=owner, at=NOON)
    assert case.state == State.WITHDRAWN
    assert case.visits.get().why == "WITHDRAWAL"
    assert case.orders.get().state == "CANCELLED"


def test_an_archived_request_opens_again_within_thirty_days_or_when_a_promise_has_lapsed():
    boss = an_actor("R4")
    fresh = a_case(State.ARCHIVED)
    dispatching.reopen(fresh, words="又坏了", by=boss, at=NOON + timedelta(days=29))
    assert (fresh.state, fresh.round) == (State.DISPATCHED, 2)
    old = a_case(State.ARCHIVED)
    with pytest.raises(Invalid):
        dispatching.reopen(old, words="又坏了", by=boss, at=NOON + timedelta(days=31))
    promised = a_case(State.ARCHIVED, outcome=Outcome.PLANNED, promise_date=date(2026, 7, 1))
    dispatching.reopen(promised, words="到期未做", by=boss, at=NOON + timedelta(days=60))
    assert promised.steps.last().reason == "DB06"


def test_what_never_was_answered_does_not_open_again():
    case = a_case(State.ARCHIVED, closed_at=None, first_closed_at=None)
    with pytest.raises(Invalid):
        dispatching.reopen(case, words="重开", by=an_actor("R4"), at=NOON)


def test_a_question_is_answered_at_once_with_its_ground_and_nothing_else_is():
    clerk = an_actor("R3")
    question = a_case(State.ACCEPTED, type=type_("ZX"))
    with pytest.raises(Invalid):
        triage.answer(question, words="三个工作日。", basis=" ", by=clerk, at=NOON)
    triage.answer(question, words="三个工作日。", basis="校园卡管理办法", by=clerk, at=NOON)
    assert (question.state, question.direct) == (State.CLOSED, True)
    complaint = a_case(State.ACCEPTED, type=type_("TS"))
    with pytest.raises(Invalid):
        triage.answer(complaint, words="知道了", basis="无", by=clerk, at=NOON)


def test_a_complaints_answer_needs_the_head_and_a_promise_needs_its_date():
    from hotline.cases.services import handling

    case = a_case(State.IN_PROGRESS, type=type_("TS"), category=category("F102"))
    order, contact, head = (
        case.orders.get(),
        an_actor("R5", of="houqin"),
        an_actor("R6", of="houqin"),
    )
    answer = Answer(text="已整改。", outcome="RESOLVED")
    with pytest.raises(NotAllowed):
        handling.reply(order, answer, by=contact, at=NOON)
    handling.submit_reply(order, answer, by=contact, at=NOON)
    handling.return_reply(order, words="再具体些", by=head, at=NOON)
    handling.submit_reply(order, answer, by=contact, at=NOON)
    with pytest.raises(Invalid):
        handling.reply(order, Answer(text="明年改造。", outcome="PLANNED"), by=head, at=NOON)
    handling.reply(
        order, Answer(text="明年改造。", outcome="PLANNED", promise_date=date(2027, 5, 1)),
        by=head, at=NOON,
    )  # fmt: skip
    assert (case.state, case.promise_date) == (State.ANSWERED, date(2027, 5, 1))


def test_an_answer_without_any_contact_is_refused():
    from hotline.cases.services import handling

    case = a_case(State.IN_PROGRESS)
    order = case.orders.get()
    order.contacts.all().delete()
    with pytest.raises(Invalid):
        handling.reply(
            order,
            Answer(text="已处理。", outcome="RESOLVED"),
            by=an_actor("R5", of="houqin"),
            at=NOON,
        )


def test_a_complaint_withdrawn_while_a_call_back_waits_is_called_back_once():
    owner = a_requester()
    case = a_case(State.ANSWERED, owner=owner.user, type=type_("TS"))
    audited(case)
    aftercare.rate(case, BAD, by=owner, at=NOON)
    intake.withdraw(case, reason="CH03", by=owner, at=NOON)
    assert [v.why for v in case.visits.filter(state="PENDING")] == ["WITHDRAWAL"]
