"""Queries whose shape never changes, put into SQL once and then only filled in.

To write a query takes the ORM several times as long as PostgreSQL to answer it. For the few
that every page asks, the ORM still writes them, with stand-ins in place of the values.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet

from hotline.base.encrypted import EncryptedText


class _Moment(datetime):
    """Stands for a moment, and cannot become another one: that would be compiled as it is now."""

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a compiled query takes its values as they are")

    astimezone = date = time = replace = __add__ = __sub__ = _refuse


STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda n: -(2**40) - n,
    str: lambda n: f"stand-in {n} of a compiled query",
    date: lambda n: date.min + timedelta(days=n),
    UUID: lambda n: UUID(int=2**127 + n),
    datetime: lambda n: _Moment(2, 1, 1, second=n, tzinfo=UTC),
}

NOTHING = "-- no row can meet its conditions"


class Compiled:
    """One such query. It depends on nothing but the values it names, and takes them as they are."""

    def __init__(
        self,
        make: Callable[..., QuerySet[Any, Any]],
        unused: Collection[str] = (),
        **values: type,
    ) -> None:
        """``make`` is called once, with stand-ins of these types by name, each of which it uses, save
        the ``unused``."""
        self._make, self._may_lack = make, set(unused)
        self._stand_ins = {
            name: STAND_INS[kind](n) for n, (name, kind) in enumerate(values.items())
        }
        self._model: type[Model] | None = None
        self._sql = ""
        self._encrypted: list[tuple[int, EncryptedText]] = []  # the columns to be opened
        self._parameters: list[tuple[str, Any]] = []  # the name of a value, or "" and what is there

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """What a query for values answers: tuples as the database gives them."""
        found = self._ask("{}", values)
        return [self._open(row) for row in found] if self._encrypted else found

    def count(self, **values: Any) -> int:
        """How many rows a query for values has."""
        found = self._ask("SELECT count(*) FROM ({}) AS found", values)
        return int(found[0][0]) if found else 0

    def _ask(self, frame: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        if not self._sql:
            self._compile()
        if self._sql == NOTHING:
            return []
        filled = [
            there if not name else _like(there, values[name]) for name, there in self._parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(frame.replace("{}", self._sql), filled)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _open(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        cells = list(row)
        for place, field in self._encrypted:
            cells[place] = field.from_db_value(cells[place])
        return tuple(cells)

    def instances(self, **values: Any) -> list[Any]:
        """What a query for whole rows of one table answers."""
        rows = self.rows(**values)
        if self._model is None:
            if self._sql == NOTHING:
                return []
            raise TypeError("not a query for whole rows of one table")
        names = [field.attname for field in self._model._meta.concrete_fields]
        return [self._model.from_db(DEFAULT_DB_ALIAS, names, row) for row in rows]

    def _compile(self) -> None:
        query = self._make(**self._stand_ins)
        compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            self._sql = NOTHING
            return
        columns = [getattr(expression, "target", None) for expression, *_ in compiler.select]
        self._encrypted = [(n, f) for n, f in enumerate(columns) if isinstance(f, EncryptedText)]
        names = {there: name for name, there in self._stand_ins.items()}
        self._parameters = [(_name(names, there), there) for there in parameters]
        missing = (
            set(self._stand_ins) - {name for name, _there in self._parameters} - self._may_lack
        )
        if missing:
            raise ValueError(f"the query has no place for {missing}")
        if query.query.default_cols and not query.query.select_related:
            self._model = query.model
        self._sql = sql


def _like(there: Any, value: Any) -> Any:
    """A whole number in the width that the database has for it; all else as it is."""
    return type(there)(value) if isinstance(there, int) else value


def _name(names: dict[Any, str], there: Any) -> str:
    try:
        return names.get(there, "")
    except TypeError:  # a list of constants
        return ""
