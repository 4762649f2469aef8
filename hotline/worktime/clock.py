"""When is that due, and how long did it take. Pure functions: the moment is always passed in.

Three units: natural hours run around the clock; working hours run in office spans only;
working days start on the day after (收到次日起) and end with the last day's last span.
Source of the units and of the start rule: docs/domain.md, "Time".
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
SPANS = (
    (time(8), time(12)),
    (time(14), time(18)),
)  # the office's hours, Monday to Friday
DAY_MINUTES = sum((b.hour - a.hour) * 60 + b.minute - a.minute for a, b in SPANS)


class Unit(StrEnum):
    """What an amount of time is counted in."""

    MINUTE = "min"
    HOUR = "h"
    WORKING_HOUR = "wh"
    WORKING_DAY = "wd"


NATURAL = (Unit.MINUTE, Unit.HOUR)  # go on at night


class Limit(NamedTuple):
    """An amount of time as the catalogue writes it: 30min, 2h, 4wh, 5wd."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "4wh"; raises ValueError on anything else."""
        match = re.fullmatch(r"([1-9]\d{0,3})(min|h|wh|wd)", text.strip())
        if not match:
            raise ValueError(f"{text!r} is not an amount of time such as 30min, 2h, 4wh or 5wd")
        return cls(int(match[1]), Unit(match[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


def after(at: datetime, amount: int, unit: Unit = Unit.WORKING_HOUR) -> datetime:
    """The moment at which ``amount`` of ``unit`` that begins at ``at`` (aware) is used up."""
    if unit in NATURAL:
        return at + timedelta(**{"minutes" if unit is Unit.MINUTE else "hours": amount})
    if unit is Unit.WORKING_DAY:
        return _end_of_working_day(at, amount)
    return after_working_minutes(at, amount * 60)


def after_working_minutes(at: datetime, minutes: int) -> datetime:
    """The moment at which ``minutes`` working minutes that begin at ``at`` are used up."""
    left = timedelta(minutes=minutes)
    for start, end in _spans(at):
        if end - start >= left:
            return start + left
        left -= end - start
    raise AssertionError("working time has no end")


def between(a: datetime, b: datetime) -> int:
    """Whole working minutes from ``a`` to ``b``; 0 when ``b`` is not later."""
    seconds = 0.0
    for start, end in _spans(a):
        if start >= b:
            break
        seconds += (min(end, b) - start).total_seconds()
    return int(seconds // 60)


def share(
    at: datetime, due: datetime, numerator: int, denominator: int, *, natural: bool = False
) -> datetime:
    """The moment at which that share of the working time from ``at`` to ``due`` is used up.

    For a ``natural`` limit, or with no working time in between, the same share of the natural time.
    """
    minutes = 0 if natural else between(at, due)
    if minutes:
        return after_working_minutes(at, ceil(minutes * numerator / denominator))
    return at + (due - at) * numerator / denominator


def day_of(at: datetime) -> date:
    """The day on which a moment falls, Asia/Shanghai."""
    return at.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """When the office closes on a day, Asia/Shanghai: what was promised for the day is due then."""
    return datetime.combine(day, SPANS[-1][1], ZONE)


def is_working(at: datetime) -> bool:
    """Is the office open at this moment?"""
    start, _end = next(_spans(at))
    return start <= at


def _spans(at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Office spans from ``at`` on, the first one cut to begin no earlier."""
    day = day_of(at)
    while True:
        if is_working_day(day):
            for opens, closes in SPANS:
                start = max(datetime.combine(day, opens, ZONE), at.astimezone(ZONE))
                end = datetime.combine(day, closes, ZONE)
                if start < end:
                    yield start, end
        day += timedelta(days=1)


def _end_of_working_day(at: datetime, count: int) -> datetime:
    day = day_of(at)
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return datetime.combine(day, SPANS[-1][1], ZONE)


def is_working_day(day: date) -> bool:
    """Monday to Friday. Statutory holidays and make-up days come with the calendar's data."""
    return day.weekday() < 5
