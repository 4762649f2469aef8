"""A year of a calendar as a page shows it: twelve months, each day told by letter and colour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hotline.worktime.calendar import Calendar
from hotline.worktime.plan import PeriodKind
from hotline.worktime.trace import holiday_name


@dataclass(frozen=True)
class Cell:
    """One day: its number, what it is, and that in a letter and in words."""

    day: int
    kind: str
    letter: str
    words: str


@dataclass(frozen=True)
class Month:
    number: int
    weeks: list[list[Cell | None]]  # Monday first; None before the first and after the last


def months(calendar: Calendar, year: int) -> list[Month]:
    return [Month(n, list(_weeks(calendar, date(year, n, 1)))) for n in range(1, 13)]


def _weeks(calendar: Calendar, first: date) -> Iterator[list[Cell | None]]:
    week: list[Cell | None] = [None] * first.weekday()
    day = first
    while day.month == first.month:
        week.append(_cell(calendar, day))
        if len(week) == 7:
            yield week
            week = []
        day += timedelta(days=1)
    if week:
        yield week + [None] * (7 - len(week))


def _cell(calendar: Calendar, day: date) -> Cell:
    law = calendar.plan.statutory
    hours = " ".join(str(span) for span in calendar.spans_on(day))
    by_hand, period = calendar.day_set_by_hand(day), calendar.period_on(day)
    known = calendar.knows(day, day)
    if by_hand is not None:
        return Cell(
            day.day, "hand", pgettext("day", "校"), f"{by_hand.name} {hours or _('不办公')}"
        )
    if period is not None and period.kind == PeriodKind.REST:
        return Cell(day.day, "shut", pgettext("day", "停"), period.name)
    if law is not None and day in law.off:
        return Cell(day.day, "holiday", pgettext("day", "休"), holiday_name(law.off[day]))
    if law is not None and day in law.work:
        return Cell(
            day.day, "made-up", pgettext("day", "班"), f"{holiday_name(law.work[day])} {hours}"
        )
    if period is not None and period.kind == PeriodKind.VACATION:
        return Cell(day.day, "vacation", pgettext("day", "假"), f"{period.name} {hours}")
    kind = "work" if hours else "off"
    return Cell(day.day, kind if known else f"{kind} unknown", "", hours or _("不办公"))
