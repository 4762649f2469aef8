"""For migrations: a column of plain text becomes an encrypted one, one of these findable, and back."""

from collections.abc import Callable
from typing import Any

from django.db.migrations.operations import AlterField

from hotline.base import cipher
from hotline.base.encrypted import EncryptedText
from hotline.base.recrypting import in_batches

BATCH = 1000  # rows


class RewriteField(AlterField):
    """Like AlterField, for a change of how the values themselves are kept."""

    def _field(self, app_label: str, state: Any) -> tuple[Any, Any]:
        model = state.apps.get_model(app_label, self.model_name)
        return model, model._meta.get_field(self.name)


class EncryptField(RewriteField):
    """Like AlterField, from a text or JSON column to an ``EncryptedText`` or ``EncryptedJSON``.

    Indexes and constraints of the column are taken away before, and made anew after.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model, field = self._field(app_label, to_state)
        self._drop_default(schema_editor, model, field)
        _retype(schema_editor, model, field, f"bytea USING convert_to({_q(field)}::text, 'UTF8')")
        _rewrite(schema_editor, model, field, lambda plain: _encrypted(field, plain))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model, field = self._field(app_label, from_state)
        _, plain = self._field(app_label, to_state)
        _rewrite(schema_editor, model, field, lambda value: _plain(field, value))
        kind = plain.db_type(schema_editor.connection)
        _retype(
            schema_editor, model, field,
            f"{kind} USING convert_from({_q(field)}, 'UTF8')::{kind}",
        )  # fmt: skip

    def _drop_default(self, schema_editor: Any, model: Any, field: Any) -> None:
        table = schema_editor.quote_name(model._meta.db_table)
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {_q(field)} DROP DEFAULT")


class MakeFindable(RewriteField):
    """An encrypted column answers to exact values from now on."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self._keep_as_in(to_state, from_state, app_label, schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self._keep_as_in(to_state, from_state, app_label, schema_editor)

    def _keep_as_in(self, state: Any, before: Any, app_label: str, schema_editor: Any) -> None:
        model, field = self._field(app_label, state)
        _, old = self._field(app_label, before)
        _rewrite(schema_editor, model, field, lambda kept: _encrypted(field, _plain(old, kept)))


def _encrypted(field: EncryptedText, plain: bytes) -> bytes:
    return cipher.encrypt(plain.decode(), field.of, findable=field.findable)


def _plain(field: EncryptedText, value: bytes) -> bytes:
    return cipher.decrypt(value, field.of, findable=field.findable).encode()


def _q(field: Any) -> str:
    return f'"{field.column}"'


def _retype(schema_editor: Any, model: Any, field: Any, kind: str) -> None:
    table = schema_editor.quote_name(model._meta.db_table)
    schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {_q(field)} TYPE {kind}")


def _rewrite(schema_editor: Any, model: Any, field: Any, change: Callable[[bytes], bytes]) -> None:
    """Every value that is not empty, batch by batch."""
    table = schema_editor.quote_name(model._meta.db_table)
    key, column = f'"{model._meta.pk.column}"', _q(field)
    update = f"UPDATE {table} SET {column} = %s WHERE {key} = %s"  # noqa: S608 - names of ours
    with schema_editor.connection.cursor() as cursor:
        for rows in in_batches(table, key, column, f"{column} <> ''", BATCH):
            cursor.executemany(update, [(change(bytes(value)), pk) for pk, value in rows])
