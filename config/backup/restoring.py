"""``hotline restore``: look first, change nothing until everything has been read and found whole."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from config.backup import BackupError, database, files, key, manifest, sealed
from config.backup.taking import Host, Say, those_in

OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND coalesce(backend_type, 'client backend') = 'client backend'
"""
PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class Backup:
    """A backup on disk whose key is at hand and whose parts are whole."""

    folder: Path
    told: manifest.Manifest
    key: key.Key
    apart: Path  # where its keys are, or should be

    @contextmanager
    def part(self, name: str) -> Iterator[sealed.Reader]:
        with (self.folder / name).open("rb") as source:
            yield sealed.Reader(source, self.key)

    def prints(self) -> database.Prints:
        with self.part("contents.sealed") as source:
            return dict(json.loads(source.read()))

    def keys(self) -> dict[str, bytes]:
        """The platform's keys by their names in the data folder. Raises BackupError without them."""
        if not self.told["keys"]["names"]:
            return {}
        if not self.apart.exists():
            raise BackupError(
                f"This backup needs its keys ({', '.join(self.told['keys']['names'])}): "
                f"{self.apart} is not there. Say where they are kept with --keys FILE."
            )
        with self.apart.open("rb") as source:
            print_ = hashlib.file_digest(source, "sha256").hexdigest()
            source.seek(0)
            found = files.unpack_these(sealed.Reader(source, self.key))
        if print_ != self.told["keys"]["sha256"]:  # older ones would leave names that nothing opens
            raise BackupError(f"{self.apart} holds the keys of another backup.")
        return found


def opened(folder: Path, home: Path, *, given: Path | None, keys: Path | None) -> Backup:
    """The backup in ``folder``, or the newest of those in it. Raises BackupError."""
    if not (folder / manifest.NAME).exists() and (inside := those_in(folder)):
        folder = inside[-1]
    told = manifest.read(folder)
    with (folder / "contents.sealed").open("rb") as source:
        own = key.to_open(manifest.told(source), home, given)
    manifest.trusted(folder, told, own)
    return Backup(folder, told, own, keys or folder.parent / told["keys"]["file"])


def obstacles(host: Host) -> list[str]:
    """What stands where the backup would go; empty on an empty machine.

    Keys are none: without data they open nothing, and other ones are set aside in any case. Raises
    BackupError for what nobody can set aside: a running service.
    """
    found = []
    with psycopg.connect(host.url, autocommit=True) as connection:
        if not database.is_empty(connection):
            found.append("the database has tables")
        if _somebody_stays(connection):
            raise BackupError(
                "The platform, or somebody, is still at this database. Stop it first."
            )
    if host.files.exists() and any(host.files.iterdir()):
        found.append(f"{host.files} holds files")
    return found


def _somebody_stays(connection: "psycopg.Connection[tuple[int]]") -> bool:
    """Is anybody else connected, and not only on their way out? A command that has just ended may be."""
    until = time.monotonic() + PATIENCE_SECONDS
    while connection.execute(OTHERS).fetchone() != (0,):
        if time.monotonic() > until:
            return True
        time.sleep(0.2)
    return False


def restore(backup: Backup, host: Host, *, replace: bool, say: Say) -> list[str]:
    """Put a backup in place; what stood there before is set aside under the names returned.

    Raises BackupError, psycopg.Error or OSError. Files are read and checked first, then the
    database is filled in one transaction, and only then do files and keys get their names.
    """
    suffix = f"before-{datetime.now().astimezone():%Y%m%dT%H%M%S}"
    keys, aside = backup.keys(), []
    incoming = host.home / f"files.incoming-{os.getpid()}"
    incoming.mkdir(mode=0o700, parents=True)
    try:
        with backup.part("files.sealed") as source:
            count = files.unpack(source, incoming)
        say(f"files      {count.files:,} read, each as it was")
        if replace:
            aside += _set_tables_aside(host.url, suffix)
        _fill(backup, host.url)
        say(f"database   {sum(backup.told['rows'].values()):,} rows, each table as it was")
        aside += _set_aside(host.files, suffix)
        incoming.rename(host.files)
        for name, content in keys.items():
            aside += _place(host.home / name, content, suffix)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    say(f"keys       {', '.join(keys) or 'none'}")
    return aside


def tried(backup: Backup, say: Say) -> None:
    """Restore into a PostgreSQL of its own in a folder that is thrown away, and compare."""
    from config.embedded import Embedded  # noqa: PLC0415 - brings a whole server

    with tempfile.TemporaryDirectory(prefix="hotline-verify-") as folder:
        server = Embedded(Path(folder) / "home", durable=False)
        url = server.start()
        try:
            _fill(backup, url)
        finally:
            server.release()
    say(f"database   {sum(backup.told['rows'].values()):,} rows restored, each table as it was")
    with backup.part("files.sealed") as source:
        count = files.unpack(source)
    if count._asdict() != backup.told["files"]:
        raise BackupError("The files of this backup are not as many as it says.")
    say(f"files      {count.files:,} read, each as it was")
    say(f"keys       {', '.join(backup.keys()) or 'none'}")


def _fill(backup: Backup, url: str) -> None:
    with backup.part("database.sealed") as source:
        database.load(url, source)
    database.compared(url, backup.prints())


def _set_tables_aside(url: str, suffix: str) -> list[str]:
    """Rename the schema that everything is in: nothing of it is lost, and it is in nobody's way."""
    with psycopg.connect(url, autocommit=True) as connection:
        if database.is_empty(connection):
            return []
        name = suffix.replace("-", "_").lower()
        with connection.transaction():
            connection.execute(
                sql.SQL("ALTER SCHEMA public RENAME TO {}").format(sql.Identifier(name))
            )
            connection.execute("CREATE SCHEMA public")
    return [f"schema {name} of the database"]


def _set_aside(path: Path, suffix: str) -> list[str]:
    if not path.exists():
        return []
    if path.is_dir() and not any(path.iterdir()):
        path.rmdir()
        return []
    aside = path.with_name(f"{path.name}.{suffix}")
    path.rename(aside)
    return [str(aside)]


def _place(path: Path, content: bytes, suffix: str) -> list[str]:
    if path.exists() and path.read_bytes() == content:
        return []
    aside = _set_aside(path, suffix)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with manifest.private(path) as target:
        target.write(content)
    return aside


def preview(backup: Backup) -> Iterator[str]:
    """What is in a backup, one line each."""
    told: Any = backup.told
    yield f"backup     {backup.folder}"
    yield f"taken      {told['taken_at']}, by release {told['hotline']}, PostgreSQL {told['postgres']}"
    requests = told["rows"].get("cases_case", 0)
    yield f"holds      {requests:,} requests, {sum(told['rows'].values()):,} rows, {told['files']['files']:,} files"
    yield f"keys       {', '.join(told['keys']['names']) or 'none'} in {backup.apart}"
    if told["keys"]["elsewhere"]:
        yield f"needs      the same {', '.join(told['keys']['elsewhere'])} that the old host had"
