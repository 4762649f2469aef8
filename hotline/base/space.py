"""How much room the disk of the data folder has; with little left, nothing new is taken in."""

import shutil
import time

from django.conf import settings

ASKED_AGAIN_SECONDS = 2.0
_last: tuple[float, int] | None = None


def free_bytes() -> int:
    """Free bytes of the disk with the data folder, at most two seconds old."""
    global _last  # noqa: PLW0603 - one disk a process
    here = time.monotonic()
    if _last is None or here - _last[0] > ASKED_AGAIN_SECONDS:
        _last = (here, shutil.disk_usage(settings.HOME).free)
    return _last[1]


def nearly_full() -> bool:
    """Is less free than is kept in reserve? Then the platform only reads, until there is room again."""
    return free_bytes() < settings.DISK_RESERVE_BYTES
