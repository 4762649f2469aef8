"""What a check of the limiter costs: ``python -m tools.bench.limits [--checks 5000]``."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tools.bench.alone import own_database

ROWS = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.bench.limits", description=__doc__)
    parser.add_argument("--checks", type=int, default=5000, help="how many of each kind")
    options = parser.parse_args(sys.argv[1:])
    with own_database():
        _measure(options.checks)


def _measure(checks: int) -> None:
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.utils.timezone import now  # noqa: PLC0415

    from hotline.limits.codes import Kind, Limit  # noqa: PLC0415
    from hotline.limits.services import spending  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:  # as many as a sweep leaves
        cursor.execute(
            "INSERT INTO limits_bucket SELECT 'LIVE', 'ACCOUNT:' || md5(n::text), now() + '9 min' "
            "FROM generate_series(1, %s) n",
            [ROWS],
        )

    def ask(name: Callable[[int], str]) -> Callable[[int], object]:
        return lambda n: spending.spend(Limit.SUBMIT, Kind.ACCOUNT, name(n), at=now())

    server = Path(str(settings.HOME)) / "postgres" / "postmaster.pid"
    postgres = psutil.Process(int(server.read_text().split()[0]))
    for words, act in (
        ("somebody new", ask(str)),
        ("again, allowed or refused", ask(lambda n: str(n % 20))),
        ("one statement that asks nothing", lambda _n: _nothing(connection)),
    ):
        act(0)
        _say(words, checks, postgres, act)
    connection.close()


def _nothing(connection: object) -> None:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT 1")


def _say(words: str, checks: int, postgres: psutil.Process, act: Callable[[int], object]) -> None:
    web, base, began = time.process_time(), _used(postgres), time.perf_counter()
    for n in range(checks):
        act(n)
    took = time.perf_counter() - began
    web, base = time.process_time() - web, _used(postgres) - base
    each = [1000 * seconds / checks for seconds in (web, base, took)]
    print(f"{words:34} CPU ms: web {each[0]:.2f}, database {each[1]:.2f}; ms {each[2]:.2f}")


def _used(postgres: psutil.Process) -> float:
    """CPU seconds of the server and its backends so far."""
    return sum(sum(p.cpu_times()[:2]) for p in [postgres, *postgres.children()])


if __name__ == "__main__":
    main()
