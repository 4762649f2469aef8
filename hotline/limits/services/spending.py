"""The limiter: one row says when somebody will have everything again, one statement asks and takes.

A bucket holds ``most`` and fills evenly in ``minutes``. Taking one puts off the moment at which it
is full by minutes ÷ most; what would put it off further than ``minutes`` from now is refused. So
``most`` may come at once, and in any t minutes no more than most + t × most ÷ minutes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from hotline.limits.codes import LAWS, Kind, Limit, code_of, way_of
from hotline.limits.models import Bucket

ROWS_MOST = 200_000
SLACK = timedelta(milliseconds=1)  # steps are whole microseconds: the last of many must still fit

# A moment outside of the span tells of other numbers or of a clock that was set: it is forgiven.
# Whatever is larger than a whole bucket takes a whole one.
SPEND = """
WITH law AS (
    SELECT coalesce((SELECT value FROM limits_ownlimit WHERE code = %(own)s), %(most)s)
        * power(
            coalesce((SELECT max(percent) FROM limits_raise WHERE until > %(at)s), 100) / 100.0,
            %(way)s) AS most
), asked AS (
    SELECT %(span)s * (least(%(cost)s, most) / most)::float8 AS step FROM law WHERE most > 0
), spent AS (
    INSERT INTO limits_bucket AS held (code, subject, full_at)
    SELECT %(code)s, %(subject)s, %(at)s + step FROM asked
    ON CONFLICT (code, subject) DO UPDATE SET full_at = excluded.full_at
        + CASE WHEN held.full_at BETWEEN %(at)s AND %(end)s THEN held.full_at - %(at)s ELSE '0' END
    WHERE held.full_at NOT BETWEEN %(at)s AND %(end)s
        OR held.full_at + (excluded.full_at - %(at)s) <= %(end)s
    RETURNING 1
)
SELECT step, EXISTS (SELECT FROM spent),
    (SELECT full_at FROM limits_bucket WHERE code = %(code)s AND subject = %(subject)s)
FROM asked
"""


@dataclass(frozen=True)
class Spent:
    """What a check has found: ``wait`` until it would have been allowed, zero when it was."""

    limit: Limit
    subject: str
    step: timedelta = timedelta()
    wait: timedelta = timedelta()


def subject_of(kind: Kind, name: str) -> str:
    """Who is counted, as a keyed hash: the table names no account, browser or address."""
    hashed = salted_hmac("hotline.limits", f"{kind}:{name}", algorithm="sha256").hexdigest()
    return f"{kind}:{hashed[:32]}"


def spend(limit: Limit, kind: Kind, name: str, *, at: datetime, cost: int = 1) -> Spent:
    """Take ``cost`` from what somebody has left, or find how long they have to wait for it."""
    law, subject = LAWS[limit], subject_of(kind, name)
    span = timedelta(minutes=law.minutes)
    values: dict[str, Any] = {
        "own": code_of(limit, kind), "most": law.most(kind), "code": limit.value, "subject": subject,
        "way": way_of(limit, kind), "at": at, "span": span, "cost": cost,
        "end": at + span + SLACK,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SPEND, values)
        row = cursor.fetchone()
    if row is None:  # no limit
        return Spent(limit, subject)
    step, allowed, full_at = row
    if allowed:
        return Spent(limit, subject, step)
    # Somebody who took the last one at this very moment may not be seen yet.
    wait = (full_at or at + span) + step - at - span
    return Spent(limit, subject, step, max(wait, timedelta(seconds=1)))


def give_back(spent: Spent) -> None:
    """Nothing came of it: they have it again."""
    if spent.step and not spent.wait:
        mine = Bucket.objects.filter(code=spent.limit, subject=spent.subject)
        mine.update(full_at=F("full_at") - spent.step)


def reset(limit: Limit, subject: str) -> bool:
    """Give somebody everything again, by the hash that ``hotline limits`` shows. Was there a row?"""
    return bool(Bucket.objects.filter(code=limit, subject=subject).delete()[0])


def tidy(*, at: datetime) -> None:
    """Forget full buckets; of too many others those that will be full first."""
    Bucket.objects.filter(full_at__lte=at).delete()
    over = Bucket.objects.order_by("-full_at").values_list("full_at", flat=True)[ROWS_MOST:][:1]
    for moment in over:
        Bucket.objects.filter(full_at__lte=moment).delete()
