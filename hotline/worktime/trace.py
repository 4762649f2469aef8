"""Why a time is what it is: the way from a start to a due time, day by day, and in words.

``explain`` gives the way as data; ``words`` says one line of it in the reader's language.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import NATURAL, ZONE, Limit, Unit, day_of
from hotline.worktime.plan import ONE_DAY, PeriodKind

WEEKDAYS: tuple[str | Promise, ...] = (
    gettext_lazy("周一"), gettext_lazy("周二"), gettext_lazy("周三"), gettext_lazy("周四"),
    gettext_lazy("周五"), gettext_lazy("周六"), gettext_lazy("周日"),
)  # fmt: skip


HOLIDAYS: dict[str, str | Promise] = {
    "元旦": gettext_lazy("元旦"), "春节": gettext_lazy("春节"), "清明节": gettext_lazy("清明节"),
    "劳动节": gettext_lazy("劳动节"), "端午节": gettext_lazy("端午节"),
    "中秋节": gettext_lazy("中秋节"), "国庆节": gettext_lazy("国庆节"),
}  # fmt: skip


def holiday_name(name: str) -> str:
    """A public holiday in the reader's language; what a school has named itself stays as it is."""
    return str(HOLIDAYS.get(name, name))


class Why(StrEnum):
    """What a line tells."""

    START = "start"
    NATURAL = "natural"  # nights and holidays count
    NEXT_DAY = "next_day"  # working days begin with the next
    WORK = "work"
    MAKE_UP = "make_up"  # 调休
    HOLIDAY = "holiday"
    VACATION = "vacation"
    BY_HAND = "by_hand"  # set off by the school
    WEEKEND = "weekend"
    STAFFED = "staffed"  # minutes in which somebody sits at the hotline
    RESTED = "rested"  # pauses, or another due time than was counted at first
    UNKNOWN = "unknown"  # a year that was not announced
    DUE = "due"


@dataclass(frozen=True)
class Line:
    """One line: what, from which day to which, how much of it counts."""

    why: Why
    at: datetime | None = None
    first: date | None = None
    last: date | None = None
    name: str = ""
    days: int = 0  # working days that count
    minutes: int = 0  # working minutes that count
    limit: Limit | None = None


def explain(at: datetime, limit: Limit, calendar: Calendar) -> list[Line]:
    """The way from ``at`` until ``limit`` is used up, the due time last."""
    due = calendar.after(at, *limit)
    lines = [Line(Why.START, at=at, limit=limit)]
    if limit.unit in NATURAL:
        return [*lines, Line(Why.NATURAL), Line(Why.DUE, at=due)]
    first = day_of(at)
    if limit.unit is Unit.WORKING_DAY:
        lines.append(Line(Why.NEXT_DAY))
        first += ONE_DAY
    lines += _days(at, due, first, limit, calendar)
    if not calendar.knows(first, day_of(due)):
        lines.append(Line(Why.UNKNOWN, first=day_of(due)))
    return [*lines, Line(Why.DUE, at=due)]


def _days(
    at: datetime, due: datetime, first: date, limit: Limit, calendar: Calendar
) -> Iterator[Line]:
    """Days of one kind that follow each other are one line."""
    count = (day_of(due) - first).days + 1
    days = [first + timedelta(days=n) for n in range(count)]
    for (why, name), group in groupby(days, key=lambda day: _kind(day, calendar)):
        run = list(group)
        counts = why in {Why.WORK, Why.MAKE_UP}
        start, end = _midnight(run[0]), _midnight(run[-1] + ONE_DAY)
        minutes = calendar.between(max(start, at), min(end, due)) if counts else 0
        whole_days = limit.unit is Unit.WORKING_DAY
        if counts and not whole_days and not minutes:
            continue  # heard after closing time
        yield Line(
            why, first=run[0], last=run[-1], name=name,
            days=len(run) if counts and whole_days else 0, minutes=0 if whole_days else minutes,
        )  # fmt: skip


def _kind(day: date, calendar: Calendar) -> tuple[Why, str]:
    law = calendar.plan.statutory
    by_hand, period = calendar.day_set_by_hand(day), calendar.period_on(day)
    if calendar.is_working_day(day):
        made_up = law is not None and day in law.work and by_hand is None
        return (Why.MAKE_UP, law.work[day]) if made_up and law else (Why.WORK, "")
    if by_hand is not None:
        return Why.BY_HAND, by_hand.name
    shut = {PeriodKind.REST} if calendar.vacations_run else {PeriodKind.REST, PeriodKind.VACATION}
    if period is not None and period.kind in shut:
        return Why.VACATION, period.name
    if law is not None and day in law.off:
        return Why.HOLIDAY, law.off[day]
    return Why.WEEKEND, ""


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


# --- In words ------------------------------------------------------------------------------


def words(line: Line) -> str:
    """One line in the reader's language."""
    values = {
        "at": moment(line.at) if line.at else "",
        "days": _run(line.first, line.last) if line.first and line.last else "",
        "name": holiday_name(line.name),
        "counts": _counts(line),
        "limit": limit_words(line.limit) if line.limit else "",
        "year": line.first.year if line.first else "",
    }
    said = str(_SAYINGS[line.why]) % values
    return said.replace("） ", "）")  # a full-width bracket brings its own space


_SAYINGS: dict[Why, str | Promise] = {
    Why.START: gettext_lazy("%(at)s 起，时限 %(limit)s"),
    Why.NATURAL: gettext_lazy("自然时间，夜间和节假日照算"),
    Why.NEXT_DAY: gettext_lazy("次日起算"),
    Why.WORK: gettext_lazy("%(days)s 计 %(counts)s"),
    Why.MAKE_UP: gettext_lazy("%(days)s 调休上班（%(name)s），计 %(counts)s"),
    Why.HOLIDAY: gettext_lazy("%(days)s %(name)s放假，不计"),
    Why.VACATION: gettext_lazy("%(days)s %(name)s，不计"),
    Why.BY_HAND: gettext_lazy("%(days)s %(name)s，本校不办公"),
    Why.WEEKEND: gettext_lazy("%(days)s 周末，不计"),
    Why.STAFFED: gettext_lazy("只计热线值守时间"),
    Why.RESTED: gettext_lazy("中间不计时的部分顺延"),
    Why.UNKNOWN: gettext_lazy("%(year)s 年放假安排未公布，暂按平常的周计算，公布后重算"),
    Why.DUE: gettext_lazy("到期 %(at)s"),
}


def moment(at: datetime) -> str:
    """2026-09-30（周三）17:10, Asia/Shanghai."""
    local = at.astimezone(ZONE)
    return _("%(day)s（%(weekday)s）%(time)s") % {
        "day": local.strftime("%Y-%m-%d"),
        "weekday": WEEKDAYS[local.weekday()],
        "time": local.strftime("%H:%M"),
    }


def _run(first: date, last: date) -> str:
    if first == last:
        return _("%(day)s（%(weekday)s）") % {
            "day": first.strftime("%m-%d"), "weekday": WEEKDAYS[first.weekday()],
        }  # fmt: skip
    return _("%(first)s 至 %(last)s") % {
        "first": first.strftime("%m-%d"), "last": last.strftime("%m-%d"),
    }  # fmt: skip


def _counts(line: Line) -> str:
    if line.days:
        return ngettext("%d 个工作日", "%d 个工作日", line.days) % line.days
    hours, rest = divmod(line.minutes, 60)
    parts = [ngettext("%d 工作小时", "%d 工作小时", hours) % hours] if hours else []
    if rest or not hours:
        parts.append(ngettext("%d 分钟", "%d 分钟", rest) % rest)
    return " ".join(parts)


def limit_words(limit: Limit) -> str:
    """An amount of time in words: 1 个工作日."""
    n = limit.amount
    return {
        "min": ngettext("%d 分钟", "%d 分钟", n),
        "h": ngettext("%d 小时", "%d 小时", n),
        "wh": ngettext("%d 工作小时", "%d 工作小时", n),
        "wd": ngettext("%d 个工作日", "%d 个工作日", n),
    }[limit.unit] % n
