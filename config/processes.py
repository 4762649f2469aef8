"""The two processes of the service, each started by the supervisor or by an init system."""

import asyncio
import os
from collections.abc import Sequence
from typing import cast

import django

from config.lifeline import die_with_parent


def web(_arguments: Sequence[str] = ()) -> int:
    """Serve pages with granian: WSGI workers, each with a few threads and connections."""
    from django.conf import settings  # noqa: PLC0415
    from granian import Granian  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    die_with_parent()
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
            await jobs.run_worker_async(
                wait=not drain,
                concurrency=settings.JOB_CONCURRENCY,
                shutdown_graceful_timeout=15,
                install_signal_handlers=True,
            )

    asyncio.run(work())
    return 0
