"""What a door tells of a look: through which door it is, and how a list was filtered, in codes."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.forms import Form
from django.http import HttpRequest

from hotline.cases.models import Door

TYPED = "typed"  # stands for words that somebody typed


def door_of(request: HttpRequest) -> Door:
    """A page, or the same page asked for to be printed: what is on paper can be carried away."""
    return Door.PRINT if "print" in request.GET else Door.PAGE


def chosen(form: Form) -> dict[str, str]:
    """What was chosen in a valid or half valid filter, as codes; of what was typed only that it was."""
    return {
        name: _code(name, value)
        for name, value in getattr(form, "cleaned_data", {}).items()
        if value not in (None, "", False)
    }


def _code(name: str, value: Any) -> str:
    if name in {"q", "number"}:
        return TYPED
    if isinstance(value, date):
        return value.isoformat()
    return str(getattr(value, "code", value))


def noting(rows: Iterable[Any], ids: list[int], name: str = "pk") -> Iterator[Any]:
    """The same rows, whose requests' ids are kept in ``ids`` as they go by."""
    for row in rows:
        ids.append(getattr(row, name))
        yield row
