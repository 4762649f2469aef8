"""``hotline retention``: what is kept how long, and what was lawfully forgotten."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.timezone import now

from hotline.rights import ledger
from hotline.rights.services import again


class Command(BaseCommand):
    help = "Forget again, after a restore, whoever was forgotten since the backup."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="what", required=True)
        reapply = which.add_parser(
            "reapply", help="after a restore: erase again what was erased since"
        )
        reapply.add_argument("--from", dest="file", metavar="FILE", help="a ledger kept elsewhere")
        reapply.add_argument(
            "--key", metavar="FILE", action="append", default=[],
            help="a public key that may have signed it, beside ours",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            getattr(self, f"_{options['what']}")(options)

    def _reapply(self, options: dict[str, Any]) -> None:
        file = Path(options["file"]) if options["file"] else ledger.path()
        if options["file"] and not file.is_file():
            raise CommandError(f"{file} is not there.")
        try:
            trusted = [Path(path).read_text().strip() for path in options["key"]]
        except OSError as error:
            raise CommandError(f"A key cannot be read: {error}.") from None
        told = again.reapply(at=now(), file=file, trusted=trusted)
        self.stdout.write(
            f"{told.erased} erased again; {told.waiting} are under way here and follow when they are over; "
            f"{told.absent} are not in this database."
        )
