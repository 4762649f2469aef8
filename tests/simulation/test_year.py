"""A simulated year, in which every promise and every message is checked by a slow counter.

A few requests in every run of the suite; ``HOTLINE_SIMULATION=5000`` (``make simulation``) is the
whole year. Each shard is a school of its own with its own people, so shards may run side by side.
"""

import json
import os
from pathlib import Path
from time import monotonic

import pytest

from tests.simulation.verdict import judge
from tests.simulation.year import Year

pytestmark = pytest.mark.django_db
SHARD = 25
REQUESTS = int(os.environ.get("HOTLINE_SIMULATION", "12"))
SEED = int(os.environ.get("HOTLINE_SIMULATION_SEED", "2026"))
SHARDS = [
    (SEED + number, min(SHARD, REQUESTS - first))
    for number, first in enumerate(range(0, REQUESTS, SHARD))
]


@pytest.mark.parametrize(("seed", "requests"), SHARDS)
def test_no_promise_and_no_message_of_a_year_differs_from_the_slow_counter(seed, requests):
    began = monotonic()
    year = Year(requests, seed)
    year.run()
    found = judge(year)
    put_down(seed, found, round(monotonic() - began))
    assert found.requests == requests
    assert found.clocks > 5 * requests, "a year in which little is promised proves little"
    assert not found.differences, "\n".join(found.differences[:40])


def put_down(seed, found, seconds):
    """Add a line of figures to the file that ``HOTLINE_SIMULATION_REPORT`` names, if it does."""
    if name := os.environ.get("HOTLINE_SIMULATION_REPORT"):
        line = json.dumps({"seed": seed, "seconds": seconds, **vars(found)}, ensure_ascii=False)
        with Path(name).open("a") as file:
            file.write(line + "\n")
