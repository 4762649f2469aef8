"""``hotline retention``: what is kept how long, and what was lawfully forgotten."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.timezone import now

from hotline.audit import keys
from hotline.people.actor import SYSTEM
from hotline.rights import ledger
from hotline.rights.models import Certificate
from hotline.rights.services import again, retention


class Command(BaseCommand):
    help = "Show or do what the rules of retention ask; check certificates; forget again after a restore."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="what", required=True)
        which.add_parser("plan", help="what would be removed now; changes nothing")
        which.add_parser("run", help="remove what is past its age, and certify it")
        paper = which.add_parser("certificate", help="show a certificate and check its signature")
        paper.add_argument("number", nargs="?", type=int, help="else the latest")
        paper.add_argument("--check", metavar="FILE", help="a certificate's file instead")
        paper.add_argument(
            "--key",
            metavar="FILE",
            action="append",
            default=[],
            help="a public key to believe, beside ours",
        )
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

    def _plan(self, _options: dict[str, Any]) -> None:
        for line in retention.plan(at=now()):
            rule = line.rule
            age = f"after {rule.days} days: {rule.act.lower()}" if line.before else "kept"
            sample = f" ({', '.join(line.due.sample)} …)" if line.due.sample else ""
            self.stdout.write(f"{rule.code:11} {age:28} {line.due.count:>8} due{sample}")

    def _run(self, _options: dict[str, Any]) -> None:
        while True:
            ran = retention.run(by=SYSTEM, at=now())
            for code, count in ran.counts.items():
                self.stdout.write(f"{code:11} {count:>8} done")
            if ran.certificate:
                self.stdout.write(f"Certificate {ran.certificate}.")
            if not (ran.more and ran.counts):
                break
        self.stdout.write("Nothing more is due.")

    def _certificate(self, options: dict[str, Any]) -> None:
        trusted = [keys.public(), *self._keys(options["key"])]
        if options["check"]:
            try:
                text = Path(options["check"]).read_text()
            except OSError as error:
                raise CommandError(f"The file cannot be read: {error}.") from None
        else:
            rows = Certificate.objects.order_by("-number")
            row = (rows.filter(number=options["number"]) if options["number"] else rows).first()
            if row is None:
                raise CommandError("There is no such certificate.")
            text = retention.written(row)
        said = retention.is_genuine(text, trusted=trusted)
        if said is None:
            raise CommandError("This certificate is not signed by a known key, or was altered.")
        self.stdout.write(f"Certificate {said['number']:06d} of {said['made_at'][:16]} is genuine:")
        for line in said["lines"]:
            self.stdout.write(
                f"  {line['class']:11} {line['act'].lower():9} {line['count']:>8} from before {line['before'][:10]}"
            )

    def _keys(self, files: list[str]) -> list[str]:
        try:
            return [Path(path).read_text().strip() for path in files]
        except OSError as error:
            raise CommandError(f"A key cannot be read: {error}.") from None

    def _reapply(self, options: dict[str, Any]) -> None:
        file = Path(options["file"]) if options["file"] else ledger.path()
        if options["file"] and not file.is_file():
            raise CommandError(f"{file} is not there.")
        trusted = self._keys(options["key"])
        told = again.reapply(at=now(), file=file, trusted=trusted)
        self.stdout.write(
            f"{told.erased} erased again; {told.waiting} are under way here and follow when they are over; "
            f"{told.absent} are not in this database."
        )
