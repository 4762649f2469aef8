"""The hours in which people do things, and how a life moves through them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from hotline.worktime import plan
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import ZONE

Span = tuple[time, time]
MIDNIGHT = time.max  # the end of a day, as near as a time can be to it
MINUTE = timedelta(minutes=1)
WORK = Calendar(plan.usual())  # the demo's people keep the hours and holidays that come shipped


@dataclass(frozen=True)
class Rhythm:
    """Spans of a day in which somebody acts, on working days and on the others."""

    working: tuple[Span, ...]
    free: tuple[Span, ...]

    def after(self, at: datetime, minutes: float) -> datetime:
        """The moment at which so many minutes of this rhythm have passed."""
        left = timedelta(minutes=minutes)
        for start, end in self._spans(at):
            if end - start >= left:
                return start + left
            left -= end - start
        raise AssertionError("a day without hours")

    def before(self, at: datetime, minutes: float) -> datetime:
        """The moment from which so many minutes of this rhythm lead to ``at``."""
        day = at.astimezone(ZONE).date()
        while self.minutes(datetime.combine(day, time(), ZONE), at) < minutes:
            day -= timedelta(days=1)
        start = datetime.combine(day, time(), ZONE)
        return self.after(start, self.minutes(start, at) - minutes)

    def minutes(self, a: datetime, b: datetime) -> float:
        """How many minutes of this rhythm lie between two moments."""
        total = timedelta()
        for start, end in self._spans(a):
            if start >= b:
                break
            total += min(end, b) - start
        return total / MINUTE

    def spread(self, a: datetime, b: datetime, count: int, rng: Random) -> list[datetime]:
        """So many moments in order between ``a`` and ``b``; a little later where there is no room."""
        room = max(self.minutes(a, b), 12.0 * count)
        return [self.after(a, x) for x in sorted(rng.uniform(2, room) for _ in range(count))]

    def _spans(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = at.astimezone(ZONE).date()
        for _ in range(400):
            for opens, closes in self._of(day):
                start = max(datetime.combine(day, opens, ZONE), at.astimezone(ZONE))
                end = datetime.combine(day, closes, ZONE)
                if start < end:
                    yield start, end
            day += timedelta(days=1)

    def _of(self, day: date) -> tuple[Span, ...]:
        return self.working if WORK.is_working_day(day) else self.free


OFFICE = Rhythm(((time(8), time(12)), (time(14), time(18))), ())
STAFFED = Rhythm(((time(7, 30), time(22, 30)),), ((time(8), time(22)),))  # the hotline's own desk
DUTY = Rhythm(  # units that work at weekends and in the evening: repairs, guards, network, clinic
    ((time(7, 30), time(12)), (time(13, 30), time(21))),
    ((time(8), time(11, 30)), (time(14), time(20))),
)
AWAKE = Rhythm(((time(7), time(23, 40)),), ((time(8, 30), MIDNIGHT),))  # students
ALWAYS = Rhythm(((time(), MIDNIGHT),), ((time(), MIDNIGHT),))
