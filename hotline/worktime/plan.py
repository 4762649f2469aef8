"""What a school says about its time: weekly hours, periods, single days, statutory holidays.

All of it is plain data that can be written as JSON; Calendar counts with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import yaml

DATA = Path(__file__).parent / "data" / "statutory.yaml"
ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """Part of a day, in minutes from its midnight; half-open. 1440 is the midnight that ends it."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{clock_face(self.start)}-{clock_face(self.end)}"


Spans = tuple[Span, ...]
Week = tuple[Spans, ...]  # Monday first


class PeriodKind(StrEnum):
    """What a period does to working time."""

    VACATION = "vacation"  # 寒暑假: the clocks of ordinary matters rest, urgent ones run
    REST = "rest"  # everybody's working clocks rest: a campus that is shut
    HOURS = "hours"  # other hours than usual


@dataclass(frozen=True)
class Hours:
    """A week's hours, in force from a day on until the next such."""

    from_date: date
    week: Week


@dataclass(frozen=True)
class Period:
    """Days, first and last included, on which time runs otherwise. ``week`` () is the usual one."""

    name: str
    first: date
    last: date
    kind: PeriodKind
    week: Week = ()


@dataclass(frozen=True)
class Day:
    """A single day set by hand: with these hours, or off where there are none."""

    day: date
    name: str
    spans: Spans = ()


@dataclass(frozen=True)
class Statutory:
    """The holidays (day: name) and make-up workdays of the years that have been announced."""

    years: frozenset[int]
    off: Mapping[date, str]
    work: Mapping[date, str]


@dataclass(frozen=True)
class Plan:
    """Everything a calendar is counted from. ``statutory`` None: a line that never rests."""

    hours: Sequence[Hours]
    periods: Sequence[Period] = ()
    days: Sequence[Day] = ()
    statutory: Statutory | None = field(default=None)


def clock_face(minutes: int) -> str:
    """480 as 08:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def spans(*texts: str) -> Spans:
    """Read "08:00-12:00"; raises ValueError for what is no part of a day."""
    found = []
    for text in texts:
        start, _, end = text.partition("-")
        found.append(Span(_minutes(start), _minutes(end, end_of_day=True)))
    if any(not a < b for a, b in found):
        raise ValueError("a span ends after it begins, on the same day")
    found.sort()
    if any(a.end > b.start for a, b in pairwise(found)):
        raise ValueError("spans of one day may not overlap")
    return tuple(found)


def _minutes(text: str, *, end_of_day: bool = False) -> int:
    if end_of_day and text.strip() == "24:00":
        return 1440
    moment = time.fromisoformat(text.strip())
    return moment.hour * 60 + moment.minute


def office_week(*texts: str) -> Week:
    """The same hours from Monday to Friday."""
    day = spans(*texts)
    return (day,) * 5 + ((), ())


@cache
def shipped_statutory() -> Statutory:
    """The years that come with the program."""
    return read_statutory(yaml.safe_load(DATA.read_text())["years"])


def read_statutory(years: Mapping[int, Mapping[str, Any]]) -> Statutory:
    """The data file's years: runs of days off, and days of work."""
    off: dict[date, str] = {}
    work: dict[date, str] = {}
    for told in years.values():
        for run in told["rest"]:
            day = run["from"]
            while day <= run["to"]:
                off[day] = run["name"]
                day += ONE_DAY
        work |= {row["day"]: row["name"] for row in told["work"]}
    return Statutory(frozenset(years), off, work)


def read_announced(told: Mapping[str, Any]) -> Statutory:
    """One year as public data sets have it: {"year", "days": [{"name", "date", "isOffDay"}]}.

    Raises ValueError for anything else, and for days of another year.
    """
    try:
        year = int(told["year"])
        days = [
            (date.fromisoformat(d["date"]), str(d["name"]), d["isOffDay"]) for d in told["days"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a year of holidays: {error}") from None
    if not days or any(day.year != year for day, _name, _off in days):
        raise ValueError("a year has holidays, and all of them in that year")
    return Statutory(
        frozenset({year}),
        {day: name for day, name, off in days if off is True},
        {day: name for day, name, off in days if off is False},
    )


def together(first: Statutory, second: Statutory) -> Statutory:
    """Both; a year that both know is the second's."""
    kept = first.years - second.years
    return Statutory(
        first.years | second.years,
        {d: n for d, n in first.off.items() if d.year in kept} | dict(second.off),
        {d: n for d, n in first.work.items() if d.year in kept} | dict(second.work),
    )


def usual() -> Plan:
    """What a school has that has set nothing: office hours, and the holidays that are known."""
    week = office_week("08:00-12:00", "14:00-18:00")
    return Plan([Hours(date(2000, 1, 1), week)], statutory=shipped_statutory())
