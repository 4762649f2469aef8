"""A small table of the school's own values, set on one page: all of them or none, one person at a time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, Stale
from hotline.people import queries
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.people.services import rows


def take_turn(model: type[models.Model], *, seen: int | None) -> None:
    """Wait for whoever is setting this table, inside a transaction.

    ``seen`` is the number of the table's latest change that the person saw. Raises Stale where there
    has been another since.
    """
    rows.one_at_a_time(model)
    if seen is not None and seen != queries.latest_change_in(model):
        raise Stale(_("规则刚刚被其他人修改过。您填写的内容已保留，请核对后再保存。"))


def set_numbers(
    model: type[models.Model],
    values: Mapping[str, int | None],
    *,
    wrong: Callable[[str, int | None], str],
    by: Actor,
    at: datetime,
    permission: P,
    seen: int | None = None,
) -> int:
    """Set the numbers of a table of code and value that differ; how many did. None is the default.

    ``wrong`` says in words what is wrong with a value, "" where nothing is. Inside a transaction.
    Raises NotAllowed, Stale, and Invalid with each code at fault.
    """
    rows.allow(by, permission)
    take_turn(model, seen=seen)
    table: Any = model
    own = {row.code: row for row in table.objects.all()}
    held = {code: row.value for code, row in own.items()}
    changed = {code: value for code, value in values.items() if value != held.get(code)}
    refuse({code: wrong(code, value) for code, value in changed.items()})
    for code, value in changed.items():
        row = own.get(code) or table(code=code)
        if value is None:
            rows.remove(row, by=by, at=at, permission=permission)
        else:
            row.value = value
            rows.save(row, by=by, at=at, permission=permission)
    return len(changed)


def refuse(wrong: Mapping[str, str]) -> None:
    """Raises Invalid with the words for each code that has any."""
    faults = {code: words for code, words in wrong.items() if words}
    if faults:
        raise Invalid(_("请更正标出的内容。"), **faults)
