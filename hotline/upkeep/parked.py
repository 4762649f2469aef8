"""Jobs that have failed for good: what they are, and what an administrator decides about them."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import NotAllowed, WrongState
from hotline.people.actor import Actor
from hotline.people.permissions import P

log = logging.getLogger(__name__)
KINDS = """
    SELECT task_name, count(*), max(event.at), max(job.id) FROM procrastinate_jobs job
    LEFT JOIN LATERAL (
        SELECT max(at) AS at FROM procrastinate_events WHERE job_id = job.id AND type = 'failed'
    ) event ON true
    WHERE job.status = 'failed' GROUP BY 1 ORDER BY 1
"""
# One of each lock, and none where one waits already: that one will do the same.
AGAIN = """
    UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL WHERE id IN (
        SELECT DISTINCT ON (coalesce(queueing_lock, id::text)) id FROM procrastinate_jobs job
        WHERE task_name = %(task)s AND status = 'failed' AND NOT EXISTS (
            SELECT FROM procrastinate_jobs other
            WHERE other.queueing_lock = job.queueing_lock AND other.status = 'todo'
        ) ORDER BY coalesce(queueing_lock, id::text), id DESC
    )
"""
ASIDE = "UPDATE procrastinate_jobs SET status = 'cancelled' WHERE task_name = %(task)s AND status = 'failed'"
WAKE = 'SELECT pg_notify(\'procrastinate_any_queue_v1\', \'{"type": "job_inserted", "job_id": 0}\')'


@dataclass(frozen=True)
class Kind:
    """Failed jobs of one name: how many, when the last one failed, and its number in the log."""

    task: str
    count: int
    failed_at: datetime | None
    last: int


def kinds() -> list[Kind]:
    with connection.cursor() as cursor:
        cursor.execute(KINDS)
        return [Kind(*row) for row in cursor.fetchall()]


def run_again(task: str, *, by: Actor) -> None:
    """Queue the failed jobs of a name again, with all their tries; those that others stand for are
    set aside. Raises NotAllowed, and WrongState when there are none."""
    _decide(task, (AGAIN, ASIDE, WAKE), "run again", by)


def set_aside(task: str, *, by: Actor) -> None:
    """Leave the failed jobs of a name undone; they stay in the database as cancelled.

    Raises NotAllowed, and WrongState when there are none.
    """
    _decide(task, (ASIDE,), "set aside", by)


def _decide(task: str, statements: tuple[str, ...], what: str, by: Actor) -> None:
    if not by.may(P.PEOPLE):
        raise NotAllowed(_("您没有执行此操作的权限。"))
    if task not in {kind.task for kind in kinds()}:
        raise WrongState(_("没有这样的失败任务，可能已被处理。"))
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"task": task} if "%(task)s" in statement else None)
    log.warning("failed jobs %s: %s by account %s", task, what, by.user_id)
