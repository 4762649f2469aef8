"""Messages a second, from the outbox to a counting gateway on loopback and into the test postbox.

``python -m tools.bench.deliveries [--messages 2000] [--latency 0.05]`` on a database of its own.
"""

import argparse
import sys
import time
from collections.abc import Callable

from tools.bench.alone import own_database


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.bench.deliveries", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument(
        "--latency", type=float, default=0.05, help="of the slower gateway, seconds"
    )
    options = parser.parse_args(sys.argv[1:])
    with own_database():
        _measure(options.messages, options.latency)


def _measure(count: int, latency: float) -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.utils.timezone import now  # noqa: PLC0415

    from hotline.base import jobs  # noqa: PLC0415
    from hotline.notices import services  # noqa: PLC0415
    from hotline.notices.codes import Channel  # noqa: PLC0415
    from hotline.notices.models import Gateway  # noqa: PLC0415
    from hotline.people.models import User  # noqa: PLC0415
    from tools.bench.standin import Counting  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    User.objects.bulk_create(
        User(account=f"b{n}", name="甲", phone=f"139{n:08d}", password="!")  # noqa: S106
        for n in range(count)
    )
    people = list(User.objects.filter(password="!"))  # noqa: S106

    def told(key: str) -> Callable[[], object]:
        return lambda: services.tell(
            people,
            "attention",
            {"time": now()},
            key=key,
            at=now(),
            ladder=(Channel.SMS,),
            urgent=True,
        )

    def drained() -> object:
        return services.drain("SMS", clock=now, pause=time.sleep, most=count)

    from django.conf import settings  # noqa: PLC0415

    print(f"{count:,} messages, one lane; pace of the gateway not limited")
    print(f"  written into the outbox        {_rate(count, told('a')):8,.0f} a second")
    print(f"  into the test postbox          {_rate(count, drained):8,.0f} a second")
    settings.NOTICES = "live"
    for key, seconds, most in (("b", 0.0, count), ("c", latency, min(count, 200))):
        with Counting(seconds) as standin:
            Gateway.objects.all().delete()
            Gateway.objects.create(
                code="bench", name="bench", kind="http_sms", channel="SMS", enabled=True,
                per_second=1000, settings=standin.settings,
            )  # fmt: skip
            told(key)()
            send = lambda m=most: services.drain("SMS", clock=now, pause=time.sleep, most=m)  # noqa: E731
            print(
                f"  by HTTP, answer in {seconds * 1000:3.0f} ms      {_rate(most, send):8,.0f} a second"
            )

    def queued() -> None:
        for n in range(1000):
            jobs.defer("notices.fan_out", step_id=n)

    begun = time.perf_counter()
    queued()
    print(f"  queueing the telling of a step {(time.perf_counter() - begun):8.2f} ms each")
    connection.close()


def _rate(count: int, act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return count / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
