"""``hotline verify-history``: is everything that was sealed as it was?"""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.timezone import now

from hotline.audit import keys
from hotline.audit.copies import Copies
from hotline.audit.verifying import Nowhere, Report, verify
from hotline.worktime.clock import ZONE

DIFFERENT, CANNOT = 1, 2


class Command(BaseCommand):
    help = (
        "Recompute every seal and name each row that was changed, removed or inserted since. "
        "Ends with 0 when nothing was, 1 when something was, 2 when it cannot be told."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", metavar="DAY", help="rows of seals that end on that day or later"
        )
        parser.add_argument("--seals", metavar="DIR", help="seals that were copied elsewhere")
        parser.add_argument(
            "--key", metavar="FILE", action="append", default=[],
            help="a public key to believe; else ours and those in DIR",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        report, copies, found = Report(), self._copies(options["seals"]), 0
        trusted = self._trusted(options["key"], copies)
        with transaction.atomic():
            since = self._since(options["since"])
            for finding in verify(report, trusted=trusted, kept=copies, since=since):
                self.stdout.write(str(finding))
                found += 1
        if found:
            raise CommandError(f"{found} differences.", returncode=DIFFERENT)
        if not report.seals:
            raise CommandError("Nothing is sealed yet.", returncode=CANNOT)
        if report.last and report.last > now():
            self.stdout.write(
                "The last seal ends later than now, so nothing is sealed until then: was a clock ahead?"
            )
        until = f"{report.last.astimezone(ZONE):%Y-%m-%d %H:%M}" if report.last else ""
        self.stdout.write(
            f"{report.seals} seals and {report.rows} rows until {until} are as they were sealed; "
            f"{report.unsealed} rows since are not sealed yet."
            + (f" {report.erased} have lawfully lost words." if report.erased else "")
            + (f" {report.expired} were lawfully removed." if report.expired else "")
        )

    def _copies(self, folder: str | None) -> Copies | Nowhere:
        if folder is None:
            return Nowhere()
        if not Path(folder).is_dir():
            raise CommandError(f"{folder} is not a folder.", returncode=CANNOT)
        return Copies(Path(folder))

    def _trusted(self, files: list[str], copies: Copies | Nowhere) -> list[str]:
        try:
            given = [Path(path).read_text().strip() for path in files]
        except OSError as error:
            raise CommandError(f"A key cannot be read: {error}.", returncode=CANNOT) from None
        kept = copies.keys if isinstance(copies, Copies) else []
        return given or [keys.public(), *kept]

    def _since(self, text: str | None) -> datetime | None:
        try:
            return datetime.combine(date.fromisoformat(text), time(), ZONE) if text else None
        except ValueError:
            raise CommandError(
                f"{text!r} is not a day such as 2026-06-27.", returncode=CANNOT
            ) from None
