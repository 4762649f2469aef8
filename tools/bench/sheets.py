"""Rows on their way into a table by COPY, whole and with the model's own defaults."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from hotline.base.encrypted import EncryptedText

Row = tuple[Any, ...]


class Sheet:
    """Rows of one table. A misspelt column is an error, a missing one gets the model's default."""

    def __init__(self, model: type[models.Model], *, first: int = 1) -> None:
        """``first`` is the next id to give. Columns that the database fills in are left to it."""
        fields = [
            field for field in model._meta.concrete_fields
            if field.db_default is models.NOT_PROVIDED or field.has_default()
        ]  # fmt: skip
        self.table = model._meta.db_table
        self.usual = {field.attname: _default(field) for field in fields}
        self.encrypted = {f.attname: f for f in fields if isinstance(f, EncryptedText)}
        self.columns = [field.column for field in fields]
        self.next = first
        self.rows: list[Row] = []

    def add(self, **values: Any) -> int:
        """Write a row down and return its id; one without an ``id`` of its own gets the next."""
        if "id" in self.usual and "id" not in values:
            values["id"], self.next = self.next, self.next + 1
        row = self.usual | values
        for name, field in self.encrypted.items():
            row[name] = field.get_db_prep_value(row[name], None)
        if len(row) != len(self.columns):
            raise KeyError(f"{self.table} has no {set(values) - set(self.usual)}")
        self.rows.append(tuple(row.values()))
        key: int = values.get("id", 0)
        return key


def _default(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    return "{}" if value == {} else getattr(value, "value", value)


def copy_in(connection: BaseDatabaseWrapper, sheets: Iterable[Sheet]) -> None:
    """Copy what the sheets hold into their tables, and empty them."""
    with connection.cursor() as cursor:
        for sheet in sheets:
            columns = ", ".join(f'"{column}"' for column in sheet.columns)
            with cursor.copy(f'COPY "{sheet.table}" ({columns}) FROM STDIN') as copy:
                for row in sheet.rows:
                    copy.write_row(row)
            sheet.rows.clear()
