"""A range by rotation: seen first, written once, taken back as one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hotline.base.refusals import Invalid, WrongState
from hotline.roster.models import Pattern, Shift
from hotline.roster.services import planning, shifts
from hotline.roster.services.planning import Plan, Turns
from hotline.worktime.clock import ZONE
from tests.make import NOON, holder
from tests.roster.duty import HOUR, manager, post, sits

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 6, 8)


def a_plan(*codes, people, days=7, **more):
    desk = post(more.pop("code", "hotline"))
    patterns = [Pattern.objects.get(code=code) for code in codes]
    last = MONDAY + timedelta(days=days - 1)
    return Plan(desk, patterns, people, MONDAY, last, **more)


def test_each_shift_is_the_next_ones_and_nights_end_on_the_next_day():
    a, b, c = (holder("R2", name=name) for name in "甲乙丙")
    lines = planning.preview(a_plan("day", "evening", "night", people=[a, b, c], days=2), at=NOON)
    hours = [
        (line.pattern.code, f"{line.shift.from_at:%d %H}", f"{line.shift.to_at:%d %H}")
        for line in lines
    ]
    assert hours == [
        ("night", "08 00", "08 08"), ("day", "08 08", "08 16"), ("evening", "08 16", "09 00"),
        ("night", "09 00", "09 08"), ("day", "09 08", "09 16"), ("evening", "09 16", "10 00"),
    ]  # fmt: skip
    assert [line.shift.user for line in lines] == [a, b, c, a, b, c]
    assert not Shift.objects.exists()


@pytest.mark.parametrize(("turns", "expected"), [
    (Turns.SHIFT, "甲乙甲乙甲乙甲乙"), (Turns.DAY, "甲甲乙乙甲甲乙乙"), (Turns.WEEK, "甲甲甲甲甲甲甲甲"),
])  # fmt: skip
def test_turns_change_by_shift_by_day_or_by_week(turns, expected):
    people = [holder("R2", name=name) for name in "甲乙"]
    lines = planning.preview(a_plan("day", "evening", people=people, days=4, turns=turns), at=NOON)
    assert "".join(line.shift.user.name for line in lines) == expected


def test_nobody_plans_for_a_year_that_is_a_slip_of_the_pen():
    plan = a_plan("day", people=[holder("R2")])
    for year in (2016, 2062):
        wrong = replace(plan, from_date=date(year, 6, 8), to_date=date(year, 6, 9))
        with pytest.raises(Invalid):
            planning.preview(wrong, at=NOON)


def test_a_holiday_pattern_is_used_on_days_of_rest_only():
    lines = planning.preview(a_plan("holiday", people=[holder("R2")], days=14), at=NOON)
    # 13, 14 June: a weekend; 19 June: 端午; 20, 21: a weekend.
    assert [line.shift.from_at.day for line in lines] == [13, 14, 19, 20, 21]


def test_a_second_person_rotates_beside_the_main_one():
    a, b, c = (holder("R2", name=name) for name in "甲乙丙")
    lines = planning.preview(a_plan("day", people=[a], second=[b, c], days=2), at=NOON)
    assert [(line.shift.position, line.shift.user) for line in lines] == [
        ("MAIN", a), ("SECOND", b), ("MAIN", a), ("SECOND", c),
    ]  # fmt: skip


def test_planning_fills_what_is_open_and_leaves_what_is_there():
    a, b, boss = holder("R2"), holder("R3"), manager()
    kept = shifts.add(
        post(),
        b,
        from_at=NOON.replace(day=9, hour=8),
        to_at=NOON.replace(day=9, hour=16),
        by=boss,
        at=NOON,
    )
    plan = a_plan("day", people=[a], days=3)
    assert [line.why_not for line in planning.preview(plan, at=NOON)] == ["", "已有主班", ""]
    run = planning.carry_out(plan, by=boss, at=NOON)
    assert run.shifts.count() == 2
    assert Shift.objects.filter(user=b).get() == kept
    with pytest.raises(Invalid, match="没有可以排"):
        planning.carry_out(plan, by=boss, at=NOON)


def test_undo_takes_back_what_lies_ahead_and_was_not_touched():
    a, b, boss = holder("R2"), holder("R3"), manager()
    run = planning.carry_out(a_plan("day", people=[a], days=4), by=boss, at=NOON)
    first, second, *_rest = run.shifts.order_by("from_at")
    shifts.relieve(second, b, by=boss, at=NOON)
    during = first.from_at + HOUR
    assert planning.undo(run, by=boss, at=during) == 2
    assert list(Shift.objects.order_by("from_at")) == [first, second]
    with pytest.raises(WrongState):
        planning.undo(run, by=boss, at=during)


def test_a_plan_that_cannot_be_says_what_is_wrong_with_it():
    a = holder("R2")
    for plan, field in (
        (a_plan("day", people=[]), "main"), (a_plan(people=[a]), "patterns"),
        (a_plan("day", people=[a], days=0), "to_date"), (a_plan("day", people=[a], days=93), "to_date"),
        (a_plan("day", people=[a], code="duty"), "post"), (a_plan("day", people=[holder("R8")]), "user"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refusal:
            planning.preview(plan, at=NOON)
        assert field in refusal.value.fields


def test_what_is_past_is_not_planned():
    lines = planning.preview(
        a_plan("day", people=[holder("R2")], days=2), at=NOON.replace(day=8, tzinfo=ZONE)
    )
    assert [line.why_not for line in lines] == ["已经过去", ""]
    assert sits(holder("R2"), 0).pk
