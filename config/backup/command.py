"""``hotline backup`` and ``hotline restore``: what an operator types, sees, and is told to do next."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from config import readers
from config.backup import BackupError, key, restoring, taking
from config.backup.taking import Host

BACKUP = "Save database, files and keys, encrypted, while the platform runs; --verify restores one on trial."
RESTORE = "Put a backup in place of an empty database; shows what would happen and asks first."


def backup(arguments: Sequence[str]) -> int:
    """Make a backup, or with ``--verify`` prove one."""
    asked = _backup_arguments().parse_args(arguments)
    return _told(lambda: _verify(asked) if asked.verify else _backup(asked))


def restore(arguments: Sequence[str]) -> int:
    """Preview, ask, restore, migrate, and say what to do next."""
    asked = _restore_arguments().parse_args(arguments)
    return _told(lambda: _restore(asked))


def _backup(asked: argparse.Namespace) -> None:
    home = readers.folder("HOTLINE_HOME", readers.HOME)
    had_key = (home / key.NAME).exists()
    os.umask(0o077)
    secret = key.to_seal(home)
    host = Host(home, readers.text("DATABASE_URL"))
    folder = taking.take(host, asked.dir.resolve(), secret, keys=asked.keys, say=_say)
    if not had_key and (home / key.NAME).exists():
        _say(f"\nA new backup key was made: {home / key.NAME}\n"
             "Copy it to a safe place off this host NOW: without it no backup can ever be read.")  # fmt: skip
    if asked.keep:
        for name in taking.forget_all_but(asked.dir.resolve(), asked.keep):
            _say(f"removed    {name}")
    _say(f"done       {folder}")


def _verify(asked: argparse.Namespace) -> None:
    home = readers.folder("HOTLINE_HOME", readers.HOME)
    found = restoring.opened(asked.dir.resolve(), home, given=asked.key, keys=asked.keys)
    for line in restoring.preview(found):
        _say(line)
    restoring.tried(found, _say)
    if home.exists():
        taking.record(home, verified=found.folder.name, verified_at=_now())
    _say("verified   this backup can be restored")


def _restore(asked: argparse.Namespace) -> None:
    home = readers.folder("HOTLINE_HOME", readers.HOME)
    host = Host(home, readers.text("DATABASE_URL"))
    found = restoring.opened(asked.dir.resolve(), home, given=asked.key, keys=asked.keys)
    for line in restoring.preview(found):
        _say(line)
    _refuse_a_later_release(found)
    _say(f"into       {_shown(host.url)} and {home}")
    found.keys()  # all that is needed is at hand, or nothing begins
    standing = restoring.obstacles(host)
    if standing and not asked.replace:
        raise BackupError(
            f"This is no empty place: {'; '.join(standing)}. Nothing was changed. With --replace what "
            "is there is set aside, not deleted."
        )
    for line in standing:
        _say(f"aside      {line}: set aside, not deleted")
    _ask(asked)
    os.umask(0o077)
    aside = restoring.restore(found, host, replace=asked.replace, say=_say)
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", "migrate", "--verbosity", "0"], check=False
    )
    if done.returncode:
        raise BackupError("Everything is restored, but `hotline migrate` failed: run it again.")
    _what_next(found, aside)


def _ask(asked: argparse.Namespace) -> None:
    if asked.yes:
        return
    if not sys.stdin.isatty():
        raise BackupError("Nothing was changed. Add --yes to restore without being asked.")
    if input("Type restore to go on, anything else to stop: ").strip() != "restore":
        raise BackupError("Nothing was changed.")


def _what_next(found: restoring.Backup, aside: list[str]) -> None:
    _say(f"\nRestored to {found.told['taken_at']}. What came after that moment is not in it.")
    for name in aside:
        _say(f"  set aside, delete it when you are sure: {name}")
    for name in found.told["keys"]["elsewhere"]:
        _say(f"  set {name} to what it was on the old host before you start")
    _say("Next: 1. hotline doctor, and where it says so hotline retention reapply: people who were forgotten "
         "since stay forgotten\n"
         "      2. HOTLINE_NOTICES=postbox hotline serve, and look around: messages that waited then "
         "may have been sent since\n"
         "      3. hotline serve as ever")  # fmt: skip


def _refuse_a_later_release(found: restoring.Backup) -> None:
    """A database that is newer than this code cannot be served by it."""
    known = _known_migrations()
    unknown = [f"{a}.{n}" for a, n in found.told["migrations"] if (a, n) not in known]
    if unknown:
        raise BackupError(
            f"This backup is of a later release than this one: it knows {unknown[0]}. "
            f"Install release {found.told['hotline']} or later first. Nothing was changed."
        )


def _known_migrations() -> set[tuple[str, str]]:
    """Those of this release. Settings make keys where they find none: not in the folder that is to
    get the old ones."""
    import django  # noqa: PLC0415
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

    home = os.environ.get("HOTLINE_HOME", "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory() as elsewhere:
        os.environ["HOTLINE_HOME"] = elsewhere
        try:
            django.setup()
            return set(MigrationLoader(None).disk_migrations)
        finally:
            os.environ["HOTLINE_HOME"] = home


def _told(work: Callable[[], None]) -> int:
    """Run it; whatever is in its way is one line, without a trace and without a row of data."""
    try:
        work()
    except (BackupError, OSError) as error:
        print(f"hotline: {error}", file=sys.stderr)
        return 1
    except psycopg.Error as error:
        state = f" ({error.sqlstate})" if error.sqlstate else ""
        print(f"hotline: the database refused{state}: {type(error).__name__}", file=sys.stderr)
        return 1
    return 0


def _backup_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hotline backup", description=BACKUP)
    parser.add_argument("dir", type=Path, metavar="DIR", help="the folder of all backups")
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help="write the platform's keys there, apart"
    )
    parser.add_argument(
        "--keep", type=_number, metavar="N", help="then remove all but the newest N"
    )
    parser.add_argument(
        "--verify", action="store_true", help="restore DIR, or the newest in it, on trial"
    )
    _may_bring_key(parser)
    return parser


def _restore_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hotline restore", description=RESTORE)
    parser.add_argument(
        "dir", type=Path, metavar="DIR", help="a backup, or a folder: then its newest"
    )
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the platform's keys, kept apart")
    parser.add_argument("--replace", action="store_true", help="set aside what is there")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    _may_bring_key(parser)
    return parser


def _may_bring_key(parser: argparse.ArgumentParser) -> None:
    words = "a file with the backup key or the passphrase, to read a backup"
    parser.add_argument("--key", type=Path, metavar="FILE", help=words)


def _number(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return int(text)


def _shown(url: str) -> str:
    """An address without its password."""
    parts = conninfo_to_dict(url)
    return f"database {parts.get('dbname', 'hotline')} at {parts.get('host', 'localhost')}"


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _say(line: str) -> None:
    print(line, flush=True)
