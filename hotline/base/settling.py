"""What became of a job is written down, even where the database looks away for a moment.

A worker that cannot write it down would leave the job ``doing`` for as long as it lives itself:
only jobs of a worker that is no more are queued again (jobs.revive).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import psycopg
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

AGAIN_SECONDS = (0.5, 1, 2, 4, 8)  # longer than two heartbeats: then the whole worker begins afresh


class Settling(JobManager):
    """The job manager of our workers."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        await _persistently(lambda: super(Settling, self).finish_job(job, status, delete_job))

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Queue it again; where another of its kind waits already, that one will do the same."""
        try:
            await _persistently(
                lambda: super(Settling, self).retry_job(job, retry_at, priority, queue, lock)
            )
        except UniqueViolation:
            await self.finish_job(job, Status.FAILED, delete_job=True)


async def _persistently(write: Callable[[], Awaitable[None]]) -> None:
    for pause in (*AGAIN_SECONDS, None):
        try:
            await write()
        except UniqueViolation:
            raise
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.errors.RaiseException):
                return  # an earlier try had worked, and only its answer was lost
            if pause is None:
                raise
            await asyncio.sleep(pause)
        else:
            return
