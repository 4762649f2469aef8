"""One calendar, many threads: the first of them to ask count its years, and each only once."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from hotline.worktime import plan
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import Unit
from tests.make import NOON

MANY = 8


@pytest.fixture
def _restless():
    """Threads take turns a thousand times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_restless")
def test_threads_that_ask_a_new_calendar_at_once_are_all_told_the_same():
    right = Calendar(plan.usual()).after(NOON, 3, Unit.WORKING_DAY)
    for _ in range(3):
        calendar, start = Calendar(plan.usual()), Barrier(MANY)

        def ask(calendar=calendar, start=start):
            start.wait(30)
            return calendar.after(NOON, 3, Unit.WORKING_DAY)

        with ThreadPoolExecutor(MANY) as pool:
            told = [future.result(60) for future in [pool.submit(ask) for _ in range(MANY)]]
        assert told == [right] * MANY
        assert calendar.after(NOON, 3, Unit.WORKING_DAY) == right
