"""One switch turns it on, and off again: nothing stays behind but the record."""

from datetime import timedelta

import pytest

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases.codes import State
from hotline.limits import queries as limits
from hotline.limits.codes import LAWS, Limit
from hotline.people.actor import SYSTEM
from hotline.people.models import Revision
from hotline.surge import queries
from hotline.surge.models import Surge
from hotline.surge.services import switch
from tests.make import NOON, a_case, an_actor
from tests.surge.at_hand import a_lead, a_plan, a_surge, an_answer, asked

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("role", ["R4", "R13"])
def test_the_manager_and_the_administrator_switch(role):
    by = an_actor(role)
    surge = switch.turn_on(a_plan(), by=by, at=NOON)
    assert queries.current(NOON) == surge
    assert limits.in_force(NOON)["SUBMIT.ACCOUNT"] == 3 * LAWS[Limit.SUBMIT].account
    switch.turn_off(surge, by=by, at=NOON + HOUR)
    assert queries.current(NOON + HOUR) is None
    assert limits.in_force(NOON + HOUR)["SUBMIT.ACCOUNT"] == LAWS[Limit.SUBMIT].account
    kept = Revision.objects.filter(kind="surge.surge").order_by("id")
    assert [(row.by, row.side("after")["on"]) for row in kept] == [
        (by.user, True), (by.user, False),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["R2", "R3", "R5", "R6", "R8", "R9", "R10", "R12", "R13A"])
def test_nobody_else_switches(role):
    by = an_actor(role, of="houqin" if role in {"R5", "R6"} else None)
    with pytest.raises(NotAllowed):
        switch.turn_on(a_plan(), by=by, at=NOON)
    surge = a_surge()
    for act in (switch.turn_off, lambda *a, **k: switch.change(*a, a_plan(), **k)):
        with pytest.raises(NotAllowed):
            act(surge, by=by, at=NOON)
    assert Surge.objects.get().on


def test_two_at_once_there_are_not():
    a_surge()
    with pytest.raises(WrongState):
        a_surge()
    switch.turn_off(Surge.objects.get(), by=SYSTEM, at=NOON)
    a_surge()
    assert Surge.objects.count() == 2


def test_it_ends_by_itself_also_before_anybody_has_looked():
    surge = a_surge()
    assert queries.current(surge.until - timedelta(seconds=1)) == surge
    assert queries.current(surge.until) is None
    assert switch.end_overdue(at=surge.until - timedelta(seconds=1)) == 0
    assert switch.end_overdue(at=surge.until) == 1
    assert switch.end_overdue(at=surge.until) == 0
    surge.refresh_from_db()
    assert (surge.on, surge.ended_at) == (False, surge.until)


@pytest.mark.parametrize(
    ("wrong", "value"),
    [
        ("until", NOON), ("until", NOON + timedelta(days=15)), ("percent", 99), ("percent", 5000),
        ("link", "javascript:alert(1)"), ("link", "http://example.edu.cn"), ("link", "//evil.example"),
        ("link", "/\\evil.example"), ("title", ""),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(wrong, value):
    with pytest.raises(Invalid) as refused:
        a_surge(**{wrong: value})
    assert set(refused.value.fields) == {wrong}
    assert not Surge.objects.exists()


def test_what_is_told_may_be_changed_and_after_the_end_nothing():
    surge = a_surge()
    later = a_plan(text="已恢复供水。", until=NOON + 9 * HOUR, percent=200)
    switch.change(surge, later, by=an_actor("R4"), at=NOON + HOUR)
    assert queries.current(NOON + 8 * HOUR).text == "已恢复供水。"
    assert limits.raised(NOON + 8 * HOUR) == 200
    switch.turn_off(surge, by=SYSTEM, at=NOON + 2 * HOUR)
    with pytest.raises(WrongState):
        switch.change(surge, later, by=SYSTEM, at=NOON + 2 * HOUR)
    with pytest.raises(WrongState):
        switch.turn_off(surge, by=SYSTEM, at=NOON + 2 * HOUR)


def test_the_summary_says_what_came_of_it_and_nothing_of_sealed_ones():
    from hotline.surge.services import batches

    surge, clerk = a_surge(), an_actor("R3")
    lead, answer = a_lead(surge), an_answer(surge)
    first, second, third = (asked(surge) for _ in range(3))
    asked(surge, body="停水，我不想活了，站在六号楼的楼顶上。")
    a_case(State.SUBMITTED, at=NOON)  # about something else
    made = batches.begin(surge, [first.pk], by=clerk, at=NOON, answer=answer)
    batches.carry_out(made, at=NOON + 2 * HOUR)
    made = batches.begin(surge, [second.pk], by=clerk, at=NOON)
    batches.carry_out(made, at=NOON + 2 * HOUR)
    found = queries.summary(surge, at=NOON + 3 * HOUR)
    assert (found.came, found.said, found.grouped, found.answered, found.waiting) == (5, 3, 1, 1, 2)
    assert found.mean_hours == 2.0
    assert lead.pk and third.pk
