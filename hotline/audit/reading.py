"""Rows of the record as a seal takes them: as text, in the order of their ids, some at a time."""

from collections.abc import Iterator, Sequence
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
