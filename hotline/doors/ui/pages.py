"""Keyset pages: a list goes on from where the last row stood, however long the table is."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Model, Q, QuerySet

SIZE = 50


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
    rows = rows.order_by(*(_order(name) for name in by))
    last = _read(cursor, len(by))
    if last is not None:
        rows = rows.filter(_after(by, last))
    found = list(rows[: size + 1])
    more = len(found) > size
    return Page(found[:size], _write(found[size - 1], by) if more else "")


def _order(name: str) -> Any:
    field = F(name.lstrip("-"))
    return field.desc(nulls_last=True) if name.startswith("-") else field.asc(nulls_last=True)


def _after(by: Sequence[str], last: list[Any]) -> Q:
    """Rows that come later: (a, b) > (x, y), written out, since a or x may be null."""
    condition, equal = Q(pk__in=[]), Q()
    for name, value in zip(by, last, strict=True):
        field, down = name.lstrip("-"), name.startswith("-")
        if value is None:
            equal &= Q(**{f"{field}__isnull": True})
            continue
        later = Q(**{f"{field}__{'lt' if down else 'gt'}": value})
        if field != "id":
            later |= Q(**{f"{field}__isnull": True})
        condition |= equal & later
        equal &= Q(**{field: value})
    return condition


def _write(row: Model, by: Sequence[str]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in by]
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any] | None:
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(raw)
        if not isinstance(values, list) or len(values) != length:
            return None
        return [_typed(value) for value in values]
    except (binascii.Error, ValueError, TypeError):
        return None


def _typed(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    return datetime.fromisoformat(value)
