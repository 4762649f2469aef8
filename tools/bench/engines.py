"""What runs behind the pages: the calendar's arithmetic, and the sweep over many open requests."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import connection
from django.utils.timezone import now

from hotline.base import jobs
from hotline.cases.models import Clock
from hotline.oversight.services import sweeping
from hotline.worktime import plan
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import ZONE, Unit
from tools.bench import fill

EVALUATIONS = 1_000_000
OPEN = 100_000
RUNGS = 1_000
SPREAD_DAYS = 2_400  # the moments that are asked about lie within so many days from 2020 on


def report() -> Iterator[str]:
    """Measure each engine once, and say what was found."""
    yield from _calendar()
    yield from _sweep()


def _calendar() -> Iterator[str]:
    calendar, rng = Calendar(plan.usual()), Random(1)  # noqa: S311 - moments, not secrets
    first = datetime(2020, 1, 1, tzinfo=ZONE)
    starts = [first + timedelta(minutes=rng.randrange(SPREAD_DAYS * 1440)) for _ in range(10_000)]
    units = (Unit.WORKING_HOUR, Unit.WORKING_DAY)
    begun = time.process_time()
    for n in range(EVALUATIONS // 2):
        start = starts[n % len(starts)]
        calendar.between(start, calendar.after(start, 1 + n % 15, units[n % 2]))
    took = time.process_time() - begun
    yield (
        f"calendar: {EVALUATIONS:,} evaluations (after, between) in {took:.1f} CPU s, "
        f"{EVALUATIONS / took:,.0f} a second"
    )


def _sweep() -> Iterator[str]:
    at = now()
    fill.empty()
    _defaults()
    fill.fill(OPEN, at=at, still_open=OPEN)
    _set("due_at = %s, started_at = %s, next_at = %s", at + timedelta(days=5), at, at)
    fill.settle()
    running = Clock.objects.filter(stopped_at=None, next_at__isnull=False).count()
    with jobs.quiet():
        took, raised = _timed(at)
        yield (
            f"sweep: {OPEN:,} open requests with {running:,} running clocks, each looked at and put "
            f"off: {took:.1f} s, {running / took:,.0f} clocks a second, {raised} raised"
        )
        took, _raised = _timed(at)
        yield f"sweep: the same with nothing to do: {took * 1000:.1f} ms"
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cases_clock SET due_at = %s, started_at = %s, next_at = %s WHERE id IN (SELECT id "
                "FROM cases_clock WHERE stopped_at IS NULL AND kind = 'UNIT' ORDER BY id LIMIT %s)",
                [at - timedelta(hours=1), at - timedelta(days=5), at - timedelta(hours=2), RUNGS],
            )
        took, raised = _timed(at)
        yield f"sweep: {raised:,} rungs raised, each with its step and slip: {took:.1f} s, {1000 * took / max(raised, 1):.1f} ms each"


def _timed(at: datetime) -> tuple[float, int]:
    begun = time.monotonic()
    raised = sweeping.sweep(at=at)
    return time.monotonic() - begun, raised


def _set(what: str, *values: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE cases_clock SET {what} WHERE stopped_at IS NULL AND next_at IS NOT NULL",  # noqa: S608
            list(values),
        )


def _defaults() -> None:
    """The ladder comes back: what is emptied is everything."""
    from hotline.oversight.services.defaults import load_defaults  # noqa: PLC0415

    load_defaults()


def main() -> None:
    for line in report():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
