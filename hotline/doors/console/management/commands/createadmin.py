"""``hotline createadmin``: the first system administrator, or another one."""

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from hotline.base.refusals import Refusal
from hotline.people import services
from hotline.people.actor import SYSTEM
from hotline.people.models import Role


class Command(BaseCommand):
    help = (
        "Make a system administrator. The password is asked for, or read from HOTLINE_ADMIN_PASSWORD; "
        "there is no default."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", help="工号, the name to sign in with")
        parser.add_argument("--name", default="系统管理员", help="the person's name")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("HOTLINE_ADMIN_PASSWORD") or self._ask()
        try:
            user = services.create_user(
                account=options["account"],
                name=options["name"],
                password=password,
                kind="STAFF",
                by=SYSTEM,
                at=now(),
            )
            services.appoint(user, Role.objects.get(code="R13"), by=SYSTEM, at=now())
        except Refusal as refusal:
            details = " ".join(str(words) for words in refusal.fields.values())
            raise CommandError(f"{refusal} {details}".strip()) from None
        self.stdout.write(f"{user.account} may now sign in and administer the platform.")

    def _ask(self) -> str:
        first = getpass.getpass("Password: ")
        if first != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ.")
        return first
