"""When is that due, and how long did it take: counted with one school's calendar.

A calendar is a value: it never changes, and knows no now. Natural hours run around the clock;
working hours run in office spans; working days start on the day after (收到次日起) and end with
the last working day's last span. Source of units and start rule: docs/domain.md, "Time".

Days are counted once, a year at a time, into running sums: an answer is two look-ups. Threads share
a calendar, so the counting, and nothing else, is done by one at a time: a year that two of them
counted at once would stand in the sums twice, and promises be given years too late.
"""

from bisect import bisect_left
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from math import ceil
from threading import Lock
from typing import NamedTuple

from hotline.worktime.clock import NATURAL, ZONE, Unit, day_of
from hotline.worktime.plan import ONE_DAY, Day, Hours, Period, PeriodKind, Plan, Span, Spans, Week

FIRST = date(2000, 1, 1)  # what was before began then
LAST_YEAR = 2199


class Due(NamedTuple):
    """A moment, and whether a year's holidays that decide it are not yet announced."""

    at: datetime
    provisional: bool


class Sums:
    """Working seconds and working days before each day from FIRST on, and each day's spans."""

    def __init__(self) -> None:
        self.spans: list[Spans] = []
        self.seconds: list[int] = [0]
        self.days: list[int] = [0]
        self.until = FIRST.year  # years below this are counted


class Calendar:
    """One school's working time, of its office or of a line."""

    def __init__(self, plan: Plan, *, vacations_run: bool = True) -> None:
        """``vacations_run`` False: working time rests in vacations (寒暑假)."""
        self.plan = plan
        self.vacations_run = vacations_run
        self._hours = sorted(plan.hours, key=lambda hours: hours.from_date)
        self._days = {day.day: day for day in plan.days}
        self._sums = Sums()
        self._counting = Lock()

    @cached_property
    def resting(self) -> "Calendar":
        """The same calendar, with vacations in which nothing runs."""
        return Calendar(self.plan, vacations_run=False)

    # --- Days -----------------------------------------------------------------------------

    def spans_on(self, day: date) -> Spans:
        """The hours of a day: set by hand, else by law, else by a period, else by the week."""
        if day in self._days:
            return self._days[day].spans
        week = self._week(day)
        period = self._period(day)
        if period is not None:
            if period.kind == PeriodKind.REST:
                return ()
            if period.kind == PeriodKind.VACATION and not self.vacations_run:
                return ()
            week = period.week or week
        law = self.plan.statutory
        if law is not None and day in law.off:
            return ()
        if law is not None and day in law.work:
            return next((spans for spans in week if spans), ())  # as on the week's first workday
        return week[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        """Is there any working time on it?"""
        return bool(self.spans_on(day))

    def is_working(self, at: datetime) -> bool:
        """Is the office open at this moment?"""
        local = at.astimezone(ZONE)
        second = local.hour * 3600 + local.minute * 60 + local.second
        return any(a * 60 <= second < b * 60 for a, b in self.spans_on(local.date()))

    def knows(self, first: date, last: date) -> bool:
        """Have the holidays of every year from the first day to the last been announced?"""
        law = self.plan.statutory
        return law is None or all(year in law.years for year in range(first.year, last.year + 1))

    def end_of(self, day: date) -> datetime:
        """When the office closes on a day: what was promised for the day is due then.

        On a day off that is when it would have closed on a working day.
        """
        spans = self.spans_on(day) or next((s for s in self._week(day) if s), (Span(0, 1440),))
        return _moment(day, spans[-1].end * 60)

    def start_of(self, day: date) -> datetime:
        """When the office opens on a day, or would if it were a working day."""
        spans = self.spans_on(day) or next((s for s in self._week(day) if s), (Span(0, 1440),))
        return _moment(day, spans[0].start * 60)

    def _week(self, day: date) -> Week:
        found: Hours = self._hours[0]
        for hours in self._hours:
            if hours.from_date > day:
                break
            found = hours
        return found.week

    def _period(self, day: date) -> Period | None:
        """The period that a day is in; of several the one that is written down last."""
        inside = [p for p in self.plan.periods if p.first <= day <= p.last]
        return inside[-1] if inside else None

    def day_set_by_hand(self, day: date) -> Day | None:
        return self._days.get(day)

    def period_on(self, day: date) -> Period | None:
        return self._period(day)

    # --- Amounts --------------------------------------------------------------------------

    def after(self, at: datetime, amount: int, unit: Unit = Unit.WORKING_HOUR) -> datetime:
        """The moment at which ``amount`` of ``unit`` that begins at ``at`` (aware) is used up.

        Raises OverflowError where there is no such working time before the year 2200.
        """
        if unit in NATURAL:
            return at + timedelta(**{"minutes" if unit is Unit.MINUTE else "hours": amount})
        if unit is Unit.WORKING_DAY:
            return self._end_of_working_day(at, amount)
        return self.after_working_minutes(at, amount * 60)

    def due(self, at: datetime, amount: int, unit: Unit = Unit.WORKING_HOUR) -> Due:
        """The same, and whether it may still move because a year is not yet announced."""
        due = self.after(at, amount, unit)
        known = unit in NATURAL or self.knows(day_of(at), day_of(due))
        return Due(due, not known)

    def after_working_minutes(self, at: datetime, minutes: int) -> datetime:
        """The moment at which ``minutes`` working minutes that begin at ``at`` are used up."""
        if minutes <= 0:
            return self._next_open(at)
        index, sums = self._index(at), self._sums
        target = sums.seconds[index] + self._into(index, at) + minutes * 60
        index = self._find(sums.seconds, target)
        return _moment(_day(index), self._second(index, target - sums.seconds[index]))

    def before(self, at: datetime, minutes: int) -> datetime:
        """The first moment from which no more than ``minutes`` working minutes lead to ``at``."""
        index, sums = self._index(at), self._sums
        target = max(0.0, sums.seconds[index] + self._into(index, at) - minutes * 60)
        index = self._find(sums.seconds, target)
        return _moment(_day(index), self._second(index, target - sums.seconds[index]))

    def between(self, a: datetime, b: datetime) -> int:
        """Whole working minutes from ``a`` to ``b``; 0 when ``b`` is not later."""
        if b <= a:
            return 0
        last, first, sums = self._index(b), self._index(a), self._sums
        upto = sums.seconds[last] + self._into(last, b)
        return int((upto - sums.seconds[first] - self._into(first, a)) // 60)

    def share(
        self,
        at: datetime,
        due: datetime,
        numerator: int,
        denominator: int,
        *,
        natural: bool = False,
    ) -> datetime:
        """The moment at which that share of the working time from ``at`` to ``due`` is used up.

        For a ``natural`` limit, or with no working time in between, the same share of the
        natural time.
        """
        minutes = 0 if natural else self.between(at, due)
        if minutes:
            return self.after_working_minutes(at, ceil(minutes * numerator / denominator))
        return at + (due - at) * numerator / denominator

    # --- Counting -------------------------------------------------------------------------

    def _next_open(self, at: datetime) -> datetime:
        """The moment itself where the office is open, else when it opens next."""
        if self.is_working(at):
            return at
        local = at.astimezone(ZONE)
        second, day = local.hour * 3600 + local.minute * 60 + local.second, local.date()
        for start, _end in self.spans_on(day):
            if start * 60 > second:
                return _moment(day, start * 60)
        sums = self._sums
        index = self._find(sums.days, sums.days[self._index(at) + 1] + 1)
        return _moment(_day(index), sums.spans[index][0].start * 60)

    def _end_of_working_day(self, at: datetime, count: int) -> datetime:
        index = self._index(at)
        if count <= 0:
            return self.end_of(_day(index))
        index = self._find(self._sums.days, self._sums.days[index + 1] + count)
        return _moment(_day(index), self._sums.spans[index][-1].end * 60)

    def _index(self, at: datetime) -> int:
        """The place of a moment's day in the sums, counted up to there."""
        index = (day_of(at) - FIRST).days
        with self._counting:
            while index + 1 >= len(self._sums.spans):
                self._count_a_year()
        return max(index, 0)

    def _find(self, sums: list[int], target: float) -> int:
        """The day on which a running sum first reaches a target."""
        with self._counting:
            while sums[-1] < target:
                self._count_a_year()
        return bisect_left(sums, target) - 1

    def _count_a_year(self) -> None:
        sums = self._sums
        if sums.until > LAST_YEAR:
            raise OverflowError("working time has no end before the year 2200")
        day, spans = date(sums.until, 1, 1), []
        while day.year == sums.until:
            spans.append(self.spans_on(day))
            day += ONE_DAY
        seconds = [sum(b - a for a, b in day_spans) * 60 for day_spans in spans]
        sums.seconds += list(accumulate(seconds, initial=sums.seconds[-1]))[1:]
        sums.days += list(accumulate(map(bool, spans), initial=sums.days[-1]))[1:]
        sums.spans += spans
        sums.until += 1

    def _into(self, index: int, at: datetime) -> float:
        """Working seconds of its day before a moment."""
        local = at.astimezone(ZONE)
        second = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
        done = 0.0
        for start, end in self._sums.spans[index]:
            if second <= start * 60:
                break
            done += min(second, end * 60) - start * 60
        return done

    def _second(self, index: int, seconds: float) -> float:
        """The second of a day at which so many working seconds of it are used up."""
        for start, end in self._sums.spans[index]:
            length = (end - start) * 60
            if seconds <= length:
                return start * 60 + seconds
            seconds -= length
        raise AssertionError("a day has no more working time than its spans")


def _day(index: int) -> date:
    return FIRST + timedelta(days=index)


def _moment(day: date, second: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(seconds=second)
