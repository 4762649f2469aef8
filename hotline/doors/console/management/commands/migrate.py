"""``hotline migrate``: bring the tables up to date, and add default data that is missing."""

from typing import Any

from django.core.management.commands import migrate

from hotline.catalog import services
from hotline.oversight.services.defaults import load_defaults as load_ladder
from hotline.roster import services as roster


class Command(migrate.Command):
    help = "Bring any database up to date: tables first, then the default catalogue and roles."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        whole = (
            not options.get("app_label")
            and not options.get("plan")
            and not options.get("check_unapplied")
        )
        if whole:
            added = services.load_defaults() + load_ladder() + roster.load_defaults()
            if added and options["verbosity"]:
                self.stdout.write(f"Default catalogue: {added} rows added.")
