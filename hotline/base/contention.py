"""When two people wait for each other in the database, one of them is sent back. That is no outage."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from hotline.base.refusals import Busy

# PostgreSQL: deadlock detected; could not serialize access; a lock was not had in time.
LOST = frozenset({"40P01", "40001", "55P03"})


def is_contention(error: BaseException) -> bool:
    """Was the transaction given up only because somebody else was at the same rows? Nothing of it is
    left then, and to do it again is right."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    return getattr(cause, "sqlstate", None) in LOST


@contextmanager
def turned_away() -> Iterator[None]:
    """Around something said to the house: raises Busy where another went first."""
    try:
        yield
    except DatabaseError as error:
        if is_contention(error):
            raise Busy from error
        raise
