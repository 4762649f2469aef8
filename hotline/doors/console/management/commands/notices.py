"""``hotline notices``: how messages stand; send what waits, or what has failed, from the console."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localtime, now

from hotline.notices import queries, services, ways
from hotline.notices.codes import CARRIED
from hotline.notices.services import desk
from hotline.people.actor import SYSTEM


class Command(BaseCommand):
    help = "The state of messages and gateways; retry: queue again what failed; drain: send what waits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "action", nargs="?", choices=["state", "retry", "drain"], default="state"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        match options["action"]:
            case "retry":
                self.stdout.write(f"queued again: {desk.retry_failed(by=SYSTEM, at=now())}")
            case "drain":
                services.sweep(at=now())
                sent = sum(services.drain(c, clock=now, pause=time.sleep) for c in CARRIED)
                self.stdout.write(f"sent: {sent}")
            case _:
                self._state()

    def _state(self) -> None:
        mode = "live" if ways.live() else "postbox: nothing leaves this house"
        self.stdout.write(f"mode: {mode}")
        for line in queries.channels(at=now()):
            gateway = line.gateway.code if line.gateway else "-"
            out = line.gateway.out_since if line.gateway else None
            state = f" OUT since {localtime(out):%Y-%m-%d %H:%M}" if out else ""
            self.stdout.write(
                f"{line.channel:<7} gateway {gateway:<12} waiting {line.waiting:<5} held {line.held:<5} "
                f"sent {line.sent:<5} failed {line.failed:<5}{state}"
            )
