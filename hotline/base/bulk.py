"""Many new rows at once: their ids taken beforehand, the rows written by COPY.

About four times as quick as bulk_create, which compiles every value into SQL. Constraints and
triggers of the database apply as ever; save() and its like have no say in this house anyway.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import NOT_PROVIDED, JSONField, Model

from hotline.base.encrypted import EncryptedText


def reserve(model: type[Model], count: int) -> list[int]:
    """Take ``count`` ids of a table, for rows that others will point to before they are written."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def write(rows: Sequence[Model]) -> None:
    """Insert rows of one table, all with their id or all without. Raises IntegrityError."""
    if not rows:
        return
    fields = [
        field for field in rows[0]._meta.concrete_fields
        if not _by_database(field) and (not field.primary_key or rows[0].pk)
    ]  # fmt: skip
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(rows[0]._meta.db_table)
    values = attrgetter(*(field.attname for field in fields))
    wrapped = [
        place for place, field in enumerate(fields) if isinstance(field, JSONField | EncryptedText)
    ]
    sql = f"COPY {table} ({columns}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(_adapted(values(row), fields, wrapped))


def _by_database(field: Any) -> bool:
    """Is its value the database's to give, and nobody else's?"""
    return field.db_default is not NOT_PROVIDED and not field.has_default()


def count_again(*models: type[Model]) -> None:
    """Tell the query planner of many new rows; by itself it would plan as for an empty table for
    a minute or so."""
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def _adapted(values: tuple[Any, ...], fields: Sequence[Any], wrapped: list[int]) -> Sequence[Any]:
    """What the driver does not know by itself: JSON, and what is encrypted."""
    if not wrapped:
        return values
    cells = list(values)
    for place in wrapped:
        cells[place] = fields[place].get_db_prep_save(cells[place], connection)
    return cells
