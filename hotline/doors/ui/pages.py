"""Keyset pages: a list goes on from where the last row stood, however long the table is."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, DateTimeField, F, Model, Q, QuerySet

from hotline.doors.ui import moments

SIZE = 50
CURSOR_MOST = 300  # characters


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the cursor of the rows after them ("" at the end)."""

    rows: list[Any]
    next: str


def page_of(
    rows: QuerySet[Any], cursor: str, *, by: Sequence[str] = ("-id",), size: int = SIZE
) -> Page:
    """The next ``size`` rows after ``cursor``, ordered ``by`` fields that end with the id.

    A field may be null; nulls come last. A cursor that is not ours begins at the beginning.
    """
    rows = rows.order_by(*(_order(rows, name) for name in by))
    last = _read(cursor, rows, by)
    if last is not None:
        rows = rows.filter(_after(rows, by, last))
    found = list(rows[: size + 1])
    more = len(found) > size
    while more and size > 1 and found[size].pk == found[size - 1].pk:
        size -= 1  # a row that a join lists twice is not parted: the cursor would lose its twin
    return Page(found[:size], _write(found[size - 1], by) if more else "")


def _order(rows: QuerySet[Any], name: str) -> Any:
    """Nulls last where there can be any: elsewhere to say so would keep an index from serving."""
    field = name.lstrip("-")
    nulls_last = True if _nullable(rows, field) else None
    if name.startswith("-"):
        return F(field).desc(nulls_last=nulls_last)
    return F(field).asc(nulls_last=nulls_last)


def _nullable(rows: QuerySet[Any], field: str) -> bool:
    return bool(getattr(rows.model._meta.get_field(field), "null", False))


def _after(rows: QuerySet[Any], by: Sequence[str], last: list[Any]) -> Q:
    """Rows that come later: (a, b) > (x, y), written out, since a or x may be null."""
    condition, equal = Q(pk__in=[]), Q()
    for name, value in zip(by, last, strict=True):
        field, down = name.lstrip("-"), name.startswith("-")
        if value is None:
            equal &= Q(**{f"{field}__isnull": True})
            continue
        later = Q(**{f"{field}__{'lt' if down else 'gt'}": value})
        if _nullable(rows, field):
            later |= Q(**{f"{field}__isnull": True})
        condition |= equal & later
        equal &= Q(**{field: value})
    return condition & _from(rows, by[0], last[0])


def _from(rows: QuerySet[Any], name: str, value: Any) -> Q:
    """Said once more for the first field alone, where it has no nulls: an index begins there."""
    field, down = name.lstrip("-"), name.startswith("-")
    if value is None or _nullable(rows, field):
        return Q()
    return Q(**{f"{field}__{'lte' if down else 'gte'}": value})


def _write(row: Model, by: Sequence[str]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in by]
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str, rows: QuerySet[Any], by: Sequence[str]) -> list[Any] | None:
    if not 0 < len(cursor) <= CURSOR_MOST:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(raw)
        if not isinstance(values, list) or len(values) != len(by):
            return None
        return [_typed(value, rows, name) for value, name in zip(values, by, strict=True)]
    except (ValueError, TypeError, OverflowError):
        return None


def _typed(value: Any, rows: QuerySet[Any], name: str) -> Any:
    """A value as its field has it. Raises ValueError or TypeError for one that the field has not."""
    field = rows.model._meta.get_field(name.lstrip("-"))
    if value is None and getattr(field, "null", False):
        return None
    if isinstance(field, DateTimeField):
        moment = moments.read(value)
        if moment is None:
            raise ValueError(value)
        return moment
    if isinstance(field, BooleanField) and isinstance(value, bool):
        return value
    if type(value) is not int or abs(value) >= 2**31 * 2**31:
        raise ValueError(value)
    return value
