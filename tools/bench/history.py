"""What it costs to record a look, to seal, and to verify.

``python -m tools.bench.history [--rows 200000]`` on a database of its own.
"""

import argparse
import sys
import time
from collections.abc import Callable

from tools.bench.alone import own_database

LOOKS = 2000


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.bench.history", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="steps and looks to seal")
    options = parser.parse_args(sys.argv[1:])
    with own_database():
        _measure(options.rows)


def _measure(rows: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection, transaction  # noqa: PLC0415
    from django.utils.timezone import now  # noqa: PLC0415

    from hotline.audit import keys  # noqa: PLC0415
    from hotline.audit.models import Leaves  # noqa: PLC0415
    from hotline.audit.services import sealing  # noqa: PLC0415
    from hotline.audit.verifying import Report, verify  # noqa: PLC0415
    from hotline.cases.models import Look, Step  # noqa: PLC0415
    from tools.bench import fill  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    fill.fill(max(100, rows // 20), at=now())
    _looks(LOOKS)
    steps = Step.objects.count()
    with connection.cursor() as cursor:  # the rest of the looks, like those that were made
        cursor.execute(
            "INSERT INTO cases_look (by_id, at, door, case_id, viewer, fields, sought, facts, recorded_at) "
            "SELECT by_id, at, door, case_id, viewer, fields, sought, facts, recorded_at FROM cases_look "
            "CROSS JOIN generate_series(1, %s)",
            [max(1, (rows - steps) // LOOKS)],
        )
    looks = Look.objects.count()
    at = now()
    took, cpu = _timed(lambda: sealing.seal(until=at, at=at))
    kept = sum(len(data) for data in Leaves.objects.values_list("data", flat=True).iterator())
    whole = steps + looks
    _say(f"sealed {steps:,} steps and {looks:,} looks", whole, took, cpu)
    print(f"  kept beside the rows: {kept / whole:.1f} bytes each")
    report = Report()
    with transaction.atomic():
        took, cpu = _timed(lambda: list(verify(report, trusted=[keys.public()])))
    _say("verified", report.rows, took, cpu)
    connection.close()


def _looks(count: int) -> None:
    """A look through the service, as a page makes it; and the same again, which adds nothing."""
    from django.utils.timezone import localdate, now  # noqa: PLC0415

    from hotline.cases.models import Case  # noqa: PLC0415
    from hotline.cases.services import looking  # noqa: PLC0415
    from hotline.cases.sight import sight_of  # noqa: PLC0415
    from hotline.people.models import User  # noqa: PLC0415
    from hotline.people.queries import actor_of  # noqa: PLC0415

    user = User.objects.filter(memberships__role__code="R3").first()
    if user is None:
        raise RuntimeError("there is no clerk")
    clerk, at = actor_of(user, on=localdate()), now()
    cases = list(Case.objects.filter(number__isnull=False).select_related("category")[:count])
    sights = [sight_of(clerk, cases[n % len(cases)], at=at) for n in range(count)]

    def look_at_all() -> None:
        for sight in sights:
            looking.looked(sight, by=clerk)

    for words in ("recorded", "again within five minutes"):
        took, cpu = _timed(look_at_all)
        print(
            f"a look {words}: {1000 * cpu / count:.2f} CPU ms of ours, {1000 * took / count:.2f} ms"
        )


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - begun, time.process_time() - cpu


def _say(what: str, rows: int, took: float, cpu: float) -> None:
    print(f"{what}: {took:.1f} s ({cpu:.1f} CPU s of ours), {rows / took:,.0f} rows a second")


if __name__ == "__main__":
    main()
