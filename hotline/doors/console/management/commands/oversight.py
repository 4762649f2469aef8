"""``hotline oversight``: what the ladder would raise now, or a sweep at once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from hotline.oversight.services import instructed, sweeping, watching
from hotline.worktime.clock import ZONE


class Command(BaseCommand):
    help = "Raise what the supervision ladder has reached now; with --dry-run only show it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        at = now()
        if not options["dry_run"]:
            self.stdout.write(f"{sweeping.sweep(at=at)} raised.")
            return
        count = 0
        for look in watching.pending(at=at):
            rung = max(look.reached, key=lambda moment: (moment.level, moment.at))
            when = rung.at.astimezone(ZONE)
            self.stdout.write(
                f"{look.clock.case_id}  {look.clock.kind:9} level {rung.level} {rung.code}  {when:%Y-%m-%d %H:%M}"
            )
            count += 1
        for row, _until in instructed.late(at):
            self.stdout.write(f"{row.case_id}  instruction {row.number} is late")
        self.stdout.write(f"{count} would be looked at (progress may spare some).")
