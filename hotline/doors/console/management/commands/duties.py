"""``hotline duties``: part the three administrators from a shell, or say what is in the way."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.timezone import localdate, now

from hotline.base.refusals import Refusal
from hotline.people import duties as law
from hotline.people.actor import SYSTEM
from hotline.people.services import duties


class Command(BaseCommand):
    help = (
        "System, security and audit administrator parted (三员分立): on, off (an auditor agrees to it "
        "in the audit room), or check what is in the way."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["on", "off", "check"])

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            try:
                if options["what"] == "on":
                    duties.turn_on(by=SYSTEM, at=now())
                elif options["what"] == "off":
                    duties.ask_off(by=SYSTEM, at=now())
            except Refusal as refusal:
                raise CommandError(str(refusal)) from None
            self._check()

    def _check(self) -> None:
        switch = law.state()
        asked = "; to be ended when an auditor agrees" if switch.is_asked(now()) else ""
        self.stdout.write(
            f"The three administrators are {'parted' if switch.on else 'not parted'}{asked}."
        )
        found = law.conflicts(localdate())
        for conflict in found:
            self.stdout.write(f"- {conflict.words}")
        if not found:
            self.stdout.write("Nothing is in the way.")
