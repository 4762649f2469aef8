"""Whether a gateway answers. After some failures in a row it is out: messages wait, one probe a
minute asks again, and the first that gets through lets the others follow."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from hotline.notices.models import Gateway

FAILURES = 3  # in a row
PROBE = timedelta(minutes=1)

RESERVE = """
UPDATE notices_gateway SET slot_at = GREATEST(COALESCE(slot_at, %(at)s), %(at)s) + %(step)s
WHERE id = %(id)s AND enabled AND out_since IS NULL
RETURNING EXTRACT(EPOCH FROM slot_at - %(step)s - %(at)s)
"""


def turn(gateway: Gateway | None, *, at: datetime) -> float | None:
    """Take the next free moment of a gateway's pace: in how many seconds that is.

    None where nothing may be tried now. While the gateway is out, one probe a minute has its turn.
    """
    if gateway is None:
        return 0.0
    step = timedelta(seconds=1 / gateway.per_second)
    values: Any = {"id": gateway.pk, "at": at, "step": step}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO OFF")  # a moment lost in a crash is no loss
        cursor.execute(RESERVE, values)
        row = cursor.fetchone()
    if row is not None:
        return max(0.0, float(row[0]))
    due = Gateway.objects.filter(pk=gateway.pk, enabled=True, probe_at__lte=at)
    return 0.0 if due.update(probe_at=at + PROBE) else None


def failed(gateway: Gateway, code: str, *, at: datetime) -> bool:
    """It did not answer; is it out now?"""
    rows = Gateway.objects.filter(pk=gateway.pk)
    rows.update(failures=F("failures") + 1, last_error=code[:80])
    down = rows.filter(failures__gte=FAILURES)
    down.filter(out_since=None).update(out_since=at, probe_at=at + PROBE)
    gateway.refresh_from_db(fields=["failures", "out_since", "probe_at"])
    return gateway.out_since is not None


def answered(gateway: Gateway, *, at: datetime) -> None:
    """It answers: whatever it was before, it is there. Written only when it changes something."""
    if gateway.failures or gateway.out_since or gateway.last_ok_at is None:
        Gateway.objects.filter(pk=gateway.pk).update(
            failures=0, out_since=None, probe_at=None, last_ok_at=at
        )
        gateway.failures, gateway.out_since, gateway.last_ok_at = 0, None, at
