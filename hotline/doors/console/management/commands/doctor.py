"""``hotline doctor``: is everything as it should be, and what to do where it is not."""

import json
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from django.utils.timezone import now

from hotline.upkeep.findings import Asked, Finding, Level, examine, worst

MARKS = {Level.GOOD: " ok ", Level.LOOK: "look", Level.WRONG: "BAD "}


class Command(BaseCommand):
    help = "Look at configuration, disk, database, queue, gateways, backups; exit code 1 when something is wrong."
    requires_system_checks: list[str] = []  # noqa: RUF012 - it finds what is wrong itself

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--quiet", action="store_true", help="only what is not good: for cron")
        parser.add_argument(
            "--clock", default="", metavar="URL", help="compare the clock with its Date"
        )
        parser.add_argument(
            "--no-network", action="store_true", help="do not look at the certificate"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Asked(now(), clock_url=options["clock"], reach_out=not options["no_network"])
        with translation.override(_language()):
            found = examine(asked)
            if options["json"]:
                self.stdout.write(json.dumps(report(found), ensure_ascii=False, indent=2))
            else:
                self._print(found, only_bad=options["quiet"])
        if worst(found) == Level.WRONG:
            sys.exit(1)

    def _print(self, found: list[Finding], *, only_bad: bool) -> None:
        for finding in found:
            if only_bad and finding.level == Level.GOOD:
                continue
            self.stdout.write(f"{MARKS[finding.level]}  {finding.name}: {finding.words}")
            if finding.todo:
                self.stdout.write(f"      → {finding.todo}")


def report(found: list[Finding]) -> dict[str, Any]:
    """The findings as JSON: one state for all, then each."""
    return {
        "state": worst(found).lower(),
        "findings": [
            {"code": f.code, "state": f.level.lower(), "name": str(f.name), "words": str(f.words),
             "todo": str(f.todo)}
            for f in found
        ],
    }  # fmt: skip


def _language() -> str:
    """The operator's: Chinese where the terminal is, else English."""
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if told.startswith("zh") else "en"
