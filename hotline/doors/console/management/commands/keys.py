"""``hotline keys``: the keys of the personal data, for whoever runs the platform."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hotline.base import recrypting
from hotline.base.datakeys import BadKeys, Keys

IN_A_VARIABLE = (
    "The keys stand in HOTLINE_DATA_KEYS, which this command cannot change. Put this line into it "
    "on every host, start the platform again, and run: hotline keys recrypt\n\n"
)


class Command(BaseCommand):
    help = (
        "The keys of the personal data. state: what is under which; check: does every value open; "
        "rotate: a new key, and everything under it; recrypt: everything under the newest; "
        "drop: forget an old key that nothing needs, and no backup."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = ["state", "check", "rotate", "recrypt", "drop"]
        parser.add_argument("action", nargs="?", choices=actions, default="state")
        parser.add_argument("number", nargs="?", type=int, help="the key to drop")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        match options["action"]:
            case "check":
                self._check()
            case "rotate":
                self._add()
                self._recrypt()
            case "recrypt":
                self._recrypt()
            case "drop":
                self._drop(options["number"])
            case _:
                self._state()

    def _keys(self) -> Keys:
        try:
            return Keys.read(settings.DATA_KEYS or settings.DATA_KEY_FILE.read_text())
        except BadKeys as error:
            raise CommandError(f"The keys are no use: {error}.") from None

    def _state(self) -> None:
        keys, under = self._keys(), recrypting.values_under()
        self.stdout.write(
            f"keys: {settings.DATA_KEY_FILE if not settings.DATA_KEYS else 'HOTLINE_DATA_KEYS'}"
        )
        for number in sorted({*keys.of, *under}):
            state = "in use" if number == max(keys.of) else "kept"
            state = state if number in keys.of else "MISSING: its values cannot be read"
            self.stdout.write(f"key {number:<4} {under[number]:>10} values   {state}")

    def _check(self) -> None:
        found = recrypting.unreadable()
        for column, count in found.items():
            self.stderr.write(f"{column}: {count} values that no key opens")
        if found:
            raise CommandError("Put back the key file that belongs to this database.")
        self.stdout.write("Every value opens.")

    def _add(self) -> None:
        try:
            keys = self._keys().added()
        except BadKeys as error:
            raise CommandError(f"{error}.") from None
        if settings.DATA_KEYS:
            raise CommandError(IN_A_VARIABLE + keys.text().splitlines()[-1])
        _write(settings.DATA_KEY_FILE, keys)
        self.stdout.write(f"Key {max(keys.of)} is in use. Keep a copy of {settings.DATA_KEY_FILE}.")

    def _recrypt(self) -> None:
        done = recrypting.recrypt(lambda done: self.stdout.write(f"  {done} values"))
        self.stdout.write(
            f"{done} values are under the newest key now. Older keys are kept: backups need them."
        )

    def _drop(self, number: int | None) -> None:
        if number is None:
            raise CommandError("Say which key: hotline keys drop 1")
        if settings.DATA_KEYS:
            raise CommandError("The keys stand in HOTLINE_DATA_KEYS: take the line out there.")
        try:
            keys = self._keys().without(number)
        except BadKeys as error:
            raise CommandError(f"{error}.") from None
        if left := recrypting.values_under()[number]:
            raise CommandError(
                f"{left} values are under key {number}. Run first: hotline keys recrypt"
            )
        _write(settings.DATA_KEY_FILE, keys)
        self.stdout.write(
            f"Key {number} is forgotten. Backups from before cannot be read without it."
        )


def _write(path: Path, keys: Keys) -> None:
    """In one step, for its owner alone: nobody ever reads half a file."""
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    mine.touch(mode=0o600)
    mine.write_text(keys.text())
    mine.replace(path)
