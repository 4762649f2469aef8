"""``hotline limits``: how often people may do what, and who is held back just now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.timezone import now

from hotline.limits import queries
from hotline.limits.codes import LAWS, Kind, Limit, code_of
from hotline.limits.services import spending
from hotline.worktime.clock import ZONE


class Command(BaseCommand):
    help = "Show the limits in force and who has used them up, or give somebody theirs again."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="what")
        which.add_parser("show", help="the limits, and by hash who is held back (default)")
        reset = which.add_parser("reset", help="give somebody everything of a limit again")
        reset.add_argument("limit", choices=Limit.values)
        reset.add_argument("subject", help="the hash as `show` tells it: ACCOUNT:1f0c…")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            if options["what"] == "reset":
                self._reset(Limit(options["limit"]), options["subject"])
            else:
                self._show()

    def _show(self) -> None:
        at = now()
        force = queries.in_force(at)
        for limit in Limit:
            numbers = ", ".join(
                f"{kind.lower()} {force[code_of(limit, kind)] or 'no limit'}" for kind in Kind
            )
            self.stdout.write(f"{limit:12}{numbers} in {LAWS[limit].minutes} minutes")
        for row in queries.used_up(at):
            until = row.at.astimezone(ZONE)
            self.stdout.write(f"held back: {row.limit} {row.subject} until {until:%H:%M:%S}")

    def _reset(self, limit: Limit, subject: str) -> None:
        if not spending.reset(limit, subject):
            raise CommandError("Nothing is counted there.")
        self.stdout.write("They have everything again.")
