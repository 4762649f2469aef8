"""``hotline migrate``: bring the tables up to date, and add default data that is missing."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from hotline.base import recrypting
from hotline.catalog import services
from hotline.oversight.services.defaults import load_defaults as load_ladder
from hotline.roster import services as roster

OTHER_KEYS = (
    "The keys of the personal data do not fit this database: put back the file keys/data.key that "
    "belongs to it (docs/personal-data.md). Nothing has been lost."
)


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
            if not recrypting.opens():  # better now than page by page
                raise CommandError(OTHER_KEYS)
