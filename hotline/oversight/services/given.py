"""What slips and instructions have in common: a number of the month, typed words, and their moves."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from hotline.base import counters
from hotline.base.refusals import Invalid, NotAllowed, Stale, Words, WrongState
from hotline.base.words import clean
from hotline.cases.models import Case
from hotline.cases.numbers import month_of
from hotline.oversight.moves import Given, Move
from hotline.people.actor import Actor

WORDS_MOST = 2000


def next_number(counter: type[models.Model], prefix: str, at: datetime) -> str:
    """As DB2606-012."""
    month = month_of(at)
    return f"{prefix}{month}-{counters.take(counter, month)[0]:03d}"


def words_of(text: str, field: str) -> str:
    """What was typed, tidied. Raises Invalid where that is nothing."""
    words = clean(text, most=WORDS_MOST, field=field)
    if not words:
        told = _("请填写内容。")
        raise Invalid(told, **{field: told})
    return words


@contextmanager
def move(
    law: Mapping[str, Move[Given]],
    stale: Words,
    wrong: Words,
    thing: Given,
    verb: str,
    *,
    by: Actor,
    version: int | None,
) -> Iterator[None]:
    """One move of a slip or an instruction: the request locked first, the law asked, what changed saved.

    ``stale`` and ``wrong`` say that somebody was quicker, and that nobody may do this now.
    """
    found = law[verb]
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=thing.case_id)
        rows: Any = type(thing)._default_manager
        thing.refresh_from_db(from_queryset=rows.select_for_update())
        thing.case = case
        if version is not None and version != thing.version:
            raise Stale(stale)
        if thing.state not in found.sources:
            raise WrongState(wrong)
        if not found.may(by, thing):
            raise NotAllowed(_("您没有执行此操作的权限。"))
        yield
        thing.state, thing.version = found.target or thing.state, thing.version + 1
        thing.save()
