"""``hotline files``: whether every file is there and unchanged, bytes that nobody needs, infected ones."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime, now

from hotline.base.refusals import Refusal
from hotline.cases.models.files import FileState
from hotline.cases.services import judging, quarantine, tending
from hotline.cases.services.judging import Health
from hotline.cases.services.quarantine import StillInfected
from hotline.cases.services.tending import Fault
from hotline.drivers.clamd import ScannerDown
from hotline.drivers.stores import Missing, StoreDown


class Command(BaseCommand):
    help = "Check every file against its fingerprint, sweep up orphans, scanner and quarantine."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="what", required=True)
        which.add_parser("check", help="read every file; fails when one is gone or changed")
        sweep = which.add_parser("sweep", help="remove bytes older than a day that no row needs")
        sweep.add_argument("--dry-run", action="store_true", help="only say what would go")
        sweep.add_argument("--force", action="store_true", help="also where they are very many")
        which.add_parser("scanner", help="the virus scanner and what waits for it; fails when down")

        which.add_parser("quarantine", help="infected files that are locked away")
        release = which.add_parser("release", help="scan one again, and let it be opened if clean")
        release.add_argument("key", metavar="KEY", help="as `hotline files quarantine` lists it")
        release.add_argument("--why", required=True, help="kept in the history of its request")
        release.add_argument("--anyway", action="store_true", help="even if it is found bad again")

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

    def _quarantine(self, **_: Any) -> None:
        rows = quarantine.locked_away()
        for row in rows.iterator():
            number = "sealed" if row.case.seal else row.case.number or "draft"
            at = f"{localtime(row.scanned_at):%Y-%m-%d %H:%M}" if row.scanned_at else ""
            self.stdout.write(f"{number}  {at}  {row.finding}  {row.key}")
        self.stdout.write(
            f"locked away: {rows.count()}; bytes go {settings.QUARANTINE_DAYS} days after the finding"
        )

    def _release(self, *, key: str, why: str, anyway: bool, **_: Any) -> None:
        row = quarantine.locked_away().filter(key=key).first()
        if row is None:
            raise CommandError("No file with this key is locked away.")
        try:
            state = quarantine.release(row, why=why, anyway=anyway, at=now())
        except StillInfected as finding:
            raise CommandError(
                f"It is still found bad: {finding}. If you are sure that it is not: --anyway."
            ) from None
        except ScannerDown as down:
            raise CommandError(f"The scanner gives no verdict: {down}.") from None
        except Missing:
            raise CommandError("Its bytes are gone.") from None
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        told = "may be opened now" if state == FileState.READY else "cannot be decoded: refused"
        self.stdout.write(f"The file {told}; the history of its request says why.")

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
