"""What has changed meanwhile counts: between asking and granting, planning and doing, seeing and using."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from hotline.base.refusals import Refusal
from hotline.cases.codes import State
from hotline.cases.models import Case, Unmasking, WorkOrder
from hotline.cases.services import erasing, handing_over, handling, merging, unmasking
from hotline.cases.sight import sight_of
from hotline.people.queries import actor_of
from hotline.people.services import accounts, factors
from hotline.surge.models import Item
from hotline.surge.services import answers, batches
from tests.doors.safety.at_hand import NAME, a_secret
from tests.make import NOON, a_case, an_actor, category, holder
from tests.surge.at_hand import a_surge, an_answer, asked

pytestmark = pytest.mark.django_db


def again(user):
    return actor_of(user, on=localdate())


def test_nobody_writes_words_about_who_asked_after_it_was_forgotten():
    case, boss = a_secret(State.ARCHIVED), an_actor("R4")
    erasing.erase(case, at=now())
    case = Case.objects.get(pk=case.pk)
    with pytest.raises(Refusal):
        unmasking.ask(
            sight_of(boss, case, at=now()),
            fields=["name"],
            purpose="VERIFY",
            words=f"请找{NAME}本人核实情况",
            by=boss,
            at=now(),
        )
    assert not Unmasking.objects.exists()


def test_nobody_refuses_in_words_about_who_asked_after_it_was_forgotten():
    case, boss = a_secret(State.ARCHIVED, category=category("L104")), an_actor("R4")
    row = unmasking.ask(
        sight_of(boss, case, at=now()),
        fields=["name"],
        purpose="VERIFY",
        words="需要核实情况才能继续办理",
        by=boss,
        at=now(),
    )
    erasing.erase(case, at=now())
    with pytest.raises(Refusal):
        unmasking.refuse(row, words=f"{NAME}本人不同意我们查看", by=an_actor("R4"), at=now())


def test_an_answer_that_was_withdrawn_within_the_minute_is_given_to_nobody():
    surge = a_surge()
    case, made = asked(surge), an_answer(surge)
    batch = batches.begin(surge, [case.pk], by=an_actor("R3"), at=NOON, answer=made)
    answers.withdraw(made, by=an_actor("R4"), at=NOON + timedelta(seconds=20))
    batches.carry_out(type(batch).objects.get(pk=batch.pk), at=NOON + timedelta(minutes=2))
    assert batch.items.get().result != Item.Result.DONE
    assert Case.objects.get(pk=case.pk).state == State.SUBMITTED


def test_nothing_more_is_done_in_the_name_of_an_account_that_was_closed():
    surge = a_surge()
    case, made, clerk = asked(surge), an_answer(surge), an_actor("R3")
    batch = batches.begin(surge, [case.pk], by=clerk, at=NOON, answer=made)
    accounts.set_active(clerk.user, False, by=an_actor("R13"), at=NOON)
    batches.carry_out(type(batch).objects.get(pk=batch.pk), at=NOON + timedelta(minutes=2))
    assert Case.objects.get(pk=case.pk).state == State.SUBMITTED


def test_a_secret_that_was_seen_in_another_session_is_not_put_to_use_later():
    user = holder("R3")
    seen, _uri = factors.begin_totp(user)
    accounts.give_password(user, by=an_actor("R13"), at=now())  # somebody else had theirs
    fresh, _uri = factors.begin_totp(user)
    assert fresh != seen


def test_what_a_head_gave_to_another_meanwhile_is_not_given_away(monkeypatch):
    old, heir, other = (holder("R5", of="houqin") for _ in range(3))
    case = a_case(State.IN_PROGRESS, at=now())
    order = WorkOrder.objects.get(case=case)
    WorkOrder.objects.filter(pk=order.pk).update(assignee=old)
    real = handing_over.people.staff_of

    def meanwhile(unit, **more):
        monkeypatch.setattr(handing_over.people, "staff_of", real)
        row = WorkOrder.objects.get(pk=order.pk)
        handling.assign(row, assignee=other, by=again(holder("R5", of="houqin")), at=now())
        return real(unit, **more)

    monkeypatch.setattr(handing_over.people, "staff_of", meanwhile)
    handing_over.hand_over(
        old, heir, last_day=localdate(), with_roles=False, by=an_actor("R13"), at=now()
    )
    assert WorkOrder.objects.get(pk=order.pk).assignee == other


@pytest.mark.parametrize("after", ["closed", "ended"])
def test_what_was_merged_into_another_meanwhile_follows_that_one(after, monkeypatch):
    clerk = an_actor("R3")
    first, second, child = (a_case(State.ACCEPTED, at=now()) for _ in range(3))
    merging.merge(child, into=first, reason="BD02", by=clerk, at=now())
    state = State.CLOSED if after == "closed" else State.WITHDRAWN
    Case.objects.filter(pk=first.pk).update(state=state, closed_at=now(), answer="第一件的答复")
    first.refresh_from_db()
    real = merging._still_merged

    def meanwhile(row, master):
        mine = Case.objects.get(pk=child.pk)
        merging.unmerge(mine, words="不是同一件事", by=clerk, at=now())
        merging.merge(mine, into=second, reason="BD02", by=clerk, at=now())
        return real(row, master)

    monkeypatch.setattr(merging, "_still_merged", meanwhile)
    follow = merging.close_merged if after == "closed" else merging.free_merged
    assert follow(first, at=now()) == 0
    found = Case.objects.get(pk=child.pk)
    assert (found.merged_into_id, found.answer) == (second.pk, "")
