"""``hotline accounts``: gates that wrong tries have shut, and what somebody has lost."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.timezone import now

from hotline.people import queries, services
from hotline.people.actor import SYSTEM
from hotline.people.models import User
from hotline.people.services import factors
from hotline.worktime.clock import ZONE


class Command(BaseCommand):
    help = "List accounts and places that wrong passwords have locked, or unlock an account."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="what", required=True)
        which.add_parser("locks", help="what is locked now, and until when")
        unlock = which.add_parser("unlock", help="let somebody try again at once")
        unlock.add_argument(
            "account", help="学号/工号, or the number of a lock as `locks` shows it: #12"
        )
        second = which.add_parser("second-factor", help="take a lost second factor away")
        second.add_argument("account", help="学号/工号")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            getattr(self, f"_{options['what'].replace('-', '_')}")(options)

    def _locks(self, _options: dict[str, Any]) -> None:
        shut = list(queries.shut_gates(now()))
        for row in shut:
            account = (
                row.user.account if row.user else "unknown account" if row.who else "everybody"
            )
            until = row.until.astimezone(ZONE) if row.until else now()
            self.stdout.write(
                f"#{row.pk} {row.gate} {account} from {row.where}: {row.count} tries, until {until:%H:%M}"
            )
        if not shut:
            self.stdout.write("Nothing is locked.")

    def _unlock(self, options: dict[str, Any]) -> None:
        name = options["account"]
        if name.startswith("#") and name[1:].isdecimal():
            services.unlock_gate(int(name[1:]), by=SYSTEM, at=now())
            self.stdout.write(f"Lock {name} is lifted.")
            return
        user = self._user(name)
        count = services.unlock(user, by=SYSTEM, at=now())
        self.stdout.write(f"{count} locks of {user.account} are lifted.")

    def _second_factor(self, options: dict[str, Any]) -> None:
        user = self._user(options["account"])
        factors.reset(user, by=SYSTEM, at=now())
        self.stdout.write(
            f"{user.account} signs in with the password alone, until a new one is set up."
        )

    def _user(self, account: str) -> User:
        user = User.objects.filter(account=account).first()
        if user is None:
            raise CommandError("There is no such account.")
        return user
