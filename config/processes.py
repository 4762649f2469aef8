"""The two processes of the service, each started by the supervisor or by an init system."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Sequence
from typing import Any, cast

import django

from config.lifeline import die_with_parent


def web(_arguments: Sequence[str] = ()) -> int:
    """Serve pages with granian: WSGI workers, each with a few threads and connections."""
    die_with_parent()
    from django.conf import settings  # noqa: PLC0415
    from granian import Granian  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    # The web processes of this host count their requests together, from zero at each start.
    with tempfile.TemporaryDirectory(prefix="hotline-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        Granian(
            "config.wsgi:application",
            interface=Interfaces.WSGI,
            address=settings.BIND,
            port=settings.PORT,
            workers=settings.WEB_WORKERS,
            blocking_threads=settings.WEB_THREADS,
            blocking_threads_idle_timeout=600,  # a thread that ends would drop its connection
            backlog=1024,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=15,
        ).serve()
    return 0


def worker(arguments: Sequence[str] = ()) -> int:
    """Run background jobs, periodic ones included, until asked to stop.

    With ``--drain``, run what is queued now and end: for a cron job, or before an upgrade.
    """
    drain = "--drain" in arguments
    if not drain:
        die_with_parent()
        os.nice(5)  # pages come first
    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from procrastinate.contrib.django import app  # noqa: PLC0415
    from procrastinate.contrib.django.django_connector import DjangoConnector  # noqa: PLC0415

    connector = cast("DjangoConnector", app.connector)

    async def work() -> None:
        jobs = app.with_connector(connector.get_worker_connector())
        async with jobs.open_async():
            if drain:
                await jobs.run_worker_async(
                    wait=False,
                    concurrency=settings.JOB_CONCURRENCY,
                    worker_middleware=[_numbered],
                )
            else:
                await _side_by_side(jobs, settings.JOB_CONCURRENCY, settings.DELIVERIES)

    asyncio.run(work())
    return 0


async def _numbered(run: Any, context: Any, _worker: Any) -> Any:
    """What a job logs says which job it was."""
    from hotline.base import logs  # noqa: PLC0415

    token = logs.job_id.set(context.job.id)
    try:
        return await run()
    finally:
        logs.job_id.reset(token)


DELIVERIES = "deliveries"


async def _side_by_side(jobs: Any, concurrency: int, deliveries: int) -> None:
    """Two pools in one process: a carrier that takes its time must not keep other work waiting."""
    others = sorted({task.queue for task in jobs.tasks.values()} - {DELIVERIES})
    pools = [
        asyncio.create_task(
            jobs.run_worker_async(
                queues=queues,
                concurrency=number,
                worker_middleware=[_numbered],
                shutdown_graceful_timeout=15,
                install_signal_handlers=False,  # one would take the other's place
            )
        )
        for queues, number in ((others, concurrency), ([DELIVERIES], deliveries))
    ]

    def stop() -> None:
        for pool in pools:
            pool.cancel()  # which lets the jobs under way finish

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    done, _waiting = await asyncio.wait(pools, return_when=asyncio.FIRST_COMPLETED)
    stop()
    await asyncio.gather(*pools, return_exceptions=True)
    for pool in done:
        if not pool.cancelled() and (error := pool.exception()):
            raise error
