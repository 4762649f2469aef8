"""``hotline seal-history``: close the days that are over, and copy seals elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from hotline.audit import copies, keys
from hotline.audit.models import Seal
from hotline.audit.services import sealing
from hotline.worktime.clock import ZONE


class Command(BaseCommand):
    help = "Seal the history of the days that are over; with --export copy seals to a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", action="store_true", help="seal everything up to this moment")
        parser.add_argument("--export", metavar="DIR", help="copy every seal that is not there yet")
        parser.add_argument("--public-key", action="store_true", help="only show the public key")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["public_key"]:
            self.stdout.write(keys.public())
            return
        at = now()
        made = sealing.seal_due(at=at)
        if options["now"]:
            made.append(sealing.seal(until=at, at=at))
        for seal in made:
            self.stdout.write(self._told(seal))
        if not made:
            self.stdout.write("Every day that is over is sealed.")
        if options["export"]:
            count = copies.export(Path(options["export"]))
            self.stdout.write(f"{count} seals copied to {options['export']}.")

    def _told(self, seal: Seal) -> str:
        return (
            f"Seal {seal.number}, until {seal.until.astimezone(ZONE):%Y-%m-%d %H:%M}: {seal.digest}"
        )
