"""``hotline demo``: fill an empty database with some years of believable requests."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from hotline.audit.services import sealing
from hotline.cases.models import Case
from hotline.doors.console.demo import accounts, writer
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.worktime.clock import ZONE

LEAST, MOST = 60, 50_000


class Command(BaseCommand):
    help = (
        "Write a demo: about two and a half years of requests that end today, people of every "
        "role, and accounts to try them with. Refuses to run where there are real requests or people."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=2000, help="how many requests (2000)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same data (1)")
        parser.add_argument("--until", help="the last day, included: 2026-06-27 (default: now)")
        parser.add_argument(
            "--if-empty", action="store_true", help="where there is something, only say what"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = what_is_there()
        if found and options["if_empty"]:
            if found == DEMO:
                self.stdout.write(accounts.kept() or f"{accounts.path()} is gone.")
                self.stdout.write(f"They are kept in {accounts.path()}.")
            return
        if found:
            raise CommandError(found)
        if not LEAST <= options["cases"] <= MOST:
            raise CommandError(f"--cases must be from {LEAST} to {MOST}.")
        table = writer.write(
            cases=options["cases"], seed=options["seed"], until=_end(options["until"]),
            show=options["verbosity"] > 0,
        )  # fmt: skip
        at = now()
        sealing.seal(until=at, at=at)
        accounts.keep(table)
        self.stdout.write(table)
        self.stdout.write(f"They are kept in {accounts.path()}.")


DEMO = "This database already holds a demo."
REQUESTS = "This database holds real requests: a demo is not mixed with them."
PEOPLE = "This database holds real people: a demo is not mixed with them."


def what_is_there() -> str:
    """Why a demo cannot be written here; empty when it can. An administrator is no obstacle."""
    if Case.objects.filter(is_demo=False).exists():
        return REQUESTS
    if Case.objects.exists() or User.objects.filter(is_demo=True).exists():
        return DEMO
    administrators = User.objects.filter(memberships__role__permissions__contains=[P.PEOPLE])
    real = User.objects.exclude(pk__in=administrators.values("pk"))
    return PEOPLE if real.exists() else ""


def _end(text: str | None) -> datetime:
    if text is None:
        return now()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a day such as 2026-06-27.") from None
    return datetime.combine(day + timedelta(days=1), time(), ZONE)
