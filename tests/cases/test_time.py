"""Extensions, suspensions, and what time does by itself."""

from datetime import date, timedelta
from functools import partial

import pytest

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases.codes import OrderState, State
from hotline.cases.models import Case, WorkOrder
from hotline.cases.queries import order_verbs_open_to
from hotline.cases.services import handling, intake, promising, sweeping, triage
from hotline.worktime.clock import Unit
from tests.make import NOON, USUAL, a_case, a_requester, an_actor

pytestmark = pytest.mark.django_db


def at_work():
    case = a_case(State.IN_PROGRESS)
    return case, case.orders.get(), an_actor("R5", of="houqin")


def ask(order, contact, at=NOON, until=date(2026, 6, 17)):
    return handling.ask_extension(
        order, reason="YQ02", words="等待配件", interim="配件已订购，预计下周到货。", until=until,
        by=contact, at=at,
    )  # fmt: skip


def test_an_extension_moves_the_due_time_but_not_what_was_promised_and_is_asked_only_once():
    case, order, contact = at_work()
    case.promised_at = order.due_at
    case.save()
    ask(order, contact)
    assert order.state == OrderState.EXTENSION_REVIEW
    due = order.due_at
    handling.decide_extension(order, grant=True, words="", by=an_actor("R4"), at=NOON)
    case.refresh_from_db()
    assert order.due_at > due and case.due_at == order.due_at and case.promised_at == due
    with pytest.raises(Invalid):
        ask(order, contact, until=date(2026, 6, 18))


def test_a_grant_takes_no_time_away_and_is_not_given_for_a_day_that_is_over():
    _case, order, contact = at_work()
    ask(order, contact)
    later = order.extensions.get().new_due_at + timedelta(days=3)
    WorkOrder.objects.filter(pk=order.pk).update(due_at=later)  # as a new calendar does
    order.refresh_from_db()
    with pytest.raises(WrongState):
        handling.decide_extension(
            order, grant=True, words="", by=an_actor("R4"), at=order.extensions.get().new_due_at
        )
    order.refresh_from_db()
    handling.decide_extension(order, grant=True, words="", by=an_actor("R4"), at=NOON)
    assert order.due_at == later


def test_a_refused_extension_leaves_the_due_time_and_no_second_chance():
    _case, order, contact = at_work()
    due = order.due_at
    ask(order, contact)
    handling.decide_extension(order, grant=False, words="不同意", by=an_actor("R4"), at=NOON)
    assert (order.state, order.due_at) == (OrderState.HANDLING, due)
    with pytest.raises(Invalid):
        ask(order, contact)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (NOON + timedelta(days=8), date(2026, 6, 20)),  # the time is up
        (NOON, date(2026, 6, 5)),  # earlier than the due time in force
        (NOON, date(2026, 8, 1)),  # later than 疑难 allows
    ],
)
def test_an_extension_is_asked_before_the_due_time_and_within_its_limit(at, until):
    _case, order, contact = at_work()
    with pytest.raises(Invalid):
        ask(order, contact, at=at, until=until)
    assert not order.extensions.exists()


def test_more_time_is_offered_only_while_it_can_be_asked_for():
    _case, order, contact = at_work()
    offered = partial(order_verbs_open_to, contact, order)
    assert "ask_extension" in offered(at=order.due_at - timedelta(minutes=1))
    assert "ask_extension" not in offered(at=order.due_at)
    ask(order, contact)
    handling.decide_extension(order, grant=False, words="不同意", by=an_actor("R4"), at=NOON)
    assert "ask_extension" not in offered(at=NOON)


def test_the_requester_reads_the_interim_reply_of_an_extension():
    case, order, contact = at_work()
    ask(order, contact)
    assert [r.text for r in case.remarks.all()] == ["配件已订购，预计下周到货。"]


def test_a_suspension_stops_the_clock_and_ends_by_itself():
    case, order, _contact = at_work()
    due = order.due_at
    handling.suspend(
        order, reason="GQ03", words="封闭管理", until=date(2026, 6, 8), by=an_actor("R4"), at=NOON
    )
    assert order.state == OrderState.SUSPENDED and case.state == State.IN_PROGRESS
    assert sweeping.sweep(at=NOON + timedelta(days=1)) == 0
    back = order.suspended_until + timedelta(minutes=5)
    assert sweeping.sweep(at=back) == 1
    order.refresh_from_db()
    case.refresh_from_db()
    assert order.state == OrderState.HANDLING and order.suspended_until is None
    assert USUAL.between(back, order.due_at) == USUAL.between(NOON, due)
    assert case.paused_minutes == int((back - NOON).total_seconds() // 60)


def test_a_suspension_has_an_end_within_thirty_days():
    _case, order, _contact = at_work()
    for until in (date(2026, 6, 2), date(2026, 7, 20)):
        with pytest.raises(Invalid):
            handling.suspend(
                order, reason="GQ03", words="封闭", until=until, by=an_actor("R4"), at=NOON
            )


def test_facts_that_never_come_end_the_request_and_the_wait_does_not_count_as_ours():
    case = a_case(State.SUBMITTED)
    triage.ask(case, words="请补充楼栋", by=an_actor("R3"), at=NOON)
    assert case.state == State.NEED_INFO
    assert sweeping.sweep(at=NOON + timedelta(days=2)) == 0
    assert sweeping.sweep(at=case.next_due_at) == 1
    case.refresh_from_db()
    assert (case.state, case.steps.last().reason) == (State.REJECTED, "BS06")
    assert case.paused_minutes > 0


def test_facts_that_come_in_time_bring_the_request_back():
    owner = a_requester()
    case = a_case(State.SUBMITTED, owner=owner.user)
    triage.ask(case, words="请补充楼栋", by=an_actor("R3"), at=NOON)
    intake.supply(case, words="在三号楼二层。", by=owner, at=NOON + timedelta(hours=5))
    assert case.state == State.SUBMITTED and case.paused_minutes == 300


def test_an_unrated_answer_is_archived_as_unrated_after_seven_days_and_never_as_satisfied():
    case = a_case(State.CLOSED, next_due_at=NOON + timedelta(days=7))
    assert sweeping.sweep(at=NOON + timedelta(days=6, hours=23)) == 0
    assert sweeping.sweep(at=NOON + timedelta(days=7)) == 1
    case.refresh_from_db()
    assert case.state == State.ARCHIVED and not case.ratings.exists()


@pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN, State.REFERRED])
def test_what_has_ended_otherwise_is_filed_away(state):
    case = a_case(state, next_due_at=NOON)
    assert sweeping.sweep(at=NOON) == 1
    case.refresh_from_db()
    assert case.state == State.ARCHIVED


def test_a_swept_request_is_swept_once():
    a_case(State.CLOSED, next_due_at=NOON)
    assert [sweeping.sweep(at=NOON), sweeping.sweep(at=NOON)] == [1, 0]


def test_every_state_has_an_edge_of_time_or_somebody_whose_turn_it_is():
    somebody = {
        State.DRAFT: "the owner; tidied after thirty days",
        State.SUBMITTED: "triage", State.ACCEPTED: "dispatch", State.AWAIT_INSTRUCTION: "leader",
        State.DISPATCHED: "unit", State.IN_PROGRESS: "unit", State.RETURN_REVIEW: "office",
        State.ANSWERED: "auditor", State.DISSATISFIED: "office", State.CRISIS: "crisis team",
        State.MERGED: "its master, or a clerk",
    }  # fmt: skip
    assert set(somebody) | set(sweeping.EDGES) | {State.ARCHIVED} == set(State)
    for state in sweeping.EDGES:
        case = a_case(state)
        Case.objects.filter(pk=case.pk).update(next_due_at=NOON)
        assert sweeping.sweep(at=NOON + timedelta(minutes=1)) == 1
        case.refresh_from_db()
        assert case.state != state


def test_a_clock_that_is_behind_never_makes_a_step_earlier_than_the_last():
    case = a_case(State.SUBMITTED)
    triage.ask(case, words="请补充", by=an_actor("R3"), at=NOON + timedelta(hours=1))
    intake.supply(case, words="补充在此，三号楼。", by=an_actor("R3"), at=NOON)
    first, second = case.steps.order_by("seq")
    assert second.at >= first.at and case.paused_minutes == 0


def planned(**fields):
    return a_case(
        State.ARCHIVED, outcome="PLANNED", promise_date=NOON.date(), answer="计划六月更换", **fields
    )


def test_what_was_promised_for_a_day_is_asked_back_on_it_once():
    case = planned()
    sweeping.sweep(at=NOON - timedelta(days=1))
    assert not case.steps.exists()
    sweeping.sweep(at=NOON)
    sweeping.sweep(at=NOON + timedelta(hours=1))
    case.refresh_from_db()
    assert [s.verb for s in case.steps.all()] == ["ask_back"]
    assert case.promise_due_at == USUAL.after(NOON, 2, Unit.WORKING_DAY)


def test_a_unit_says_that_it_is_done_and_the_requester_reads_it():
    case = planned()
    sweeping.sweep(at=NOON)
    promising.keep_promise(case, words="已全部更换", by=an_actor("R5", of="houqin"), at=NOON)
    case.refresh_from_db()
    assert (case.outcome, case.promise_date, case.promise_due_at) == ("RESOLVED", None, None)
    assert [r.text for r in case.remarks.all()] == ["已全部更换"]
    sweeping.sweep(at=NOON + timedelta(days=9))
    assert case.steps.count() == 2


def test_what_nobody_says_is_done_is_open_again_for_a_broken_promise():
    case = planned()
    sweeping.sweep(at=NOON)
    case.refresh_from_db()
    sweeping.sweep(at=case.promise_due_at)
    assert case.steps.count() == 1, "until then the unit may still say so"
    sweeping.sweep(at=case.promise_due_at + timedelta(minutes=1))
    case.refresh_from_db()
    assert (case.state, case.round, case.promise_due_at) == (State.DISPATCHED, 2, None)
    assert case.steps.get(verb="reopen").reason == "DB06"


def test_another_unit_cannot_say_that_it_is_done():
    case = planned()
    with pytest.raises(NotAllowed):
        promising.keep_promise(case, words="已办", by=an_actor("R5", of="baowei"), at=NOON)
