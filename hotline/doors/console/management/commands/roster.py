"""``hotline roster``: who is on duty now, and where nobody is planned."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from hotline.roster import queries
from hotline.roster.models import Shift
from hotline.worktime.clock import ZONE


class Command(BaseCommand):
    help = "Show who is on duty now, or check the coming 14 days for gaps."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="what", required=True)
        which.add_parser("show", help="who is on duty now, post by post")
        which.add_parser("check", help="gaps of the coming 14 days; fails when there are any")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['what']}")()

    def _show(self) -> None:
        for held in queries.who_is_on(now()):
            who = "; ".join(_told(shift) for shift in held.shifts)
            self.stdout.write(f"{held.post}: {who or held.post.phone or '-'}")

    def _check(self) -> None:
        gaps = queries.coming_gaps(now())
        for gap in gaps:
            start, end = (moment.astimezone(ZONE) for moment in (gap.from_at, gap.to_at))
            self.stdout.write(f"{gap.post}: {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}")
        if gaps:
            raise CommandError(f"Nobody is planned in {len(gaps)} places of the next 14 days.")
        self.stdout.write("Every post is held for the next 14 days.")


def _told(shift: Shift) -> str:
    end = shift.to_at.astimezone(ZONE)
    return f"{shift.user} ({shift.get_position_display()}, until {end:%m-%d %H:%M})"
