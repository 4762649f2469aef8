"""A slow counter of working minutes that shares no code with the house: it walks minute by minute.

Which days are worked it asks of ``chinesecalendar``, an independent package; the hours are those
that a school has which has set nothing.
"""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
OPEN = frozenset(range(8 * 60, 12 * 60)) | frozenset(range(14 * 60, 18 * 60))


@cache
def works(day: date) -> bool:
    return chinese_calendar.is_workday(day)


def open_at(moment: datetime) -> bool:
    """Is the minute that begins here a working one?"""
    return moment.hour * 60 + moment.minute in OPEN and works(moment.date())


def minutes(a: datetime, b: datetime) -> int:
    """How many whole minutes from ``a`` (on the minute) to ``b`` are working ones."""
    a, b = a.astimezone(SHANGHAI), b.astimezone(SHANGHAI)
    count = 0
    while a + MINUTE <= b:
        count += open_at(a)
        a += MINUTE
    return count


def due(start: datetime, amount: int, unit: str) -> datetime:
    """When an amount is used up: "min" and "h" run always, "wh" in working minutes, "wd" from the
    next day on to the end of the last day."""
    start = start.astimezone(SHANGHAI)
    if unit in {"min", "h"}:
        return start + timedelta(minutes=amount * (60 if unit == "h" else 1))
    if unit == "wh":
        return worked(start, amount * 60)
    day = start.date()
    while amount:
        day += timedelta(days=1)
        amount -= works(day)
    return datetime(day.year, day.month, day.day, 18, tzinfo=SHANGHAI)


def worked(start: datetime, amount: int) -> datetime:
    """The end of the working minute that is the last of so many from ``start`` on."""
    at = start.astimezone(SHANGHAI)
    while True:
        amount -= open_at(at)
        at += MINUTE
        if amount == 0:
            return at
