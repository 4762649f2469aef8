"""Rows of the record as a seal takes them: as text, in the order of their ids, some at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from hotline.audit.canon import MOMENTS, Hashed, hashed

AT_ONCE = 2000
MOMENT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')"""


def rows(
    table: str, columns: Sequence[str], since: datetime | None, until: datetime | None
) -> Iterator[Hashed]:
    """Rows recorded from ``since`` on (None: from the first) and before ``until``, hashed.

    Reads through a cursor on the server, so inside a transaction; memory does not grow with the table.
    """
    where, values = _when(since, until)
    # Names of tables and columns are ours: verifying.py refuses a seal that names others.
    name, cells = _name(table), ", ".join(_text(column) for column in columns)
    sql = f"SELECT {name}.id, {cells} FROM {name} WHERE {where} ORDER BY {name}.id"  # noqa: S608
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while found := cursor.fetchmany(AT_ONCE):
            for row in found:
                yield hashed(table, row)


def hash_of(table: str, pk: int, columns: Sequence[str]) -> str:
    """The whole hash of one row by these columns, in hex. Raises LookupError where it is gone."""
    name, cells = _name(table), ", ".join(_text(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}.id, {cells} FROM {name} WHERE id = %s", [pk])  # noqa: S608
        found = cursor.fetchone()
    if found is None:
        raise LookupError(pk)
    return hashed(table, found).whole.hex()


def recorded(table: str, ids: Sequence[int], *, lock: bool = False) -> dict[int, datetime]:
    """When rows were recorded, of those that are there; locked until the transaction ends if wanted."""
    end = " FOR UPDATE" if lock else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, recorded_at FROM {_name(table)} WHERE id = ANY(%s) ORDER BY id{end}",  # noqa: S608
            [list(ids)],
        )
        return dict(cursor.fetchall())


def filled(table: str, ids: Sequence[int], columns: Iterable[str]) -> list[int]:
    """In which of these rows something stands in one of the columns."""
    empty = " AND ".join(f"coalesce({_name(column)}::text, '') = ''" for column in columns)
    with connection.cursor() as cursor:
        sql = f"SELECT id FROM {_name(table)} WHERE id = ANY(%s) AND NOT ({empty}) ORDER BY id"  # noqa: S608
        cursor.execute(sql, [list(ids)])
        return [pk for (pk,) in cursor.fetchall()]


def remove(table: str, *, before: datetime, keep: Sequence[int], most: int) -> int:
    """Remove at most so many rows recorded before a moment, but those to be kept; how many went."""
    name = _name(table)
    sql = f"""DELETE FROM {name} WHERE id IN (
        SELECT id FROM {name} WHERE recorded_at < %s AND id <> ALL(%s) ORDER BY id LIMIT %s)"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hotline.expiring', %s, true)", [table])
        cursor.execute(sql, [before, list(keep), most])
        gone: int = cursor.rowcount
        cursor.execute("SELECT set_config('hotline.expiring', '', true)")
    return gone


def standing(table: str, ids: Sequence[int], *, before: datetime) -> list[int]:
    """Which of these rows are there, and were recorded before a moment."""
    with connection.cursor() as cursor:
        sql = f"SELECT id FROM {_name(table)} WHERE id = ANY(%s) AND recorded_at < %s ORDER BY id"  # noqa: S608
        cursor.execute(sql, [list(ids), before])
        return [pk for (pk,) in cursor.fetchall()]


def count(table: str, since: datetime | None) -> int:
    """How many rows were recorded from a moment on."""
    where, values = _when(since, None)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_name(table)} WHERE {where}", values)  # noqa: S608
        found: int = cursor.fetchone()[0]
    return found


def ahead(table: str, sealed: datetime | None) -> list[int]:
    """Ids of rows recorded later than the database's clock and the last seal: a hundred of them.

    The trigger writes none: it takes the clock, or the horizon, which no seal is behind for long.
    """
    sql = f"""
        SELECT id FROM {_name(table)} WHERE recorded_at > greatest(clock_timestamp(), %s::timestamptz)
        ORDER BY id LIMIT 100
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [sealed])
        return [pk for (pk,) in cursor.fetchall()]


def _when(since: datetime | None, until: datetime | None) -> tuple[str, list[Any]]:
    parts, values = ["true"], []
    if since is not None:
        parts.append("recorded_at >= %s")
        values.append(since)
    if until is not None:
        parts.append("recorded_at < %s")
        values.append(until)
    return " AND ".join(parts), values


def _text(column: str) -> str:
    name = _name(column)
    return MOMENT.format(name) if column in MOMENTS else f"{name}::text"


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
