"""A contact leaves: what they held goes to a colleague, in one act that is seen first."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases.codes import Mode, OrderState, Part, State
from hotline.cases.services.handing_over import hand_over
from hotline.people import queries as people
from hotline.people.models import Membership, Revision
from hotline.people.permissions import P
from hotline.roster.models import Shift, Stander, SwapState
from hotline.roster.services import swaps
from tests.make import NOON, a_case, a_user, an_actor, an_order, holder, unit
from tests.roster.duty import of, post, sits

pytestmark = pytest.mark.django_db

TODAY = NOON.date()


def leave(user, to, *, last_day=TODAY, with_roles=True, by=None, rehearse=False):
    return hand_over(
        user, to, last_day=last_day, with_roles=with_roles, by=by or an_actor("R13"), at=NOON,
        rehearse=rehearse,
    )  # fmt: skip


def given_to(user, state=OrderState.HANDLING, case_state=State.IN_PROGRESS, **fields):
    case = a_case(case_state, order_state=state, **fields)
    case.orders.update(assignee=user)
    return case.orders.get()


def test_orders_in_hand_go_to_the_colleague_with_a_step_and_one_message_and_old_ones_stay():
    user, to = holder("R5", of="houqin"), holder("R5", of="houqin")
    work = given_to(user)
    waits = given_to(user, OrderState.RETURN_REVIEW, State.RETURN_REVIEW)
    done = given_to(user, OrderState.DONE, State.CLOSED)
    plan = leave(user, to)
    for order in (work, waits, done):
        order.refresh_from_db()
    assert (work.assignee, waits.assignee, done.assignee) == (to, to, user)
    assert (plan.orders, plan.left) == (2, 0)
    step = work.case.steps.get()
    assert (step.verb, step.facts["assignee"]) == ("hand_over", to.pk)
    assert work.state == OrderState.HANDLING
    [job] = ProcrastinateJob.objects.filter(task_name="notices.tell")
    assert job.args["people"] == [to.pk]


def test_all_roles_end_on_the_day_and_the_colleague_has_them_from_today():
    user, to = holder("R5", of="houqin"), a_user("接手的人")
    last = TODAY + timedelta(days=10)
    work = given_to(user)
    leave(user, to, last_day=last)
    assert [m.to_date for m in user.memberships.all()] == [last]
    [held] = to.memberships.all()
    assert (held.role.code, held.unit, held.from_date) == ("R5", unit(), TODAY)
    work.refresh_from_db()
    assert work.assignee == to


def test_a_unit_has_one_head_on_every_day():
    user, to = holder("R6", of="houqin"), holder("R5", of="houqin")
    given_to(user, OrderState.HEAD_REVIEW)
    last = TODAY + timedelta(days=3)
    plan = leave(user, to, last_day=last)
    assert plan.approvals == 1
    heads = [people.head_of(unit(), on=last + timedelta(days=n)) for n in (0, 1)]
    assert heads == [user, to]
    assert people.holders(P.APPROVE, unit=unit(), on=last).count() == 1


def test_without_roles_a_stranger_to_the_unit_gets_nothing_and_the_unit_is_left_to_deal_with_it():
    user, to = holder("R5", of="houqin"), holder("R5", of="baowei")
    work = given_to(user)
    plan = leave(user, to, with_roles=False)
    work.refresh_from_db()
    assert (work.assignee, plan.orders, plan.left) == (None, 0, 1)
    assert to.memberships.count() == 1


def test_nobody_is_given_their_own_request():
    user, to = holder("R5", of="houqin"), holder("R5", of="houqin")
    work = given_to(user, owner=to, mode=Mode.NAMED)
    assert leave(user, to).left == 1
    work.refresh_from_db()
    assert work.assignee is None


def test_a_joint_order_goes_alone():
    user, to = holder("R5", of="baowei"), holder("R5", of="baowei")
    case = a_case(State.IN_PROGRESS)
    order = an_order(case, unit="baowei", part=Part.JOINT, assignee=user)
    assert leave(user, to).orders == 1
    order.refresh_from_db()
    assert order.assignee == to
    assert case.orders.get(part=Part.LEAD).assignee is None


def test_an_order_of_a_request_that_became_a_crisis_is_not_touched():
    user, to = holder("R5", of="houqin"), holder("R5", of="houqin")
    case = a_case(State.CRISIS)
    an_order(case, assignee=user)
    plan = leave(user, to)
    assert (plan.orders, plan.left) == (0, 0)


def test_shifts_after_the_last_day_are_the_colleague_s_and_earlier_ones_are_not():
    user, to = holder("R2"), holder("R2")
    before, after = sits(user, 10), sits(user, 40)
    stander = Stander.objects.create(post=post(), user=user, place=1)
    plan = leave(user, to)
    for row in (before, after, stander):
        row.refresh_from_db()
    assert (before.user, after.user, stander.user) == (user, to, to)
    assert (plan.turns.passed, plan.turns.dropped, plan.turns.listed) == (1, 0, 1)


def test_a_shift_that_the_colleague_may_not_take_leaves_a_gap_that_the_roster_shows():
    user, to = holder("R2"), holder("R5", of="houqin")
    shift = sits(user, 40)
    plan = leave(user, to, with_roles=False)
    assert (plan.turns.passed, plan.turns.dropped) == (0, 1)
    assert not Shift.objects.filter(pk=shift.pk).exists()
    assert (
        Revision.objects.filter(kind="roster.shift", code=str(shift.pk)).last().data["after"]
        is None
    )


def test_open_swaps_end():
    user, to, other = holder("R2"), holder("R2"), holder("R2")
    mine, theirs = sits(user, 40), sits(other, 60)
    asked = swaps.ask(mine, other, by=of(user), at=NOON)
    wanted = swaps.ask(theirs, user, by=of(other), at=NOON)
    assert leave(user, to).turns.swaps == 2
    for swap in (asked, wanted):
        swap.refresh_from_db()
    assert (asked.state, wanted.state) == (SwapState.WITHDRAWN, SwapState.REFUSED)


def test_a_rehearsal_tells_what_will_be_and_changes_nothing():
    user, to = holder("R5", of="houqin"), holder("R5", of="baowei")
    admin, work, shift = an_actor("R13"), given_to(user), sits(holder("R2"), 40)
    Shift.objects.filter(pk=shift.pk).update(user=user)
    count = Revision.objects.count()
    seen = leave(user, to, by=admin, rehearse=True)
    work.refresh_from_db()
    assert (work.assignee, user.memberships.get().to_date, to.memberships.count()) == (
        user,
        None,
        1,
    )
    assert (Revision.objects.count(), work.case.steps.count()) == (count, 0)
    assert Shift.objects.filter(pk=shift.pk, user=user).exists()
    done = leave(user, to, by=admin)
    assert (seen.orders, seen.left, seen.turns) == (done.orders, done.left, done.turns)
    assert len(seen.begun) == len(done.begun) == 1


def test_the_last_administrator_does_not_leave_without_an_heir():
    user, to = holder("R13"), a_user()
    by = people.actor_of(user, on=TODAY)
    with pytest.raises(WrongState):
        leave(user, to, with_roles=False, by=by)
    assert Membership.objects.get(user=user).to_date is None
    leave(user, to, by=by)
    assert people.administrators(TODAY + timedelta(days=1)).get().user == to


def test_only_an_administrator_and_only_to_another_person_who_is_there():
    user, to = holder("R5", of="houqin"), holder("R5", of="houqin")
    with pytest.raises(NotAllowed):
        leave(user, to, by=an_actor("R4"))
    for other in (user, a_user(is_active=False)):
        with pytest.raises(Invalid):
            leave(user, other)
    for day in (TODAY - timedelta(days=2), TODAY + timedelta(days=400)):
        with pytest.raises(Invalid):
            leave(user, to, last_day=day)
    assert user.memberships.get().to_date is None
