"""When which rung is reached on a clock. Pure: a clock, the rungs and a calendar are given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from hotline.oversight.models import Rung, Trigger
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import Limit

MINUTE = timedelta(minutes=1)
REPEATS_MOST = 2_000  # eight years of working days: nothing is late for longer and still waited for


@dataclass(frozen=True)
class Promise:
    """What of a clock decides when it is watched."""

    kind: str
    started_at: datetime
    due_at: datetime
    natural: bool
    pauses: Sequence[tuple[datetime, datetime]] = ()  # those that are over


@dataclass(frozen=True, order=True)
class Moment:
    """A rung and when it is reached; of two at once the higher counts."""

    at: datetime
    level: int
    code: str


def moments(
    promise: Promise, rungs: Iterable[Rung], calendar: Calendar, *, until: datetime
) -> list[Moment]:
    """Every moment at which a rung is reached, in order, until after ``until``."""
    found = []
    for rung in rungs:
        if not rung.enabled or promise.kind not in rung.kinds:
            continue
        first = _first(promise, rung, calendar)
        if first is None or _was_reached_before_a_rest(promise, rung, first):
            continue
        found.append(Moment(first, rung.level, rung.code))
        if rung.repeat:
            found += _again(first, rung, calendar, until)
    return sorted(found)


def _first(promise: Promise, rung: Rung, calendar: Calendar) -> datetime | None:
    match rung.trigger:
        case Trigger.USED:
            total = _total(promise, calendar)
            return _before(promise, calendar, total - ceil(total * rung.amount / 100))
        case Trigger.LEFT:
            return _before(promise, calendar, floor(_total(promise, calendar) * rung.amount / 100))
        case Trigger.OVERDUE:
            return promise.due_at + MINUTE  # at the due time itself it may still be done
        case Trigger.LATE:
            return calendar.after(promise.due_at, *Limit.parse(rung.limit)) + MINUTE
    return None


def _was_reached_before_a_rest(promise: Promise, rung: Rung, first: datetime) -> bool:
    """At the end of a rest as much is left as at its beginning: a share that is reached at that
    very moment was reached when the rest began, and is not reached twice."""
    if rung.trigger not in (Trigger.USED, Trigger.LEFT):
        return False
    return any(start < end == first for start, end in promise.pauses)


def _total(promise: Promise, calendar: Calendar) -> int:
    """Minutes that were given, pauses taken out; of working time unless nights count."""
    if _natural(promise, calendar):
        rested = sum(((b - a) for a, b in promise.pauses), timedelta())
        return int((promise.due_at - promise.started_at - rested) / MINUTE)
    rested_minutes = sum(calendar.between(a, b) for a, b in promise.pauses)
    return calendar.between(promise.started_at, promise.due_at) - rested_minutes


def _natural(promise: Promise, calendar: Calendar) -> bool:
    return promise.natural or not calendar.between(promise.started_at, promise.due_at)


def _before(promise: Promise, calendar: Calendar, minutes: int) -> datetime:
    """The first moment at which no more than so many minutes are left."""
    if _natural(promise, calendar):
        return promise.due_at - minutes * MINUTE
    return calendar.before(promise.due_at, minutes)


def _again(first: datetime, rung: Rung, calendar: Calendar, until: datetime) -> Iterable[Moment]:
    at, limit = first, Limit.parse(rung.repeat)
    for _ in range(REPEATS_MOST):
        at = calendar.after(at, *limit)
        yield Moment(at, rung.level, rung.code)
        if at > until:
            return


def reached(found: Sequence[Moment], since: datetime, at: datetime) -> list[Moment]:
    """The moments from ``since`` until ``at``, both included."""
    return [moment for moment in found if since <= moment.at <= at]


def next_after(found: Sequence[Moment], at: datetime) -> datetime | None:
    return next((moment.at for moment in found if moment.at > at), None)
