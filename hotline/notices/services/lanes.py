"""How many may send on one channel at once: a slow gateway must not take every hand there is.

A lane is an advisory lock of the connection: the database opens it again when its holder dies.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LANES = 2  # a channel
FIRST = 7_310  # the first half of the locks


@contextmanager
def lane(channel: str) -> Iterator[bool]:
    """Take a lane of a channel for the length of the block; False where all are taken."""
    mine = next(
        (number for number in range(LANES) if _lock("pg_try_advisory_lock", channel, number)), None
    )
    try:
        yield mine is not None
    finally:
        if mine is not None:
            _lock("pg_advisory_unlock", channel, mine)


def _lock(function: str, channel: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [FIRST + number, channel])
        return bool(cursor.fetchone()[0])
