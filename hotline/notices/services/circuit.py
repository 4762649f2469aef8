"""Whether a gateway answers. After some failures in a row it is out: messages wait, one probe a
minute asks again, and the first that gets through lets the others follow."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from hotline.notices.models import Gateway

FAILURES = 3  # in a row
PROBE = timedelta(minutes=1)

RESERVE = """
UPDATE notices_gateway SET slot_at = GREATEST(COALESCE(slot_at, %(at)s), %(at)s) + %(step)s
WHERE id = %(id)s RETURNING EXTRACT(EPOCH FROM slot_at - %(step)s - %(at)s)
"""


def open_for(gateway: Gateway | None, *, at: datetime) -> bool:
    """May a message be tried now? While the gateway is out, one probe a minute takes its turn."""
    if gateway is None:
        return True
    gateway.refresh_from_db(fields=["failures", "out_since", "probe_at", "enabled"])
    if not gateway.enabled:
        return False
    if gateway.out_since is None:
        return True
    due = Gateway.objects.filter(pk=gateway.pk, probe_at__lte=at)
    return bool(due.update(probe_at=at + PROBE))


def reserve(gateway: Gateway, *, at: datetime) -> float:
    """Take the next free moment of a gateway's pace; how many seconds until then."""
    step = timedelta(seconds=1 / gateway.per_second)
    with connection.cursor() as cursor:
        values: Any = {"id": gateway.pk, "at": at, "step": step}
        cursor.execute(RESERVE, values)
        row = cursor.fetchone()
    return max(0.0, float(row[0])) if row else 0.0


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
