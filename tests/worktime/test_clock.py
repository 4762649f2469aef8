"""Natural hours, working hours, working days: on a plain weekday calendar."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.worktime import clock
from hotline.worktime.clock import ZONE, Limit, Unit

moments = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 - the zone is given beside
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(ZONE),
)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-06-03 12:00", "2h", "2026-06-03 14:00"),
        ("2026-06-05 23:30", "24h", "2026-06-06 23:30"),
        ("2026-06-03 11:00", "4wh", "2026-06-03 17:00"),  # the lunch break is not work
        ("2026-06-05 17:10", "4wh", "2026-06-08 11:10"),  # over a weekend
        ("2026-06-06 10:00", "4wh", "2026-06-08 12:00"),  # begins on a Saturday
        ("2026-06-03 12:00", "1wd", "2026-06-04 18:00"),  # the day after, to its end
        ("2026-06-05 08:00", "1wd", "2026-06-08 18:00"),
        ("2026-06-03 23:59", "5wd", "2026-06-10 18:00"),
        ("2026-06-03 12:00", "30min", "2026-06-03 12:30"),
    ],
)
def test_a_limit_is_used_up_when_a_calendar_says_so(start, limit, due):
    assert clock.after(at(start), *Limit.parse(limit)) == at(due)


@pytest.mark.parametrize("text", ["", "0h", "4", "h", "1.5h", "4 days", "-1wd", "99999h"])
def test_nonsense_is_no_limit(text):
    with pytest.raises(ValueError, match="amount of time"):
        Limit.parse(text)


@given(moments, st.integers(1, 3000))
def test_working_minutes_are_counted_back_as_they_were_counted_forth(start, minutes):
    start = start.replace(second=0, microsecond=0)
    assert clock.between(start, clock.after_working_minutes(start, minutes)) == minutes


@given(moments, st.integers(1, 500), st.integers(1, 500))
def test_working_time_adds_up(start, first, second):
    step = clock.after_working_minutes(start, first)
    assert clock.after_working_minutes(step, second) == clock.after_working_minutes(
        start, first + second
    )


@given(moments, moments, st.sampled_from(list(Unit)), st.integers(1, 30))
def test_who_begins_later_is_not_due_earlier(one, other, unit, amount):
    early, late = sorted([one, other])
    assert clock.after(early, amount, unit) <= clock.after(late, amount, unit)


@given(moments, st.sampled_from(list(Unit)), st.integers(1, 30))
def test_nothing_is_due_before_it_begins_nor_outside_the_office_in_working_time(
    start, unit, amount
):
    due = clock.after(start, amount, unit)
    assert due > start
    if unit in {Unit.WORKING_HOUR, Unit.WORKING_DAY}:
        assert clock.is_working(due - timedelta(seconds=1))


@given(moments, moments)
def test_working_minutes_are_those_a_minute_counter_finds(one, other):
    a, b = sorted([one, other])
    a = a.replace(second=0, microsecond=0)
    b = min(b.replace(second=0, microsecond=0), a + timedelta(days=4))
    count = sum(
        clock.is_working(a + timedelta(minutes=n))
        for n in range(int((b - a).total_seconds() // 60))
    )
    assert clock.between(a, b) == count
    assert clock.between(b, a) == 0


def test_a_share_is_of_working_time_and_of_natural_time_where_there_is_none():
    start, due = at("2026-06-03 08:00"), at("2026-06-03 18:00")
    assert clock.share(start, due, 2, 3) == at("2026-06-03 15:20")
    saturday = at("2026-06-06 10:00")
    assert clock.share(saturday, saturday + timedelta(hours=3), 2, 3) == saturday + timedelta(
        hours=2
    )
