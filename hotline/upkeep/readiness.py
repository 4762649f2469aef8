"""Can this host serve now? Answered in codes: whoever asks is a machine, and may be a stranger."""

from datetime import datetime

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from hotline.base import space
from hotline.upkeep import pulse

WAITED_SECONDS = 600  # a due job that waits longer means that nobody works
SILENT_SECONDS = 180  # a worker says every ten seconds that it lives
_applied = False  # migrations that are applied stay so while this release runs


def lacking(at: datetime, *, only_pages: bool = False) -> list[str]:
    """What is missing: of ``database``, ``migrations``, ``queue``, ``disk``. Empty: all is there.

    ``only_pages`` leaves out what keeps nobody from reading: jobs that wait, a disk nearly full.
    """
    try:
        if not migrated():
            return ["migrations"]
        stalled = not only_pages and _is_stalled(pulse.queue(at), at)
    except DatabaseError:
        return ["database"]
    full = not only_pages and space.nearly_full()
    return [*(["queue"] if stalled else []), *(["disk"] if full else [])]


def migrated() -> bool:
    """Has the database everything that this release expects? Raises DatabaseError."""
    if not _applied:
        return not pending()
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def pending() -> list[str]:
    """Migrations of this release that the database has not had.

    To find that out takes a look at every file of them, so it is done until there are none.
    """
    global _applied  # noqa: PLW0603 - asked by a probe every few seconds
    if _applied:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _applied = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _is_stalled(queue: pulse.Queue, at: datetime) -> bool:
    silent = queue.silent(at)
    waited = max(queue.waited(at), queue.idle(at))
    return silent is None or silent > SILENT_SECONDS or waited > WAITED_SECONDS
