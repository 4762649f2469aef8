"""The way to a due time, told line by line."""

from datetime import date, datetime

import pytest
from django.utils import translation

from hotline.worktime import plan
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import ZONE, Limit
from hotline.worktime.plan import Day, Period, PeriodKind, Plan
from hotline.worktime.trace import explain, words

USUAL = Calendar(plan.usual())


def told(start, limit, calendar=USUAL, language="zh-hans"):
    at = datetime.fromisoformat(start).replace(tzinfo=ZONE)
    with translation.override(language):
        return [words(line) for line in explain(at, Limit.parse(limit), calendar)]


def test_working_days_over_the_national_day():
    assert told("2026-09-30 17:10", "5wd") == [
        "2026-09-30（周三）17:10 起，时限 5 个工作日",
        "次日起算",
        "10-01 至 10-07 国庆节放假，不计",
        "10-08 至 10-09 计 2 个工作日",
        "10-10（周六）调休上班（国庆节），计 1 个工作日",
        "10-11（周日）周末，不计",
        "10-12 至 10-13 计 2 个工作日",
        "到期 2026-10-13（周二）18:00",
    ]


def test_working_hours_over_a_lunch_break_and_a_weekend():
    assert told("2026-06-05 17:10", "4wh") == [
        "2026-06-05（周五）17:10 起，时限 4 工作小时",
        "06-05（周五）计 50 分钟",
        "06-06 至 06-07 周末，不计",
        "06-08（周一）计 3 工作小时 10 分钟",
        "到期 2026-06-08（周一）11:10",
    ]


def test_natural_hours_say_that_nights_count():
    assert told("2026-10-01 23:00", "2h") == [
        "2026-10-01（周四）23:00 起，时限 2 小时",
        "自然时间，夜间和节假日照算",
        "到期 2026-10-02（周五）01:00",
    ]


def test_vacations_and_days_of_the_school_are_named():
    law = plan.shipped_statutory()
    holiday = Period("寒假", date(2026, 1, 24), date(2026, 2, 28), PeriodKind.VACATION)
    calendar = Calendar(Plan(plan.usual().hours, [holiday], [Day(date(2026, 3, 3), "校庆")], law))
    assert told("2026-01-23 10:00", "2wd", calendar.resting)[2:-1] == [
        "01-24 至 02-28 寒假，不计",
        "03-01（周日）周末，不计",
        "03-02（周一）计 1 个工作日",
        "03-03（周二）校庆，本校不办公",
        "03-04（周三）计 1 个工作日",
    ]


def test_an_unknown_year_is_named():
    assert "2027 年放假安排未公布，暂按平常的周计算，公布后重算" in told("2026-12-30 10:00", "3wd")


@pytest.mark.parametrize("limit", ["5wd", "9wh", "2h"])
def test_every_line_is_english_for_who_reads_english(limit):
    for line in told("2026-09-30 17:10", limit, language="en"):
        assert not any("一" <= letter <= "鿿" for letter in line), line
