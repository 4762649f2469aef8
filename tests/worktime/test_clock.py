"""Natural hours, working hours, working days: with the holidays and make-up days of China."""

from datetime import date, datetime, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hotline.worktime import paper, plan
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import ZONE, Limit, Unit
from hotline.worktime.plan import Day, Hours, Period, PeriodKind, Plan
from tests.worktime import counter

USUAL = Calendar(plan.usual())
NIGHTS = Calendar(  # a guard house: evenings over midnight, at other hours in summer
    Plan(
        [
            Hours(date(2000, 1, 1), (plan.spans("00:00-06:00", "18:00-24:00"),) * 7),
            Hours(date(2025, 6, 1), (plan.spans("00:00-05:30", "20:15-24:00"),) * 6 + ((),)),
        ],
        [Period("寒假", date(2026, 1, 24), date(2026, 2, 28), PeriodKind.VACATION)],
        [Day(date(2026, 5, 20), "校庆")],
        plan.shipped_statutory(),
    )
)
calendars = st.sampled_from([USUAL, NIGHTS, NIGHTS.resting, USUAL.resting])
moments = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - the zone is given beside
    datetime(2026, 11, 1),  # noqa: DTZ001
    timezones=st.just(ZONE),
)
minutes = moments.map(lambda at: at.replace(second=0, microsecond=0))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def naive(start, days):
    """What a calendar says that knows of Mondays to Fridays only."""
    day = start.date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


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
        ("2026-09-30 17:00", "4wh", "2026-10-08 11:00"),  # over a holiday
        ("2026-10-10 08:00", "8wh", "2026-10-10 18:00"),  # a Saturday on which people work
    ],
)
def test_a_limit_is_used_up_when_the_calendar_says_so(start, limit, due):
    assert USUAL.after(at(start), *Limit.parse(limit)) == at(due)


@pytest.mark.parametrize(  # docs/domain.md, "Time": the table of test vectors
    ("start", "days", "due", "weekday_only"),
    [
        ("2026-09-30", 5, "2026-10-13", "2026-10-07"),
        ("2026-02-13", 3, "2026-02-25", "2026-02-18"),
        ("2026-09-18", 1, "2026-09-20", "2026-09-21"),
        ("2026-05-08", 1, "2026-05-09", "2026-05-11"),
        ("2022-01-28", 3, "2022-02-07", "2022-02-02"),
        ("2022-06-02", 1, "2022-06-06", "2022-06-03"),
    ],
)
def test_working_days_skip_holidays_and_count_make_up_days(start, days, due, weekday_only):
    begun = at(f"{start} 10:00")
    assert USUAL.after(begun, days, Unit.WORKING_DAY) == at(f"{due} 18:00")
    assert str(naive(begun, days)) == weekday_only


@pytest.mark.parametrize("year", sorted(plan.shipped_statutory().years))
def test_every_day_of_the_shipped_years_is_as_two_independent_packages_have_it(year):
    other = holidays.country_holidays("CN", years=year)
    day = date(year, 1, 1)
    while day.year == year:
        assert USUAL.is_working_day(day) == chinese_calendar.is_workday(day), day
        assert USUAL.is_working_day(day) == other.is_working_day(day), day
        day += timedelta(days=1)


def test_the_year_of_the_long_spring_festival_is_as_it_was_changed_to():
    assert not USUAL.is_working_day(date(2020, 1, 31))
    assert USUAL.is_working_day(date(2020, 2, 3))


@pytest.mark.parametrize("text", ["", "0h", "4", "h", "1.5h", "4 days", "-1wd", "99999h"])
def test_nonsense_is_no_limit(text):
    with pytest.raises(ValueError, match="amount of time"):
        Limit.parse(text)


# --- Laws ----------------------------------------------------------------------------------


@given(calendars, minutes, st.integers(1, 3000))
def test_working_minutes_are_counted_back_as_they_were_counted_forth(calendar, start, amount):
    assert calendar.between(start, calendar.after_working_minutes(start, amount)) == amount


@given(calendars, moments, st.integers(1, 500), st.integers(1, 500))
def test_working_time_adds_up(calendar, start, first, second):
    step = calendar.after_working_minutes(start, first)
    whole = calendar.after_working_minutes(start, first + second)
    assert abs(calendar.after_working_minutes(step, second) - whole) < timedelta(milliseconds=1)


@given(calendars, minutes, minutes, minutes)
def test_time_between_is_the_sum_of_its_parts(calendar, a, b, c):
    a, b, c = sorted([a, b, c])
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@given(calendars, moments, moments, st.sampled_from(list(Unit)), st.integers(1, 30))
def test_who_begins_later_is_not_due_earlier(calendar, one, other, unit, amount):
    early, late = sorted([one, other])
    assert calendar.after(early, amount, unit) <= calendar.after(late, amount, unit)


@given(calendars, moments, st.sampled_from(list(Unit)), st.integers(1, 30))
def test_nothing_is_due_before_it_begins_nor_outside_working_time(calendar, start, unit, amount):
    due = calendar.after(start, amount, unit)
    assert due > start
    if unit in {Unit.WORKING_HOUR, Unit.WORKING_DAY}:
        assert calendar.is_working(due - timedelta(seconds=1))


@given(minutes, minutes)
def test_working_minutes_are_those_that_an_independent_counter_finds(one, other):
    a, b = sorted([one, other])
    b = min(b, a + timedelta(days=4))
    assert USUAL.between(a, b) == counter.minutes(a, b)
    assert USUAL.between(b, a) == 0


@given(minutes, st.sampled_from(["1h", "15min", "1wh", "4wh", "9wh", "1wd", "3wd", "5wd", "15wd"]))
def test_limits_are_due_when_an_independent_counter_has_walked_there(start, text):
    limit = Limit.parse(text)
    assume(start.year < 2026 or start.month < 10)
    assert USUAL.after(start, *limit) == counter.due(start, limit.amount, limit.unit.value)


@given(minutes)
def test_the_edge_of_a_span_belongs_to_the_time_after_it(start):
    opens = USUAL.after_working_minutes(start, 0)
    assert opens >= start and USUAL.is_working(opens)
    assert USUAL.between(start, opens) == 0


def test_spans_over_midnight_and_at_its_edges_are_counted_as_one():
    assert NIGHTS.after_working_minutes(at("2024-03-01 23:30"), 60) == at("2024-03-02 00:30")
    assert NIGHTS.after_working_minutes(at("2024-03-01 23:30"), 30) == at("2024-03-02 00:00")
    assert NIGHTS.between(at("2024-03-01 18:00"), at("2024-03-02 06:00")) == 720
    assert NIGHTS.is_working(at("2024-03-02 00:00")) and not NIGHTS.is_working(
        at("2024-03-02 06:00")
    )


def test_the_zone_has_no_summer_time_that_could_double_an_hour():
    day = date(2020, 1, 1)
    while day.year < 2027:
        offset = datetime(day.year, day.month, day.day, tzinfo=ZONE).utcoffset()
        assert offset == timedelta(hours=8)
        day += timedelta(days=7)


def test_a_share_is_of_working_time_and_of_natural_time_where_there_is_none():
    start, due = at("2026-06-03 08:00"), at("2026-06-03 18:00")
    assert USUAL.share(start, due, 2, 3) == at("2026-06-03 15:20")
    saturday = at("2026-06-06 10:00")
    half = saturday + timedelta(hours=2)
    assert USUAL.share(saturday, saturday + timedelta(hours=3), 2, 3) == half


# --- The school's own ------------------------------------------------------------------------


def test_hours_hold_from_their_day_on():
    assert NIGHTS.spans_on(date(2025, 5, 30)) == plan.spans("00:00-06:00", "18:00-24:00")
    assert NIGHTS.spans_on(date(2025, 6, 3)) == plan.spans("00:00-05:30", "20:15-24:00")


def test_ordinary_matters_rest_in_a_vacation_and_urgent_ones_do_not():
    start = at("2026-01-23 10:00")
    office = Calendar(
        Plan(
            plan.usual().hours,
            [Period("寒假", date(2026, 1, 24), date(2026, 2, 28), PeriodKind.VACATION)],
            statutory=plan.shipped_statutory(),
        )
    )
    assert office.after(start, 3, Unit.WORKING_DAY) == at("2026-01-28 18:00")
    assert office.resting.after(start, 3, Unit.WORKING_DAY) == at("2026-03-04 18:00")


def test_a_day_set_by_hand_stands_above_law_and_week():
    assert not NIGHTS.is_working_day(date(2026, 5, 20))
    open_ = Calendar(
        Plan(plan.usual().hours, (), [Day(date(2026, 10, 1), "迎新", plan.spans("09:00-11:00"))],
             plan.shipped_statutory())
    )  # fmt: skip
    assert open_.between(at("2026-10-01 00:00"), at("2026-10-02 00:00")) == 120


def test_a_line_that_never_rests_counts_every_minute():
    always = Calendar(Plan([Hours(date(2000, 1, 1), (plan.spans("00:00-24:00"),) * 7)]))
    assert always.between(at("2026-10-01 00:00"), at("2026-10-08 00:00")) == 7 * 1440
    assert always.after_working_minutes(at("2026-10-01 23:50"), 30) == at("2026-10-02 00:20")


def test_a_year_that_was_not_announced_is_said_to_be_provisional_and_never_silent():
    due = USUAL.due(at("2026-12-28 10:00"), 5, Unit.WORKING_DAY)
    assert due.provisional
    assert not USUAL.due(at("2026-12-28 10:00"), 2, Unit.WORKING_DAY).provisional
    assert not USUAL.due(at("2026-12-31 10:00"), 48, Unit.HOUR).provisional
    told = {"year": 2027, "days": [{"name": "元旦", "date": "2027-01-04", "isOffDay": True}]}
    law = plan.together(plan.shipped_statutory(), plan.read_announced(told))
    known = Calendar(Plan(plan.usual().hours, statutory=law))
    assert known.due(at("2026-12-31 10:00"), 2, Unit.WORKING_DAY) == (at("2027-01-05 18:00"), False)


# --- On paper --------------------------------------------------------------------------------


def test_a_plan_is_read_as_it_was_written():
    told = paper.write(NIGHTS.plan)
    again = paper.read(told, plan.shipped_statutory())
    assert paper.write(again) == told
    day = date(2025, 12, 1)
    while day < date(2026, 6, 1):
        assert Calendar(again).spans_on(day) == NIGHTS.spans_on(day)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("hours", {"hours": []}),
        ("hours", {"hours": [
            {"from": "2026-01-01", "week": [["08:00-12:00"]] * 7}, {"from": "2026-11-01", "week": [[]] * 7},
        ]}),
        ("hours", {"hours": [{"from": "2026-01-01", "week": [["08:00-12:00", "11:00-13:00"]] + [[]] * 6}]}),
        ("hours", {"hours": [{"from": "2026-01-01", "week": [["18:00-08:00"]] + [[]] * 6}]}),
        ("hours", {"hours": [{"from": "2026-01-01", "week": [["08:00-12:00"]]}]}),
        ("hours", {"hours": [{"from": "nonsense", "week": [["08:00-12:00"]] * 7}]}),
        ("periods", {"periods": [{"name": "x", "from": "2026-02-01", "to": "2026-01-01", "kind": "rest"}]}),
        ("periods", {"periods": [{"name": "x", "from": "2026-02-01", "to": "2026-03-01", "kind": "nap"}]}),
        ("days", {"days": [{"day": "2026-02-30", "name": "x", "spans": []}]}),
        ("days", {"days": [{"day": "2026-02-03", "name": "x", "spans": []}] * 2}),
    ],
)  # fmt: skip
def test_what_cannot_be_a_calendar_is_refused_by_its_part(where, change):
    with pytest.raises(paper.Nonsense) as refusal:
        paper.read(paper.write(plan.usual()) | change, plan.shipped_statutory())
    assert refusal.value.where == where


@pytest.mark.parametrize(
    "told",
    [{}, {"year": 2027}, {"year": 2027, "days": []}, {"year": "x", "days": []}, {"year": 2027, "days": "x"},
     {"year": 2027, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": True}]}],
)  # fmt: skip
def test_what_is_no_year_of_holidays_is_refused(told):
    with pytest.raises(ValueError):  # noqa: PT011 - each for another reason
        plan.read_announced(told)


@given(calendars, minutes, st.integers(1, 3000))
def test_what_is_left_before_a_moment_is_counted_back_to_the_first_minute_that_has_no_more(
    calendar, end, amount
):
    start = calendar.before(end, amount)
    assert calendar.between(start, end) == amount
    assert calendar.between(start - timedelta(minutes=1), end) > amount
