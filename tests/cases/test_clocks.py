"""The clocks of a request: whose time runs, under which rules, and when it stands still."""

from datetime import date, timedelta

import pytest

from hotline.base.refusals import Stale
from hotline.cases.codes import OrderState, State
from hotline.cases.models import Clock
from hotline.cases.services import dispatching, handling, intake, overseeing, sweeping, triage
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Words
from hotline.cases.services.handling import Answer
from hotline.catalog import policy, shelf
from hotline.catalog.models import Term, Urgency
from hotline.people.actor import SYSTEM
from tests.make import NOON, USUAL, a_case, a_requester, an_actor, category, type_, unit, urgency

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def running(case):
    return {c.kind + c.stage: c for c in case.clocks.filter(stopped_at=None)}


def accepted(**fields):
    fields.setdefault("next_due_at", NOON)
    return a_case(State.ACCEPTED, **fields)


def dispatched(**fields):
    case = accepted(**fields)
    order = dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=NOON)
    return case, order


def test_a_request_that_is_heard_has_a_clock_of_the_requester_and_one_of_the_office():
    words = Words(body="浴室没有热水已经两天了，请尽快处理。", type=type_())
    case = intake.submit(words, by=a_requester(), at=NOON).case
    found = running(case)
    assert set(found) == {"REQUESTER", "OFFICESUBMITTED"}
    assert found["REQUESTER"].due_at is None, "nothing has been promised yet"
    assert found["OFFICESUBMITTED"].limit == "30min"
    assert found["OFFICESUBMITTED"].due_at == case.next_due_at


def test_a_dispatch_starts_the_units_clocks_and_promises_the_requester_something():
    case, order = dispatched()
    found = running(case)
    assert set(found) == {"REQUESTER", "SIGN", "CONTACT", "UNIT"}
    assert found["UNIT"].due_at == order.due_at == found["REQUESTER"].due_at
    assert found["SIGN"].due_at == USUAL.after(NOON, 4)
    assert found["CONTACT"].due_at == order.respond_due_at
    assert {c.policy_id for c in found.values() if c.order_id} == {case.policy_id}


def test_an_urgent_request_is_signed_for_within_half_an_hour_day_or_night():
    case = accepted(urgency=urgency("U1"), category=category("H204"))
    night = NOON + timedelta(hours=11)
    dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=night)
    sign = running(case)["SIGN"]
    assert (sign.limit, sign.due_at - night, sign.natural) == ("30min", timedelta(minutes=30), True)


def test_signing_contact_and_answer_each_stop_their_clock():
    case, order = dispatched()
    contact, head = an_actor("R5", of="houqin"), an_actor("R6", of="houqin")
    handling.sign(order, by=contact, at=NOON + HOUR)
    assert set(running(case)) == {"REQUESTER", "CONTACT", "UNIT"}
    handling.interim(order, words="正在处理", by=contact, at=NOON + 2 * HOUR)
    assert set(running(case)) == {"REQUESTER", "UNIT"}
    handling.reply(order, Answer("已修好", "RESOLVED"), by=head, at=NOON + 3 * HOUR)
    assert set(running(case)) == {"REQUESTER", "OFFICEANSWERED"}
    stopped = Clock.objects.get(case=case, kind="UNIT")
    assert stopped.stopped_at == NOON + 3 * HOUR


def test_an_answer_that_does_not_pass_has_never_stopped_the_units_clock():
    case, order = dispatched()
    head = an_actor("R6", of="houqin")
    handling.sign(order, by=head, at=NOON)
    handling.interim(order, words="正在处理", by=head, at=NOON)
    handling.reply(order, Answer("已修好", "RESOLVED"), by=head, at=NOON + HOUR)
    from hotline.cases.services import aftercare

    aftercare.return_answer(
        case, reason="CB01", words="未答复", by=an_actor("R4"), at=NOON + 2 * HOUR
    )
    clocks = Clock.objects.filter(case=case, kind="UNIT")
    assert [(c.started_at, c.stopped_at) for c in clocks] == [(NOON, None)]


def test_a_redispatch_starts_the_units_clock_anew_and_not_the_requesters():
    case, order = dispatched()
    handling.send_back(
        order, reason="TD01", words="不是我处职责", suggested=unit("baowei"),
        by=an_actor("R5", of="houqin"), at=NOON + HOUR,
    )  # fmt: skip
    assert set(running(case)) == {"REQUESTER", "OFFICERETURN_REVIEW"}
    promised = running(case)["REQUESTER"].due_at
    later = NOON + timedelta(days=1)
    new = dispatching.reassign(case, to=unit("baowei"), words="改派", by=an_actor("R4"), at=later)
    found = running(case)
    assert (found["UNIT"].order_id, found["UNIT"].started_at) == (new.pk, later)
    assert found["REQUESTER"].due_at == promised


def test_a_rest_stops_the_clocks_and_moves_their_due_times_by_as_much():
    case, order = dispatched()
    handling.sign(order, by=an_actor("R5", of="houqin"), at=NOON)
    due = order.due_at
    handling.suspend(
        order, reason="GQ03", words="封闭管理", until=date(2026, 6, 8), by=an_actor("R4"), at=NOON
    )
    found = running(case)
    assert {k for k, c in found.items() if c.next_at is None} == {"REQUESTER", "CONTACT", "UNIT"}
    assert [p.to_at for p in found["UNIT"].pauses.all()] == [None]
    resumed = order.suspended_until
    sweeping.sweep(at=resumed)
    found = running(case)
    left = USUAL.between(NOON, due)
    for name in ("REQUESTER", "UNIT"):
        assert USUAL.between(resumed, found[name].due_at) == left
        assert [(p.from_at, p.to_at) for p in found[name].pauses.all()] == [(NOON, resumed)]
        assert found[name].next_at == resumed


def test_a_granted_extension_moves_the_promise_that_was_told_with_it():
    case, order = dispatched()
    contact = an_actor("R5", of="houqin")
    handling.sign(order, by=contact, at=NOON)
    handling.ask_extension(
        order, reason="YQ02", words="等待配件", interim="配件已订购。", until=date(2026, 6, 17),
        by=contact, at=NOON,
    )  # fmt: skip
    found = running(case)
    assert found["OFFICEEXTENSION"].due_at == USUAL.after(NOON, 4)
    Clock.objects.filter(case=case, kind="UNIT").update(level=1)
    handling.decide_extension(order, grant=True, words="", by=an_actor("R4"), at=NOON + HOUR)
    found = running(case)
    assert "OFFICEEXTENSION" not in found
    assert found["UNIT"].due_at == found["REQUESTER"].due_at == USUAL.end_of(date(2026, 6, 17))
    assert (found["UNIT"].level, found["UNIT"].limit) == (0, "")


def test_an_urging_has_to_be_answered_and_an_answer_stops_its_clock():
    owner = a_requester()
    case = accepted(owner=owner.user)
    order = dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=NOON)
    contact = an_actor("R5", of="houqin")
    handling.sign(order, by=contact, at=NOON)
    intake.urge(case, words="", by=owner, at=NOON + HOUR)
    assert running(case)["URGE"].due_at == USUAL.after(NOON + HOUR, 4)
    handling.interim(order, words="明天上门", by=contact, at=NOON + 2 * HOUR)
    assert "URGE" not in running(case)


def test_facts_that_are_asked_for_rest_the_requesters_clock():
    case = a_case(next_due_at=NOON)
    triage.ask(case, words="请补充楼号", by=an_actor("R3"), at=NOON)
    found = running(case)
    assert set(found) == {"REQUESTER", "SUPPLY"}
    assert found["SUPPLY"].limit == "3wd"
    assert found["REQUESTER"].pauses.get().reason == "GQ01"


def test_running_requests_keep_the_policy_that_they_were_promised_under():
    old, order = dispatched()
    Urgency.objects.filter(code="U3").update(sign="1wh")
    Term.objects.create(code="decide_limit", value="8wh")
    shelf.forget()
    new, _order = dispatched()
    assert old.policy_id != new.policy_id
    assert running(new)["SIGN"].due_at == USUAL.after(NOON, 1)
    handling.send_back(
        order, reason="TD01", words="不是我处职责", suggested=unit("baowei"),
        by=an_actor("R5", of="houqin"), at=NOON,
    )  # fmt: skip
    assert running(old)["OFFICERETURN_REVIEW"].due_at == USUAL.after(NOON, 2)
    dispatching.uphold(old, words="属于你处", by=an_actor("R4"), at=NOON + HOUR)
    assert running(old)["SIGN"].due_at == USUAL.after(NOON + HOUR, 4), "and so does a second hop"


def test_the_same_rules_are_one_policy():
    assert policy.in_force(NOON) == policy.in_force(NOON + HOUR)


def test_a_question_of_any_category_is_answered_within_the_limits_of_questions():
    rules = policy.current()
    repair = category("H204")
    usual = rules.promise(repair, repair.urgency, type_("QZ"), NOON, USUAL)
    asked = rules.promise(repair, repair.urgency, type_("ZX"), NOON, USUAL)
    assert asked.resolve == "1wd" and asked.resolve_at <= usual.resolve_at
    about = category("H105")  # questions are what it is about, and its own limit stands
    assert rules.promise(about, about.urgency, type_("ZX"), NOON, USUAL).resolve == "5wd"


def test_a_reminder_does_not_take_the_form_out_of_a_clerks_hands():
    case, _order = dispatched()
    seen = case.version
    overseeing.raise_to(case, 0, by=SYSTEM, at=NOON + HOUR)
    handling.sign(case.orders.get(), by=an_actor("R5", of="houqin"), at=NOON + HOUR, version=seen)
    assert case.orders.get().state == OrderState.HANDLING
    with pytest.raises(Stale):
        handling.send_back(
            case.orders.get(), reason="TD01", words="不是", suggested=unit("baowei"),
            by=an_actor("R5", of="houqin"), at=NOON + HOUR, version=seen,
        )  # fmt: skip


def test_a_request_that_came_without_clocks_is_given_them():
    case = a_case(State.IN_PROGRESS, next_due_at=NOON)
    assert not running(case)
    sweeping.tidy(at=NOON)
    assert set(running(case)) == {"REQUESTER", "UNIT", "CONTACT"}
    sweeping.tidy(at=NOON + HOUR)
    assert case.clocks.count() == 3


def test_a_first_contact_that_counts_nights_does_so_after_a_rest_as_well():
    case = accepted(urgency=urgency("U1"), category=category("H204"))
    order = dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=NOON)
    handling.sign(order, by=an_actor("R5", of="houqin"), at=NOON)
    manager = an_actor("R4")
    handling.suspend(
        order, reason="GQ03", words="封闭", until=date(2026, 6, 4), by=manager, at=NOON
    )
    assert running(case)["CONTACT"].natural
    handling.resume(order, by=manager, at=NOON + HOUR)
    assert running(case)["CONTACT"].natural
