"""Where two rules meet: merging, proposals, call-backs and clocks, and what is put on record."""

from datetime import UTC, date, datetime

import pytest

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases.codes import Mode, OrderState, Part, Referral, State
from hotline.cases.models import Case, Visit
from hotline.cases.models.aftercare import VisitState
from hotline.cases.services import (
    aftercare,
    dispatching,
    handling,
    intake,
    merging,
    sweeping,
    triage,
)
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Words
from hotline.catalog import services as catalog
from hotline.people.actor import SYSTEM
from hotline.worktime.clock import ZONE
from tests.cases.at_hand import (
    BAD,
    BODY,
    DAY,
    GOOD,
    HOUR,
    a_visit,
    answered_again,
    close,
    fresh,
    seen_by,
)
from tests.make import (
    NOON,
    a_case,
    a_requester,
    an_actor,
    an_order,
    type_,
    unit,
    urgency,
)

pytestmark = pytest.mark.django_db


# --- Merging -----------------------------------------------------------------------------


def merged(child, into):
    merging.merge(child, into=into, reason="BD02", by=an_actor("R3"), at=NOON)


def test_requests_are_merged_and_taken_apart_in_any_order():
    one, two, three = (a_case(State.ACCEPTED) for _ in range(3))
    for child, into in ((one, two), (two, three)):
        merged(child, into)
        merging.unmerge(child, words="不同", by=an_actor("R3"), at=NOON)
        child.refresh_from_db(), into.refresh_from_db()
    merged(one, two)
    assert fresh(one).state == State.MERGED
    assert fresh(two).steps.filter(verb="absorb").count() == 2


@pytest.mark.parametrize("how", ["decline", "expire"])
def test_what_was_merged_into_a_request_that_is_refused_goes_on_alone(how):
    master = a_case(State.SUBMITTED if how == "decline" else State.NEED_INFO)
    child = a_case(State.ACCEPTED)
    merged(child, master)
    if how == "decline":
        triage.decline(master, reason="BS05", words="不受理", by=an_actor("R3"), at=NOON)
    else:
        triage.expire(master, by=SYSTEM, at=NOON)
    master.refresh_from_db()
    assert merging.free_merged(master, at=NOON + 61 * DAY) == 1
    assert fresh(child).state == State.ACCEPTED


def test_a_merged_complaint_is_called_back_and_goes_its_own_way_after_a_rework():
    owner = a_requester()
    master = a_case(State.ANSWERED)
    child = a_case(State.ACCEPTED, owner=owner.user, type=type_("TS"))
    merged(child, master)
    close(master)
    merging.close_merged(master, at=NOON)
    assert child.visits.get().state == VisitState.PENDING
    child.refresh_from_db()
    aftercare.rate(child, BAD, by=owner, at=NOON)
    dispatching.rework(
        child, reason="CB05", words="重办", to=unit("houqin"), by=an_actor("R4"), at=NOON
    )
    assert child.visits.get().state == VisitState.CANCELLED
    answered_again(child)
    close(child)
    assert child.merged_into is None
    assert child.visits.filter(state=VisitState.PENDING).count() == 1


def test_a_sealed_request_leaves_the_page_of_the_one_it_was_merged_into():
    from tests.doors.people import client_of

    owner = a_requester()
    master = a_case(State.ANSWERED)
    child = a_case(State.ACCEPTED, owner=owner.user, title="某某受贿", type=type_("JB"))
    merged(child, master)
    close(master)
    merging.close_merged(master, at=NOON)
    assert "某某受贿" in client_of("R3").get(f"/desk/cases/{master.number}/").content.decode()
    child.refresh_from_db()
    aftercare.rate(child, BAD, by=owner, at=NOON)
    triage.refer(
        child, to=Referral.DISCIPLINE, reason="BS02", words="已转", by=an_actor("R4"), at=NOON
    )
    assert "某某受贿" not in client_of("R3").get(f"/desk/cases/{master.number}/").content.decode()


# --- Proposals ---------------------------------------------------------------------------


def test_a_proposal_ends_with_the_state_it_was_about():
    owner, boss, other = a_requester(), an_actor("R4"), an_actor("R4")
    case = a_case(State.CLOSED, owner=owner.user)
    aftercare.rate(case, BAD, by=owner, at=NOON)
    aftercare.propose_end(case, words="第一轮", by=boss, at=NOON)
    dispatching.rework(case, reason="CB05", words="重办", by=boss, at=NOON)
    answered_again(case)
    close(case)
    aftercare.rate(case, BAD, by=owner, at=NOON)
    with pytest.raises(WrongState):
        aftercare.end(case, words="同意", by=other, at=NOON)
    aftercare.propose_end(case, words="第二轮", by=boss, at=NOON)
    aftercare.end(case, words="同意", by=other, at=NOON)


# --- Visits ------------------------------------------------------------------------------


def test_a_call_back_has_one_claimant_for_a_day_and_it_is_on_record():
    visit, one, two = a_visit(), an_actor("R2"), an_actor("R2")
    aftercare.claim(visit, by=one, at=NOON)
    again = Visit.objects.get(pk=visit.pk)
    with pytest.raises(WrongState):
        aftercare.claim(again, by=two, at=NOON + HOUR)
    with pytest.raises(NotAllowed):
        aftercare.claim(again, by=a_requester(), at=NOON + HOUR)
    with pytest.raises(WrongState):
        aftercare.record_visit(again, reached=True, words="", by=two, at=NOON + HOUR)
    assert seen_by(one, visit.case, at=NOON + HOUR).phone == "13812345678"
    assert seen_by(one, visit.case, at=NOON + 25 * HOUR).phone == "138****5678"
    aftercare.claim(again, by=two, at=NOON + 25 * HOUR)
    assert visit.case.steps.filter(verb="claim_visit").count() == 2


def test_a_call_back_is_done_once():
    visit, one, two = a_visit(), an_actor("R2"), an_actor("R2")
    stale = Visit.objects.get(pk=visit.pk)
    aftercare.record_visit(visit, reached=True, words="好", opinion=GOOD, by=one, at=NOON)
    with pytest.raises(WrongState):
        aftercare.record_visit(stale, reached=True, words="又打", by=two, at=NOON + 2 * HOUR)
    assert visit.tries.count() == 1


def test_a_call_after_the_days_for_rating_is_kept_though_its_opinion_cannot_count():
    visit = a_visit()
    sweeping.sweep(at=NOON + 8 * DAY)
    aftercare.record_visit(
        Visit.objects.get(pk=visit.pk), reached=True, words="接通", opinion=BAD, by=an_actor("R2"),
        at=NOON + 8 * DAY,
    )  # fmt: skip
    assert visit.tries.get().words == "接通 没人来"
    assert not visit.case.ratings.exists()


def test_closing_and_planning_the_call_back_are_one_thing(monkeypatch):
    case = a_case(State.ANSWERED, type=type_("TS"))

    def fail(*args, **more):
        raise RuntimeError

    monkeypatch.setattr(aftercare, "schedule_visit", fail)
    with pytest.raises(RuntimeError):
        close(case)
    assert fresh(case).state == State.ANSWERED


# --- Clocks ------------------------------------------------------------------------------


def test_an_urgent_request_goes_on_by_the_clock_on_the_wall():
    monday = datetime(2026, 6, 1, 10, tzinfo=ZONE)
    case = a_case(State.ACCEPTED, urgency=urgency("U1"), at=monday)
    order = dispatching.dispatch(case, Orders(unit("houqin")), by=an_actor("R3"), at=monday)
    assert order.natural and order.due_at == monday + 24 * HOUR
    handling.sign(order, by=an_actor("R5", of="houqin"), at=monday)
    handling.suspend(
        order, reason="GQ03", words="封闭", until=date(2026, 6, 10), by=an_actor("R4"), at=monday + HOUR
    )  # fmt: skip
    friday = datetime(2026, 6, 5, 17, tzinfo=ZONE)
    handling.resume(order, by=an_actor("R4"), at=friday)
    assert order.due_at == friday + 23 * HOUR


def test_a_joint_unit_has_two_thirds_of_an_urgent_day_and_night():
    friday = datetime(2026, 6, 5, 17, tzinfo=ZONE)
    case = a_case(State.ACCEPTED, urgency=urgency("U1"), at=friday)
    dispatching.dispatch(
        case, Orders(unit("houqin"), joint=[unit("jijian")]), by=an_actor("R3"), at=friday
    )
    assert case.orders.get(part=Part.JOINT).due_at == friday + 16 * HOUR


def test_a_unit_that_is_late_stays_late_though_it_sends_the_order_back():
    case = a_case(State.ACCEPTED)
    order = dispatching.dispatch(case, Orders(unit("houqin")), by=an_actor("R3"), at=NOON)
    due, late = order.due_at, order.due_at + 3 * DAY
    handling.send_back(order, reason="TD03", words="不清", by=an_actor("R5", of="houqin"), at=late)
    dispatching.uphold(case, words="是你们的", by=an_actor("R4"), at=late)
    order.refresh_from_db()
    assert order.due_at == fresh(case).due_at == due


def test_a_joint_unit_that_was_held_to_its_part_does_not_return_it_again():
    case = a_case(State.IN_PROGRESS)
    part = an_order(case, unit="baowei", part=Part.JOINT, state=OrderState.SENT)
    contact = an_actor("R5", of="baowei")
    handling.send_back(part, reason="TD03", words="不清", by=contact, at=NOON)
    dispatching.decide_joint(part, agree=False, words="须协办", by=an_actor("R4"), at=NOON)
    with pytest.raises(Invalid):
        handling.send_back(part, reason="TD03", words="不清", by=contact, at=NOON + HOUR)


def test_a_limit_of_the_terms_may_be_in_any_unit():
    catalog.set_term("accept_limit", "2wh", by=an_actor("R13"), at=NOON)
    morning = datetime(2026, 6, 3, 9, tzinfo=ZONE)
    case = intake.submit(Words(body=BODY, type=type_()), by=a_requester(), at=morning).case
    assert case.next_due_at - case.submitted_at == 2 * HOUR


def test_a_promise_is_broken_when_its_day_is_over_in_shanghai():
    at = datetime(2026, 7, 1, 17, 30, tzinfo=UTC)  # 01:30 on the 2nd
    case = a_case(State.ARCHIVED, outcome="PLANNED", promise_date=date(2026, 7, 1))
    dispatching.reopen(case, words="未兑现", by=an_actor("R4"), at=at)
    assert case.steps.get(verb="reopen").reason == "DB06"


# --- On record ---------------------------------------------------------------------------


def test_a_referral_says_on_what_ground():
    with pytest.raises(Invalid):
        triage.refer(
            a_case(State.ACCEPTED), to=Referral.COURT, reason="", words="x", by=an_actor("R4"), at=NOON
        )  # fmt: skip


def test_a_joint_unit_that_the_office_brings_in_is_brought_in_by_the_office():
    case = a_case(State.IN_PROGRESS)
    dispatching.add_joint(
        case.orders.get(), units=[unit("jijian")], words="协助", by=an_actor("R3"), at=NOON
    )
    assert case.steps.get(verb="add_joint").side == "OFFICE"


def test_a_secret_request_that_was_answered_at_once_can_be_opened_again_once_a_clerk_made_its_copy():
    case = a_case(
        State.ARCHIVED, mode=Mode.CONFIDENTIAL, lead="houqin", shown_title="", shown_body=""
    )
    case.orders.all().delete()
    Case.objects.filter(pk=case.pk).update(lead_unit=None, direct=True)
    office = an_actor("R4")
    with pytest.raises(Invalid):
        dispatching.reopen(case, words="有新情况", to=unit(), by=office, at=NOON)
    triage.redacted(case, title="热水", body="热水时间有变化", by=an_actor("R3"), at=NOON)
    dispatching.reopen(case, words="有新情况", to=unit(), by=office, at=NOON)
    assert (case.state, case.shown_body) == (State.DISPATCHED, "热水时间有变化")
