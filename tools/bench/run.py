"""One size after the other: fill, start, measure, stop."""

import sys
import time
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

import psutil
from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now

from config.embedded import Embedded
from hotline.cases.models import Case
from tools.bench import bare, fill, operations
from tools.bench.lives import Writer
from tools.bench.load import measure
from tools.bench.machine import Meter, memory_mb
from tools.bench.operations import Operation, Ready
from tools.bench.report import Result, Size
from tools.bench.service import Service, postmaster

WARM_SECONDS, WARM_CALLERS = 2.0, 8
DISPATCHES_A_SECOND = 250  # more than a machine does, so that they do not run out
STARTS = 3


class Bench:
    """The benchmark on one data folder."""

    def __init__(
        self, home: Path, port: int, embedded: Embedded | None, url: str, options: Namespace
    ) -> None:
        self._port, self._embedded, self._options = port, embedded, options
        self._service = Service(home, port, database_url=url)
        call_command("migrate", verbosity=0)
        if not fill.is_ours():
            sys.exit("The database holds accounts of others: give the benchmark one of its own.")

    def measure(self, requests: int) -> Size:
        """Everything about one size of the database."""
        size = Size(requests)
        writer = self._fill(size)
        self._let_go()
        size.cold_seconds = median(self._start_and_stop() for _ in range(STARTS))
        before = bare.cost(self._service.port)
        with self._service:
            meter = Meter(self._service.trees(self._postgres()))
            time.sleep(2)
            size.memory_idle = memory_mb(meter.trees)
            for operation in self._operations(writer):
                size.results.append(self._operation(operation, meter))
            connection.close()
            size.memory_after = memory_mb(meter.trees)
        size.bare_ms = (before + bare.cost(self._service.port)) / 2
        self._hold()
        return size

    def leave(self) -> None:
        """Empty a database that was given to us, and let go of any; a folder keeps its data."""
        if self._embedded is None:
            fill.empty()
        self._let_go()

    def _fill(self, size: Size) -> Writer:
        begun = time.monotonic()
        fill.empty()
        writer = fill.fill(size.requests, at=now(), tell=_progress(size.requests))
        fill.settle()
        size.fill_seconds = time.monotonic() - begun
        size.bytes_a_request = fill.bytes_a_request(size.requests)
        _say(f"{size.requests:,} requests filled in {size.fill_seconds:.0f} s")
        return writer

    def _operations(self, writer: Writer) -> Iterator[Operation]:
        """Reading first: what follows adds requests that wait."""
        yield from (one for one in operations.reading(writer.cast) if self._wants(one.name))
        if self._wants("dispatch"):
            seconds = WARM_SECONDS + self._options.seconds * len(self._options.callers)
            waiting = _accepted(writer, int(seconds * DISPATCHES_A_SECOND))
            yield operations.dispatching(writer.cast, waiting)
        if self._wants("submit"):
            yield operations.submitting(writer.cast)

    def _wants(self, name: str) -> bool:
        return not self._options.only or name in self._options.only.split(",")

    def _operation(self, operation: Operation, meter: Meter) -> Result:
        callers = [n for n in self._options.callers if n <= operation.most_callers]
        lines = operation.lines(self._service.port, WARM_CALLERS, 0)
        measure(self._service.port, lines, WARM_SECONDS, meter)
        points = [
            measure(
                self._service.port,
                operation.lines(self._service.port, count, count),
                self._options.seconds,
                meter,
            )
            for count in callers
        ]
        failures = [failure for point in points for failure in point.failures]
        result = Result(operation.name, operation.aim, points)
        _say(f"  {operation.name}: {result.cost:.1f} CPU ms; {len(failures)} failed {failures[:1]}")
        return result

    def _start_and_stop(self) -> float:
        seconds = self._service.start()
        self._service.stop()
        return seconds

    def _postgres(self) -> psutil.Process | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            found = postmaster(cursor.fetchone()[0])
        connection.close()
        if found is None:
            _say("The database is on another host: its CPU and memory are not in the figures.")
        return found

    def _hold(self) -> None:
        if self._embedded:
            self._embedded.start()

    def _let_go(self) -> None:
        """The service alone decides whether the embedded database runs."""
        connection.close()
        if self._embedded:
            self._embedded.release()


def _accepted(writer: Writer, count: int) -> deque[Ready]:
    """Requests that wait to be dispatched, written down a moment ago."""
    fill.go_on(writer.book)
    before = writer.book.case.next
    for n in range(count):
        writer.accepted(writer.now - timedelta(hours=3) + timedelta(seconds=n))
    fill.write_down(writer.book)
    numbers = Case.objects.filter(pk__gte=before).values_list("number", flat=True)
    return operations.ready_ones([number or "" for number in numbers], writer.cast.directory)


def _progress(total: int) -> Callable[[int], None]:
    return lambda done: _say(f"  {done:,} of {total:,}") if done % 100_000 == 0 else None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
