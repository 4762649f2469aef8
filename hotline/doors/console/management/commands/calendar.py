"""``hotline calendar``: which days are worked, which years are known, and a new year's holidays."""

import sys
from argparse import FileType
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from hotline.base.refusals import Refusal
from hotline.catalog import calendars
from hotline.catalog.services import calendars as services
from hotline.people.actor import SYSTEM
from hotline.worktime.clock import day_of


class Command(BaseCommand):
    help = "Show the working days of a month, check which years are known, load a year of holidays."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="what", required=True)
        show = which.add_parser("show", help="the days of a month, with their hours")
        show.add_argument("month", nargs="?", help="2026-10; default: this month")
        which.add_parser("check", help="which years are known; fails when the next is missing late")
        load = which.add_parser("load", help="a year of holidays (JSON) is put in force")
        load.add_argument("file", type=FileType("r", encoding="utf-8"), help="- reads the input")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['what']}")(**options)

    def _show(self, month: str | None, **_: Any) -> None:
        first = _first(month) if month else day_of(now()).replace(day=1)
        office, day = calendars.office(), first
        while day.month == first.month:
            hours = " ".join(str(span) for span in office.spans_on(day)) or "-"
            self.stdout.write(f"{day} {day:%a}  {hours}")
            day += timedelta(days=1)

    def _check(self, **_: Any) -> None:
        today = day_of(now())
        years = range(today.year - 1, today.year + 2)
        for year in years:
            known = calendars.knows_year(year)
            self.stdout.write(f"{year}: {'known' if known else 'not announced, or not loaded'}")
        if years[-1] in calendars.years_due(today) and not calendars.knows_year(years[-1]):
            raise CommandError(
                f"The holidays of {years[-1]} are usually announced by now: hotline calendar load FILE."
            )

    def _load(self, file: Any, **_: Any) -> None:
        try:
            row = services.load_year(file.read(), by=SYSTEM, at=now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Publication {row.pk} is in force: {row.note}.")
        sys.stdout.flush()


def _first(month: str) -> date:
    try:
        return datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise CommandError("A month is written 2026-10.") from None
