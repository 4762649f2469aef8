"""``hotline createadmin``: the first system administrator, or another one."""

import getpass
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.timezone import now

from hotline.base.refusals import Refusal
from hotline.people import services
from hotline.people.actor import SYSTEM
from hotline.people.models import Role, User


class Command(BaseCommand):
    help = (
        "Make a system administrator. The password is asked for, or read from HOTLINE_ADMIN_PASSWORD; "
        "there is no default."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", help="工号, the name to sign in with")
        parser.add_argument("--name", default="系统管理员", help="the person's name")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(
            "en"
        ):  # an operator's terminal: what is refused is in English too
            self._make(options)

    def _make(self, options: dict[str, Any]) -> None:
        password = os.environ.get("HOTLINE_ADMIN_PASSWORD") or self._ask()
        if User.objects.filter(account=options["account"]).exists():
            raise CommandError(
                f"There is an account {options['account']} already: an administrator can appoint it "
                "in the pages, under 管理 › 账号; or choose another account."
            )
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
            words = dict.fromkeys(map(str, (refusal, *refusal.fields.values())))
            raise CommandError(" ".join(words)) from None
        self.stdout.write(f"{user.account} may now sign in and administer the platform.")

    def _ask(self) -> str:
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to ask on: set HOTLINE_ADMIN_PASSWORD.")
        first = getpass.getpass("Password: ")
        if first != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ.")
        return first
