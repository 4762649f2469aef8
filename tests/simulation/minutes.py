"""Every minute of the simulated time, looked at once: is it a working one? Then counted in a list.

Shares no code with the house. Days are those of the package chinesecalendar; a year that it does
not know (2027) is Monday to Friday, and whatever rests on it must be marked provisional.
"""

from bisect import bisect_left
from datetime import date, datetime, timedelta
from functools import cache
from math import ceil

from tests.worktime.counter import MINUTE, OPEN, SHANGHAI, works

ORIGIN = datetime(2025, 11, 1, tzinfo=SHANGHAI)
DAYS = 700
KNOWN_UNTIL = 2026
NATURAL = ("min", "h")


def worked(day: date) -> bool:
    return works(day) if day.year <= KNOWN_UNTIL else day.weekday() < 5


@cache
def counted() -> list[int]:
    """How many working minutes there were before each minute from ORIGIN on."""
    sums, total = [0], 0
    for number in range(DAYS):
        works_today = worked((ORIGIN + timedelta(days=number)).date())
        for minute in range(1440):
            total += works_today and minute in OPEN
            sums.append(total)
    return sums


def index(at: datetime) -> int:
    """The number of the minute in which a moment lies."""
    return (at - ORIGIN) // MINUTE


def between(a: datetime, b: datetime) -> int:
    """Working minutes from one minute to a later one."""
    return counted()[index(b)] - counted()[index(a)] if b > a else 0


def used_up(start: datetime, minutes: int) -> datetime:
    """The end of the last of so many working minutes from ``start`` on."""
    return ORIGIN + bisect_left(counted(), counted()[index(start)] + minutes) * MINUTE


def first_with(due: datetime, left: int) -> datetime:
    """The first minute from which no more than ``left`` working minutes lead to ``due``."""
    return ORIGIN + bisect_left(counted(), counted()[index(due)] - left) * MINUTE


def after(start: datetime, limit: str) -> datetime:
    """When a limit as the catalogue writes it is used up."""
    amount, unit = split(limit)
    if unit in NATURAL:
        return start + timedelta(minutes=amount * (60 if unit == "h" else 1))
    if unit == "wh":
        return used_up(start, amount * 60)
    day = start.astimezone(SHANGHAI).date()
    while amount:
        day += timedelta(days=1)
        amount -= worked(day)
    return close_of(day)


def split(limit: str) -> tuple[int, str]:
    amount = "".join(letter for letter in limit if letter.isdigit())
    return int(amount), limit[len(amount) :]


def is_natural(limit: str) -> bool:
    return split(limit)[1] in NATURAL


def close_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, tzinfo=SHANGHAI)


def share(start: datetime, due: datetime, *, natural: bool) -> datetime:
    """Two thirds of the time in between, for a joint unit; working minutes rounded up."""
    left = 0 if natural else between(start, due)
    return used_up(start, ceil(left * 2 / 3)) if left else start + (due - start) * 2 / 3


def moved(due: datetime, stopped: datetime, resumed: datetime, *, natural: bool) -> datetime:
    """A due time after a rest: as much is left as there was."""
    if due <= stopped:
        return due
    left = 0 if natural else between(stopped, due)
    return used_up(resumed, left) if left else due + (resumed - stopped)


def guesses(start: datetime, due: datetime) -> bool:
    """Does a year that nobody has announced lie in between?"""
    return max(start.astimezone(SHANGHAI).year, due.astimezone(SHANGHAI).year) > KNOWN_UNTIL


def tick(at: datetime) -> datetime:
    """The full minute that is not before a moment: when a sweep can see it."""
    return at if (at - ORIGIN) % MINUTE == timedelta(0) else ORIGIN + (index(at) + 1) * MINUTE
