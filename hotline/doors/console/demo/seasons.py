"""When people ask, and about what: the university's year (docs/domain.md, "Calendar of expectation")."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from hotline.doors.console.demo.hours import WORK
from hotline.worktime.clock import ZONE

LENGTH = timedelta(days=913)  # two and a half years
SURGE_DAYS = 20
SURGE_SETTLES = timedelta(days=60)  # a surge is over for so long, or it was a year earlier
# How much more than on an ordinary day is asked on each day of the surge.
SURGE = (2, 6, 11, 14, 13, 12, 12, 11, 11, 11, 10, 10, 9, 9, 8, 8, 6, 5, 3, 2)
MONTHS = (0.95, 0.55, 1.15, 1.0, 1.05, 1.25, 0.7, 0.55, 1.6, 1.0, 1.1, 1.1)
VACATIONS = (((1, 18), (2, 20), 0.3), ((7, 12), (8, 22), 0.45), ((10, 1), (10, 7), 0.4))
WEEKEND = 0.5
GROWTH = (0.8, 1.15)  # from the first day to the last
# Weights of the hours of a working day and of a free one.
WORKING_HOURS = (2, 1, 0.5, 0.3, 0.2, 0.4, 1, 4, 9, 11, 11, 8, 6, 6, 9, 10, 9, 7, 6, 7, 9, 9, 7, 4)
FREE_HOURS = (3, 2, 1, 0.5, 0.3, 0.3, 0.5, 2, 4, 7, 9, 8, 7, 6, 7, 8, 8, 7, 7, 8, 9, 9, 8, 5)

USUAL: Mapping[str, float] = {
    "M101": 22, "M102": 14, "M103": 10, "M104": 8, "M105": 8,
    "F101": 11, "F102": 22, "F103": 16, "F104": 5, "F105": 16,
    "H101": 15, "H102": 20, "H103": 32, "H104": 17, "H105": 8,
    "H201": 40, "H202": 26, "H203": 30, "H204": 48, "H205": 26,
    "T101": 18, "T102": 20, "T103": 26, "T104": 14, "T105": 18, "T106": 22,
    "T201": 12, "T202": 14, "T203": 13, "T204": 18,
    "L101": 28, "L102": 32, "L103": 14, "L104": 6, "L105": 24,
    "L201": 20, "L202": 18, "L203": 20, "L204": 14, "L205": 12,
    "L301": 34, "L302": 30, "L303": 26, "L304": 22, "L305": 14, "L306": 12,
}  # fmt: skip
SEASON: Mapping[int, Mapping[str, float]] = {
    1: {"L102": 3, "L202": 4, "L301": 2, "H203": 2.5, "L303": 2, "M104": 2},
    2: {"L202": 4, "T105": 2, "L101": 2, "H101": 1.5},
    3: {"L101": 4, "L202": 2.5, "L203": 1.5, "M104": 1.5, "T204": 1.5},
    4: {"T203": 4, "L203": 3, "L103": 1.5},
    5: {"T203": 3, "L203": 3.5, "L103": 2, "H203": 1.5, "L201": 1.5},
    6: {"L102": 2.5, "L203": 3, "H203": 5, "H201": 2.5, "L304": 2.5, "L205": 1.5, "T106": 1.5},
    7: {"H204": 3, "H101": 2.5, "T204": 3, "H202": 2, "L304": 1.5},
    8: {"H204": 3, "H101": 3, "T204": 2.5, "L304": 2, "T105": 2},
    9: {"H101": 4, "L202": 3.5, "H103": 3, "L302": 3, "L301": 2, "M103": 3, "T102": 2, "L201": 2.5, "F103": 2,
        "T105": 2, "L205": 2},
    10: {"T106": 3, "H203": 1.5, "L204": 2.5, "L201": 2, "T103": 1.5},
    11: {"T106": 4.5, "H203": 5, "H201": 1.5, "L203": 1.5, "M104": 1.5},
    12: {"L102": 2.5, "L301": 2, "H203": 4, "L303": 2.5, "M104": 2, "L202": 2},
}  # fmt: skip


@dataclass(frozen=True)
class Calendar:
    """The days that a demo covers, and the few weeks of one spring in which everybody writes."""

    until: datetime

    @property
    def start(self) -> date:
        return (self.until - LENGTH).astimezone(ZONE).date()

    @property
    def surge_day(self) -> date:
        """The first day of the surge: early in the last April that is well over."""
        last = self.until.astimezone(ZONE).date()
        first = date(last.year, 4, 2)
        settled = first + timedelta(days=SURGE_DAYS) + SURGE_SETTLES
        return first if settled <= last else date(last.year - 1, 4, 2)

    def surge_factor(self, day: date) -> float:
        """How many times the ordinary intake comes on a day; 1 outside the surge."""
        nth = (day - self.surge_day).days
        return float(SURGE[nth]) if 0 <= nth < SURGE_DAYS else 1.0

    def moments(self, count: int, rng: Random) -> list[datetime]:
        """When ``count`` requests come in, in order; never at or after the end."""
        days = list(self._days())
        weights = [self._weight(day) * self.surge_factor(day) for day in days]
        return sorted(self._moment(day, rng) for day in rng.choices(days, weights, k=count))

    def in_surge(self, at: datetime, rng: Random) -> bool:
        """Is a request of this moment one of those that the surge brought?"""
        factor = self.surge_factor(at.astimezone(ZONE).date())
        return rng.random() < 1 - 1 / factor

    def _days(self) -> Iterator[date]:
        day, last = self.start, self.until.astimezone(ZONE).date()
        while day <= last:
            yield day
            day += timedelta(days=1)

    def _weight(self, day: date) -> float:
        low, high = GROWTH
        grown = low + (high - low) * ((day - self.start) / LENGTH)
        weight = MONTHS[day.month - 1] * grown
        for begins, ends, factor in VACATIONS:
            if begins <= (day.month, day.day) <= ends:
                weight *= factor
        return weight if WORK.is_working_day(day) else weight * WEEKEND

    def _moment(self, day: date, rng: Random) -> datetime:
        hours = WORKING_HOURS if WORK.is_working_day(day) else FREE_HOURS
        hour = rng.choices(range(24), hours)[0]
        at = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), ZONE)
        return at if at < self.until else at - timedelta(days=1)


def categories_of(month: int) -> dict[str, float]:
    """How likely each category is in a month."""
    season = SEASON[month]
    return {code: weight * season.get(code, 1) for code, weight in USUAL.items()}
