"""``hotline import cases FILE``: the history of an office that moves here from spreadsheets."""  # noqa: N999 - the command's name

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from hotline.cases.services import history
from hotline.doors.console.importing.columns import COLUMNS, MANDATORY
from hotline.doors.console.importing.intake import BadRows, Sheet, Tally
from hotline.doors.console.importing.report import Report
from hotline.doors.console.importing.sources import Unusable
from hotline.people.actor import SYSTEM


class Command(BaseCommand):
    help = (
        "Bring along the requests of a spreadsheet (CSV in UTF-8 or GB18030, or .xlsx). "
        f"Columns: {', '.join(COLUMNS)}; these must be there: {', '.join(MANDATORY)}. "
        "All rows come in or none, unless --skip-bad is given; rows whose 编号 is here already "
        "are left alone. See docs/import.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("what", choices=["cases"], help="what the file holds")
        parser.add_argument("file", type=Path, metavar="FILE", help="a .csv or .xlsx file")
        parser.add_argument("--dry-run", action="store_true", help="check all of it, write nothing")
        parser.add_argument("--skip-bad", action="store_true", help="import the good rows only")
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="where bad rows go; default FILE.errors.csv"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        report = Report(options["report"] or path.with_name(f"{path.stem}.errors.csv"))
        if report.path.resolve() == path.resolve():
            raise CommandError("--report must not be the file itself.")
        if history.holds_demo() and not options["dry_run"]:
            raise CommandError("A demo is here: import into a database of its own.")
        began, at = monotonic(), now()
        try:
            sheet = Sheet(path, at=at)
            self._say_what_is_ignored(sheet)
            with report:
                pasts = sheet.pasts(report, skip_bad=options["skip_bad"])
                if options["dry_run"]:
                    imported = sum(0 for _past in pasts)
                else:
                    imported = history.bring(pasts, by=SYSTEM, at=at)
        except Unusable as error:
            raise CommandError(str(error)) from None
        except BadRows:
            self._summarise(sheet.tally, 0, report, monotonic() - began)
            raise CommandError(
                f"Nothing was imported: {sheet.tally.bad:,} bad rows, listed in {report.path}. "
                "Correct them, or give --skip-bad to leave them out."
            ) from None
        self._summarise(sheet.tally, imported, report, monotonic() - began)
        if options["dry_run"]:
            self.stdout.write("Nothing was written: this was a dry run.")

    def _say_what_is_ignored(self, sheet: Sheet) -> None:
        if sheet.header.ignored:
            self.stderr.write(f"Columns that are ignored: {', '.join(sheet.header.ignored)}.")

    def _summarise(self, tally: Tally, imported: int, report: Report, seconds: float) -> None:
        listed = f", listed in {report.path}" if tally.bad else ""
        lines = (
            ("Rows read", tally.read, ""),
            ("Good", tally.good, f": {tally.open:,} open, {tally.closed:,} closed"),
            ("Already there", tally.there, ""),
            ("Bad", tally.bad, listed),
            ("Imported", imported, f" in {seconds:.1f} s"),
        )
        for name, count, more in lines:
            self.stdout.write(f"{name:<14}{count:>9,}{more}")
