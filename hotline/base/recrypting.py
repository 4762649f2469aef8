"""All encrypted columns of the house at once: under which keys they are, and under another one.

Every row is rewritten by itself, and only as long as it says what was read: pages go on meanwhile,
and whoever stops half way may begin again.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection

from hotline.base import cipher
from hotline.base.encrypted import EncryptedText

BATCH = 500  # rows


class Column(NamedTuple):
    """An encrypted column, with the names of its table and key as SQL has them."""

    table: str
    key: str
    name: str
    field: EncryptedText

    @property
    def number(self) -> str:
        """SQL for the number of the key under which a value was written."""
        return f"get_byte({self.name}, {cipher.FINGERPRINT if self.field.findable else 0})"

    @property
    def filled(self) -> str:
        return f"octet_length({self.name}) > 0"


def columns() -> list[Column]:
    """Every encrypted column there is."""
    quote = connection.ops.quote_name
    return [
        Column(
            quote(model._meta.db_table), quote(str(model._meta.pk.column)),
            quote(str(field.column)), field,
        )
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedText)
    ]  # fmt: skip


def values_under() -> Counter[int]:
    """How many values there are under each key."""
    found: Counter[int] = Counter()
    with connection.cursor() as cursor:
        for column in columns():
            cursor.execute(
                f"SELECT {column.number}, count(*) FROM {column.table}"  # noqa: S608 - names of ours
                f" WHERE {column.filled} GROUP BY 1"
            )
            found.update(dict(cursor.fetchall()))
    return found


def recrypt(tell: Callable[[int], None] = lambda _done: None) -> int:
    """Bring every value under the current key; how many that were.

    ``tell`` hears of every batch. Raises cipher.Unreadable for a value that no key opens.
    """
    current, done = cipher.current_key(), 0
    for column in columns():
        change = (
            f"UPDATE {column.table} SET {column.name} = %s"  # noqa: S608
            f" WHERE {column.key} = %s AND {column.name} = %s"
        )
        for rows in _batches(column, f"{column.number} <> {current}"):
            with connection.cursor() as cursor:
                cursor.executemany(
                    change, [(_again(column.field, old), pk, old) for pk, old in rows]
                )
            done += len(rows)
            tell(done)
    return done


def unreadable() -> dict[str, int]:
    """How many values no key opens, by table and column; a look at every value."""
    found: Counter[str] = Counter()
    for column in columns():
        for rows in _batches(column, "true"):
            for _pk, value in rows:
                try:
                    column.field.from_db_value(value)
                except cipher.Unreadable:
                    found[f"{column.table}.{column.name}".replace('"', "")] += 1
    return dict(found)


def opens() -> bool:
    """Do the keys of this installation fit its database? A look at one value of each column."""
    with connection.cursor() as cursor:
        for column in columns():
            cursor.execute(
                f"SELECT {column.name} FROM {column.table}"  # noqa: S608
                f" WHERE {column.filled} ORDER BY {column.key} DESC LIMIT 1"
            )
            try:
                for (value,) in cursor.fetchall():
                    column.field.from_db_value(value)
            except cipher.Unreadable:
                return False
    return True


def _again(field: EncryptedText, value: bytes) -> bytes:
    text = cipher.decrypt(bytes(value), field.of, findable=field.findable)
    return field.sealed(text)


def in_batches(
    table: str, key: str, column: str, condition: str, size: int = BATCH
) -> Iterator[list[tuple[Any, bytes]]]:
    """Keys and values of a column, some rows at a time; SQL names, in the order of the keys."""
    last: Any = 0
    query = (
        f"SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {condition}"  # noqa: S608
        f" ORDER BY {key} LIMIT {size}"
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [last])
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield rows


def _batches(column: Column, condition: str) -> Iterator[list[tuple[Any, bytes]]]:
    wanted = f"{column.filled} AND {condition}"
    return in_batches(column.table, column.key, column.name, wanted)
