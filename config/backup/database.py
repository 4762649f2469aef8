"""The database of a backup: one snapshot, dumped, counted and put back by PostgreSQL's own tools.

pg_dump writes data before triggers and constraints, and pg_restore keeps that order, so the
append-only tables take their rows without anybody switching a trigger off, and the owner of a
database needs no further right to restore it.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.backup import BackupError

BLOCK = 1024 * 1024
# All but unlogged ones, which a crash may empty as well: what is left for whom of a limit.
TABLES = """
    SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p') AND relpersistence <> 'u' ORDER BY 1
"""
# Whatever the order of rows: the sum of 60 bits of each row's hash.
PRINT = """
    SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric), 0)::text
    FROM {} t
"""
# How a row reads must not depend on the host.
ALIKE = """
    SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';
    SET bytea_output = 'hex'; SET extra_float_digits = 1
"""
Prints = dict[str, list[Any]]  # table → [rows, fingerprint]


class Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


class Snapshot:
    """One moment of the database, for as long as its transaction is open."""

    def __init__(self, url: str, connection: psycopg.Connection[Any]) -> None:
        self._url, self._connection = url, connection
        self.postgres = connection.info.server_version // 10000
        exported = "SELECT pg_export_snapshot(), date_trunc('second', now())"
        row: Any = connection.execute(exported).fetchone()
        self.name: str = row[0]
        self.taken_at: datetime = row[1]

    def prints(self) -> Prints:
        return prints(self._connection)

    def migrations(self) -> list[list[str]]:
        rows = self._connection.execute(
            "SELECT app, name FROM django_migrations ORDER BY app, name"
        )
        return [list(row) for row in rows]

    def dump(self, into: Sink) -> None:
        """pg_dump of this snapshot. Raises BackupError."""
        options = ["--format=custom", "--schema=public", "--no-owner", "--no-privileges"]
        options += ["--no-unlogged-table-data", f"--snapshot={self.name}"]
        command = [_tool("pg_dump", self.postgres), *options]
        with _running(command, self._url, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            while block := process.stdout.read(BLOCK):
                into.write(block)


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Hold one moment of the database; others read and write meanwhile as ever."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ALIKE)
        if is_empty(connection):
            raise BackupError("This database is empty: there is nothing to save.")
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield Snapshot(url, connection)


def prints(connection: psycopg.Connection[Any]) -> Prints:
    """Rows and fingerprint of every table."""
    names = [row[0] for row in connection.execute(TABLES)]
    found: Prints = {}
    for name in names:
        query = sql.SQL(PRINT).format(sql.Identifier("public", name))
        found[name] = list(connection.execute(query).fetchone() or ())
    return found


def load(url: str, source: Source) -> None:
    """Fill an empty database from a dump, in one transaction: all of it or nothing."""
    with psycopg.connect(url) as connection:
        postgres = connection.info.server_version // 10000
    options = ["--schema=public", "--no-owner", "--no-privileges", "--single-transaction"]
    command = [_tool("pg_restore", postgres), *options]
    with _running(command, url, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            while block := source.read(BLOCK):
                process.stdin.write(block)
            process.stdin.close()
        except BrokenPipeError:  # it has ended, and says why
            with suppress(BrokenPipeError):
                process.stdin.close()
        except BackupError:
            process.kill()  # and with it goes its transaction
            raise


def compared(url: str, expected: Prints) -> None:
    """Raises BackupError, naming the tables, unless every row is as it was."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ALIKE)
        found = prints(connection)
    wrong = sorted(
        name for name in expected.keys() | found if expected.get(name) != found.get(name)
    )
    if wrong:
        raise BackupError(f"These tables are not as they were: {', '.join(wrong)}.")


def _tool(name: str, postgres: int) -> str:
    """The tool of the server's own release: a newer one writes what an older server cannot read."""
    from config.embedded import POSTGRES_VERSIONS  # noqa: PLC0415 - brings a whole server

    places = [Path(f"/usr/lib/postgresql/{postgres}/bin"), POSTGRES_VERSIONS.get(postgres)]
    for place in places:
        if place and (place / name).exists():
            return str(place / name)
    found = shutil.which(name)
    if found and f" {postgres}." in _version(found):
        return found
    raise BackupError(
        f"The server is PostgreSQL {postgres}, and no {name} of that release is here. "
        f"On Debian: apt install postgresql-client-{postgres}"
    )


def _version(tool: str) -> str:
    return subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout


@contextmanager
def _running(command: list[str], url: str, **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A tool at work. The password goes by the environment: a command line is read by everybody."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    command = [*command, "--no-password", f"--dbname={make_conninfo('', **parts)}"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, **pipes) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        said = _first_line(process.stderr)
        if process.wait():
            raise BackupError(f"{Path(command[0]).name} failed: {said}")


def _first_line(stream: Any) -> str:
    """The first line only: what follows may quote a row."""
    lines = stream.read().decode(errors="replace").strip().splitlines() if stream else []
    return lines[0] if lines else "it said nothing"


def is_empty(connection: psycopg.Connection[Any]) -> bool:
    return not connection.execute(TABLES + " LIMIT 1").fetchone()
