"""Queueing work by name: the one place where the house points upward.

The queue is a table in the same database, so a rollback takes the job with the change.
A test checks that every name that is deferred exists.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from procrastinate.contrib.django import app

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


def defer(name: str, *, at: datetime | None = None, **ids: int) -> None:
    """Queue the job ``name`` with these ids, to run at ``at`` (aware; default at once)."""
    if not _quiet.get():
        app.configure_task(name, allow_unknown=False, schedule_at=at).defer(**ids)


@contextmanager
def quiet() -> Iterator[None]:
    """Queue nothing inside: for history that is written down long after it happened."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)
