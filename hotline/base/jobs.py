"""Queueing work by name: the one place where the house points upward.

The queue is a table in the same database, so a rollback takes the job with the change.
A test checks that every name that is deferred exists.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from hotline.base.settling import Settling

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


Value = int | str | bool | None | list[int] | list[str] | dict[str, int | str]  # what JSON has


def defer(name: str, *, at: datetime | None = None, **values: Value) -> None:
    """Queue the job ``name``, to run at ``at`` (aware; default at once).

    ``values`` are ids and codes: the queue is read by whoever runs the platform, so a job carries
    nothing that a person wrote or is called.
    """
    if not _quiet.get():
        app.configure_task(name, allow_unknown=False, schedule_at=at).defer(
            **cast("dict[str, Any]", values)
        )


def wake(name: str, *, lock: str, **values: Value) -> None:
    """Queue the job ``name`` unless one under the same ``lock`` is waiting already."""
    if _quiet.get():
        return
    job = app.configure_task(name, allow_unknown=False, queueing_lock=lock)
    with suppress(AlreadyEnqueued), transaction.atomic():  # its refusal ends no change of ours
        job.defer(**cast("dict[str, Any]", values))


async def revive() -> int:
    """Queue again what was under way in a worker that is no more; how many jobs that were."""
    manager = Settling(app.connector)
    stalled = list(await manager.get_stalled_jobs())
    for job in stalled:
        await manager.retry_job(job)
    return len(stalled)


@contextmanager
def quiet() -> Iterator[None]:
    """Queue nothing inside: for history that is written down long after it happened."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)
