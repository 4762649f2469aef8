"""The two processes of the service, each started by the supervisor or by an init system."""

import asyncio
import gc
import os
import tempfile
from collections.abc import Sequence

import django

from config.lifeline import die_with_parent
from config.listening import borrowing, pass_on_hush


def web(_arguments: Sequence[str] = ()) -> int:
    """Serve pages with granian: WSGI workers, each with a few threads and connections."""
    die_with_parent()
    pass_on_hush()
    from django.conf import settings  # noqa: PLC0415
    from granian import Granian  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    # The web processes of this host count their requests together, from zero at each start.
    with tempfile.TemporaryDirectory(prefix="hotline-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        _load()
        borrowing(Granian)(
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


def _load() -> None:
    """Read all code before the web workers are forked: what they do not write to is there once."""
    from django.urls import get_resolver  # noqa: PLC0415 - needs the settings

    django.setup()
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def worker(arguments: Sequence[str] = ()) -> int:
    """Run background jobs, periodic ones included, until asked to stop.

    With ``--drain``, run what is queued now and end: for a cron job, or before an upgrade.
    """
    drain = "--drain" in arguments
    if not drain:
        die_with_parent()
        os.nice(5)  # pages come first
    django.setup()
    from config.pools import Pools  # noqa: PLC0415 - needs Django

    asyncio.run(Pools().drain() if drain else Pools().run())
    return 0
