"""The figures of a running platform, each one small question: counts and ages, never of whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Sum
from django.db.models.functions import Coalesce, Greatest

from hotline.cases.models import Attachment, Case
from hotline.cases.models.clock import Clock
from hotline.notices.codes import CARRIED, State
from hotline.notices.models import Message

JOBS = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"
OLDEST = """
    SELECT min(greatest(event.at, job.scheduled_at))
    FROM procrastinate_jobs job, LATERAL (
        SELECT max(at) AS at FROM procrastinate_events
        WHERE job_id = job.id AND type IN ('deferred', 'deferred_for_retry')
    ) event
    WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= %s)
"""
HEARD = "SELECT max(last_heartbeat) FROM procrastinate_workers"
# Those of later belong to a clock that has been set back since.
EVERY_MINUTE = """
    SELECT to_timestamp(max(defer_timestamp)) FROM procrastinate_periodic_defers
    WHERE defer_timestamp <= extract(epoch FROM %s)
"""


@dataclass(frozen=True)
class Queue:
    """The jobs: how many in each state, since when the oldest due one waits, when a worker was heard,
    and of which minute the last were queued that come every minute."""

    jobs: dict[str, int]
    oldest_at: datetime | None
    heard_at: datetime | None
    minute_at: datetime | None = None

    def waited(self, at: datetime) -> float:
        """Seconds that the oldest due job has waited; 0 when none does."""
        return max((at - self.oldest_at).total_seconds(), 0) if self.oldest_at else 0

    def silent(self, at: datetime) -> float | None:
        """Seconds since a worker was heard from; None when none runs."""
        return max((at - self.heard_at).total_seconds(), 0) if self.heard_at else None

    def idle(self, at: datetime) -> float:
        """Seconds since jobs of the minute were queued; 0 where none ever were."""
        return max((at - self.minute_at).total_seconds(), 0) if self.minute_at else 0


def queue(at: datetime) -> Queue:
    return Queue(
        dict(_rows(JOBS)), _rows(OLDEST, [at])[0][0], _rows(HEARD)[0][0],
        _rows(EVERY_MINUTE, [at])[0][0],
    )  # fmt: skip


def waiting(at: datetime) -> dict[str, tuple[int, float]]:
    """Messages that wait for a carrier, by channel: how many, and seconds since the oldest could go."""
    rows = (
        Message.objects.filter(state=State.READY, channel__in=CARRIED)
        .order_by()
        .values_list("channel")
        .annotate(
            n=Count("id"), oldest=Min(Greatest("created_at", Coalesce("not_before", "created_at")))
        )
    )
    return {channel: (n, max((at - oldest).total_seconds(), 0)) for channel, n, oldest in rows}


def late_clocks(at: datetime) -> dict[str, int]:
    """Running promises that are past their time, by kind of clock."""
    rows = Clock.objects.filter(stopped_at=None, due_at__lt=at).order_by().values_list("kind")
    return dict(rows.annotate(n=Count("id")))


def files() -> tuple[int, int]:
    """How many files requests have, and their bytes as shown."""
    found = Attachment.objects.aggregate(n=Count("id"), size=Coalesce(Sum("size"), 0))
    return found["n"], found["size"]


def requests() -> dict[str, int]:
    """Requests by state. Sealed ones are not told apart: a crisis is not even counted."""
    rows = Case.objects.filter(seal="").order_by().values_list("state")
    return dict(rows.annotate(n=Count("id")))


def _rows(sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
