"""A child of ours never outlives its parent, not even one that was killed."""

import ctypes
import multiprocessing
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2)
SUPERVISOR = "HOTLINE_SUPERVISOR"  # the number of the process that starts web and worker

READY = "HOTLINE_READY"  # a folder in which each web process says that it can answer


def tell_ready() -> None:
    """Say to the supervisor, where there is one, that this process can answer."""
    if folder := os.environ.get(READY):
        with suppress(OSError):  # it has ended meanwhile
            (Path(folder) / str(os.getpid())).touch()


def die_with_parent() -> None:
    """Ask Linux to send SIGTERM to this process when its parent ends; nothing elsewhere.

    A parent that was killed while this process was still starting has been replaced by another
    already: who it was is told by the supervisor, or by multiprocessing to a child of its own.
    """
    if not sys.platform.startswith("linux"):
        return
    spawner = multiprocessing.parent_process()
    told = os.environ.pop(SUPERVISOR, "")
    parent = (spawner.pid if spawner else int(told or 0)) or os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended in between
        os.kill(os.getpid(), signal.SIGTERM)
