"""What a surge costs: ``python -m tools.bench.surge [--requests 300]`` on a database of its own."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tools.bench.alone import own_database
from tools.bench.machine import Meter


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.bench.surge", description=__doc__)
    parser.add_argument("--requests", type=int, default=300, help="how many of each kind")
    options = parser.parse_args(sys.argv[1:])
    with own_database():
        _measure(options.requests)


def _measure(count: int) -> None:
    from datetime import timedelta  # noqa: PLC0415

    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils.timezone import now  # noqa: PLC0415

    from hotline.cases.codes import Mode  # noqa: PLC0415
    from hotline.cases.services import intake  # noqa: PLC0415
    from hotline.cases.services.given import Words  # noqa: PLC0415
    from hotline.catalog.models import Category, RequestType  # noqa: PLC0415
    from hotline.people.actor import SYSTEM  # noqa: PLC0415
    from hotline.people.models import User  # noqa: PLC0415
    from hotline.people.queries import actor_of  # noqa: PLC0415
    from hotline.surge import queries  # noqa: PLC0415
    from hotline.surge.models import Batch, Canned, Item  # noqa: PLC0415
    from hotline.surge.services import batches, joining, switch, watching  # noqa: PLC0415
    from tools.bench import fill  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    fill.fill(10_000, at=now())
    pid = int((Path(str(settings.HOME)) / "postgres" / "postmaster.pid").read_text().split()[0])
    meter = Meter({"web": [psutil.Process()], "database": [psutil.Process(pid)]})
    student = actor_of(User.objects.filter(memberships=None)[0], on=now().date())
    clerk = User.objects.filter(memberships__role__code="R3")[0]
    category, type_ = Category.objects.get(code="H204"), RequestType.objects.get(code="ZX")
    words = Words(
        body="六号楼从今天早上起一直停水，什么时候恢复？",
        type=type_,
        category=category,
        mode=Mode.NAMED,
    )

    def say(what: str, act: Callable[[int], Any], times: int = count) -> None:
        act(0)
        before = meter.read()
        for n in range(times):
            act(n)
        used = {name: (ms - before[name]) / times for name, ms in meter.read().items()}
        parts = ", ".join(f"{name} {ms:.2f}" for name, ms in used.items())
        print(f"{what:44} CPU ms: {parts}")

    say("submitted, no surge", lambda _n: intake.submit(words, by=student, at=now()))
    plan = switch.Plan(title="停水", text="抢修中", until=now() + timedelta(hours=5))
    surge = switch.turn_on(plan, by=SYSTEM, at=now())
    tied = []
    say(
        "submitted and tied to the surge",
        lambda _n: tied.append(joining.submit(words, about=surge.pk, by=student, at=now()).case),
    )
    say("a look: how many come, how long one waits", lambda _n: watching.look(at=now()))
    say("what a page reads of it", lambda _n: queries.told_wait(now()))
    answer = Canned.objects.create(
        surge=surge,
        title="停水",
        text="今晚八点恢复。",
        basis="通知",
        category=category,
        by=clerk,
        at=now(),
    )
    half = len(tied) // 2
    for what, chosen, fields in (
        ("answered in a batch, each", tied[:half], {"answer": answer}),
        ("merged in a batch, each", tied[half:-1], {"into": tied[-1]}),
    ):
        batch = Batch.objects.create(surge=surge, by=clerk, at=now(), begins_at=now(), **fields)
        Item.objects.bulk_create([Item(batch=batch, case=case) for case in chosen])
        before = meter.read()
        batches.carry_out(batch, at=now())
        done = batch.items.filter(result=Item.Result.DONE).count()
        parts = ", ".join(f"{k} {(v - before[k]) / done:.2f}" for k, v in meter.read().items())
        print(f"{what:44} CPU ms: {parts} ({done} done)")


if __name__ == "__main__":
    main()
