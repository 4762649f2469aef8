"""Returns and bounces: at most two, then a designation that holds."""

from datetime import timedelta

import pytest

from hotline.base.refusals import Invalid, WrongState
from hotline.cases.codes import OrderState, Part, State
from hotline.cases.services import dispatching, handling
from hotline.cases.services.dispatching import Orders
from tests.make import NOON, USUAL, a_case, an_actor, an_order, unit

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def dispatched(to="houqin"):
    case = a_case(State.ACCEPTED)
    order = dispatching.dispatch(case, Orders(unit(to)), by=an_actor("R3"), at=NOON)
    return case, order


def send_back(order, at=NOON, reason="TD01"):
    contact = an_actor("R5", of=order.unit.code)
    handling.send_back(
        order, reason=reason, words="不是我们的职责，依据三定方案。", suggested=unit("jijian"),
        by=contact, at=at,
    )  # fmt: skip


def test_a_first_return_goes_to_the_suggested_unit_and_the_second_must_be_a_designation():
    case, first = dispatched()
    send_back(first)
    office = an_actor("R4")
    second = dispatching.reassign(case, to=unit("jijian"), words="同意", by=office, at=NOON)
    send_back(second)
    with pytest.raises(Invalid) as refusal:
        dispatching.reassign(case, to=unit("baowei"), words="再改", by=office, at=NOON)
    assert "designate" in refusal.value.fields

    third = dispatching.reassign(
        case,
        to=unit("baowei"),
        words="会商纪要：由保卫处承办。",
        designate=True,
        by=office,
        at=NOON,
    )
    assert (case.state, case.lead_unit.code, case.hops) == (State.DISPATCHED, "baowei", 2)
    with pytest.raises(Invalid):
        send_back(third)
    assert {o.state for o in case.orders.exclude(pk=third.pk)} == {OrderState.RETURNED}


def test_a_refused_return_designates_the_unit_and_restarts_its_clock_but_not_the_promise():
    case, order = dispatched()
    promised = case.promised_at
    send_back(order)
    later = NOON + timedelta(days=1)
    dispatching.uphold(case, words="属你单位职责。", by=an_actor("R4"), at=later)
    order.refresh_from_db()
    case.refresh_from_db()
    assert (order.state, order.sent_at) == (OrderState.SENT, later)
    assert case.designated and case.promised_at == promised and case.due_at > promised
    with pytest.raises(Invalid):
        send_back(order, at=later)


def test_an_order_signed_more_than_a_working_day_ago_is_not_returned():
    _case, order = dispatched()
    handling.sign(order, by=an_actor("R5", of="houqin"), at=NOON)
    with pytest.raises(Invalid):
        send_back(order, at=NOON + timedelta(days=2))
    send_back(order, at=NOON + timedelta(days=1))
    assert order.state == OrderState.RETURN_REVIEW


def test_a_return_for_another_units_duty_must_name_that_unit():
    _case, order = dispatched()
    with pytest.raises(Invalid) as refusal:
        handling.send_back(
            order, reason="TD01", words="不是我们的", by=an_actor("R5", of="houqin"), at=NOON
        )
    assert "suggested" in refusal.value.fields


def test_a_joint_unit_may_dispute_its_part_and_the_request_stays_where_it_is():
    case = a_case(State.IN_PROGRESS)
    part = an_order(case, unit="baowei", part=Part.JOINT, state=OrderState.SENT)
    handling.send_back(
        part, reason="TD03", words="看不出要我们做什么", by=an_actor("R5", of="baowei"), at=NOON
    )
    assert case.state == State.IN_PROGRESS
    dispatching.decide_joint(part, agree=True, words="同意", by=an_actor("R4"), at=NOON)
    part.refresh_from_db()
    case.refresh_from_db()
    assert (part.state, case.state) == (OrderState.RETURNED, State.IN_PROGRESS)


def test_a_request_goes_to_no_second_lead_while_the_first_still_has_it():
    case, _order = dispatched()
    with pytest.raises(WrongState):
        dispatching.dispatch(case, Orders(unit("baowei")), by=an_actor("R3"), at=NOON)


def test_the_unit_complained_of_does_not_lead_where_the_category_says_so():
    case = a_case(State.ACCEPTED, target_unit=unit("houqin"))
    with pytest.raises(Invalid) as refusal:  # 实名: the unit would learn who complained
        dispatching.dispatch(case, Orders(unit("houqin")), by=an_actor("R3"), at=NOON)
    assert "lead" in refusal.value.fields
    from tests.make import category

    case = a_case(
        State.ACCEPTED, target_unit=unit("caiwu"), category=category("L306"), mode="CONFIDENTIAL"
    )
    orders = Orders(unit("caiwu"), shown_title="办事效率", shown_body="窗口推诿。")
    with pytest.raises(Invalid):
        dispatching.dispatch(case, orders, by=an_actor("R3"), at=NOON)
    orders.lead = unit("dangban")
    dispatching.dispatch(case, orders, by=an_actor("R3"), at=NOON)
    assert case.lead_unit.code == "dangban"


def test_joint_units_answer_to_the_lead_at_two_thirds_of_its_time():
    case = a_case(State.ACCEPTED)
    lead = dispatching.dispatch(
        case, Orders(unit("houqin"), joint=[unit("jijian")]), by=an_actor("R3"), at=NOON
    )
    part = case.orders.get(part=Part.JOINT)
    assert lead.sent_at < part.due_at < lead.due_at

    whole, third = USUAL.between(NOON, lead.due_at), USUAL.between(NOON, part.due_at)
    assert abs(third - whole * 2 / 3) <= 1


def test_a_second_dispatch_form_filled_in_before_the_first_was_sent_is_stale():
    from hotline.base.refusals import Stale

    case = a_case(State.ACCEPTED)
    seen = case.version
    dispatching.dispatch(case, Orders(unit("houqin")), by=an_actor("R3"), at=NOON, version=seen)
    with pytest.raises(Stale):
        dispatching.dispatch(case, Orders(unit("baowei")), by=an_actor("R3"), at=NOON, version=seen)
    case.refresh_from_db()
    assert case.lead_unit.code == "houqin" and case.orders.count() == 1


def test_a_joint_unit_that_takes_over_the_lead_has_one_order_and_not_two():
    case = a_case(State.ACCEPTED)
    orders = Orders(unit("houqin"), joint=[unit("jijian")])
    first = dispatching.dispatch(case, orders, by=an_actor("R3"), at=NOON)
    send_back(first)
    dispatching.reassign(case, to=unit("jijian"), words="同意", by=an_actor("R4"), at=NOON)
    live = case.orders.exclude(state__in=[OrderState.RETURNED, OrderState.CANCELLED])
    assert [(o.unit.code, o.part) for o in live] == [("jijian", Part.LEAD)]
