"""The two pools of the worker: kept running while the database is away, paused while the disk is full."""

import asyncio
import json
import logging
import signal
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from hotline.base import logs, space
from hotline.base.jumps import Watch
from hotline.base.settling import Settling

DELIVERIES = "deliveries"
AWAY = (ConnectorException, psycopg.OperationalError, PoolTimeout)
AGAIN_SECONDS = 5
LOOKED_AT_SECONDS = 5  # the room on the disk, and the clock
CLOCK = "clock.json"  # when it was last set, for hotline.upkeep.records
GRACE_SECONDS = 15  # for jobs under way
log = logging.getLogger(__name__)


class Pools:
    """A carrier that takes its time must not keep other work waiting, so it has a pool of its own."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()

    async def drain(self) -> None:
        """Run what is queued now, and end."""
        async with self._jobs().open_async() as jobs:
            await jobs.run_worker_async(
                wait=False, concurrency=settings.JOB_CONCURRENCY, worker_middleware=[_numbered]
            )

    async def run(self) -> None:
        """Run jobs until SIGINT or SIGTERM; jobs under way are finished then."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        while not self._stopping.is_set():
            if space.nearly_full():
                await self._pause(LOOKED_AT_SECONDS)
                continue
            try:
                async with self._jobs().open_async() as jobs:
                    await self._side_by_side(jobs)
            except AWAY as error:
                log.warning("the database is away: %s", type(error).__name__)
                await self._afresh()

    async def _afresh(self) -> None:
        """Begin again a little later, on new connections.

        The jobs of the minute are queued through Django's connection of this thread, which nothing
        else would ever close: left as it is after an outage, it fails for ever.
        """
        await sync_to_async(connections.close_all)()
        await self._pause(AGAIN_SECONDS)

    def _jobs(self) -> Any:
        connector = cast("DjangoConnector", app.connector)
        jobs = app.with_connector(connector.get_worker_connector())
        jobs.job_manager = Settling(jobs.connector)
        jobs.periodic_defaults = app.periodic_defaults  # which the other forgets
        return jobs

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _side_by_side(self, jobs: Any) -> None:
        """Both pools, until it is time to stop, the disk is full, or one of them fails."""
        others = sorted({task.queue for task in jobs.tasks.values()} - {DELIVERIES})
        pools = [
            asyncio.create_task(
                jobs.run_worker_async(
                    queues=queues,
                    concurrency=number,
                    worker_middleware=[_numbered],
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    install_signal_handlers=False,  # one would take the other's place
                )
            )
            for queues, number in (
                (others, settings.JOB_CONCURRENCY),
                ([DELIVERIES], settings.DELIVERIES),
            )
        ]
        ends = [
            asyncio.create_task(end) for end in (self._stopping.wait(), _until_full(), _until_set())
        ]
        done, _waiting = await asyncio.wait([*pools, *ends], return_when=asyncio.FIRST_COMPLETED)
        for task in (*pools, *ends):
            task.cancel()  # which lets the jobs under way finish
        await asyncio.gather(*pools, *ends, return_exceptions=True)
        for task in done:
            if not task.cancelled() and (error := task.exception()):
                raise error
        if any(task in pools for task in done):
            # It ends by itself where one of its side tasks has failed, and keeps the reason to its log.
            raise ConnectorException("a pool has ended")


async def _until_full() -> None:
    while not space.nearly_full():
        await asyncio.sleep(LOOKED_AT_SECONDS)
    log.error("the disk is nearly full: no job runs until there is room")


async def _until_set() -> None:
    """Until somebody sets the clock. The jobs of the minute are queued from the last one on: set back
    by an hour, none would be for an hour. A pool that begins anew goes by the clock as it is now."""
    watch = Watch()
    while not (seconds := watch.jumped()):
        await asyncio.sleep(LOOKED_AT_SECONDS)
    log.error("the clock has jumped by %d seconds", seconds)
    note = {"at": datetime.now(UTC).isoformat(), "seconds": round(seconds)}
    with suppress(OSError):
        (Path(settings.HOME) / CLOCK).write_text(json.dumps(note))


async def _numbered(run: Any, context: Any, _worker: Any) -> Any:
    """What a job logs says which job it was."""
    token = logs.job_id.set(context.job.id)
    try:
        return await run()
    finally:
        logs.job_id.reset(token)
