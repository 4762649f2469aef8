"""``hotline files``: whether every file is there and unchanged, and bytes that nobody needs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime, now

from hotline.cases.services import judging, tending
from hotline.cases.services.judging import Health
from hotline.cases.services.tending import Fault
from hotline.drivers.stores import StoreDown


class Command(BaseCommand):
    help = "Check every file against its fingerprint, sweep up orphans, ask the virus scanner."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="what", required=True)
        which.add_parser("check", help="read every file; fails when one is gone or changed")
        sweep = which.add_parser("sweep", help="remove bytes older than a day that no row needs")
        sweep.add_argument("--dry-run", action="store_true", help="only say what would go")
        sweep.add_argument("--force", action="store_true", help="also where they are very many")
        which.add_parser("scanner", help="the virus scanner and what waits for it; fails when down")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['what']}")(**options)
        except StoreDown as down:
            raise CommandError(f"The store of files does not answer: {down}.") from None

    def _check(self, **_: Any) -> None:
        faults = list(tending.check())
        for pk, fault in faults:
            self.stdout.write(f"file {pk}: {fault}")
        if any(fault is not Fault.UNKNOWN for _pk, fault in faults):
            raise CommandError("Some files are gone or changed: restore them from a backup.")
        self.stdout.write("Every file with a fingerprint is there and unchanged.")

    def _sweep(self, *, dry_run: bool, force: bool, **_: Any) -> None:
        swept = tending.sweep(at=now(), remove=not dry_run, force=force)
        size = sum(row.size for row in swept.orphans)
        what = "removed" if swept.removed else "would be removed" if dry_run else "left alone"
        self.stdout.write(f"bytes without a row: {len(swept.orphans)} ({size} bytes), {what}")
        for pk in swept.lost:
            self.stdout.write(f"file {pk}: its bytes are gone")
        if swept.held_back and not dry_run:
            raise CommandError(
                "More than a tenth of all files have no row. Was the database put back to an "
                "earlier day? If they may go: hotline files sweep --force"
            )
        if swept.lost:
            raise CommandError("Some files are gone: restore them from a backup.")

    def _scanner(self, **_: Any) -> None:
        health = judging.scanner_health()
        since = (
            f", the oldest since {localtime(health.oldest):%Y-%m-%d %H:%M}" if health.oldest else ""
        )
        self.stdout.write(f"waiting: {health.waiting}{since}")
        match health.state:
            case Health.OFF:
                self.stdout.write("No scanner is set (HOTLINE_CLAMD): files are not scanned.")
            case Health.UP:
                self.stdout.write(health.words)
            case _:
                raise CommandError(f"The scanner gives no verdict: {health.words}.")
